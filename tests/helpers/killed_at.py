"""A command that kills itself before its N-th change of files: `python -m helpers.killed_at N ARGUMENTS…`.

Python tells what it is about to do (`sys.addaudithook`), so no change of a file by Python code escapes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from helpers.command import Answer
from helpers.runs import TESTS

CHANGES = {
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime",
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def killed_at(number: int, *arguments: str) -> Answer:
    """Run a command that dies before its change `number`, the first being 1; of fewer changes, it lives."""
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-B", "-m", "helpers.killed_at", str(number), *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def _die_before(number: int) -> None:
    left = number

    def hear(event: str, given: tuple[object, ...]) -> None:
        nonlocal left
        opened = event == "open" and isinstance(given[2], int) and given[2] & _WRITING and given[0] != os.devnull
        if event in CHANGES or opened:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


if __name__ == "__main__":
    from mftui.cli import main

    _die_before(int(sys.argv.pop(1)))
    main()
