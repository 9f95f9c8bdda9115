"""A lot of everything: a run of 2 million lines of metrics, 100,000 ratings of one's own, 5,000 runs, and 500,000 lines
from Letterboxd. How long each command takes, and how much memory, beside the limits: 2 seconds and 300 MB.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/lots.py [PART ...]`, with words of the names below to measure only
those. Linux only. Each command is a process of its own and reads everything anew, as a user's does; the app runs in a
pseudo-terminal. The data are made up: 10,000 films in the model, and of the films of the person one in four.
Beside each stands what `mftui --version` takes in the same run: the machine's part of the time.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from app_latency import titles
from helpers.models import toy_factors, toy_run
from helpers.runs import runs_in
from terminal import PATIENCE_S, App

from mftui.data.profiles.rated import Rated
from mftui.data.profiles.rows import as_csv

LIMIT_S, LIMIT_MB = 2.0, 300
N_FILMS, N_METRICS, N_OWN, N_RUNS, N_LINES = 10_000, 2_000_000, 100_000, 5_000, 500_000
SIGNS = (": The Return", "'s Day", " é", " & Co.", "-Man", ", Again", " – Épisode 1", "!", "…", " No. 2")


class Cost(NamedTuple):
    """What a command took."""

    seconds: float
    computed: float
    """Seconds of processor time: they depend less on what else the machine does."""
    mb: float
    """The most memory."""


def peak_mb(pid: int) -> float:
    """The most memory that a process has had so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


MEASURED = """
import runpy, sys
try:
    runpy.run_module("mftui", run_name="__main__", alter_sys=True)
finally:
    from mftui.engine.compute.machine import peak_bytes
    print("\\n%d" % peak_bytes(), file=sys.__stderr__)
"""


def command(home: Path, *words: str) -> Cost:
    """Run `mftui` with these words."""
    environment = {**os.environ, "MFTUI_HOME": str(home), "COLUMNS": "100"}
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", MEASURED, *words],
        cwd=home,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert child.stderr is not None
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"mftui {' '.join(words)}: {said.decode()}")
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, int(said.split()[-1]) / 2**20)


def in_app(home: Path, keys: Sequence[str], shown: str) -> Cost:
    """Open the app; measure from the last key (without one: from its start) until `shown` is painted."""
    began, computed = time.perf_counter(), 0.0
    app = App(str(home))
    try:
        if keys:
            app.until("made by a test")
            app.settle(1.0)
        for key in keys:
            began, computed = time.perf_counter(), app._cpu_ms()
            app._write(key)
        while shown not in "\n".join(app.lines):
            app.settle(0.05)
            if time.perf_counter() - began > PATIENCE_S:
                raise SystemExit(f"{shown!r} was not painted:\n" + "\n".join(app.lines))
        took, computed = time.perf_counter() - began, app._cpu_ms() - computed
        app.settle(2.0)
        return Cost(took, computed / 1000, peak_mb(app.pid))
    finally:
        app.close()


def told(name: str, cost: Cost) -> None:
    """Print a line of the table."""
    shares = f"{cost.seconds / LIMIT_S:.1f}", f"{cost.mb / LIMIT_MB:.1f}"
    print(f"| {name} | {cost.seconds:.1f} s | {cost.computed:.1f} s | {shares[0]} | {cost.mb:.0f} MB | {shares[1]} |")
    sys.stdout.flush()


def write_metrics(home: Path) -> None:
    """Give the run of `home` a long curve."""
    run = runs_in(home)[0].path
    with (run / "metrics.jsonl").open("w") as file:
        for step in range(1, N_METRICS + 1):
            line = {
                "step": step,
                "epoch": step / 1000,
                "seconds": step * 0.01,
                "train_loss": 1 + 1 / step,
                "train_rmse": 0.8 + 1 / (step + 1),
                "valid_rmse": 0.9 + 1 / step if step % 1000 == 0 else None,
                "learning_rate": 0.01,
                "ratings_per_second": 1e6 + step % 1000,
            }
            file.write(json.dumps(line) + "\n")


def own(names: Sequence[str], n: int) -> list[str]:
    """Titles of a person's films: a quarter of the model's, as far as there are so many, the rest of elsewhere."""
    other = [f"Film {at} ({1920 + at % 100})" for at in range(n - min(n // 4, len(names)))]
    found = [*names[: n - len(other)], *other]
    random.Random(1).shuffle(found)
    return found


def write_profile(home: Path, names: Sequence[str]) -> None:
    """Write the ratings of one person."""
    (home / "ratings").mkdir()
    rows = [Rated(name, at % 10 / 2 + 0.5, timestamp=1_600_000_000 + at) for at, name in enumerate(own(names, N_OWN))]
    (home / "ratings" / "me.csv").write_text(as_csv(rows), newline="")


def write_letterboxd(path: Path, names: Sequence[str], *, signs: bool = False) -> None:
    """Write an export of Letterboxd; with `signs`, two titles of five have some, as real ones do."""
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(("Date", "Name", "Year", "Letterboxd URI", "Rating"))
        for at, name in enumerate(own(names, N_LINES)):
            day = f"20{10 + at % 14}-{1 + at % 12:02}-{1 + at % 28:02}"
            title = name[:-7] + (SIGNS[at // 5 % len(SIGNS)] if signs and at % 5 < 2 else "")
            lines.writerow((day, title, name[-5:-1], f"https://boxd.it/{at:x}", f"{at % 10 / 2 + 0.5:g}"))


def write_runs(home: Path) -> None:
    """Copy the run of `home`, its model by links, under other ids."""
    run = runs_in(home)[0].path
    config = json.loads((run / "config.json").read_text())
    model = (run / "factors").readlink()
    for number in range(2, N_RUNS + 1):
        copy = run.with_name(
            f"20260101-{number // 3600:02}{number // 60 % 60:02}{number % 60:02}-biased-k4-run{number}"
        )
        (copy / model).mkdir(parents=True)
        for part in (run / model).iterdir():
            if part.is_file():
                os.link(part, copy / model / part.name)
        (copy / "factors").symlink_to(model)
        config |= {"run": copy.name, "name": f"run{number}", "sequence": number}
        (copy / "config.json").write_text(json.dumps(config))
        shutil.copy(run / "status.json", copy)
        (copy / "result.json").write_text(json.dumps({"test_rmse": 0.9, "seconds": {"train": 1.0}, "epochs": 4}))


def main() -> None:
    """Make what is asked for, and measure it."""
    asked, names = sys.argv[1:], list(dict.fromkeys(titles(N_FILMS)))
    film, table = names[5], "ratings.csv"
    parts: tuple[tuple[Callable[[Path], None], dict[str, tuple[str, ...]]], ...] = (
        (write_metrics, {"app, a long run": (), "report": ("report", "toy", "--force", "-o", table)}),
        (
            lambda home: write_profile(home, names),
            {
                "ratings ls": ("ratings", "ls"),
                "rate": ("rate", film, "4.5"),
                "ratings rm": ("ratings", "rm", film),
                "recommend": ("recommend", "--ratings", "@"),
                "app, You": ("4",),
            },
        ),
        (write_runs, {"runs ls": ("runs", "ls"), "similar": ("similar", film), "app, Runs": ("6",)}),
        (
            lambda home: write_letterboxd(home / table, names),
            {"ratings import": ("ratings", "import", table), "ratings import, again": ("ratings", "import", table)},
        ),
        (
            lambda home: write_letterboxd(home / table, names, signs=True),
            {"ratings import, signs": ("ratings", "import", table)},
        ),
    )
    shown = {"app, a long run": "0.8", "app, You": "Rate next", "app, Runs": "run4990"}
    print("| | time | computed | of 2 s | memory | of 300 MB |\n|---|---|---|---|---|---|")
    for number, (write, measured) in enumerate(parts):
        wanted = {name: words for name, words in measured.items() if not asked or any(word in name for word in asked)}
        if not wanted:
            continue
        with TemporaryDirectory() as made:
            home = Path(made)
            toy_run(home, toy_factors(names, k=16))
            write(home)
            told("--version", command(home, "--version")) if not number or asked else None
            for name, words in wanted.items():
                told(name, in_app(home, words, shown[name]) if name in shown else command(home, *words))


if __name__ == "__main__":
    main()
