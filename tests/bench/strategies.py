"""How far the loss curves of several devices and of several workers are from that of one device, on the sample.

    python tests/bench/strategies.py

Prints, for two and four logical devices in one process and for two workers on loopback, the largest difference of a
training loss, training RMSE or validation RMSE at the same step, and the time of the steps beside that of one device.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from helpers.command import answer_of, launch
from helpers.workers import launch_workers

from mftui.runs.store.run import Run

COMMAND = ("train", "--data", "sample", "--no-audience", "--patience", 99, "--quiet")
LOGICAL = """
import sys, tensorflow as tf
from mftui.__main__ import main
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * int(sys.argv.pop(1)))
sys.exit(main())
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["MFTUI_HOME"] = home
        one = trained("one", lambda command: [launch(*command)])
        rows = [
            compared("2 workers", one, trained("two", lambda command: launch_workers(command, command))),
            *(
                compared(f"{n} logical devices", one, trained(f"logical{n}", lambda c, n=n: [logical(n, c)]))
                for n in (2, 4)
            ),
        ]
    for row in rows:
        print(json.dumps(row))


def logical(n: int, command: Any) -> Any:
    """`mftui` in a process with `n` logical devices."""
    import subprocess

    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    words = [*map(str, command), "--strategy", "mirrored"]
    return subprocess.Popen([sys.executable, "-c", LOGICAL, str(n), *words], **pipes)


def trained(name: str, start: Any) -> Run:
    """The run that these processes have made together."""
    for answer in [answer_of(process) for process in start((*COMMAND, "--name", name))]:
        if answer.code:
            sys.exit(answer.err)
    (path,) = (Path(os.environ["MFTUI_HOME"]) / "runs").glob(f"*-{name}")
    return Run(path)


def compared(what: str, one: Run, several: Run) -> dict[str, Any]:
    mine, theirs = several.metrics(), one.metrics()
    pairs = zip(mine, theirs, strict=True)
    names = ("train_loss", "train_rmse", "valid_rmse")
    largest = max(float(np.abs((a[n] or 0) - (b[n] or 0))) for a, b in pairs for n in names)
    times = mine[-1]["seconds"], theirs[-1]["seconds"]
    return {
        "by": what,
        "points": len(mine),
        "largest_difference": largest,
        "seconds": times[0],
        "seconds_of_one": times[1],
    }


if __name__ == "__main__":
    main()
