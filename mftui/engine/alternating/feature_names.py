"""Names and limits of what a model can learn from. No NumPy: the command line reads them, too."""

DATE = "date"
FEATURES = ("genres", "year", "user", "implicit", DATE)
"""Genres and year of the movies; age, gender and occupation of the users; which movies a user rated in training, and
who rated a movie; the day of each rating."""
MOST_LEVELS = 20
"""Steps of a scale that an ordinal likelihood is for."""
ALL = "all"
"""Every feature that the data has."""
MOST_CELLS = 100_000_000
"""Of a table of features: 400 MB."""
MOST_AXES = 4_000
"""Of the smaller side of a table, whose cube is the work of finding its axes."""


def fits(n_users: int, n_movies: int) -> bool:
    """Return whether a table of who rated what is small enough."""
    return n_users * n_movies <= MOST_CELLS and min(n_users, n_movies) <= MOST_AXES
