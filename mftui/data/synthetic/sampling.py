"""Who rates what, for synthetic sets too large for a table of all pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.data.synthetic import taste

Indices = NDArray[np.int32]
Keys = NDArray[np.int64]
"""Pairs as one number each: user within the block · n_movies + movie."""

_CAP = np.float32(1.2)
"""Liking (times PULL) beyond which a drawn pair is always accepted; hardly anybody likes anything more."""
_ROUNDS = 8
_DENSE_CELLS = 4_000_000


@dataclass(frozen=True)
class Crowd:
    """Users and movies, as far as it matters for who rates what."""

    tastes: NDArray[np.float32]
    """(n_users, n_axes)"""
    positions: NDArray[np.float32]
    """(n_movies, n_axes)"""
    counts: NDArray[np.int64]
    """(n_users,) ratings that each user makes."""
    by_fame: Indices
    """(n_movies,) movies from most to least famous."""

    @property
    def n_movies(self) -> int:
        """Return the number of movies."""
        return len(self.positions)

    def like(self, users: Indices, movies: Indices) -> NDArray[np.float32]:
        """Return how much each user (n,) likes the movie of the same row (n,)."""
        total = self.tastes[users, 0] * self.positions[movies, 0]
        for axis in range(1, self.tastes.shape[1]):
            total += self.tastes[users, axis] * self.positions[movies, axis]
        return np.asarray(total)


def draw_pairs(crowd: Crowd, random: np.random.Generator, block: int) -> Iterator[tuple[Indices, Indices]]:
    """Yield distinct (users, movies) of about `block` pairs at a time, by user and then movie.

    User u gets exactly `counts[u]` movies, with the probabilities of `mftui.data.synthetic.taste`; the
    fame of the movie on place r is (r + q)⁻², q = min(300, n_movies / 10), which has the head and
    the tail of MovieLens from 100 thousand to 25 million ratings. One pair for each movie is
    drawn beforehand, if there are enough, so that no movie goes without.
    """
    firsts = _first_ratings(crowd, random)
    ends = np.cumsum(crowd.counts)
    start = 0
    while start < len(ends):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + block, side="right")))
        a, b = np.searchsorted(firsts[0], [start, stop])
        given = (firsts[0][a:b] - start) * np.int64(crowd.n_movies) + firsts[1][a:b]
        keys = _block(crowd, random, start, stop, given)
        yield (keys // crowd.n_movies + start).astype(np.int32), (keys % crowd.n_movies).astype(np.int32)
        start = stop


def _first_ratings(crowd: Crowd, random: np.random.Generator) -> tuple[Keys, Keys]:
    """Draw one user for each movie, as columns by user: as many for each user as fit into its count."""
    total = int(crowd.counts.sum())
    if total < crowd.n_movies:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    slots = np.sort(random.choice(total, crowd.n_movies, replace=False, shuffle=False))
    users = np.searchsorted(np.cumsum(crowd.counts), slots, side="right").astype(np.int64)
    return users, random.permutation(crowd.n_movies)


def _block(crowd: Crowd, random: np.random.Generator, start: int, stop: int, given: Keys) -> Keys:
    """Draw ascending keys for the users from `start` to `stop`; `given` are among them."""
    counts = crowd.counts[start:stop]
    heavy = counts * 20 > crowd.n_movies
    keys = np.sort(given)
    for _ in range(_ROUNDS):
        missing = np.where(heavy, 0, counts - np.bincount(keys // crowd.n_movies, minlength=len(counts)))
        if not missing.any():
            break
        new = _unseen(_accepted(crowd, random, start, missing), keys)
        keys = _merged(keys, _at_most(random, new, missing, crowd.n_movies))
    rest = np.flatnonzero(heavy | (missing > 0))
    if not len(rest):
        return keys
    is_rest = np.zeros(len(counts), dtype=bool)
    is_rest[rest] = True
    mine = is_rest[keys // crowd.n_movies]
    dense = _dense(crowd, random, start, rest, keys[mine])
    return _merged(keys[~mine], np.sort(dense))


def _unseen(drawn: Keys, seen: Keys) -> Keys:
    """Return the distinct keys of `drawn` that are not in `seen` (ascending), ascending."""
    drawn = np.sort(drawn)
    new = np.ones(len(drawn), dtype=bool)
    new[1:] = drawn[1:] != drawn[:-1]
    if len(seen):
        new &= seen[np.minimum(np.searchsorted(seen, drawn), len(seen) - 1)] != drawn
    return drawn[new]


def _merged(a: Keys, b: Keys) -> Keys:
    """Merge two ascending arrays into one; the stable sort merges runs in linear time."""
    return np.sort(np.concatenate([a, b]), kind="stable")


def _accepted(crowd: Crowd, random: np.random.Generator, start: int, missing: Keys) -> Keys:
    """Draw pairs by fame and keep them by liking, somewhat more than `missing` (block,); may repeat."""
    tries = np.where(missing > 0, missing * 3 + 8, 0)
    users = np.repeat(np.arange(len(missing), dtype=np.int32), tries)
    movies = crowd.by_fame[_fame_ranks(random.random(len(users)), crowd.n_movies)]
    pull = np.float32(taste.PULL) * crowd.like(users + np.int32(start), movies)
    kept = random.random(len(users), np.float32) < np.exp(pull - _CAP)
    return np.asarray(users[kept] * np.int64(crowd.n_movies) + movies[kept])


def _fame_offset(n_movies: int) -> float:
    return min(300.0, n_movies / 10)


def _fame_ranks(uniform: NDArray[np.float64], n_movies: int) -> Indices:
    """Return places (n,) from 0 by the inverse of the cumulated fame."""
    offset = _fame_offset(n_movies)
    first, last = 1 / offset, 1 / (offset + n_movies)
    ranks = 1 / (first - uniform * (first - last)) - offset
    return np.minimum(ranks.astype(np.int32), n_movies - 1)


def _at_most(random: np.random.Generator, keys: Keys, most: Keys, n_movies: int) -> Keys:
    """Keep, of each user's keys (ascending), no more than `most` (block,) at random."""
    users = keys // n_movies
    counts = np.bincount(users, minlength=len(most))
    crowded = (counts > most)[users]
    tight, users = keys[crowded], users[crowded]
    counts = np.where(counts > most, counts, 0)
    order = np.argsort((users << 32) | random.integers(0, 2**32, len(users)))
    place = np.arange(len(users)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(np.concatenate([keys[~crowded], tight[order[place < most[users]]]]))


def _dense(crowd: Crowd, random: np.random.Generator, start: int, users: Keys, given: Keys) -> Keys:
    """Choose keys for users who rate much of what there is: the largest of log-weight + Gumbel over all movies."""
    log_fame = np.empty(crowd.n_movies, dtype=np.float32)
    log_fame[crowd.by_fame] = -2 * np.log(np.arange(crowd.n_movies) + _fame_offset(crowd.n_movies))
    rows = max(1, _DENSE_CELLS // crowd.n_movies)
    found = []
    for at in range(0, len(users), rows):
        some = users[at : at + rows]
        like = crowd.tastes[some + start] @ crowd.positions.T
        waits = np.maximum(random.standard_exponential(like.shape, dtype=np.float32), np.float32(1e-30))
        weight = log_fame + np.float32(taste.PULL) * like - np.log(waits)
        row = np.searchsorted(some, given // crowd.n_movies)
        mine = (row < len(some)) & (some[np.minimum(row, len(some) - 1)] == given // crowd.n_movies)
        weight[row[mine], given[mine] % crowd.n_movies] = np.inf
        for user, row_weight in zip(some.tolist(), weight, strict=True):
            best = np.argpartition(row_weight, -crowd.counts[user + start])[-crowd.counts[user + start] :]
            found.append(user * np.int64(crowd.n_movies) + best)
    return np.concatenate(found)
