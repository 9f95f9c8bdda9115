"""Run a reader that may end its process in a process of its own, which gets only so much memory."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from mftui.data.memory import room_for, too_large
from mftui.data.storage.files import FileRef
from mftui.errors import MachineError

_INTERPRETER_BYTES = 128 << 20
_BEGIN = """
import resource, sys
if hasattr(resource, "RLIMIT_DATA"):
    resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[3]), int(sys.argv[3])))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
"""


_LIBRARY_FAULT = re.compile(r"(?:ImportError|ModuleNotFoundError)\b|AttributeError: (?:partially initialized )?module ")
_MOST_CHARACTERS = 200


class ReaderFailed(ValueError):
    """The reader could not read the file, or ended its process; says why."""


def read_apart(program: str, ref: FileRef, made: Path) -> None:
    """Run a Python program that reads the file `sys.argv[1]` and writes what it found to `sys.argv[2]`, here `made`.

    Raises ReaderFailed, DataError where it wanted more memory than such a file may take, and MachineError where the
    library cannot be used.
    """
    limit = room_for(ref.n_bytes) + _INTERPRETER_BYTES
    with ref.on_disk() as path:
        command = [sys.executable, "-P", "-c", _BEGIN + program, str(path.absolute()), str(made), str(limit)]
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode == 0 and made.is_file():
        return
    if "memory" in run.stderr.lower() or "capacity overflow" in run.stderr:
        raise too_large(ref, ref.n_bytes)
    said = run.stderr.strip().rpartition("\n")[2]
    if _LIBRARY_FAULT.match(said):
        raise MachineError(
            f"{ref}: the library that reads such files cannot be used ({said[:_MOST_CHARACTERS]}).",
            hint="The file is not damaged. Install mftui again, or unset PYTHONPATH where it is set.",
        )
    raise ReaderFailed(said or "its reader ended")
