"""Commands that begin at one moment: each process has imported everything, and waits for the others.

`python -m helpers.at_once GATE ARGUMENTS…`: GATE is a pipe that is opened for writing when it is time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from helpers.command import Answer, answer_of
from helpers.runs import TESTS


def at_once(place: Path, *commands: list[str]) -> list[Answer]:
    """Run the commands, each in a process of its own, as nearly at once as may be; `place`: a directory for gates."""
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    gates = [place / f"gate-{number}" for number in range(len(commands))]
    started = []
    for gate, command in zip(gates, commands, strict=True):
        os.mkfifo(gate)
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "helpers.at_once", str(gate), *command],
                env={**os.environ, "PYTHONPATH": paths},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    opened = [os.open(gate, os.O_WRONLY) for gate in gates]  # waits until each of them reads
    for number, gate in zip(opened, gates, strict=True):
        os.close(number)
        gate.unlink()
    return [answer_of(process) for process in started]


if __name__ == "__main__":
    from mftui.cli import main

    Path(sys.argv.pop(1)).read_bytes()
    main()
