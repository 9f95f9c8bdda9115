"""Compiled programs that are kept from one training to the next: XLA loads them instead of compiling again.

Each process has a directory of its own, with links to the kept programs that this user compiled and whose content is as
it was written; what it compiles anew is added to them in the end. So no process ever reads what another is writing, a
damaged file, or a program that came with a home that somebody handed over.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import shutil
import tempfile
import time
from contextlib import ExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mftui import paths
from mftui.data.storage.own_key import mark_of
from mftui.data.storage.regular import PROGRAM_BYTES, is_own_file, list_own, make_own, remove_tree, seen_own
from mftui.data.storage.writing import exclusive, link_own
from mftui.version import __version__

_MOST_BYTES = 64 << 20
_ROOM = 256 << 20
"""With less on the disk nothing is kept."""
_YOUNG_S = 60.0
"""So long a directory may be without the lock of its process."""
_OF_PROCESS = ".process-"
_FLAGS = "TF_XLA_FLAGS"
_DIRECTORY = "--tf_xla_persistent_cache_directory="
_PREFIX = "--tf_xla_persistent_cache_prefix=mftui"
_CPU = Path("/proc/cpuinfo")
_GPU = Path("/dev/nvidia0")
log = logging.getLogger(__name__)


class KeptPrograms:
    """The kept programs of this machine and these versions, and the directory of this process.

    Parameters
    ----------
    store: where they are kept, each as NAME.MARK.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        make_own(store)
        self.directory = Path(tempfile.mkdtemp(prefix=_OF_PROCESS, dir=store))
        self._lock = ExitStack()
        self._lock.enter_context(exclusive(self.directory))
        self._remove_left()
        for kept in self._kept():
            with suppress(OSError):
                if mark_of(kept, PROGRAM_BYTES) == kept.suffix[1:]:
                    link_own(kept, self.directory / kept.stem)
                    os.utime(kept)
                else:
                    kept.unlink()
        self._found = {file.name for file in list_own(self.directory)}

    def publish(self) -> int:
        """Keep what this process compiled, and return how many programs those were; forget the oldest of too many."""
        added = 0
        try:
            there = list_own(self.directory)
        except OSError:  # somebody has emptied the cache
            return 0
        for file in [file for file in there if file.name not in self._found]:
            with suppress(OSError):
                link_own(file, self._store / f"{file.name}.{mark_of(file, PROGRAM_BYTES)}")
                added += 1
            self._found.add(file.name)
        size = 0
        for kept in self._kept():
            with suppress(OSError):
                size += kept.stat().st_size
                if size > _MOST_BYTES:
                    kept.unlink()
        return added

    def close(self) -> None:
        """Remove this process's directory."""
        remove_tree(self.directory, ignore_errors=True)
        self._lock.close()

    def _remove_left(self) -> None:
        """Remove the directories of processes that were killed: those that nobody has locked."""
        with suppress(BlockingIOError), exclusive(self.directory):
            return  # there are no locks on this file system
        for other in list_own(self._store):
            with suppress(OSError):
                if other.name.startswith(_OF_PROCESS) and time.time() - other.stat().st_mtime > _YOUNG_S:
                    with exclusive(other):
                        remove_tree(other, ignore_errors=True)

    def _kept(self) -> list[Path]:
        """Return the kept programs, the one used last first."""
        files = [(seen_own(entry).st_mtime, entry) for entry in list_own(self._store) if is_own_file(entry)]
        return [path for _, path in sorted(files, reverse=True)]


def use_kept_programs() -> KeptPrograms | None:
    """Tell XLA, before TensorFlow is imported, to use the kept programs; None where none can be kept.

    A program fits the processor it was compiled for: each kind of it, and each version of TensorFlow and of mftui, has
    a directory of its own. With a GPU nothing is kept.
    """
    flags = _asked_by_others(os.environ.get(_FLAGS, ""))
    if "persistent_cache" in flags or _GPU.exists():
        return None
    try:
        made_for = [version("tensorflow"), __version__, _processor()]
        key = hashlib.blake2b("\n".join(made_for).encode(), digest_size=8).hexdigest()
        programs = KeptPrograms(paths.cache_dir() / "programs" / key)
    except (OSError, PackageNotFoundError) as error:
        log.info("no compiled programs are kept: %s", error)
        return None
    # Flags are separated by blanks; and XLA ends a training whose programs it cannot write.
    if any(map(str.isspace, str(programs.directory))) or shutil.disk_usage(programs.directory).free < _ROOM:
        programs.close()
        return None
    os.environ[_FLAGS] = f"{flags} {_DIRECTORY}{programs.directory} {_PREFIX}".strip()
    atexit.register(programs.close)
    return programs


def _asked_by_others(flags: str) -> str:
    """Return flags without those that a process of mftui set for itself, and that its children inherit."""
    if _PREFIX not in (words := flags.split()):
        return flags
    return " ".join(word for word in words if word != _PREFIX and not word.startswith(_DIRECTORY))


def _processor() -> str:
    """Return what the processor is and can do; raises OSError where that is not known."""
    names = ("model name", "flags", "Features", "CPU part")
    lines = _CPU.read_text(encoding="utf-8", errors="replace").split("\n\n")[0].splitlines()
    return "\n".join(line for line in lines if line.startswith(names))
