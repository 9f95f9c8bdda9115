"""One's own ratings on the You screen: as the open model takes them, and how they get to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mftui.tui.base.background import or_error

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from textual.dom import DOMNode

    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.rated import Rated
    from mftui.data.profiles.store import Profile
    from mftui.errors import MftuiError

T = TypeVar("T")


@dataclass(frozen=True)
class ProfileRatings:
    """A profile's n ratings that the model has a movie for, in the order in which they were made."""

    name: str
    """Of the profile."""
    movies: NDArray[np.int64]
    """(n,) movie indices."""
    ratings: NDArray[np.float32]
    """(n,) on the model's scale."""
    days: tuple[str, ...] = ()
    """n: when each was made, as 2020-02-29; "" where that is not known, or not saved yet."""
    missing: tuple[Rated, ...] = ()
    """Ratings of films that the model does not have."""
    stamp: tuple[int, ...] = ()
    """The files', as it was before they were read."""
    not_seen: frozenset[int] = frozenset()
    """Movie indices that are not to be asked for."""
    not_interested: frozenset[int] = frozenset()
    """Movie indices that are neither to be recommended nor asked for."""

    def __len__(self) -> int:
        return len(self.movies)

    @cached_property
    def by_movie(self) -> dict[int, float]:
        """Return the rating of each movie."""
        return {int(m): float(r) for m, r in zip(self.movies, self.ratings, strict=True)}

    def changed(self, changes: dict[int, float | None]) -> ProfileRatings:
        """Return a copy with other ratings of these movies, the newest last; None removes a rating."""
        if not changes:
            return self
        given = {movie: rating for movie, rating in self.by_movie.items() if movie not in changes}
        given |= {movie: rating for movie, rating in changes.items() if rating is not None}
        movies, ratings = np.array(list(given), dtype=np.int64), np.array(list(given.values()), dtype=np.float32)
        day_of = dict(zip(self.movies.tolist(), self.days, strict=True))
        days = tuple("" if movie in changes else day_of[movie] for movie in given)
        return replace(self, movies=movies, ratings=ratings, days=days)

    def leaving_out(self, of: str, changes: Mapping[int, bool]) -> ProfileRatings:
        """Return a copy with movies left out, or no longer: `of` is "not_seen" or "not_interested"."""
        if not changes:
            return self
        out = {movie for movie, left in changes.items() if left}
        return replace(self, **{of: frozenset(getattr(self, of) - set(changes) | out)})  # type: ignore[arg-type]

    def same_ratings(self, other: ProfileRatings) -> bool:
        """Return whether these are the same ratings of the same person, who leaves the same movies out."""
        alike = self.name == other.name and np.array_equal(self.movies, other.movies)
        left_out = self.not_seen == other.not_seen and self.not_interested == other.not_interested
        return alike and left_out and np.array_equal(self.ratings, other.ratings)


def read_profile(profile: Profile, matcher: Matcher) -> ProfileRatings:
    """Read the profile's ratings. Raises DataError if its file is damaged. Not for the event loop."""
    stamp = profile.stamp()
    matched = matcher.match(profile.rows())
    days = tuple(row.day for row in matched.rows)
    not_seen, not_interested = (frozenset(movies.tolist()) for movies in profile.left_out(matcher))
    missing = tuple(matched.missing)
    return ProfileRatings(profile.name, matched.movies, matched.ratings, days, missing, stamp, not_seen, not_interested)


class ProfileWriter:
    """Makes changes one after the other in a thread, in the order in which they were asked for; each is made, also
    those that still wait when the app ends."""

    def __init__(self, node: DOMNode) -> None:
        self._node = node
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="own ratings")
        self.waiting = 0
        """Changes that are not on the disk yet."""

    def ask(self, change: Callable[[], T], show: Callable[[T | MftuiError], None]) -> None:
        """Call `change`, then `show` on the event loop with what it returned, or with the MftuiError it raised."""
        self.waiting += 1
        found = asyncio.get_running_loop().run_in_executor(self._thread, or_error(change))
        self._node.run_worker(self._follow(found, show), group="own ratings")

    async def _follow(self, found: asyncio.Future[T | MftuiError], show: Callable[[T | MftuiError], None]) -> None:
        result = await found
        self.waiting -= 1
        if self._node.is_attached:
            show(result)
