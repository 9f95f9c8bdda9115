"""A trained model as other programs read it."""
