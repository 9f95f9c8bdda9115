"""What a recipe is, what it builds, and the loop that trains it. May import `engine.model` and `engine.compute`."""
