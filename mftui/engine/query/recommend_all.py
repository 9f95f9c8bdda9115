"""Lists for all users: the best movies of everybody, in blocks that stay in the cache, never a matrix of all scores."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.model.factors import Factors
from mftui.engine.query.recommend import Rank, best_rank

USER_BLOCK = 256
MOVIE_BLOCK = 1_024
THREADS = 2
_MAX_CANDIDATES = 2
"""So many times the length of the lists are collected before the best of them are picked."""


@dataclass(frozen=True)
class Lists:
    """The lists of a block of users: m entries, by user, the best first."""

    users: Indices
    """(b,) the users (indices) that they are for; not all of them need have an entry."""
    rows: Indices
    """(m,) for whom an entry is: a place in `users`."""
    movies: Indices
    """(m,) movie indices."""
    scores: Floats
    """(m,) what the lists are ranked by."""
    places: Indices
    """(m,) 1 for the best."""


class TopN:
    """The `n` best movies that each user has not rated, as `recommend` lists them.

    Movies are gone through from the best for the mean user to the worst, a block at a time. Of a block only the scores
    that reach the user's n-th best so far are looked at: after the first blocks they are few.
    """

    def __init__(self, model: Factors, n: int = 20, *, rank: Rank | None = None, threads: int = THREADS) -> None:
        """`rank` as of `recommend`; raises UsageError where the model lacks it. `threads`: that score and select."""
        self.rank, self.n = best_rank(model, rank), n
        self._model, self._threads = model, threads
        p = model.parameters
        self._order = np.argsort(-self._mean_scores(), kind="stable")
        self._position = np.empty(model.n_movies, dtype=np.int64)
        self._position[self._order] = np.arange(model.n_movies)
        self._taste = self._turned(p.movie_factors, p.movie_bias)
        self._like_share = model.audience.like_share if model.has_audience else 0.0
        self._audience = self._turned(model.audience.table) if self.rank != "like" else None

    def __iter__(self) -> Iterator[Lists]:
        return self.of(np.arange(self._model.n_users))

    def of(self, users: Indices) -> Iterator[Lists]:
        """Return the lists of these users (indices), a block at a time, in their order."""
        from threadpoolctl import threadpool_limits

        blocks = (users[at : at + USER_BLOCK] for at in range(0, len(users), USER_BLOCK))
        waiting: deque[Future[Lists]] = deque()
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(self._threads) as pool:
            for block in blocks:
                waiting.append(pool.submit(self._best, block))
                if len(waiting) > 2 * self._threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    # -- scores ------------------------------------------------------------------------------

    def _turned(self, factors: Floats, bias: Floats | None = None) -> Floats:
        """Return (k, n_movies) factors in the order of `_order` and, as one more row, the bias, for users whose last
        column is 1. A block at a time, so that there is never a second copy."""
        n, k = factors.shape
        turned = np.empty((k + (bias is not None), n), dtype=np.float32)
        for at in range(0, n, MOVIE_BLOCK):
            turned[:k, at : at + MOVIE_BLOCK] = factors[self._order[at : at + MOVIE_BLOCK]].T
        if bias is not None:
            turned[k] = bias[self._order]
        return turned

    def _mean_scores(self) -> Floats:
        p = self._model.parameters
        if self.rank != "like":
            return np.asarray(self._model.audience.table @ self._model.audience.everybody)
        return np.asarray(p.movie_factors @ p.user_factors.mean(axis=0) + p.movie_bias)

    def _scores(self, rows: _Rows, part: slice, out: Floats, spare: Floats) -> Floats:
        """Return (b, w) scores of a block of users for a part of the movies, in the order of `_order`.

        "like" leaves out what is the same for all movies of a user; see `_added`.
        """
        if self.rank == "like":
            return np.matmul(rows.taste, self._taste[:, part], out=out)
        assert self._audience is not None and rows.audience is not None
        np.matmul(rows.audience, self._audience[:, part], out=out)
        if self.rank == "both":
            out += self._liked(rows, part, spare)
        return out

    def _liked(self, rows: _Rows, part: slice, spare: Floats) -> Floats:
        """Return (b, w) what the predicted ratings add to the scores; see `like_part`."""
        p = self._model.parameters
        np.matmul(rows.taste, self._taste[:, part], out=spare)
        spare += rows.added[:, None]
        if p.link == "probit":
            spare[:] = p.response.rating(spare)
        if p.link != "sigmoid":
            spare -= np.float32(p.lo)
            spare *= np.float32(self._like_share / (p.hi - p.lo))
            return spare
        np.negative(spare, out=spare)
        np.exp(spare, out=spare)
        spare += np.float32(1)
        return np.divide(np.float32(self._like_share), spare, out=spare)

    # -- selection ---------------------------------------------------------------------------

    def _best(self, users: Indices) -> Lists:
        model, b = self._model, len(users)
        rows = _Rows.of(model, users)
        rated = _Rated.of(model, users, self._position)
        out, spare = np.empty((2, b, MOVIE_BLOCK), dtype=np.float32)
        reached = np.empty((b, MOVIE_BLOCK), dtype=bool)
        found = _Found(b, self.n)
        for at in range(0, model.n_movies, MOVIE_BLOCK):
            width = min(MOVIE_BLOCK, model.n_movies - at)
            # A last block that is narrower is a smaller array, not a part of rows: all of them stay contiguous.
            block, other, mask = (a.reshape(-1)[: b * width].reshape(b, width) for a in (out, spare, reached))
            scores = self._scores(rows, slice(at, at + width), block, other)
            rated.strike_out(scores, at // MOVIE_BLOCK)
            if at == 0 and width > self.n:
                found.least = np.partition(scores, width - self.n, axis=1)[:, width - self.n]
            np.greater_equal(scores, found.least[:, None], out=mask)
            hits = np.flatnonzero(mask)
            if len(hits):
                values = scores.reshape(-1)[hits]
                row, column = np.divmod(hits, width)
                found.add(row, self._order[at + column], values)
        row, movies, scores, places = found.best()
        if self.rank == "like":
            scores = scores + rows.added[row]
        return Lists(users, row, movies, scores, places)


@dataclass(frozen=True)
class _Rows:
    """What the scores of a block of users are made of."""

    taste: Floats
    """(b, k + 1), the last column 1."""
    added: Floats
    """(b,) their bias and the global one."""
    audience: Floats | None

    @classmethod
    def of(cls, model: Factors, users: Indices) -> _Rows:
        rows = model.rows_of(users)
        ones = np.ones(len(users), dtype=np.float32)
        taste = np.column_stack([rows.factors, ones])
        return cls(taste, rows.bias + np.float32(model.parameters.global_bias), rows.audience)


@dataclass(frozen=True)
class _Rated:
    """What a block of users rated, by block of movies."""

    rows: Indices
    columns: Indices
    """Within the block of movies."""
    cuts: Indices
    """Where each block of movies begins."""

    @classmethod
    def of(cls, model: Factors, users: Indices, position: Indices) -> _Rated:
        starts, ends = model.history.offsets[users], model.history.offsets[users + 1]
        parts = [model.history.movies[start:end] for start, end in zip(starts, ends, strict=True)]
        rows = np.repeat(np.arange(len(users)), ends - starts)
        block, column = np.divmod(position[np.concatenate(parts)] if parts else position[:0], MOVIE_BLOCK)
        order = np.argsort(block.astype(np.int16), kind="stable")  # a radix sort
        n_blocks = -(-model.n_movies // MOVIE_BLOCK)
        return cls(rows[order], column[order], np.searchsorted(block[order], np.arange(n_blocks + 1)))

    def strike_out(self, scores: Floats, block: int) -> None:
        part = slice(self.cuts[block], self.cuts[block + 1])
        scores[self.rows[part], self.columns[part]] = -np.inf


class _Found:
    """The candidates of b users: those above each user's n-th best so far, and a few that were."""

    def __init__(self, b: int, n: int) -> None:
        self._b, self._n = b, n
        self._parts: list[tuple[Indices, Indices, Floats]] = []
        self._size = 0
        self.least = np.full(b, -np.inf, dtype=np.float32)
        """(b,) what a score must reach to be among the n best of a user."""

    def add(self, rows: Indices, movies: Indices, scores: Floats) -> None:
        self._parts.append((rows, movies, scores))
        self._size += len(rows)
        if self._size > _MAX_CANDIDATES * self._b * self._n:
            self._thin()

    def _thin(self) -> None:
        """Raise `least` by what was found, and drop what no longer reaches it."""
        rows, movies, scores = self._all()
        order = np.argsort(_sortable(rows, scores))
        rows, movies, scores = rows[order], movies[order], scores[order]
        counts = np.bincount(rows, minlength=self._b)
        ends = np.cumsum(counts)
        full = np.flatnonzero(counts >= self._n)
        self.least[full] = np.maximum(self.least[full], scores[ends[full] - counts[full] + self._n - 1])
        kept = scores >= self.least[rows]
        self._parts = [(rows[kept], movies[kept], scores[kept])]
        self._size = int(kept.sum())

    def best(self) -> tuple[Indices, Indices, Floats, Indices]:
        """Return (rows, movies, scores, places): by user, the best first, equal scores in the order of the movies."""
        rows, movies, scores = self._all()
        order = np.lexsort((movies, -scores, rows))
        rows, movies, scores = rows[order], movies[order], scores[order]
        counts = np.bincount(rows, minlength=self._b)
        places = np.arange(1, len(rows) + 1) - np.repeat(np.cumsum(counts) - counts, counts)
        kept = (places <= self._n) & np.isfinite(scores)
        return rows[kept], movies[kept], scores[kept], places[kept]

    def _all(self) -> tuple[Any, ...]:
        if not self._parts:
            none = np.zeros(0, dtype=np.int64)
            return none, none, np.zeros(0, dtype=np.float32)
        return tuple(np.concatenate(column) for column in zip(*self._parts, strict=True))


def _sortable(rows: Indices, scores: Floats) -> NDArray[np.uint64]:
    """Return one number for each entry, rising with the row and, within it, falling with the score."""
    bits = np.ascontiguousarray(scores).view(np.uint32).astype(np.uint64)
    negative = bits >> np.uint64(31) == 1
    rising = np.where(negative, ~bits & np.uint64(0xFFFFFFFF), bits | np.uint64(0x80000000))
    return (rows.astype(np.uint64) << np.uint64(32)) | (~rising & np.uint64(0xFFFFFFFF))
