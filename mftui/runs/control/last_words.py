"""Say why a trainer died that could say nothing itself: TensorFlow ended it, or somebody killed it.

Another process waits for its end, and then writes the last lines of its log into `status.json` and, where the trainer
was started in a terminal, to standard error.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mftui import limits
from mftui.errors import MftuiError
from mftui.runs.store.lock import trainer_lock
from mftui.runs.store.log import LogTail
from mftui.runs.store.run import Run
from mftui.runs.store.status import CRASHED, read_status, write_status, written_status
from mftui.text import shell_word, visible

_WAIT = "import os, sys; os.read(0, 1) or os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
_PREFIX = re.compile(r"^[IWEF]\d{4} [\d:.]+ +\d+ \S+\] ")
_FATAL = re.compile(
    r"^F\d{4} |^(?:Fatal Python error|terminate called|\s+what\(\)|\*\*\* Check failure)|check failed", re.I
)
_SAID = re.compile(r"\b(?:TF_)?XLA_FLAGS\b|\bTF_[A-Z_]+\b")
_MOST_LINES = 3
_MOST_CHARACTERS = 300


@contextmanager
def last_words(run: Run, stderr: int) -> Iterator[None]:
    """Let another process tell, if this one dies within, why. `stderr`: the descriptor that it is told to."""
    # -S and -I: nothing is imported until there is something to tell.
    command = [sys.executable, "-I", "-S", "-c", _WAIT, "-P", "-m", __name__, str(run.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True
    ) as waiting:
        try:
            limits.leave()  # told here
            yield
        finally:
            assert waiting.stdin is not None
            with contextlib.suppress(OSError):
                waiting.stdin.write(b".")
                waiting.stdin.flush()


def told(run: Run) -> str:
    """Return why the trainer of `run` died, as far as its log says, and what to do."""
    lines = LogTail(run.log_path).poll()
    lines = [line for line in lines if line.strip()]
    fatal = next((at for at in reversed(range(len(lines))) if _FATAL.search(lines[at])), None)
    while fatal and _FATAL.search(lines[fatal - 1]):
        fatal -= 1
    last = lines[-_MOST_LINES:] if fatal is None else lines[fatal : fatal + _MOST_LINES]
    text = " / ".join(visible(_PREFIX.sub("", line).strip()) for line in last)[:_MOST_CHARACTERS]
    ended = "it was killed, perhaps for want of memory" if fatal is None else "TensorFlow ended it"
    if fatal is None and (allowed := limits.words()):  # this process has them from the trainer
        ended += f", for it may use {allowed}"
    remedy = f"`mftui train --resume {shell_word(run.id)}` continues the training."
    if fatal is not None:
        variable = _SAID.search(text)
        cause = f"Unset {variable.group()}" if variable else "Remove the cause"
        remedy = f"{cause}; then {remedy}"
    return (
        f"the trainer process died: {ended}. Its log ends with: {text or '(nothing)'}. {remedy} The log: {run.log_path}"
    )


def main(run: Run) -> None:
    """Write into the status of `run`, and to standard error, why its trainer died."""
    with contextlib.suppress(MftuiError, OSError):
        message = told(run)
        with trainer_lock(run.path):  # nobody has resumed it meanwhile
            if read_status(run.path).state != CRASHED:
                return
            write_status(run.path, replace(written_status(run.path), message=message))
        print(f"mftui: {message}", file=sys.stderr)


if __name__ == "__main__":
    main(Run(Path(sys.argv[1])))
