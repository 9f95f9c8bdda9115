"""Crash reports: versions, where it happened and the last events; never a rating or a local variable."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mftui import paths
from mftui.applog import last_events
from mftui.data.storage.regular import make_own
from mftui.data.storage.writing import write_text
from mftui.errors import want_of
from mftui.libraries import library_fault
from mftui.text import visible
from mftui.version import __version__, installed_version

_PACKAGES = ("textual", "rich", "click", "numpy", "pandas", "pyarrow", "tensorflow")
_VARIABLES = ("TERM", "COLORTERM", "LANG", "LC_ALL", "TMUX", "SSH_CONNECTION", "NO_COLOR")
_MAX_REPORTS = 10
_MAX_FRAMES = 40
_MAX_CAUSES = 8
_MAX_MESSAGE_CHARACTERS = 300


@dataclass(frozen=True)
class Crash:
    """An error that mftui did not expect."""

    what: str
    """Kind of the error and where it was raised; one line."""
    report: Path | None
    """The report, or None where it could not be written."""
    reason: str = ""
    """Why it could not."""
    want: str = ""
    """What the machine or a library lacks, where that is all that it was: then there is no report."""

    def __str__(self) -> str:
        """Return what to print: it fits on one screen."""
        if self.want:
            return visible(f"mftui: {self.want} Trainings go on: mftui runs ls")
        where = f"A report is in {self.report}" if self.report else f"No report could be written ({self.reason})"
        return visible(
            f"mftui: this should not have happened: {self.what}. {where}; it holds versions, places in the code "
            "and the last events, and no ratings: please send it, with what you did. Trainings go on: mftui runs ls"
        )


def report_crash(error: BaseException) -> Crash:
    """Write a report on `error` below the home directory, and drop the oldest beyond ten. Never raises."""
    what = f"{type(error).__name__} in {_place(error)}"
    if want := want_of(error) or library_fault(error):
        return Crash(what, None, want=want)
    directory = paths.home() / "crashes"
    try:
        make_own(directory)
        file = directory / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
        text = "\n".join(_lines(error)) + "\n"
        write_text(file, text.encode("utf-8", "backslashreplace").decode())
        _drop_oldest(directory)
    except OSError as failed:
        return Crash(what, None, failed.strerror or str(failed))
    return Crash(what, file)


def _lines(error: BaseException) -> Iterator[str]:
    yield f"mftui {__version__}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}"
    yield f"python {platform.python_version()} on {platform.platform()}"
    yield "packages " + ", ".join(f"{name} {installed_version(name) or 'missing'}" for name in _PACKAGES)
    yield "command " + " ".join(_command(sys.argv[1:]))
    yield "terminal " + ", ".join(f"{name}={_shown(name)}" for name in _VARIABLES if name in os.environ)
    yield ""
    yield from _story(error)
    yield ""
    yield "last events:"
    yield from (f"  {visible(event)}" for event in last_events())


def _shown(name: str) -> str:
    """Return a variable's value, but hide addresses."""
    return "set" if name in ("SSH_CONNECTION", "TMUX") else visible(os.environ[name])[:60]


def _command(arguments: list[str]) -> list[str]:
    """Return the command and the names of its options, not their values: these can be personal, as a rating is."""
    words = [word for word in arguments[:2] if re.fullmatch(r"[a-z]+", word)]
    return words + [word.partition("=")[0] for word in arguments if re.match(r"-{1,2}[a-z]", word)]


def _story(error: BaseException) -> Iterator[str]:
    """Yield the error after all that led to it, the first first; code and places only."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain and len(chain) < _MAX_CAUSES:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    for number, part in enumerate(reversed(chain)):
        if number:
            yield "which led to:"
        frames = traceback.format_tb(part.__traceback__)
        if len(frames) > _MAX_FRAMES:
            frames = [*frames[:5], f"  … {len(frames) - _MAX_FRAMES} more …\n", *frames[5 - _MAX_FRAMES :]]
        yield from (visible(line) for frame in frames for line in frame.rstrip("\n").split("\n"))
        yield f"{type(part).__name__}: {_message(part)}"


def _message(error: BaseException) -> str:
    """Return what the error says, without any number: it could be somebody's rating."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001  # an error that cannot even be shown
        return "(cannot be shown)"
    return visible(re.sub(r"\d+([.,]\d+)*", "#", said[:_MAX_MESSAGE_CHARACTERS]))


def _place(error: BaseException) -> str:
    """Return the file and line of the innermost frame of mftui's own, else of the innermost."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "no known place"
    package = str(Path(__file__).resolve().parent)
    frame = next((f for f in reversed(frames) if f.filename.startswith(package)), frames[-1])
    file = frame.filename
    shown = os.path.relpath(file, Path(package).parent) if file.startswith(package) else Path(file).name
    return f"{shown}, line {frame.lineno}"


def _drop_oldest(directory: Path) -> None:
    for file in sorted(directory.glob("*-*.txt"))[:-_MAX_REPORTS]:
        with contextlib.suppress(OSError):
            file.unlink()
