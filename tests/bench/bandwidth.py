"""Bytes a second that the Train screen sends while a training logs ten points a second, thrifty and not; beside it
`wandb leet` on an offline run that logs the same, where the extra `bench` is installed.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/bandwidth.py [seconds]`. A stand-in writes the run directory as a
trainer does: metrics ten times a second, status twice, a log line every five seconds.
"""

from __future__ import annotations

import json
import math
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.models import toy_run

from mftui.runs.store.process import Process
from mftui.runs.store.run import Run
from mftui.runs.store.status import RUNNING, Status, write_status

POINTS_A_SECOND = 10
STEPS = 20_000


class Trainer:
    """Writes what a trainer would, in step with the clock."""

    def __init__(self, run: Run) -> None:
        self.run, self.step, self.began = run, 0, time.monotonic()
        self.log = run.log_path.open("a")
        self.metrics = run.metrics_path.open("a")
        self.random = random.Random(0)

    def catch_up(self) -> None:
        """Write all points that are due."""
        due = int((time.monotonic() - self.began) * POINTS_A_SECOND)
        while self.step < due:
            self.step += 1
            decay = math.exp(-self.step / 150)
            rmse = 0.78 + 0.4 * decay + self.random.gauss(0, 0.008)
            valid = 0.86 + 0.3 * decay + self.random.gauss(0, 0.002) if self.step % 20 == 0 else None
            line = {"step": self.step, "epoch": self.step / 20, "seconds": self.step / 10, "train_loss": rmse**2,
                    "train_rmse": rmse, "valid_rmse": valid, "learning_rate": 0.05 * decay,
                    "ratings_per_second": 1.5e6 + self.random.gauss(0, 2e4)}  # fmt: skip
            self.metrics.write(json.dumps(line) + "\n")
            self.metrics.flush()
            if self.step % 5 == 0:
                self._status()
            if self.step % 50 == 0:
                self.log.write(f"2026-11-24 03:40:{self.step % 60:02} INFO epoch {self.step // 20}: {valid}\n")
                self.log.flush()

    def _status(self) -> None:
        write_status(
            self.run.path,
            Status(RUNNING, "train", Process.current(), heartbeat=time.time(), epoch=self.step // 20,
                   epochs=STEPS // 20, step=self.step, steps=STEPS, seconds=self.step / 10,
                   eta_seconds=(STEPS - self.step) / 10),
        )  # fmt: skip

    def close(self) -> None:
        """Nothing more."""
        self.log.close()
        self.metrics.close()


class WandbRun:
    """An offline run that is logged to likewise, by a process of its own: wandb's client starts threads."""

    CODE = """
import math, random, sys, time, wandb
run, draw = wandb.init(mode="offline", project="bench", dir=sys.argv[1]), random.Random(0)
step, began = 0, time.monotonic()
while True:
    while step < (time.monotonic() - began) * float(sys.argv[2]):
        step += 1
        rmse = 0.78 + 0.4 * math.exp(-step / 150) + draw.gauss(0, 0.008)
        run.log({"train_rmse": rmse, "train_loss": rmse**2, "learning_rate": 0.05 * math.exp(-step / 150),
                 "ratings_per_second": 1.5e6 + draw.gauss(0, 2e4)})
    time.sleep(0.02)
"""

    def __init__(self, home: Path) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([sys.executable, "-c", self.CODE, str(home), str(POINTS_A_SECOND)], **quiet)
        self.path = home / "wandb" / "latest-run"
        end = time.monotonic() + 60
        while not list(home.glob("wandb/offline-run-*/run-*.wandb")):
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit("wandb began no offline run.")
            time.sleep(0.2)

    def catch_up(self) -> None:
        """It keeps step by itself."""

    def close(self) -> None:
        """Nothing more."""
        self.process.kill()
        self.process.wait()


def measure(
    command: list[str], writer: Trainer | WandbRun, columns: int, rows: int, seconds: float, env: dict[str, str]
) -> float:
    """KB a second that `command` sends, from ten seconds after its start on."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("NO_COLOR", None)
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", **env})
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    sent, began = 0, time.monotonic()
    try:
        with Path(os.environ.get("MFTUI_BENCH_DUMP", os.devnull)).open("wb") as dump:
            while (now := time.monotonic() - began) < 10 + seconds:
                writer.catch_up()
                if select.select([terminal], [], [], 0.05)[0]:
                    data = os.read(terminal, 65536)
                    if now > 10:
                        sent += len(data)
                        dump.write(data)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
        writer.close()
    return sent / 1024 / seconds


def of_mftui(columns: int, rows: int, seconds: float, *, thrifty: bool) -> float:
    """The app on a run directory that a stand-in writes."""
    with TemporaryDirectory() as home:
        env = {"MFTUI_HOME": home, "MFTUI_STANDBY": "0", "MFTUI_LOW_BANDWIDTH": str(int(thrifty))}
        trainer = Trainer(toy_run(Path(home), state=RUNNING))
        return measure([sys.executable, "-m", "mftui"], trainer, columns, rows, seconds, env)


def of_leet(columns: int, rows: int, seconds: float) -> float | None:
    """`wandb leet` on an offline run; None where it is not installed."""
    wandb = Path(sys.executable).with_name("wandb")
    if not wandb.exists():
        return None
    with TemporaryDirectory() as home:
        run = WandbRun(Path(home))
        return measure([str(wandb), "leet", "run", str(run.path)], run, columns, rows, seconds, {})


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    for columns, rows in ((80, 24), (160, 50)):
        for thrifty in (True, False):
            rate = of_mftui(columns, rows, seconds, thrifty=thrifty)
            print(f"mftui {'thrifty' if thrifty else 'usual'} {columns}x{rows}: {rate:.2f} KB/s", flush=True)
        peer = of_leet(columns, rows, seconds)
        said = "skipped: no wandb beside this Python (extra bench)" if peer is None else f"{peer:.2f} KB/s"
        print(f"wandb leet {columns}x{rows}: {said}", flush=True)


if __name__ == "__main__":
    main()
