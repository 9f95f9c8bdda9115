"""Profiles: named sets of a person's ratings, each a CSV file under `$MFTUI_HOME/ratings`.

A profile can be changed by several processes at a time: every change reads the file, changes it and writes it back
under one lock. What a change returns is on the disk.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mftui import paths
from mftui.data.profiles.many_rows import Rows
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.rated import Rated, kept_rows, revived
from mftui.data.profiles.rows import csv_parts, read_rows
from mftui.data.profiles.stars import check_rating
from mftui.data.storage.documents import read_document
from mftui.data.storage.regular import CURRENT_BYTES, UNDO_BYTES, list_own, make_own, read_own, seen_own
from mftui.data.storage.writing import exclusive, sweep, sync_directory, write_text
from mftui.errors import MftuiError, UsageError
from mftui.text import visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT = "me"
_NAME = re.compile(r"\w[\w.-]{0,39}")
_WAIT_S = 10.0
_UNDO_VERSION = 1
_MAX_UNDO = 100
_MAX_UNDO_ROWS = 20_000


Of = Literal["", "not_seen", "not_interested"]
"""What a row of a profile says of a film: a rating; that it was not seen, so is not to be asked for; that it is not
wanted, so is not to be recommended either."""
LEFT_OUT: tuple[Of, ...] = ("not_seen", "not_interested")


@dataclass(frozen=True)
class Change:
    """A change: the rows that were removed and those that were added. A film that is rated again has one of each."""

    before: Sequence[Rated] = ()
    after: Sequence[Rated] = ()
    of: Of = ""
    """What these rows say."""
    n_rows: int | None = field(default=None, compare=False)
    """How many rows of this kind there are afterwards; None of one that is not made yet."""


class Profile:
    """One person's ratings. Nothing is kept in memory: every call reads the file, or writes it."""

    def __init__(self, name: str | None = None) -> None:
        """Choose the profile `name`; None means `current`. Raises UsageError for a name that is no file name."""
        self.name = check_name(name) if name is not None else current()
        self.path = paths.ratings_dir() / f"{self.name}.csv"
        self._left_out = {of: paths.ratings_dir() / f".{self.name}.{of}.csv" for of in LEFT_OUT}
        self._undo_path = paths.ratings_dir() / f".{self.name}.undo.json"

    def rows(self, of: Of = "") -> Sequence[Rated]:
        """Return all ratings, or the films that are left out, the oldest first; none if there is no file yet.

        Raises DataError, with line and remedy, where the file is damaged.
        """
        path = self._path(of)
        return read_rows(path) if os.path.lexists(path) else []

    def left_out(self, matcher: Matcher) -> tuple[NDArray[Any], ...]:
        """Return the movie indices that are left out, for each of LEFT_OUT. Raises as `rows`."""
        return tuple(matcher.match(self.rows(of)).movies for of in LEFT_OUT)

    def _path(self, of: Of) -> Path:
        return self._left_out[of] if of else self.path

    def stamp(self) -> tuple[int, ...]:
        """Return a stamp that changes whenever any process changes a file of it; cheap to compare."""
        found: list[int] = []
        for path in (self.path, *self._left_out.values()):
            try:
                seen = seen_own(path)
            except OSError:
                found += (0, 0, 0)
            else:
                found += (seen.st_ino, seen.st_size, seen.st_mtime_ns)
        return tuple(found)

    def rate(self, matcher: Matcher, movie: int, rating: float, timestamp: int | None = None) -> Change:
        """Give the movie at an index a rating on the model's scale; an earlier one of the same film goes.

        Returns once it is on the disk. Raises UsageError for a rating off the scale, DataError where the file is
        damaged (it stays as it is), MftuiError where it cannot be written.
        """
        check_rating(rating, matcher.scale)
        row = matcher.rated(movie, rating, int(time.time()) if timestamp is None else timestamp)
        return self.change(lambda rows: Change(tuple(matcher.rows_of(rows, movie)), (row,)))

    def leave_out(self, matcher: Matcher, movie: int, of: Of, *, back: bool = False) -> Change:
        """Say that the movie at an index was not seen, or is not wanted; `back`: no longer. Returns and raises as
        `rate`."""
        new = matcher.identified(Rated("", 0.0, timestamp=int(time.time())), movie)

        def decide(rows: Sequence[Rated]) -> Change:
            there = tuple(matcher.rows_of(rows, movie))
            return Change(there if back else (), () if back or there else (new,))

        return self.change(decide, of)

    def remove(self, matcher: Matcher, movie: int) -> Change:
        """Remove the rating of the movie at an index, if there is one."""
        return self.change(lambda rows: Change(tuple(matcher.rows_of(rows, movie))))

    def remove_rows(self, unwanted: Iterable[Rated], of: Of = "") -> Change:
        """Remove rows as `rows` returned them, such as those of films that no model has."""
        given = set(unwanted)
        return self.change(lambda rows: Change(tuple(r for r in rows if r in given)), of)

    def change(self, decide: Callable[[Sequence[Rated]], Change], of: Of = "") -> Change:
        """Change the file in one step, which `undo` takes back: `decide` is given all rows, and says which go and
        which come. Returns and raises as `rate`."""
        with self._writing():
            rows = self.rows(of)
            wanted = decide(rows)
            after: Sequence[Rated] = wanted.after
            if not isinstance(after, Rows):
                after = tuple(kept_rows(*zip(*after, strict=True)) if after else ())
            change = Change(_those(wanted.before, ~_among(wanted.before, after)), after, of)
            if len(change.before) or not _among(after, rows).all():
                self._write_undo([*self._undo_log(), change])
                return self._made(rows, change)
            return replace(change, n_rows=len(rows))

    def undo(self) -> Change | None:
        """Undo the last change, whichever process made it, and return what that changed; None if there is no change."""
        with self._writing():
            log = self._undo_log()
            while log:
                last = log.pop()
                rows = self.rows(last.of)
                # Else changed by hand since, or never made.
                if _among(last.after, rows).all() and not _among(last.before, rows).any():
                    back = self._made(rows, Change(last.after, last.before, last.of))
                    with suppress(OSError):  # a change that is no longer there is passed over the next time
                        self._write_undo(log)
                    return back
            self._write_undo(log)
            return None

    def _made(self, rows: Sequence[Rated], change: Change) -> Change:
        """Write the rows as they are after a change; return it with their number."""
        stay = _those(rows, ~(_among(rows, change.before) | _among(rows, change.after)))
        if isinstance(stay, Rows) or isinstance(change.after, Rows):
            new: Sequence[Rated] = Rows.joined([stay, change.after]).in_order()
        else:
            new = sorted([*stay, *change.after], key=lambda row: row.timestamp)
        write_text(self._path(change.of), csv_parts(new), durable=True, private=True)
        return replace(change, n_rows=len(new))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Lock the file for writing; turn errors of the disk into a MftuiError that says what to do."""
        directory = paths.ratings_dir()
        try:
            if not directory.exists():
                make_own(directory, mode=0o700)
                sync_directory(directory.parent)
            with exclusive(directory / ".lock", wait_s=_WAIT_S, mode=0o600):
                sweep(directory)
                yield
        except BlockingIOError as error:
            message = f"{self.path}: another mftui is writing your ratings and does not finish."
            raise MftuiError(message, hint="Look for a suspended mftui process.") from error
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _undo_log(self) -> list[Change]:
        """Read the changes that can be undone, the last one last; none where the log is damaged."""
        try:
            document = read_document(self._undo_path, UNDO_BYTES)
            if document["format_version"] != _UNDO_VERSION:
                return []
            return [
                Change(
                    tuple(revived(row) for row in change["before"]),
                    tuple(revived(row) for row in change["after"]),
                    _of(change),
                )
                for change in document["changes"]
            ]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return []

    def _write_undo(self, log: list[Change]) -> None:
        kept: list[Change] = []
        n_rows = 0
        for change in reversed(log[-_MAX_UNDO:]):
            n_rows += len(change.before) + len(change.after)
            if n_rows > _MAX_UNDO_ROWS:
                break
            kept.insert(0, change)
        changes = [
            {"before": [*map(Rated._asdict, one.before)], "after": [*map(Rated._asdict, one.after)], "of": one.of}
            for one in kept
        ]
        document = {"format_version": _UNDO_VERSION, "changes": changes}
        write_text(self._undo_path, json.dumps(document), private=True)


def _among(rows: Sequence[Rated], others: Sequence[Rated]) -> NDArray[np.bool_]:
    """Return (n,) whether each of n rows is one of `others`."""
    if isinstance(rows, Rows) or isinstance(others, Rows):
        return Rows.joined([rows]).among(Rows.joined([others]))
    known = set(others)
    return np.fromiter((row in known for row in rows), bool, len(rows))


def _those(rows: Sequence[Rated], chosen: NDArray[np.bool_]) -> Sequence[Rated]:
    """Return the chosen of n rows."""
    at = np.flatnonzero(chosen)
    return rows.take(at) if isinstance(rows, Rows) and len(at) else tuple(rows[i] for i in at.tolist())


def _of(change: dict[str, object]) -> Of:
    """Return what a change of the log is of; raises LookupError for what no profile keeps."""
    known: dict[object, Of] = {"": "", **{of: of for of in LEFT_OUT}}
    return known[change.get("of", "")]


def check_name(name: str) -> str:
    """Return `name` if it is a valid profile name; raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{visible(name[:60])} is not a valid profile name.",
            hint="Letters, digits, dots, dashes and underscores, at most 40, a letter or digit first.",
        )
    return name


def current() -> str:
    """Return the name of the current profile: the one chosen last, at first `me`."""
    try:
        name = read_own(_current_file(), CURRENT_BYTES).decode().strip()
    except (OSError, ValueError):
        return DEFAULT
    return name if _NAME.fullmatch(name) else DEFAULT


def choose(name: str) -> Profile:
    """Make `name` the current profile. It need not have a rating yet. Raises UsageError, MftuiError."""
    profile = Profile(name)
    try:
        make_own(paths.ratings_dir(), mode=0o700)
        sweep(paths.ratings_dir())
        write_text(_current_file(), f"{profile.name}\n", private=True)
    except OSError as error:
        raise _unwritable(_current_file(), error) from error
    return profile


def profiles() -> list[Profile]:
    """Return all profiles that have a file, and the current one, by name."""
    try:
        names = {file.stem for file in list_own(paths.ratings_dir()) if file.suffix == ".csv"}
    except OSError:
        names = set()
    return [Profile(name) for name in sorted({name for name in names if _NAME.fullmatch(name)} | {current()})]


def _current_file() -> Path:
    return paths.ratings_dir() / ".current"


def _unwritable(path: Path, error: OSError) -> MftuiError:
    return MftuiError(
        f"{path}: could not be saved ({error.strerror or error}).",
        hint="What was there before is untouched. Make room or correct the permissions, then rate again.",
    )
