"""Write files that are whole at every moment: JSON is replaced atomically, directories are published by a symlink."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mftui.data.storage.integrity import sealed, unsealed
from mftui.data.storage.writing import sync_directory, write_text
from mftui.errors import FormatError, RunError
from mftui.text import json_text

MAX_JSON_BYTES = 64 * 2**20


def write_json(path: Path, document: dict[str, Any], *, durable: bool = False, seal: bool = False) -> None:
    """Replace `path` by a JSON document, atomically; with `seal` it carries a checksum of its content."""
    document = sealed(document) if seal else document
    write_text(path, json_text(document, indent=1) + "\n", durable=durable)


def read_json(path: Path, *, version: int | None = None) -> dict[str, Any]:
    """Read a JSON object, without its checksum where it carries one. Where `version` is given, its
    `format_version` must be that.

    Raises RunError if the file cannot be read, FormatError if it is damaged or of another version.
    """
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise FormatError(f"{path}: too large to be one of mftui's files.")
        document = json.loads(path.read_bytes())
        document = unsealed(document) if isinstance(document, dict) else document
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        why = str(error) if "checksum" in str(error) else "not JSON"
        raise FormatError(f"{path}: damaged, {why}.", hint="Remove the run, or restore the file.") from error
    if not isinstance(document, dict):
        raise FormatError(f"{path}: damaged, not a JSON object.", hint="Remove the run, or restore the file.")
    found = document.get("format_version")
    if version is not None and found != version:
        raise FormatError(
            f"{path}: format version {str(found)[:20]}, and this mftui knows {version}.",
            hint="Use the version of mftui that wrote it.",
        )
    return document


def reason(error: OSError) -> str:
    """Return why a file could not be written. NumPy reports a short write, as on a full disk, without an error code."""
    if error.strerror is None and "requested" in str(error):
        return "no space left, or a limit on the size of files"
    return error.strerror or str(error)


def publish(link: Path, write: Callable[[Path], None]) -> Path:
    """Make `link` (a relative symlink) point to a new directory filled by `write`; returns that directory.

    The new version is complete and on the disk before the link is swapped, and the version before it
    stays until the next publish, so a reader that has resolved the link can finish. Where `write` fails,
    the link and what it points to are untouched.
    """
    number = max((_number(link, entry) for entry in _versions(link)), default=0) + 1
    directory = link.with_name(f".{link.name}-{number:06d}")
    directory.mkdir()
    try:
        write(directory)
        _sync_tree(directory)
        before = published(link)
        aside = link.with_name(f".{link.name}.{os.getpid()}.tmp")
        aside.unlink(missing_ok=True)
        aside.symlink_to(directory.name, target_is_directory=True)
        aside.replace(link)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    sync_directory(link.parent)
    for entry in _versions(link):
        if entry not in (directory, before):
            shutil.rmtree(entry, ignore_errors=True)
    return directory


def published(link: Path) -> Path | None:
    """Return the directory that `link` points to now; None if nothing has been published."""
    try:
        while link.is_symlink():
            directory = link.with_name(link.readlink().name)
            if directory.is_dir():
                return directory
            if link.readlink().name == directory.name:  # else it has moved on while we looked
                return None
        return link if link.is_dir() else None
    except OSError:
        return None


def versions(link: Path) -> list[Path]:
    """Return the directories to read from, best first: the published one, then those before it."""
    now = published(link)
    if now is None:
        return []
    older = [entry for entry in _versions(link) if _number(link, entry) < _number(link, now)]
    return [now, *sorted(older, reverse=True)]


def unpublish(link: Path) -> None:
    """Remove `link` and all its versions, as far as that can be done."""
    with contextlib.suppress(OSError):
        link.unlink(missing_ok=True)
        for entry in _versions(link):
            shutil.rmtree(entry, ignore_errors=True)


def remove_leftovers(directory: Path) -> None:
    """Delete what a killed process left half written in `directory`."""
    for entry in directory.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            entry.unlink()


def _versions(link: Path) -> list[Path]:
    pattern = re.compile(rf"\.{re.escape(link.name)}-\d{{6,}}")
    return [entry for entry in link.parent.iterdir() if pattern.fullmatch(entry.name)]


def _number(link: Path, version: Path) -> int:
    digits = version.name[len(link.name) + 2 :]
    return int(digits) if digits.isdigit() else 0


def _sync_tree(directory: Path) -> None:
    for entry in directory.rglob("*"):
        if entry.is_file():
            descriptor = os.open(entry, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    sync_directory(directory)
