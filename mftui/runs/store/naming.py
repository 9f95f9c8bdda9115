"""Run ids: `20261124-091503-biased-k32-name`, unique and safe as file names."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from mftui.data.storage.regular import make_new, make_own
from mftui.errors import UsageError
from mftui.text import is_plain

MAX_SLUG = 40
MAX_NAME = 100
_IN_DIRECTORY = "._+-"
_IN_NAME = " ._+-,:=@%"
_MAX_BYTES = 255
LATEST = "latest"
"""Stands for the newest run wherever a run is asked for."""
_ID = re.compile(r"\d{8}-\d{6}-[\w-]+", re.UNICODE)


def slug(name: str) -> str:
    """Return `name` as a part of a file name: letters and digits of any script, the rest one hyphen.

    Empty for an empty name. Raises UsageError if nothing is left of the name.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(c if c.isalnum() else "-" for c in plain)
    short = re.sub("-+", "-", letters).strip("-")[:MAX_SLUG].strip("-")
    if name.strip() and not short:
        raise UsageError(f"the run name {name!r} has no letter or digit.", hint="Use at least one.")
    if name.strip() == LATEST:
        raise UsageError(f"no run can be named {LATEST!r}: that means the newest run.", hint="Choose another name.")
    return short


def is_name(text: str) -> bool:
    """Return whether a run can be given this name: letters and digits of any script, blanks and `._+-,:=@%`, the
    first a letter or digit."""
    return _consists(text, _IN_NAME) and len(text) <= MAX_NAME


def is_directory_name(text: str) -> bool:
    """Return whether a run's directory may be called so: as `is_name`, without blanks and with `._+-` alone."""
    return _consists(text, _IN_DIRECTORY) and len(os.fsencode(text)) <= _MAX_BYTES


def _consists(text: str, signs: str) -> bool:
    marks = (c.isalnum() or c in signs or unicodedata.category(c).startswith("M") for c in text)
    return text[:1].isalnum() and is_plain(text) and all(marks)


def checked_name(text: str) -> str:
    """Check a name, "" for none; of several blanks one is left. Raises UsageError for what is no name."""
    name = " ".join(text.split())
    if len(name) > MAX_NAME:
        raise UsageError(f"the name is too long: {len(name)} characters ({MAX_NAME} at most).")
    slug(name)
    if name and not is_name(name):
        raise UsageError(
            f"invalid run name {name!r}.",
            hint=f"Use letters, digits, blanks and {_IN_NAME.strip()} alone, and begin with a letter or digit.",
        )
    return name


def local_time(at: float | None = None) -> datetime:
    """Return a moment (seconds since 1970, or now) by the clock of this place; by UTC where TZ sets one that is a day
    or more away from it, which Python does not know. A moment beyond all years is the end of the last one."""
    moment = datetime.max.replace(tzinfo=UTC)
    try:
        moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
        return moment.astimezone()
    except (ValueError, OverflowError, OSError):
        return moment


def base_id(recipe: str, factors: object, name: str, *, now: float | None = None) -> str:
    """Return the id for a run started `now` (local time), before it is made unique."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    size = f"k{factors}" if isinstance(factors, int) else ""
    return "-".join(part for part in (stamp, slug(recipe), size, slug(name)) if part)


def make_directory(parent: Path, wanted: str, others: Iterable[str] = ()) -> Path:
    """Make a new directory `wanted`; or `wanted-2`, … where it exists, or one of `others` is the same but for its date.

    Safe between processes."""
    make_own(parent)
    taken = {without_date(other) for other in others}
    for number in range(1, 10_000):
        directory = parent / (wanted if number == 1 else f"{wanted}-{number}")
        if without_date(directory.name) in taken:
            continue
        try:
            make_new(directory)
        except FileExistsError:
            continue
        return directory
    raise UsageError(f"{parent}: too many runs named {wanted}.")


def is_run_id(text: str) -> bool:
    """Return whether `text` has the form of a run id, and so is one plain file name."""
    return _ID.fullmatch(text) is not None


def without_date(run_id: str) -> str:
    """Return a run's id without its date and time."""
    return run_id.split("-", 2)[-1]


def short_names(runs: Collection[tuple[str, str]]) -> dict[str, str]:
    """Return what each run is called where it is shown, by id; no two are called the same.

    That is its name, or its id without the date; runs that share it have a number behind it.

    Parameters
    ----------
    runs: id and name ("" for none) of each run, the oldest first.
    """
    found = {run_id: name or without_date(run_id) for run_id, name in runs}
    times = Counter(found.values())
    taken, last = {called for called, n in times.items() if n == 1}, Counter[str]()
    for run_id, called in found.items():
        if times[called] == 1:
            continue
        while True:
            last[called] += 1
            numbered = f"{called}-{last[called]}"
            if numbered not in taken:
                break
        taken.add(numbered)
        found[run_id] = numbered
    return found
