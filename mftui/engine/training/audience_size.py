"""How large the audience block is and how long it is trained, by the size of the data. Imports nothing heavy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STARTS = 4
"""Passes over the ratings that find where the descent starts."""
MOST_FACTORS = 384
"""With fewer, lists lose one hundredth on inner splits; with more they gain nothing, and neighbours lose."""
FULL_RATINGS = 1_500_000
"""Ratings up to which there are MOST_FACTORS; beyond, as many as keep a pass's time at the root of the ratings."""
TABLE_NUMBERS = 23_000_000
"""Numbers in the table of movies at most: 92 MB."""
MOST_EPOCHS = 4
"""Up to FULL_RATINGS; beyond, fewer by their fourth root: there are more steps in each."""
STEPS = (6, 32)
"""Steps of an epoch."""
RATES = (0.02, 0.1)
"""The fewer factors there are beside users or movies, the larger: the more then lacks at the start."""
_RATE = 0.01
_STEP_RATINGS = 2_500
_MULTIPLE = 16


@dataclass(frozen=True)
class AudienceSize:
    """A block of `factors`, trained for STARTS + `epochs` passes of `steps` steps, the first ones of size `rate`."""

    factors: int
    epochs: int
    steps: int
    rate: float
    """Beside the usual size of a factor."""

    @property
    def total(self) -> int:
        """Count the steps in all."""
        return (STARTS + self.epochs) * self.steps


def factors_by_rule(n_ratings: int, n_users: int, n_movies: int) -> int:
    """Return the factors for n training ratings; never more than there are users or movies."""
    by_ratings = MOST_FACTORS * math.sqrt(min(1.0, FULL_RATINGS / max(n_ratings, 1)))
    room = TABLE_NUMBERS / max(n_movies, 1)
    return max(1, min(max(16, round(min(by_ratings, room) / _MULTIPLE) * _MULTIPLE), n_users, n_movies))


def epochs_by_rule(n_ratings: int) -> int:
    """Return the passes for n training ratings."""
    share = min(1.0, FULL_RATINGS / max(n_ratings, 1))
    return max(1, round(MOST_EPOCHS * math.sqrt(math.sqrt(share))))


def rate_by_rule(factors: int, n_users: int, n_movies: int) -> float:
    """Return the size of the first steps, beside the usual size of a factor."""
    return min(max(_RATE * min(n_users, n_movies) / max(1, factors), RATES[0]), RATES[1])


def audience_size(hyper: Mapping[str, Any], n_ratings: int, n_users: int, n_movies: int) -> AudienceSize:
    """Return the size for n training ratings and hyperparameters in numbers; never more factors than there are users
    or movies."""
    factors = max(1, min(int(hyper["audience_factors"]), n_users, n_movies))
    steps = min(max(round(math.sqrt(n_ratings / _STEP_RATINGS)), STEPS[0]), STEPS[1])
    rate = float(hyper["audience_learning_rate"])
    return AudienceSize(factors, int(hyper["audience_epochs"]), min(steps, max(n_users, 1)), rate)
