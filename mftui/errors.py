"""The one tree of errors that mftui raises on purpose.

Each message says what is wrong, where, and what to do. `exit_code` is what the
command line ends with: 2 for wrong usage or bad input, 1 for work that failed.
What is wrong with an argument is also a ValueError or a TypeError, as Python programs expect.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from mftui import limits
from mftui.text import visible_lines


class MftuiError(Exception):
    """Anything that mftui itself found wrong.

    Parameters
    ----------
    message: what is wrong, one or two sentences.
    hint: what to do about it; shown after the message.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return visible_lines(f"{self.message} {self.hint}".strip())


class UsageError(MftuiError, ValueError):
    """The command or the settings ask for something that does not exist or does not fit."""

    exit_code = 2


class ArgumentError(MftuiError, TypeError):
    """A call from Python with an argument of the wrong type, or of a name that there is not."""

    exit_code = 2


class DataError(MftuiError, ValueError):
    """A ratings or movies file that cannot be used; says where (file, line) and what to do."""

    exit_code = 2

    def __init__(self, message: str, *, path: object = None, line: int | None = None, hint: str = "") -> None:
        where = "" if not path else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(where + message, hint=hint)
        self.path = Path(str(path)) if path else None
        self.line = line


class DoubtError(MftuiError, ValueError):
    """A file that can be read in more than one way: says what was seen, and the options that settle it.

    `doubt` is its name, as `--accept` takes it; `options` are `(option, what it means)`.
    """

    exit_code = 2

    def __init__(self, doubt: str, message: str, options: Sequence[tuple[str, str]], *, path: object = None) -> None:
        where = f"{path}: " if path else ""
        hint = "".join(f"\n  {option}: {meaning}" for option, meaning in options)
        super().__init__(where + message, hint=f"Say which it is:{hint}")
        self.doubt = doubt
        self.options = tuple(options)
        self.path = Path(str(path)) if path else None


class UnknownId(MftuiError, ValueError):
    """A user or movie id that the model does not know; `nearest` lists known ones, `such_as` some that are not near."""

    exit_code = 2

    def __init__(
        self, what: str, raw: object, nearest: Sequence[int | str] = (), such_as: Sequence[int | str] = ()
    ) -> None:
        known = nearest or such_as
        hint = f"{'Nearest known' if nearest else 'Known are such as'}: {', '.join(map(str, known))}." if known else ""
        super().__init__(f"no {what} with id {raw}.", hint=hint)
        self.what = what
        self.raw = raw
        self.nearest = tuple(nearest)


class TitleError(MftuiError, ValueError):
    """Words that name no movie, or several; `candidates` are titles to choose from."""

    exit_code = 2

    def __init__(self, message: str, candidates: Sequence[tuple[int | str, str]] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)

    def __str__(self) -> str:
        listed = "; ".join(f"{title} (id {raw})" for raw, title in self.candidates)
        return visible_lines(f"{self.message} {listed}".strip())


class RunError(MftuiError):
    """A run that is missing, unusable, or in the wrong state for what was asked."""

    exit_code = 2


class FormatError(MftuiError):
    """A file of a format version that this mftui does not know, or a damaged one."""

    exit_code = 2


class TrainingError(MftuiError):
    """Training could not start or go on."""

    exit_code = 1


class MachineError(MftuiError):
    """What the machine refuses, such as memory, a file descriptor, or a disk that fails; no file is at fault."""

    exit_code = 1


_ADVICE = {
    errno.EMFILE: "Let a process open more files: ulimit -n 4096.",
    errno.ENFILE: "End other programs.",
    errno.ENOMEM: "Use a smaller data set or model, or a machine with more memory.",
    errno.EAGAIN: "Let a user have more processes (ulimit -u), and a process more memory (ulimit -v).",
    errno.EIO: "The disk, or the connection to it, fails: see the kernel's log (dmesg).",
    errno.ESTALE: "The network file system lost the file: mount it again.",
    errno.ENOSPC: "Make room.",
    errno.EDQUOT: "Make room.",
    errno.ENAMETOOLONG: "Give a shorter name.",
}
_WORDS = {errno.ENOMEM: "out of memory", errno.EAGAIN: "there are no more threads"}
_NO_THREAD = ("can't start new thread", "Failed to launch worker thread")
_MOST_CAUSES = 8
_OF_MACHINE = {
    *_ADVICE, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EAGAIN, errno.ENODEV, errno.ENXIO,
    errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EREMOTEIO, errno.ENOTCONN, errno.ENOLCK,
}  # fmt: skip
"""What the machine refuses: the user gets a message, and no crash report is written."""


def machine_fault(error: BaseException) -> str:
    """Return in words, with what to do, what the machine refused; "" where `error` is something else."""
    number = _number(error)
    if isinstance(error, FileNotFoundError) and error.filename is None and not _in_a_directory():
        return "the working directory has been deleted. Change to one that there is, such as: cd ~"
    if number not in _OF_MACHINE:
        return ""
    name = getattr(error, "filename", None)
    where = "" if name is None else f"{os.fsdecode(name) if isinstance(name, str | bytes) else name}: "
    allowed = limits.words() if number in _WORDS or number == errno.EMFILE else ""
    allowed = f"This process may use {allowed}. " if allowed else ""
    return f"{where}{_WORDS.get(number, os.strerror(number))}. {allowed}{_ADVICE.get(number, '')}".strip()


def want_of(error: BaseException) -> str:
    """Return in words what the machine lacks, where that led to `error`, if as a cause of its causes; else ""."""
    link: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if link is None:
            break
        if _number(link) in _ADVICE:
            return machine_fault(link)
        link = link.__cause__ or link.__context__
    return ""


def raise_if_machine(error: BaseException, what: object) -> None:
    """Raise MachineError where it was the machine that refused to read `what`: then that is not damaged."""
    if fault := machine_fault(error):
        shown = fault if fault.startswith(str(what)) else f"{what}: {fault}"
        raise MachineError(f"{shown} The file is not damaged.") from error


def _number(error: BaseException) -> int:
    """Return the error's number of the system; 0 where it has none."""
    if isinstance(error, MemoryError):
        return errno.ENOMEM
    if type(error).__name__ in ("RuntimeError", "ArrowException") and any(said in str(error) for said in _NO_THREAD):
        return errno.EAGAIN
    if isinstance(error, ImportError):  # of a shared library, in words only
        words = {os.strerror(number): number for number in _ADVICE} | {"failed to map segment": errno.ENOMEM}
        said = f"{error} {error.__cause__}"  # NumPy tells what to do about its own, and the cause below it
        return next((number for word, number in words.items() if word in said), 0)
    return (error.errno or 0) if isinstance(error, OSError) else 0


def _in_a_directory() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True
