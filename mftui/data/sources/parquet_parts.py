"""Ratings in many Parquet files, as Spark, Dask and Arrow write them: which files are parts, and in which order."""

from __future__ import annotations

import re
from pathlib import Path

from mftui.data.storage.files import FileRef, unreadable

PART_DIRECTORIES = ("ratings", "ratings.parquet")
"""What a directory of parts is called that stands beside a movies file."""
_PART = re.compile(r"part\W?.*\d", re.IGNORECASE)
_HIDDEN = (".", "_")


def parts_in(directory: Path) -> tuple[FileRef, ...]:
    """List the parts in `directory`, else in its subdirectory `ratings` or `ratings.parquet`; may be empty.

    Parts are the Parquet files that are called `part…` with a number; in a directory of ratings by name, all of them.
    Files that begin with "." or "_" (`_SUCCESS`, checksums) are none. The order is that of the names, numbers in them
    taken as numbers: part-2 comes before part-10. Raises DataError where a directory cannot be listed.
    """
    for candidate in (directory, *(directory / name for name in PART_DIRECTORIES)):
        if candidate.is_dir() and (parts := _parts(candidate)):
            return parts
    return ()


def _parts(directory: Path) -> tuple[FileRef, ...]:
    try:
        entries = [entry for entry in directory.iterdir() if not entry.name.startswith(_HIDDEN) and entry.is_file()]
    except OSError as error:
        raise unreadable(directory, error) from error
    parquet = [entry for entry in entries if entry.suffix.lower() == ".parquet"]
    if directory.name not in PART_DIRECTORIES and not all(_PART.match(entry.name) for entry in parquet):
        return ()
    return tuple(FileRef(entry) for entry in sorted(parquet, key=_natural))


def _natural(file: Path) -> tuple[list[tuple[int, str]], str]:
    pieces = re.split(r"(\d+)", file.name)
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces], file.name
