"""Names of the side information that a model can learn from. No NumPy: the command line reads them, too."""

FEATURES = ("genres", "year", "user", "implicit")
"""Genres and year of the movies; age, gender and occupation of the users; which movies a user rated in training, and
who rated a movie."""
