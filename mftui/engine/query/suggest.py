"""What to rate next: the films whose ratings would tell most about a user. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.model.rows import UserRows
from mftui.engine.query.fold_in import FoldedIn, design_of
from mftui.engine.query.intervals import intervals_of_row
from mftui.engine.query.movie_filter import MovieFilter, passing
from mftui.engine.query.recommend import logits_of

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

MAX_CANDIDATES = 1_000
"""So many movies, those most probably seen, are looked at: as candidates, and as what is to be predicted."""


@dataclass(frozen=True)
class Suggestions:
    """Films to rate next, the one that tells most first."""

    movies: Indices
    """(n,) movie indices."""
    seen: Floats
    """(n,) estimated probability that the user has seen it."""
    predicted: Floats
    """(n,) its predicted rating, clipped to the scale."""
    plus_minus: Floats | None
    """(n,) the ± of that, as of recommendations; None where too few ratings were held out to tell."""
    gains: Floats
    """(n,) the share of the present uncertainty of all predictions that the answer is expected to remove, 0 to 1."""


def suggest(
    model: Factors,
    person: FoldedIn,
    n: int = 10,
    *,
    row: UserRows | None = None,
    skipped: NDArray[Any] | None = None,
    where: MovieFilter | None = None,
) -> Suggestions:
    """Choose the movies to ask somebody about next.

    Given the ratings, a user's row is Gaussian around the folded-in one, with the inverse of its curvature as
    covariance, in every member; what remains uncertain is the sum over movies of the variance of their predicted
    ratings, each weighed by the probability that it is watched. A film is worth how much of that its rating would
    remove, times the probability that the user has seen it. Films are chosen one after the other as if the earlier
    were answered, so that no two ask for the same.

    Parameters
    ----------
    person: folded in from their ratings, of which there may be none.
    row: what they are predicted by, where that is their trained row.
    skipped: movie indices that are not to be asked about: those not seen. where: only such movies.

    Returns at most `n`.
    """
    seen, taste = seen_probability(model, person), person.taste
    open_ = passing(model, where) & (model.movie_train_counts > 0)
    open_[person.movies] = False
    if skipped is not None:
        open_[skipped] = False
    watched = _most_seen(seen, np.flatnonzero(model.movie_train_counts), MAX_CANDIDATES)
    candidates = _most_seen(seen, np.flatnonzero(open_), MAX_CANDIDATES)
    covariance = taste.solution.inverse
    watched_slopes = _slopes(model, watched, taste.rows)
    target = (watched_slopes * seen[watched][:, None]).swapaxes(1, 2) @ watched_slopes
    slopes = _slopes(model, candidates, taste.rows)
    before = _remaining(covariance, target)
    chosen: list[int] = []
    gains: list[float] = []
    while len(chosen) < min(n, len(candidates)):
        removed = _variances(covariance @ target @ covariance, slopes)
        gain = (removed / (1 + _variances(covariance, slopes))).mean(0)
        worth = gain * seen[candidates]
        worth[chosen] = -np.inf
        best = int(np.argmax(worth))
        chosen.append(best)
        gains.append(float(gain[best] / before))
        covariance = _after_rating(covariance, slopes[:, best])
    movies = candidates[np.array(chosen, dtype=np.int64)]
    predicted = model.shown(logits_of(model, row or person.row, movies))
    intervals = intervals_of_row(model, row or person.row, movies, predicted)
    plus_minus = None if intervals is None else intervals.plus_minus()
    return Suggestions(movies, seen[movies], predicted, plus_minus, np.array(gains, dtype=np.float32))


def seen_probability(model: Factors, person: FoldedIn) -> Floats:
    """Return (n_movies,) how probably a person has seen each movie.

    The share of the users who rated it; with an audience block, somebody who watches with those who watch it
    is the more likely to have seen it.
    """
    share = np.asarray(model.movie_train_counts / max(model.n_users, 1), dtype=np.float32)
    if person.row.audience is None or not len(person.movies):
        return share
    audience = model.audience.table @ person.row.audience[0]
    return np.asarray(1 - (1 - share) * (1 - np.clip(audience, 0, 1)), dtype=np.float32)


def _most_seen(seen: Floats, among: Indices, n: int) -> Indices:
    """Return the `n` movies most probably seen."""
    return among if len(among) <= n else among[np.argpartition(-seen[among], n - 1)[:n]]


def _slopes(model: Factors, movies: Indices, rows: Doubles) -> Doubles:
    """Return (members, m, k + 1) how the predicted ratings of m movies change with each member's row."""
    p, design = model.parameters, design_of(model, movies)
    biases = p.movie_bias[movies] + p.global_bias
    logits = (design @ rows[..., None])[..., 0] + biases
    return np.asarray(design * p.response.of_member.slope(logits)[..., None])


def _variances(covariance: Doubles, slopes: Doubles) -> Doubles:
    """Return (members, m) of the predicted ratings, in units of a rating's noise."""
    return np.asarray(((slopes @ covariance) * slopes).sum(2))


def _remaining(covariance: Doubles, target: Doubles) -> float:
    return float((covariance * target).sum() / len(covariance))


def _after_rating(covariance: Doubles, slopes: Doubles) -> Doubles:
    """Return (members, k + 1, k + 1) covariance once a rating with these slopes (members, k + 1) is known."""
    through = (covariance @ slopes[..., None])[..., 0]
    known = 1 + (through * slopes).sum(1)
    return np.asarray(covariance - through[:, :, None] * through[:, None, :] / known[:, None, None])
