"""What somebody sees of a file before anything is trained on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from mftui.data.reading.reading import Reading
from mftui.errors import DataError, DoubtError, MftuiError

_MISSING = re.compile(r"--missing (?:'[^']*'|blank|NaN)")


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a file, or doubtful about it."""

    message: str
    """Without the file's path."""
    hint: str = ""
    doubt: str = ""
    """Its name, as in `DoubtError.doubt`; "" where something is wrong."""
    options: tuple[tuple[str, str], ...] = ()
    """What settles it: `(option, what it means)`."""

    @classmethod
    def of(cls, error: MftuiError) -> Trouble:
        """Return what an error says."""
        path = error.path if isinstance(error, DataError | DoubtError) else None
        message = error.message.removeprefix(f"{path}: ").removeprefix(f"{path}, ")
        if isinstance(error, DoubtError):
            return cls(message, "", error.doubt, error.options)
        unrated = " ".join(_MISSING.findall(error.hint))
        options = ((unrated, "leave out what has no rating"),) if unrated else ()
        return cls(message, error.hint, options=options)


@dataclass(frozen=True)
class Preview:
    """The first rows of a file, how it is read, and what is doubtful about that."""

    names: tuple[str, ...] = ()
    """Of the columns; "1", "2", … without a header."""
    header: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows, as text."""
    reading: Reading | None = None
    """How it is read, as far as is known."""
    whole: bool = False
    """Whether all of it was read, and not only its beginning."""
    n_users: int = 0
    n_movies: int = 0
    n_ratings: int = 0
    scale: tuple[float, float] = (0.0, 0.0)
    notes: tuple[str, ...] = ()
    """What was repaired or left out, and doubts that do not stop a training; a sentence each."""
    trouble: Trouble | None = None
    """Why it cannot be trained on as it is read now."""

    @property
    def roles(self) -> dict[str, int]:
        """Return role → position from 0 of the columns that are read."""
        columns = self.reading.columns if self.reading is not None else {}
        return {role: use.position - 1 for role, use in columns.items() if use.position}

    def document(self) -> dict[str, Any]:
        """Return the object for JSON."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Preview:
        """Read what `document` returned."""
        known = {f.name: document[f.name] for f in fields(cls)}
        trouble = known["trouble"]
        if trouble is not None:
            trouble = Trouble(**{**trouble, "options": tuple((option, why) for option, why in trouble["options"])})
        return cls(
            **{
                **known,
                "names": tuple(known["names"]),
                "rows": tuple(tuple(row) for row in known["rows"]),
                "reading": Reading.from_document(known["reading"]),
                "scale": tuple(known["scale"]),
                "notes": tuple(known["notes"]),
                "trouble": trouble,
            }
        )
