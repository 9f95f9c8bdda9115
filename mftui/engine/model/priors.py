"""The priors of users' rows. No NumPy here: the recipes name them, and the app reads the recipes before it draws."""

from __future__ import annotations

from dataclasses import dataclass

NOT_LEARNED = 1e12
"""Precision that keeps at zero what a recipe does not learn."""


@dataclass(frozen=True)
class PriorPrecision:
    """Precision of the Gaussian prior of one member's user row, around zero.

    In units of the precision of one rating: the variance of the noise over that of the users.
    """

    factors: float = 0.0
    bias: float = 0.0
    factors_per_rating: float = 0.0
    """Added for each rating of the user."""
    bias_per_rating: float = 0.0


@dataclass(frozen=True)
class RowPriors:
    """What a recipe trained its users' rows with, so that new users can be folded in likewise."""

    taste: PriorPrecision | None = None
    """None where the recipe has no Gaussian prior: then the spread of the trained rows stands for it."""
