"""What a list is ranked by: the rating that is expected, who watches what, or both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Flags, Floats, Indices
from mftui.engine.model.rows import UserRows
from mftui.engine.query.fold_in import FoldedIn
from mftui.engine.query.intervals import intervals_of_row, require_intervals
from mftui.engine.query.movie_filter import MovieFilter, passing
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Rank = Literal["like", "watch", "both"]
RANKS: tuple[Rank, ...] = ("like", "watch", "both")
Bound = Literal["lower", "upper"]
"""Which end of the interval of a rating stands for it: "lower" for safe bets, "upper" for adventure."""

DISCOVER_POWER = 0.3
"""At `discover` 1 a score is divided by this power of the movie's count."""
FEW_ROWS = 4
MOVIE_BLOCK = 1024
"""Movies whose scores are made at once for so few users."""
FEW_RATINGS = 5
"""Below so many ratings, little is known of a movie, and lists say so."""


@dataclass(frozen=True)
class Recommendations:
    """A list for one user, best first."""

    movies: Indices
    """(n,) movie indices."""
    predicted: Floats
    """(n,) predicted ratings, clipped to the scale."""
    scores: Floats
    """(n,) what the list is ranked by."""
    watch: Floats | None = None
    """(n,) would watch, as a percentile: the share, 0 to 100, of the movies this user has not rated that
    score lower with the audience block; None without that block."""
    std: Floats | None = None
    """(n,) standard deviation of a rating around its prediction; None where too few ratings were held out to tell."""
    plus_minus: Floats | None = None
    """(n,) how far from its prediction a rating is at most, in `intervals.LEVEL` of all cases; None likewise."""
    lower: Floats | None = None
    upper: Floats | None = None
    """(n,) ends of that interval, within the scale; None likewise."""
    note: str = ""
    """Why the list is shorter than asked for; empty where it is not."""
    ranked_by: Rank = field(default="like")
    bound: Bound | None = None
    """Which end of the interval the list is ranked by, in place of the predicted rating."""

    def select(self, positions: Indices) -> Recommendations:
        """Return the entries at some positions of the list."""

        def some(array: Floats | None) -> Floats | None:
            return None if array is None else array[positions]

        return replace(
            self,
            movies=self.movies[positions],
            predicted=self.predicted[positions],
            scores=self.scores[positions],
            watch=some(self.watch),
            std=some(self.std),
            plus_minus=some(self.plus_minus),
            lower=some(self.lower),
            upper=some(self.upper),
        )


def best_rank(model: Factors, rank: Rank | None, bound: Bound | None = None) -> Rank:
    """Return `rank`, or the best that the model has; "like" where a bound is asked for.

    Raises UsageError where it lacks the audience block, members that differ, or held-out ratings.
    """
    if bound is not None:
        if model.parameters.members == 1:
            raise UsageError("this model has one member: its ± is alike for all films.", hint="Train with bayes.")
        require_intervals(model)
        if rank == "watch":
            raise UsageError("who watches what has no bounds.", hint="Rank by like or both.")
        rank = rank or "like"
    if rank is None:
        return "both" if model.has_audience else "like"
    if rank not in RANKS:
        raise UsageError(f"no ranking {rank}.", hint=f"There are: {', '.join(RANKS)}.")
    if rank != "like" and not model.has_audience:
        raise UsageError("this model has no audience factors.", hint="Rank by like, or train with the audience.")
    return rank


def row_logits(model: Factors, rows: UserRows) -> Floats:
    """Return (b, n_movies) logits of b users for every movie."""
    p = model.parameters
    logits = _products(rows.factors, p.movie_factors)
    logits += p.movie_bias
    logits += rows.bias[:, None] + np.float32(p.global_bias)
    return logits


def logits_of(model: Factors, row: UserRows, movies: NDArray[Any]) -> Floats:
    """Return (n,) logits of one user for n movies (indices)."""
    p = model.parameters
    products = p.movie_factors[movies] @ row.factors[0]
    return np.asarray(products + p.movie_bias[movies] + row.bias[0] + np.float32(p.global_bias), dtype=np.float32)


def row_scores(model: Factors, rows: UserRows, rank: Rank, discover: float = 0.0) -> Floats:
    """Return (b, n_movies) scores of b users: higher is better. Never clipped.

    "like" is the logit; "watch" how much each movie is watched by those who watch as these users do; "both" is that and
    a share of the predicted rating, as a part of the scale.
    `discover`, 0 to 1, divides by a power of the movie's training count, so that less-seen films move up.
    """
    return _ranked(model, rows, rank, discover, watch=False)[0]


def _ranked(
    model: Factors, rows: UserRows, rank: Rank, discover: float, *, watch: bool, offset: Floats | None = None
) -> tuple[Floats, Floats | None]:
    """Return scores as in `row_scores`, and the audience scores: None if neither needed nor asked for by `watch`.

    `offset` (n_movies,): how far from the predicted ratings those are that the list is ranked by.
    """
    audience = None
    if rows.audience is not None and (watch or rank != "like"):
        audience = _products(rows.audience, model.audience.table)
    if rank == "like" or audience is None:
        scores = row_logits(model, rows)
        if offset is not None:
            scores = model.to_rating(scores) + offset
    elif rank == "watch":
        scores = audience
    else:
        ratings = model.to_rating(row_logits(model, rows))
        scores = audience + like_part(model, ratings if offset is None else ratings + offset)
    return (prefer_less_seen(scores, model.movie_train_counts, discover) if discover else scores), audience


def list_scores(
    model: Factors, row: UserRows, rank: Rank, *, discover: float, bound: Bound | None
) -> tuple[Floats, Floats | None]:
    """Return (n_movies,) scores of one user by which a list is ranked, and the audience scores where the model has
    them."""
    offset = None
    if bound is not None:
        everything = np.arange(model.n_movies)
        offset = reach(model, row, everything, model.shown(logits_of(model, row, everything)), bound)
    (scores,), audience = _ranked(model, row, rank, discover, watch=True, offset=offset)
    return scores, None if audience is None else audience[0]


def reach(model: Factors, row: UserRows, movies: Indices, predicted: Floats, bound: Bound) -> Floats:
    """Return how far it is from m predictions to that end of their intervals: negative for the lower one."""
    intervals = intervals_of_row(model, row, movies, predicted)
    assert intervals is not None  # of a model without any no list is ranked by a bound
    return intervals.plus_minus() * np.float32(-1 if bound == "lower" else 1)


def like_part(model: Factors, ratings: Floats) -> Floats:
    """Return what expected ratings, unclipped, add to the scores of lists by "both"."""
    p = model.parameters
    return np.asarray(model.audience.like_share * (ratings - p.lo) / (p.hi - p.lo), dtype=np.float32)


def _products(rows: Floats, table: Floats) -> Floats:
    """Return (b, n) rows · tableᵀ; of few rows in blocks that stay in the cache, on one thread: memory is slow."""
    if len(rows) > FEW_ROWS:
        return np.asarray(rows @ table.T, dtype=np.float32)
    products = np.empty((len(rows), len(table)), dtype=np.float32)
    for at in range(0, len(table), MOVIE_BLOCK):
        block = table[at : at + MOVIE_BLOCK]
        for row, out in zip(rows, products, strict=True):
            np.dot(block, row, out=out[at : at + MOVIE_BLOCK])
    return products


def recommend(
    model: Factors,
    user: int,
    n: int = 10,
    *,
    rank: Rank | None = None,
    discover: float = 0.0,
    where: MovieFilter | None = None,
    bound: Bound | None = None,
    leave_out: NDArray[Any] | None = None,
) -> Recommendations:
    """Return the best movies that a user has not rated, held out of training or not.

    Parameters
    ----------
    user: index.
    rank: "like", by predicted rating (the logit); "watch", by audience; "both", the default where the model has both.
    discover: 0 to 1, see `row_scores`.
    bound: the "lower" or "upper" end of its interval in place of the predicted rating, by default alone ("like").
    leave_out: movies (indices) that are not to be listed, beside those rated.
    """
    row, rated = model.rows_of(np.array([user])), model.history.of_user(user).movies
    return _recommend(model, row, rated, n, rank, discover, where, bound, leave_out)


def recommend_newcomer(
    model: Factors,
    person: FoldedIn,
    n: int = 10,
    *,
    rank: Rank | None = None,
    discover: float = 0.0,
    where: MovieFilter | None = None,
    bound: Bound | None = None,
    leave_out: NDArray[Any] | None = None,
    user: int | None = None,
) -> Recommendations:
    """Return the best movies for somebody folded in; see `recommend`.

    `user`: the index of the user of the data who they are, whose ratings that were held out count as rated.
    """
    rated = person.movies if user is None else np.union1d(person.movies, model.history.of_user(user).movies)
    return _recommend(model, person.row, rated, n, rank, discover, where, bound, leave_out)


def _recommend(
    model: Factors,
    row: UserRows,
    rated: NDArray[Any],
    n: int,
    rank: Rank | None,
    discover: float,
    where: MovieFilter | None,
    bound: Bound | None = None,
    leave_out: NDArray[Any] | None = None,
) -> Recommendations:
    """Return the best `n` movies for one user that are neither among the `rated` nor to be left out (indices)."""
    rank = best_rank(model, rank, bound)
    scores, audience = list_scores(model, row, rank, discover=discover, bound=bound)
    allowed = passing(model, where)
    n_allowed = int(allowed.sum())
    unrated = np.ones(model.n_movies, dtype=bool)
    unrated[rated] = False
    listed = allowed & unrated
    n_rated = n_allowed - int(listed.sum())
    if leave_out is not None:
        listed[leave_out] = False
    best = highest(scores, np.flatnonzero(listed), n)
    note = ""
    if len(best) < n:
        unwanted = n_allowed - n_rated - len(best)
        note = f"{n_allowed} movies pass the filters" if where else f"the data has {n_allowed} movies"
        note += f", {n_rated} of them already rated" if n_rated else ""
        note += f", {unwanted} of them left out." if unwanted else "."
    predicted = model.shown(logits_of(model, row, best))
    found = intervals_of_row(model, row, best, predicted)
    lower, upper = (None, None) if found is None else found.interval()
    return Recommendations(
        best,
        predicted,
        scores[best],
        watch=None if audience is None else percentiles(audience, unrated, best),
        std=None if found is None else found.std,
        plus_minus=None if found is None else found.plus_minus(),
        lower=lower,
        upper=upper,
        note=note,
        ranked_by=rank,
        bound=bound,
    )


def highest(scores: Floats, candidates: Indices, n: int) -> Indices:
    """Return the `n` candidates of the highest score, best first; equal scores in the order of the indices."""
    values = scores[candidates]
    if n < len(candidates):
        least = np.partition(values, len(values) - n)[len(values) - n]
        candidates = candidates[values >= least]
        values = scores[candidates]
    return candidates[np.argsort(-values, kind="stable")][:n]


def prefer_less_seen(scores: Floats, counts: NDArray[np.int32], discover: float) -> Floats:
    """Move (b, n_movies) scores towards movies with few ratings, `discover` 0 to 1."""
    if not 0 <= discover <= 1:
        raise UsageError(f"discover is {discover:g}; it goes from 0 (as relevant as can be) to 1 (less-seen films).")
    lowest = scores.min(axis=1, keepdims=True)
    return np.asarray((scores - lowest) / (counts + 10) ** (discover * DISCOVER_POWER), dtype=np.float32)


def percentiles(scores: Floats, among: Flags, of: Indices) -> Floats:
    """Return (n,) share, 0 to 100, of the scores `among` that lie below the scores at `of`."""
    ordered = np.sort(scores[among])
    return np.asarray(100 * np.searchsorted(ordered, scores[of]) / max(len(ordered), 1), dtype=np.float32)
