"""What a recipe is, what it builds, and the loop that trains it.

May import: data, data.loading, engine.compute, engine.model, errors, text.
"""
