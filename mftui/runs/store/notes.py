"""Read and write what a user adds to a run: a name, a note, tags. In `notes.json`, which no trainer writes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mftui.data.storage.regular import NOTES_BYTES, is_own_file
from mftui.data.storage.writing import move_own, sweep
from mftui.errors import FormatError, MftuiError, RunError, UsageError
from mftui.runs.store.lock import list_lock
from mftui.runs.store.naming import MAX_NAME
from mftui.runs.store.publish import read_json, write_json

FILE = "notes.json"
FORMAT_VERSION = 1
MAX_TAGS = 20
MAX_TAG = 30
MAX_NOTE = 2_000
_TAG = re.compile(rf"[\w.+-]{{1,{MAX_TAG}}}")


@dataclass(frozen=True)
class Notes:
    """Has the name, note and tags of one run."""

    name: str | None = None
    """None: the name that it was trained with."""
    note: str = ""
    tags: tuple[str, ...] = ()
    """Lower case, each once, in the order given."""

    def name_over(self, trained: str) -> str:
        """Return the name given last: this one, or the one that the run was `trained` with; "" for none."""
        return trained if self.name is None else self.name


def read_notes(run: Path) -> Notes:
    """Read the notes of `run`; empty ones if there are none, or the file is damaged."""
    try:
        return _read(run)
    except MftuiError:
        return Notes()


def change_notes(run: Path, change: Callable[[Notes], Notes]) -> tuple[Notes, Path | None]:
    """Write what `change` makes of the notes of `run`, which nobody else changes meanwhile; return them.

    Where the file was damaged, it is kept under the other name that is returned, too: what it said can be looked up.
    Raises RunError if they cannot be read or written, FormatError if another version of mftui wrote them.
    """
    with list_lock(run.parent):
        sweep(run)
        damaged, notes = None, Notes()
        if os.path.lexists(run / FILE):
            try:
                if not is_own_file(run / FILE):
                    raise FormatError(f"{run / FILE} is no file.")
                read_json(run / FILE, NOTES_BYTES)
            except FormatError:
                damaged = _kept_aside(run)
            else:
                notes = _read(run)
        notes = change(notes)
        write_notes(run, notes)
    return notes, damaged


def _kept_aside(run: Path) -> Path:
    number = 1
    while os.path.lexists(aside := run / f"notes.damaged-{number}.json"):
        number += 1
    try:
        move_own(run / FILE, aside)
    except OSError as error:
        raise RunError(f"{run / FILE}: damaged, and cannot be kept aside ({error.strerror}).") from error
    return aside


def _read(run: Path) -> Notes:
    document = read_json(run / FILE, NOTES_BYTES, version=FORMAT_VERSION)
    name, note, tags = (document.get(part) for part in ("name", "note", "tags"))
    return Notes(
        name[:MAX_NAME] if isinstance(name, str) else None,
        note[:MAX_NOTE] if isinstance(note, str) else "",
        tuple(tag[:MAX_TAG] for tag in tags if isinstance(tag, str))[:MAX_TAGS] if isinstance(tags, list) else (),
    )


def write_notes(run: Path, notes: Notes) -> None:
    """Write `notes`. Raises RunError if they cannot be written."""
    document: dict[str, Any] = {"format_version": FORMAT_VERSION, **asdict(notes), "tags": list(notes.tags)}
    try:
        write_json(run / FILE, document, durable=True)
    except OSError as error:
        raise RunError(f"{run / FILE}: cannot be written ({error.strerror}).") from error


def checked_note(text: str) -> str:
    """Check a note, "" for none. Raises UsageError if it is longer than 2,000 characters."""
    if len(note := text.strip()) > MAX_NOTE:
        raise UsageError(f"the note is too long: {len(note):,} characters ({MAX_NOTE:,} at most).")
    return note


def checked_tags(words: Iterable[str]) -> tuple[str, ...]:
    """Return the tags, each once. Raises UsageError for a word that is not a tag, or too many tags."""
    tags = tuple(dict.fromkeys(part.casefold() for word in words for part in re.split(r"[\s,]+", word) if part))
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise UsageError(f"invalid tag {tag[:40]!r}: use letters, digits, . + - _ ({MAX_TAG} at most).")
    if len(tags) > MAX_TAGS:
        raise UsageError(f"too many tags: {len(tags)} ({MAX_TAGS} at most).")
    return tags
