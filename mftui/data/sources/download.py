"""Fetch a data set of the catalogue: resumable download, publisher's checksum, safe unpacking."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from mftui import paths
from mftui.data.sources.catalogue import CATALOGUE, GROUPLENS, SAMPLE, fetched
from mftui.data.sources.pace import Paced
from mftui.data.storage.archives import open_archive
from mftui.data.storage.files import archive, replace_directory
from mftui.data.storage.given import open_given, rename_given
from mftui.data.storage.regular import (
    README_BYTES,
    change_own,
    create_own,
    is_own_file,
    make_own,
    remove_tree,
    seen_own,
)
from mftui.data.storage.writing import move_own, owner_mark
from mftui.errors import DataError, MftuiError, UsageError
from mftui.text import visible

Progress = Callable[[int, int | None], None]
"""Called with bytes done, and bytes in all where the server says so."""

URL_VARIABLE = "MFTUI_DATASETS_URL"
_TIMEOUT_S = 30
_CHUNK = 1 << 14
_MAX_REDIRECTS = 5
_ROOM = 1.5
"""How much larger than the catalogue says an archive may have become."""
_NOTHING_LEFT = 416
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def fetch(name: str, *, base_url: str | None = None, progress: Progress | None = None, force: bool = False) -> Path:
    """Download and unpack the data set `name`; returns its directory.

    A download that was cut short goes on where it stopped. What has been fetched is left as
    it is unless `force`.

    Parameters
    ----------
    base_url: where the archives are; else `$MFTUI_DATASETS_URL`, else the publisher.

    Raises UsageError for an unknown name, MftuiError where the download fails, DataError for
    an archive that does not match its checksum or is unsafe.
    """
    entry = CATALOGUE.get(name)
    if entry is None:
        raise UsageError(
            f"there is no data set called {visible(name)}.", hint=f"Choose one of: {', '.join(CATALOGUE)}."
        )
    if entry is SAMPLE:
        return paths.sample_dir()
    there = fetched(name)
    if there is not None and not force:
        (paths.downloads_dir() / entry.archive).unlink(missing_ok=True)  # of a process that was killed at its end
        return there
    base = (base_url or os.environ.get(URL_VARIABLE) or GROUPLENS).rstrip("/") + "/"
    try:
        make_own(paths.downloads_dir())
    except OSError as error:
        raise MftuiError(
            f"{paths.downloads_dir()}: cannot be written ({error.strerror}).",
            hint="Set MFTUI_HOME to a directory that can be written.",
        ) from error
    zipped = _download(base + entry.archive, progress, int((entry.size_mb * _ROOM + 1) * 1e6))
    try:
        return unpack(zipped, paths.downloads_dir() / name)
    finally:
        zipped.unlink(missing_ok=True)


def unpack(zipped: Path, destination: Path) -> Path:
    """Unpack `zipped` aside, without its one top directory, then move it to `destination`.

    Raises DataError for a damaged or unsafe zip, MftuiError where the space does not suffice.
    """
    archive(zipped)
    try:
        replace_directory(destination, lambda aside: _unpack_into(aside, zipped))
    except OSError as error:
        raise MftuiError(
            f"{destination}: cannot be written ({error.strerror}).", hint="Make room, or remove it."
        ) from error
    return destination


def _unpack_into(aside: Path, zipped: Path) -> None:
    with open_archive(zipped) as opened:
        members = [m for m in opened.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        needed, free = sum(m.file_size for m in members), shutil.disk_usage(aside).free
        if needed > free:
            raise MftuiError(
                f"{aside.parent}: the unpacked data set needs {needed >> 20:,} MB, and {free >> 20:,} MB are free.",
                hint="Make room, or set MFTUI_HOME to another disk.",
            )
        tops = {PurePosixPath(m.filename).parts[0] for m in members}
        strip = len(tops) == 1 and all("/" in m.filename for m in members)
        for member in members:
            target = aside.joinpath(*PurePosixPath(member.filename).parts[strip:])
            make_own(target.parent)
            with opened.open(member) as packed, create_own(target) as file:
                shutil.copyfileobj(packed, file)


def licence_text(directory: Path, max_lines: int = 60) -> str:
    """Read the part of the README in `directory` that is about its licence; all of a short one, "" without."""
    readme = next((p for p in sorted(directory.iterdir()) if p.name.lower().startswith("readme")), None)
    if readme is None:
        return ""
    with open_given(readme, README_BYTES) as file:
        lines = file.read().decode("utf-8", "replace").splitlines()
    headings = [i for i, line in enumerate(lines[1:]) if re.fullmatch(r"\s*[=-]{3,}\s*", line)]
    start = next((i for i in headings if re.search(r"licen[cs]e", lines[i], re.IGNORECASE)), 0)
    end = next((i for i in headings if i > start), len(lines))
    return "\n".join(visible(line) for line in lines[start:end][:max_lines]).strip()


def _download(url: str, progress: Progress | None, most: int) -> Path:
    """Fetch `url`, of at most `most` bytes, into the downloads directory, checked against the publisher's MD5."""
    import pooch
    import requests

    name = PurePosixPath(urlsplit(url).path).name
    part = paths.downloads_dir() / f"{name}.part"
    there = paths.downloads_dir() / name
    if os.path.lexists(there) and not is_own_file(there):
        raise MftuiError(f"{there} is no file, and in the way.", hint="Remove it.")
    if is_own_file(there):  # whole, of a process that was killed while it unpacked
        move_own(there, part)
    aside = there.with_name(f".new-{owner_mark()}")  # pooch writes under names of its own
    make_own(aside)
    pooch.get_logger().setLevel("ERROR")

    def download(url: str, output_file: str, _pooch: Any) -> None:
        Paced(lambda pace: _continue(url, part, progress, most, pace)).result()
        rename_given(part, Path(output_file))

    try:
        checksum = Paced[str](lambda _: _published_md5(f"{url}.md5")).result()
        # A half that was there before may come from another edition: then all of it once more.
        for last in (False, True) if part.exists() else (True,):
            try:
                move_own(Path(pooch.retrieve(url, f"md5:{checksum}", name, aside, downloader=download)), there)
                return there
            except DataError:
                raise
            except ValueError as error:  # pooch: the hash differs
                if last:
                    raise DataError(
                        f"{name} does not match the publisher's checksum {checksum}.",
                        path=url,
                        hint="Download it again.",
                    ) from error
    except requests.RequestException as error:
        status = getattr(error.response, "status_code", None)
        why = f"the server answers {status}" if status else type(error).__name__
        raise MftuiError(
            f"{url}: the download failed ({why}).",
            hint="Check the connection and try again: the download continues where it stopped.",
        ) from error
    except OSError as error:
        raise MftuiError(f"{part}: cannot be written ({error.strerror or error}).") from error
    finally:
        remove_tree(aside, ignore_errors=True)
    raise AssertionError("the last try returns or raises")


def _published_md5(url: str) -> str:
    with _get(url) as response:
        text = response.raw.read(4096, decode_content=True).decode("ascii", "replace")
    found = re.search(r"\b[0-9a-fA-F]{32}\b", text)
    if found is None:
        raise MftuiError("no MD5 checksum in the publisher's answer.", hint=f"Look at {url}, and try again later.")
    return found.group().lower()


def _continue(url: str, part: Path, progress: Progress | None, most: int, pace: Paced[None]) -> None:
    """Append to `part` what is missing of `url`; raises DataError where that is more than `most` bytes in all."""
    have = seen_own(part).st_size if is_own_file(part) else 0
    with _get(url, {"Range": f"bytes={have}-"} if have else {}) as response:
        if response.status_code == _NOTHING_LEFT:
            return
        resuming = response.status_code == 206
        have = have if resuming else 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdecimal() else None
        descriptor = change_own(part, append=resuming)
        with os.fdopen(descriptor, "ab" if resuming else "wb") as file:
            if not resuming:
                file.truncate(0)
            for chunk in response.iter_content(_CHUNK):
                pace.came(len(chunk))
                have += len(chunk)
                if max(have, total or 0) > most:
                    raise DataError(
                        f"far larger than the catalogue says ({most // 10**6:,} MB at most).",
                        path=url,
                        hint="mftui does not download it: it is not the data set.",
                    )
                file.write(chunk)
                if progress is not None:
                    progress(have, total)


def _get(url: str, headers: dict[str, str] | None = None) -> Any:
    """Send GET `url` and return the open response; every hop is over HTTPS, or on loopback."""
    import requests

    for _ in range(_MAX_REDIRECTS):
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise MftuiError(f"{visible(url)}: not downloaded, as the connection is not encrypted.", hint="Use https.")
        session = requests.Session()
        session.trust_env = parts.hostname not in _LOOPBACK
        response = session.get(
            url,
            headers={"Accept-Encoding": "identity", **(headers or {})},
            stream=True,
            timeout=_TIMEOUT_S,
            allow_redirects=False,
        )
        if not response.is_redirect:
            if response.status_code != _NOTHING_LEFT:
                response.raise_for_status()
            return response
        url = urljoin(url, response.headers["Location"])
        response.close()
    raise MftuiError(f"{visible(url)}: not downloaded, after {_MAX_REDIRECTS} redirections.")
