"""What a list is ranked by: the rating that is expected, who watches what, or both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mftui.engine.filters import MovieFilter
from mftui.engine.spread import member_std
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.factors import Factors

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
Rank = Literal["like", "watch", "both"]
RANKS: tuple[Rank, ...] = ("like", "watch", "both")

LIKE_SHARE = 0.2
"""What the predicted rating, as a share of the scale, weighs beside the audience score; measured by NDCG@10
on inner splits of training parts."""
FOLDED_LIKE_SHARE = 0.3
LEANING_SHARE = 1.1
"""The same for somebody folded in, and what their leaning weighs beside both (see `fold_in.leaning_weights`); chosen by
NDCG@10 on inner splits of training parts of two data sets, for users folded in from 8 and from 20 of their ratings."""
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
    """(n,) spread of the members' predictions, in rating units; None where the model has one member."""
    note: str = ""
    """Why the list is shorter than asked for; empty where it is not."""
    ranked_by: Rank = field(default="like")


def best_rank(model: Factors, rank: Rank | None) -> Rank:
    """`rank`, or the best that the model has. Raises UsageError where it lacks the audience block."""
    has_audience = model.parameters.audience_user_factors is not None
    if rank is None:
        return "both" if has_audience else "like"
    if rank not in RANKS:
        raise UsageError(f"no ranking {rank}.", hint=f"There are: {', '.join(RANKS)}.")
    if rank != "like" and not has_audience:
        raise UsageError("this model has no audience factors.", hint="Rank by like, or train without --no-audience.")
    return rank


@dataclass(frozen=True)
class UserRows:
    """The factors of b users, trained or folded in."""

    factors: Floats
    """(b, k) taste."""
    bias: Floats
    """(b,)."""
    audience: Floats | None
    """(b, k of the audience block)."""
    member_bias: Floats | None = None
    """(b, members), where there are several."""
    leaning: Floats | None = None
    """(b, k of the audience block): towards which audiences these users' ratings are above what was expected, and away
    from which below; of users folded in alone."""


def row_logits(model: Factors, rows: UserRows) -> Floats:
    """(b, n_movies) logits of b users for every movie."""
    p = model.parameters
    logits = _products(rows.factors, p.movie_factors)
    logits += p.movie_bias
    logits += rows.bias[:, None] + np.float32(p.global_bias)
    return logits


def logits_of(model: Factors, row: UserRows, movies: NDArray[Any]) -> Floats:
    """(n,) logits of one user for n movies (indices)."""
    p = model.parameters
    products = p.movie_factors[movies] @ row.factors[0]
    return np.asarray(products + p.movie_bias[movies] + row.bias[0] + np.float32(p.global_bias), dtype=np.float32)


def list_scores(model: Factors, users: NDArray[Any], rank: Rank, discover: float = 0.0) -> Floats:
    """(b, n_movies) scores of b trained users (indices): see `row_scores`."""
    return row_scores(model, model.rows_of(users), rank, discover)


def row_scores(model: Factors, rows: UserRows, rank: Rank, discover: float = 0.0) -> Floats:
    """(b, n_movies) scores of b users: higher is better. Never clipped.

    "like" is the logit; "watch" P·Q, how much each movie is watched by those who watch as these users do; "both" is
    that and a share of the predicted rating, as a part of the scale; for users folded in, their leaning is added.
    `discover`, 0 to 1, divides by a power of the movie's training count, so that less-seen films move up.
    """
    return _ranked(model, rows, rank, discover, watch=False)[0]


def _ranked(
    model: Factors, rows: UserRows, rank: Rank, discover: float, *, watch: bool
) -> tuple[Floats, Floats | None]:
    """Scores as in `row_scores`, and the audience scores: None where neither needed nor asked for by `watch`."""
    p, audience, leaning = model.parameters, None, None
    if rows.audience is not None and (watch or rank != "like"):
        audience, leaning = _audience_scores(model, rows, leaning=rank == "both")
    if rank == "like" or audience is None:
        scores = row_logits(model, rows)
    elif rank == "watch":
        scores = audience
    else:
        share = LIKE_SHARE if leaning is None else FOLDED_LIKE_SHARE
        scores = audience + share * (model.to_rating(row_logits(model, rows)) - p.lo) / (p.hi - p.lo)
        if leaning is not None:
            scores += LEANING_SHARE * leaning
    return (less_seen_first(scores, model.movie_train_counts, discover) if discover else scores), audience


def _audience_scores(model: Factors, rows: UserRows, *, leaning: bool) -> tuple[Floats, Floats | None]:
    """(b, n_movies) P·Q, and how far each movie is liked beyond what is expected by those who lean so, where asked for
    and known: both in one pass over the movies."""
    assert rows.audience is not None
    if not leaning or rows.leaning is None:
        return _products(rows.audience, model.audience.factors), None
    both = _products(np.concatenate([rows.audience, rows.leaning]), model.audience.factors)
    return both[: len(rows.audience)], both[len(rows.audience) :] * model.audience.to_unit


def _products(rows: Floats, table: Floats) -> Floats:
    """(b, n) rows · tableᵀ. Of few rows in blocks that stay in the cache, on one thread: memory is what takes time."""
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
    row: UserRows,
    rated: NDArray[Any],
    n: int,
    rank: Rank | None,
    discover: float,
    where: MovieFilter | None,
) -> Recommendations:
    """The best `n` movies for one user that are not among the `rated` (movie indices)."""
    rank = best_rank(model, rank)
    (scores,), audience = _ranked(model, row, rank, discover, watch=True)
    allowed = model.allowed(where)
    passing = int(allowed.sum())
    unrated = np.ones(model.n_movies, dtype=bool)
    unrated[rated] = False
    best = highest(scores, np.flatnonzero(allowed & unrated), n)
    note = ""
    if len(best) < n:
        left = passing - len(best)
        note = f"{passing} movies pass the filters" if where else f"the data has {passing} movies"
        note += f", {left} of them already rated." if left else "."
    watch = None if audience is None else percentiles(audience[0], unrated, best)
    std = member_std(model.parameters, row.factors, row.member_bias, best)
    return Recommendations(best, model.shown(logits_of(model, row, best)), scores[best], watch, std, note, rank)


def highest(scores: Floats, candidates: Indices, n: int) -> Indices:
    """The `n` candidates of the highest score, best first; equal scores in the order of the indices."""
    values = scores[candidates]
    if n < len(candidates):
        least = np.partition(values, len(values) - n)[len(values) - n]
        candidates = candidates[values >= least]
        values = scores[candidates]
    return candidates[np.argsort(-values, kind="stable")][:n]


def less_seen_first(scores: Floats, counts: NDArray[np.int32], discover: float) -> Floats:
    """(b, n_movies) scores moved towards movies with few ratings, `discover` 0 to 1."""
    if not 0 <= discover <= 1:
        raise UsageError(f"discover is {discover:g}; it goes from 0 (as relevant as can be) to 1 (less-seen films).")
    lowest = scores.min(axis=1, keepdims=True)
    return np.asarray((scores - lowest) / (counts + 10) ** (discover * DISCOVER_POWER), dtype=np.float32)


def percentiles(scores: Floats, among: NDArray[np.bool_], of: Indices) -> Floats:
    """(n,) share, 0 to 100, of the scores `among` that lie below the scores at `of`."""
    ordered = np.sort(scores[among])
    return np.asarray(100 * np.searchsorted(ordered, scores[of]) / max(len(ordered), 1), dtype=np.float32)
