"""Import ratings into a profile: match them to movies, and merge them with those already there."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from mftui.data.allocator import gc_paused
from mftui.data.incoming.incoming import Incoming
from mftui.data.profiles.film_names import Names, name_key, unmatched_key
from mftui.data.profiles.many_rows import Rows
from mftui.data.profiles.many_texts import give_back
from mftui.data.profiles.match import BY_ID, Match, Matcher
from mftui.data.profiles.rated import Rated
from mftui.data.profiles.store import Change, Profile


@dataclass(frozen=True)
class Resolved:
    """Every rating of a file is in one of the lists, or was repeated: rated again later in the same file."""

    incoming: Incoming
    matched: list[tuple[Rated, Match]]
    """With the model's title and id."""
    as_written: list[Rated]
    """The same, as the file has them."""
    unmatched: Rows
    """Films that the model does not have."""
    not_films: Rows
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
    give_back()
    rows, films = incoming.entries.rows, incoming.entries.films
    moments = np.where(rows.timestamps == 0, now, rows.timestamps)
    rows, order = rows.dated(moments), np.argsort(moments, kind="stable")
    names = Names(rows)
    found = matcher.find_many(names)
    matches = {at: match for at, match in found.items() if films[at] or match.how in BY_ID}
    codes = names.unmatched().codes
    codes[[*matches]] = [len(rows) + match.movie for match in matches.values()]
    give_back()
    last = np.full(int(codes.max(initial=0)) + 1, -1)
    last[codes[order]] = np.arange(len(rows))
    latest = order[np.sort(last[last >= 0])]
    is_found = np.zeros(len(rows), bool)
    is_found[[*matches]] = True
    as_written = [*rows.take(latest[is_found[latest]])]
    which = [matches[at] for at in latest[is_found[latest]].tolist()]
    matched = [*zip(matcher.identified_all(as_written, [match.movie for match in which]), which, strict=True)]
    unmatched, not_films = (rows.take(latest[~is_found[latest] & (films[latest] == film)]) for film in (True, False))
    return Resolved(incoming, matched, as_written, unmatched, not_films, len(rows) - len(latest))


@gc_paused()
def import_into(profile: Profile, resolved: Resolved, matcher: Matcher) -> Imported:
    """Put what was found, and the films that were not, into a profile, in one change that `undo` takes back.

    The later rating of a film wins, whether it was there (also as one that the model did not have) or comes. Films
    that this model does not have are kept for one that does; series, episodes and games are left out.
    """
    older: list[Rated] = []

    def change(rows: Sequence[Rated]) -> Change:
        there: defaultdict[int | str, list[Rated]] = defaultdict(list)
        names = Names(Rows.joined([rows]))
        known = matcher.find_many(names)
        for at, (row, key) in enumerate(zip(rows, names.unmatched(), strict=True)):
            there[known[at].movie if at in known else key].append(row)
        before: list[Rated] = []

        def comes(row: Rated, keys: Iterable[int | str]) -> bool:
            own = [mine for key in dict.fromkeys(keys) for mine in there.get(key, ())]
            if any(mine.timestamp > row.timestamp for mine in own):
                older.append(row)
                return False
            before.extend(own)
            return True

        found = [
            row
            for (row, match), written in zip(resolved.matched, resolved.as_written, strict=True)
            if not there or comes(row, (match.movie, unmatched_key(written), name_key(written)))
        ]
        others = resolved.unmatched
        if there:
            coming = enumerate(zip(others, Names(others).unmatched(), strict=True))
            late = [at for at, (row, key) in coming if key in there and not comes(row, (key,))]
            others = others.take(np.delete(np.arange(len(others)), late))
        return Change(tuple(before), Rows.joined([found, others]))

    return Imported(profile.change(change), older)
