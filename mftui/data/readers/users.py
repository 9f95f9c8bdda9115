"""Age, gender and occupation from the users file beside the ratings (u.user, users.dat)."""

from __future__ import annotations

import io
from typing import NamedTuple

from mftui.data.storage.files import FileRef
from mftui.errors import DataError
from mftui.text import visible, whole_number

_MAX_AGE = 150


class UserLine(NamedTuple):
    """One line, ids and words as text."""

    user: str
    age: int
    """0 where there is none."""
    gender: str
    occupation: str


def read_users(ref: FileRef) -> list[UserLine]:
    """Read all lines of `id|age|gender|occupation|zip` or of `id::gender::age::occupation::zip`.

    Raises DataError, naming file and line, for a line that is neither.
    """
    with ref.open() as file:
        lines = io.TextIOWrapper(file, encoding="latin-1").read().splitlines()
    return [_line(ref, number, text) for number, text in enumerate(lines, 1) if text.strip()]


def _line(ref: FileRef, number: int, text: str) -> UserLine:
    old = "::" not in text
    fields = [field.strip() for field in text.split("|" if old else "::")]
    if len(fields) < 4 or not fields[0]:
        raise DataError(
            f"{visible(text.strip()[:60])} does not describe a user.",
            path=ref,
            line=number,
            hint="Expected id|age|gender|occupation|zip, or id::gender::age::occupation::zip.",
        )
    user, age, gender, occupation = (fields[i] for i in ((0, 1, 2, 3) if old else (0, 2, 1, 3)))
    years = whole_number(age)
    if age and not (age.isascii() and years is not None and years <= _MAX_AGE):
        raise DataError(
            f"{visible(age[:20])} is not an age.", path=ref, line=number, hint="Correct or remove the line."
        )
    return UserLine(user, years or 0, gender, occupation)
