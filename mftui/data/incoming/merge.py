"""Import ratings into a profile: match them to movies, and merge them with those already there."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from mftui.data.allocator import gc_paused
from mftui.data.incoming.incoming import Entry, Incoming
from mftui.data.profiles.film_names import name_key
from mftui.data.profiles.match import BY_ID, Match, Matcher
from mftui.data.profiles.rows import Rated
from mftui.data.profiles.store import Change, Profile


@dataclass(frozen=True)
class Resolved:
    """Every rating of a file is in one of the lists, or was repeated: rated again later in the same file."""

    incoming: Incoming
    matched: list[tuple[Rated, Match]]
    """With the model's title and id."""
    as_written: list[Rated]
    """The same, as the file has them."""
    unmatched: list[Rated]
    """Films that the model does not have."""
    not_films: list[Rated]
    """Series, episodes and games that the model does not have."""
    n_repeated: int

    @property
    def n_ratings(self) -> int:
        """Return the number of lines with a rating."""
        return len(self.incoming.entries)


@dataclass(frozen=True)
class Imported:
    """What came into the profile."""

    change: Change
    older: list[Rated] = field(default_factory=list)
    """Left out, as the profile has a later rating of the film."""


@gc_paused()
def resolve(incoming: Incoming, matcher: Matcher, now: int | None = None) -> Resolved:
    """Find the movies of a file's ratings. Of two ratings of one film the later counts; undated ones are of `now`."""
    now = int(time.time()) if now is None else now
    latest: dict[int | str, tuple[Entry, Match | None]] = {}
    entries = sorted(incoming.entries, key=lambda entry: entry.rated.timestamp or now)
    names = [(matcher.find(entry.rated), _unmatched_key(entry.rated)) for entry in entries]
    settled = matcher.settled([found for found, _ in names])
    for entry, found, (_, named) in zip(entries, settled, names, strict=True):
        match = found if entry.is_film or (found is not None and found.how in BY_ID) else None
        key = match.movie if match else named
        latest.pop(key, None)
        latest[key] = entry, match
    matched: list[tuple[Rated, Match]] = []
    as_written: list[Rated] = []
    unmatched: list[Rated] = []
    not_films: list[Rated] = []
    for entry, match in latest.values():
        rated = entry.rated if entry.rated.timestamp else entry.rated._replace(timestamp=now)
        if match is not None:
            matched.append((matcher.identified(rated, match.movie), match))
            as_written.append(rated)
        else:
            (unmatched if entry.is_film else not_films).append(rated)
    return Resolved(incoming, matched, as_written, unmatched, not_films, len(incoming.entries) - len(latest))


@gc_paused()
def import_into(profile: Profile, resolved: Resolved, matcher: Matcher) -> Imported:
    """Put what was found, and the films that were not, into a profile, in one change that `undo` takes back.

    The later rating of a film wins, whether it was there (also as one that the model did not have) or comes. Films
    that this model does not have are kept for one that does; series, episodes and games are left out.
    """
    older: list[Rated] = []

    def change(rows: list[Rated]) -> Change:
        there: defaultdict[int | str, list[Rated]] = defaultdict(list)
        for row, match in zip(rows, matcher.find_all(rows), strict=True):
            there[match.movie if match else _unmatched_key(row)].append(row)
        before: list[Rated] = []
        after: list[Rated] = []
        coming: Iterator[tuple[tuple[int | str, ...], Rated]] = chain(
            (
                ((match.movie, _unmatched_key(written), name_key(written)), row)
                for (row, match), written in zip(resolved.matched, resolved.as_written, strict=True)
            ),
            (((_unmatched_key(row),) if there else (), row) for row in resolved.unmatched),
        )
        for keys, row in coming:
            own = [mine for key in dict.fromkeys(keys) for mine in there.get(key, ())]
            if any(mine.timestamp > row.timestamp for mine in own):
                older.append(row)
            else:
                before += own
                after.append(row)
        return Change(tuple(before), tuple(after))

    return Imported(profile.change(change), older)


def _unmatched_key(row: Rated) -> str:
    """Return a key that two ratings share of one film that the model does not have."""
    return row.imdb_id or (f"tmdb {row.tmdb_id}" if row.tmdb_id else name_key(row))
