"""A file that a command about ratings writes."""

from __future__ import annotations

from pathlib import Path

from mftui.errors import UsageError


def write_result(file: Path, text: str) -> None:
    """Write `text` to `file`, and replace what is there; raises UsageError where that cannot be done."""
    from mftui.data.storage.writing import write_text

    target = file.resolve()
    if target.exists() and not target.is_file():
        raise UsageError(f"{file} is not a file, and cannot be replaced.", hint="Give another file.")
    try:
        write_text(target, text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).", hint="Give another file.") from error
