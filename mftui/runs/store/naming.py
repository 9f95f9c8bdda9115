"""Run ids: `20261124-091503-biased-k32-name`, unique and safe as file names."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

from mftui.errors import UsageError

MAX_NAME = 40
_ID = re.compile(r"\d{8}-\d{6}-[\w-]+", re.UNICODE)


def slug(name: str) -> str:
    """Return `name` as a part of a file name: letters and digits of any script, the rest one hyphen.

    Empty for an empty name. Raises UsageError if nothing is left of the name.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(c if c.isalnum() else "-" for c in plain)
    short = re.sub("-+", "-", letters).strip("-")[:MAX_NAME].strip("-")
    if name.strip() and not short:
        raise UsageError(f"the run name {name!r} has no letter or digit.", hint="Use at least one.")
    return short


def base_id(recipe: str, factors: object, name: str, *, now: float | None = None) -> str:
    """Return the id for a run started `now` (local time), before it is made unique."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    size = f"k{factors}" if isinstance(factors, int) else ""
    return "-".join(part for part in (stamp, slug(recipe), size, slug(name)) if part)


def make_directory(parent: Path, wanted: str) -> Path:
    """Make a new directory `wanted`, or `wanted-2`, … where that exists; safe between processes."""
    parent.mkdir(parents=True, exist_ok=True)
    for number in range(1, 10_000):
        directory = parent / (wanted if number == 1 else f"{wanted}-{number}")
        try:
            directory.mkdir()
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
