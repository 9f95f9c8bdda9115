"""How large a model of `biased` is and how long it is trained: rules by the size of the data. No NumPy.

Found on inner splits of the training parts of ml-100k and ml-latest-small, whole and thinned to 2,400 ratings, and of
sets of `mftui data synth` with 1 and 5 million ratings and 8 and 16 axes of taste; what holds from ten million ratings
on, on one of 25 million with 8 axes. `docs/recipes.md` has the table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftui.engine.training.memory import Sizes
    from mftui.engine.training.recipe import Hyper

MOST_MEMBERS = 8
MEMBERS_RATINGS = 1_500_000
"""Training ratings up to which there are MOST_MEMBERS; beyond, as many as keep a pass's time at the root of the
ratings: what one member learns too much of is the less, the more ratings there are."""
FACTORS = (12, 24)
"""Of each member, at least and at most."""
FACTORS_RATINGS = 150_000
"""Up to which there are the fewest; beyond, they grow with the root of the ratings."""
ALONE = 4 / 3
"""How many more a member has that stands alone."""
MANY_RATINGS = 10_000_000
"""From here on members are few and priors adaptive: rows have ratings enough to tell which axes are borne out.
With 4 million ratings they gain 0.005 on made-up ratings with eight axes, and lose 0.004 on those with sixteen."""


def many(sizes: Sizes) -> bool:
    """Return whether there are ratings enough for adaptive priors."""
    return sizes.n_ratings >= MANY_RATINGS


def members(hyper: Hyper, sizes: Sizes) -> int:
    """Return eight up to 1.5 million ratings, then fewer by the root of the ratings."""
    share = min(1.0, MEMBERS_RATINGS / max(1, sizes.n_ratings))
    return max(1, round(MOST_MEMBERS * math.sqrt(share)))


def factors(hyper: Hyper, sizes: Sizes) -> int:
    """Return twelve up to 150,000 ratings, then more by the root of the ratings, up to 24; a third more for a member
    alone."""
    least, most = FACTORS
    share = max(1.0, sizes.n_ratings / FACTORS_RATINGS)
    found = min(most, round(least * math.sqrt(share)))
    return round(found * ALONE) if hyper["members"] == 1 else found


def adaptive_priors(hyper: Hyper, sizes: Sizes) -> bool:
    """Return yes from ten million ratings on."""
    return many(sizes)


def epochs(hyper: Hyper, sizes: Sizes) -> int:
    """Return six, or eight where priors are adaptive by the rule: axes need time to be told apart."""
    return 8 if many(sizes) else 6


def learning_rate(hyper: Hyper, sizes: Sizes) -> float:
    """Return 0.07, or 0.1 for many ratings; 0.05 for adafactor, whose steps are larger."""
    if hyper["optimizer"] == "adafactor":
        return 0.05
    return 0.1 if many(sizes) else 0.07


def batch_size(hyper: Hyper, sizes: Sizes) -> int:
    """Return a twentieth of the ratings between 2,000 and 500,000: with fewer, the update of all rows takes too
    much of the time; with more, there are too few steps."""
    return min(max(sizes.n_ratings // 20, 2_000), 500_000)


def prior_factors(hyper: Hyper, sizes: Sizes) -> float:
    """Return 13, or with adaptive priors 25, or 60 for many ratings."""
    if not hyper["adaptive_priors"]:
        return 13.0
    return 60.0 if many(sizes) else 25.0


def prior_biases(hyper: Hyper, sizes: Sizes) -> float:
    """Return 5, or 2 for many ratings."""
    return 2.0 if many(sizes) else 5.0
