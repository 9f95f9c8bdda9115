"""A long session in a short time: 100,000 points, 2,000 movies looked at; memory and work a key, early and late.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/long_session.py [points] [movies]`.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from app_latency import FORM, RESULTS
from helpers.models import toy_factors, toy_run
from terminal import App

from mftui.runs.store.process import Process
from mftui.runs.store.status import RUNNING, Status, write_status

BURST = 500
CHART = (36, 120)
WARM_SHARE = 0.1
"""Of the points and of the movies, before the first measurement."""


def memory_mb(pid: int) -> float:
    """Resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def work_ms(app: App, part: tuple[int, int], keys: str) -> float:
    """Processor time of a key, median of ten."""
    return statistics.median(app.press(keys[i % 2], part).cpu_ms for i in range(10))


def grow(app: App, run: Path, first: int, last: int) -> None:
    """Log the points from `first` to `last` in bursts, each seen before the next."""
    with (run / "metrics.jsonl").open("a") as file:
        for start in range(first, last, BURST):
            for step in range(start + 1, start + BURST + 1):
                rmse = 0.8 + 0.4 * math.exp(-step / 5_000) + 0.01 * math.sin(step)
                valid = rmse + 0.05 if step % 20 == 0 else None
                line = {"step": step, "epoch": step / 20, "train_loss": rmse**2, "train_rmse": rmse,
                        "valid_rmse": valid, "learning_rate": 0.05, "ratings_per_second": 1.5e6}  # fmt: skip
                file.write(json.dumps(line) + "\n")
            file.flush()
            status = Status(RUNNING, "train", Process.current(), heartbeat=time.time(), step=step, steps=2 * last)
            write_status(run, status)
            app.until(f"{step:,}/")


def main() -> None:
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    movies = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    names = tuple(f"Film {i} (1990)" for i in range(movies + 50))
    with TemporaryDirectory() as home:
        run = toy_run(Path(home), toy_factors(names, n_users=50, k=16), state=RUNNING)
        app = App(home)
        try:
            app.until("running")
            app.press("s", FORM)
            warm = int(points * WARM_SHARE)
            grow(app, run.path, 0, warm)
            _look(app, int(movies * WARM_SHARE))
            began = memory_mb(app.pid)
            train_before = work_ms(app, CHART, "oo")
            grow(app, run.path, warm, points)
            train_after, after_points = work_ms(app, CHART, "oo"), memory_mb(app.pid)
            movie_before = _look(app, 10)
            movie_after = _look(app, movies - int(movies * WARM_SHARE) - 20)
            ended = memory_mb(app.pid)
        finally:
            app.close()
    print(f"memory: {began:.0f} MB early, {after_points:.0f} MB after {points:,} points,"
          f" {ended:.0f} MB after {movies:,} movies: {ended - began:+.1f} MB (goal below 20)")  # fmt: skip
    print(f"work of redrawing the chart: {train_before:.1f} ms early, {train_after:.1f} ms late")
    print(f"work of a key on Movies: {movie_before:.1f} ms early, {movie_after:.1f} ms late")


def _look(app: App, movies: int) -> float:
    """Go down `movies` movies on Movies and back to Train; work of a key at the end."""
    app.press("2", RESULTS)
    for _ in range(movies // 10):
        app.press("j" * 10, RESULTS, window_s=0.1)
    app.settle()
    found = work_ms(app, RESULTS, "jk")
    app.press("1", FORM)
    return found


if __name__ == "__main__":
    main()
