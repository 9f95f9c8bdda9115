"""What the app remembers from one session to the next: screen, run, theme, sorts and filters."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    T = TypeVar("T", bound=DataclassInstance)

_log = logging.getLogger(__name__)
_VERSION = 1


class SessionState:
    """Values by name, kept in a file. Without a file nothing is kept."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._values: dict[str, Any] = {}
        self._written: dict[str, Any] = {}
        self._lock = Lock()
        self.trouble = ""
        """Why what was remembered could not be read, "" where it could."""

    @classmethod
    def load(cls, file: Path) -> SessionState:
        """Load what `file` holds; where it is damaged, nothing, and `trouble` says so."""
        session = cls(file)
        try:
            from mftui.data.storage.documents import read_document
            from mftui.data.storage.regular import SESSION_BYTES

            found = read_document(file, SESSION_BYTES)
            if found.get("format_version") != _VERSION:
                raise ValueError("of another version")
            session._values = {name: value for name, value in found.items() if name != "format_version"}
            session._written = dict(session._values)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError):
            session.trouble = f"{file} is damaged: the app starts with defaults and writes it again."
        return session

    def get(self, name: str) -> object:
        """Return the value, whatever it is, or None."""
        return self._values.get(name)

    def text(self, name: str) -> str:
        """Return the value where it is a text, else ""."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def put_runs(self, opened: str, watched: str) -> None:
        """Remember which run's model is open, and the newest run that was ever watched."""
        self.put(run=opened, newest_run=max(self.text("newest_run"), watched))

    def put(self, **values: object) -> None:
        """Remember; `save` writes it."""
        self._values.update(values)

    def save(self) -> None:
        """Write what has changed; a reader sees the old file or the new. A full disk costs the session, no more."""
        with self._lock:
            values = dict(self._values)
            if self._file is None or values == self._written:
                return
            from mftui.data.storage.regular import make_own
            from mftui.data.storage.writing import write_text

            try:
                make_own(self._file.parent)
                write_text(self._file, json.dumps({"format_version": _VERSION, **values}, indent=1) + "\n")
                self._written = values
            except OSError as error:
                _log.warning("what the app remembers could not be written: %s", error)


def revived(default: T, found: object) -> T:
    """`default` with the fields that `found` has in the right type; all else in it is left out."""
    if not isinstance(found, Mapping):
        return default
    fitting = {}
    for field in fields(default):
        value, now = found.get(field.name), getattr(default, field.name)
        if hasattr(now, "__dataclass_fields__"):
            fitting[field.name] = revived(now, value)
        elif type(value) is type(now):
            fitting[field.name] = value
    return replace(default, **fitting)
