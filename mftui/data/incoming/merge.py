"""Import ratings into a profile: match them to movies, and merge them with those already there."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import gc_paused
from mftui.data.incoming.incoming import Incoming
from mftui.data.profiles.film_names import name_key, unmatched_key
from mftui.data.profiles.many_names import Names
from mftui.data.profiles.many_rows import Rows
from mftui.data.profiles.many_texts import Texts, give_back
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
        give_back()
        names = Names(Rows.joined([rows]))
        known, keys = matcher.find_many(names), names.unmatched()
        gone = np.zeros(len(rows), bool)
        there = _by_film(resolved, known, keys)

        def comes(row: Rated, films: Iterable[int | str]) -> bool:
            own = [at for film in films for at in there.get(film, ())]
            if (names.rows.timestamps[own] > row.timestamp).any():
                older.append(row)
                return False
            gone[own] = True
            return True

        found = [
            row
            for (row, match), written in zip(resolved.matched, resolved.as_written, strict=True)
            if comes(row, (match.movie, *_keys(written)))
        ]
        others = resolved.unmatched
        if len(rows):
            late, same = _there_already(others, names, known, keys, gone)
            older.extend(others.take(np.flatnonzero(late)))
            others = others.take(np.flatnonzero(~(late | same)))
        return Change(names.rows.take(np.flatnonzero(gone)), Rows.joined([found, others]))

    return Imported(profile.change(change), older)


def _keys(row: Rated) -> tuple[str, str]:
    return unmatched_key(row), name_key(row)


def _by_film(resolved: Resolved, known: Mapping[int, Match], keys: Texts) -> Mapping[int | str, list[int]]:
    """Return the places of a profile's rows by what the films of `resolved` that were found are known by: those of the
    model by their index, others by their key."""
    there: defaultdict[int | str, list[int]] = defaultdict(list)
    asked = {key for row in resolved.as_written for key in _keys(row)}
    for at in np.flatnonzero(keys.among(asked)).tolist():
        if at not in known:
            there[keys[at]].append(at)
    for at, match in known.items():
        there[match.movie].append(at)
    return there


def _there_already(
    coming: Rows, names: Names, known: Mapping[int, Match], keys: Texts, gone: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of which films that no model has the profile has a later rating, and of which the same; what it has of
    the others is `gone`."""
    rows = names.rows
    give_back()
    codes = Texts.one_after_another([keys, Names(coming).unmatched()]).codes
    own, theirs = codes[: len(rows)], codes[len(rows) :]
    others = np.ones(len(rows), bool)
    others[[*known]] = False
    at = np.flatnonzero(others)
    n_codes = int(codes.max(initial=0)) + 1
    latest, place = np.full(n_codes, np.iinfo(np.int64).min), np.zeros(n_codes, np.int64)
    np.maximum.at(latest, own[at], rows.timestamps[at])
    place[own[at]] = at
    late = latest[theirs] > coming.timestamps
    same = np.bincount(own[at], minlength=n_codes)[theirs] == 1
    maybe = np.flatnonzero(same)
    same[maybe] = rows.take(place[theirs[maybe]]).like(coming.take(maybe))
    replaced = np.zeros(n_codes, bool)
    replaced[theirs[~(late | same)]] = True
    gone |= others & replaced[own]
    return late, same
