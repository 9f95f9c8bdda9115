"""Write files that are whole at every moment: JSON is replaced atomically, directories are published by a symlink."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from mftui.data.storage.documents import read_document
from mftui.data.storage.integrity import sealed
from mftui.data.storage.regular import is_own_directory, list_own, make_new, open_own, remove_tree
from mftui.data.storage.writing import point_own, sync_directory, write_text
from mftui.errors import FormatError, RunError
from mftui.runs.store.lock import removed_meanwhile
from mftui.text import json_text

T = TypeVar("T")


def write_json(path: Path, document: dict[str, Any], *, durable: bool = False, seal: bool = False) -> None:
    """Replace `path` by a JSON document, atomically; with `seal` it carries a checksum of its content."""
    document = sealed(document) if seal else document
    write_text(path, json_text(document, indent=1) + "\n", durable=durable)


def read_json(path: Path, most: int, *, version: int | None = None) -> dict[str, Any]:
    """Read a JSON object of at most `most` bytes, without its checksum where it carries one. Where `version` is given,
    its `format_version` must be that.

    Raises RunError if the file cannot be read, FormatError if it is damaged or of another version.
    """
    try:
        document = read_document(path, most)
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        why = "not JSON" if isinstance(error, RecursionError | json.JSONDecodeError | UnicodeError) else str(error)
        raise FormatError(f"{path}: damaged, {why}.", hint="Remove the run, or restore the file.") from error
    found = document.get("format_version")
    if version is not None and (type(found) is not int or found != version):
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
    number = max((_number(link, entry) for entry in _entries(link)), default=0) + 1
    directory = link.with_name(f".{link.name}-{number:06d}")
    make_new(directory)
    try:
        write(directory)
        _sync_tree(directory)
        before = published(link)
        point_own(link, directory.name)
    except BaseException:
        remove_tree(directory, ignore_errors=True)
        raise
    sync_directory(link.parent)
    for entry in _versions(link):
        if entry not in (directory, before):
            remove_tree(entry, ignore_errors=True)
    return directory


def require_links(directory: Path) -> Path:
    """Return a directory in which models can be published. Raises OSError where its file system has no links."""
    probe = directory / ".link"
    try:
        point_own(probe, directory.name)
        probe.unlink()
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        raise OSError(error.errno, "its file system has no symbolic links, by which models are kept") from error
    return directory


def published(link: Path) -> Path | None:
    """Return the directory that `link` points to now: a version beside it, never anything else. None if nothing has
    been published. (A run that was copied without links has a directory in its place.)"""
    try:
        while link.is_symlink():
            name = str(link.readlink())
            if _pattern(link).fullmatch(name) and is_own_directory(link.with_name(name)):
                return link.with_name(name)
            if str(link.readlink()) == name:  # else it has moved on while we looked
                return None
        return link if is_own_directory(link) else None
    except OSError:
        return None


def read_published(link: Path, read: Callable[[Path], T], state: Callable[[], str]) -> T:
    """Return `read` of the directory that `link` points to; read again if a newer one has replaced it meanwhile.

    `state`: returns that of the run. Raises RunError if nothing has been published, or the run has been removed
    meanwhile, FormatError if files are missing.
    """
    run = link.parent
    while (directory := published(link)) is not None:
        try:
            return read(directory)
        except FileNotFoundError as error:
            if published(link) == directory:
                raise FormatError(
                    f"{directory}: incomplete ({Path(str(error.filename)).name} is missing).",
                    hint="Train again, or restore the directory.",
                ) from error
    if not os.path.lexists(run):
        raise removed_meanwhile(run.name)
    raise RunError(f"run {run.name} has no {link.name} yet.", hint=f"It is {state()}.")


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
            remove_tree(entry, ignore_errors=True)


def half_published(link: Path) -> list[Path]:
    """Return the versions that a killed process has not come to publish: those after the published one.

    While a process works in the directory, one may be on its way to be published.
    """
    try:
        now = published(link)
        if now is None:
            return [] if os.path.lexists(link) else _versions(link)
        return [entry for entry in _versions(link) if now != link and _number(link, entry) > _number(link, now)]
    except OSError:
        return []


def _versions(link: Path) -> list[Path]:
    """Return the versions beside a link; what is no directory is none, and is left alone."""
    return [entry for entry in _entries(link) if is_own_directory(entry)]


def _entries(link: Path) -> list[Path]:
    """Return what is named as a version, whatever it is."""
    pattern = _pattern(link)
    return [entry for entry in list_own(link.parent) if pattern.fullmatch(entry.name)]


def _pattern(link: Path) -> re.Pattern[str]:
    return re.compile(rf"\.{re.escape(link.name)}-\d{{6,12}}", re.ASCII)


def _number(link: Path, version: Path) -> int:
    digits = version.name[len(link.name) + 2 :]
    return int(digits) if digits.isdigit() else 0


def _sync_tree(directory: Path) -> None:
    for entry in list_own(directory):
        with open_own(entry) as file:
            os.fsync(file.fileno())
    sync_directory(directory)
