"""What learners that solve or draw rows hold in memory. No TensorFlow."""

from __future__ import annotations

from mftui.engine.training.memory import (
    AUDIENCE_RATING_BYTES,
    RATING_BYTES,
    MemoryEstimate,
    Sizes,
    audience_factors,
    model_bytes,
)
from mftui.engine.training.recipe import Hyper

EQUATIONS = 32_000_000
"""Numbers of normal equations that are held at once: `GaussianRows`."""
COPIES_OF_EQUATIONS = 5
"""Sums, normal equations, their roots, temporaries of both."""
SOLVED_RATING_BYTES = 56
"""More of one rating: two sparse matrices of each side, and what they are made from."""
LATENT_RATING_BYTES = 250
"""More of one rating where latent ratings are drawn: indices to set them anew, temporaries in double precision."""
COPIES_OF_DRAWS = 4
"""As they were drawn, as one wide model, what is being saved, temporaries."""
IMPLICIT_CELL_BYTES = 40
"""Of one pair of a user and a movie where who rated what is learned from: the table, its axes, temporaries."""


def rows_estimate(sizes: Sizes, hyper: Hyper, kept_draws: int = 0) -> MemoryEstimate:
    """Estimate a training that solves or draws the rows of each side in turn, with its audience block."""
    width, audience = int(hyper["factors"]) + 1, audience_factors(hyper)
    implicit, ordinal = "implicit" in str(hyper.get("features", "")), hyper.get("likelihood") == "ordinal"
    each = RATING_BYTES + SOLVED_RATING_BYTES
    each += (AUDIENCE_RATING_BYTES if audience else 0) + (LATENT_RATING_BYTES if ordinal else 0)
    draws = 4 * sizes.rows * width * kept_draws * COPIES_OF_DRAWS
    return MemoryEstimate(
        model=model_bytes(sizes.rows, width + audience, hyper) + draws,
        batch=min(max(sizes.n_users, sizes.n_movies) * width**2, EQUATIONS) * 4 * COPIES_OF_EQUATIONS,
        ratings=sizes.n_ratings * each,
        sizes=sizes,
        factors=width - 1 + audience,
        matrix=sizes.n_users * sizes.n_movies * IMPLICIT_CELL_BYTES if implicit else 0,
        matrix_remedy="leave implicit out of the features",
    )
