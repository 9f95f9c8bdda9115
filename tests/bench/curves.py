"""How long each system takes to a given error: a curve of seconds and test RMSE, for this project and its peers.

    .venv/bin/python tests/bench/curves.py [DATA [TEST]] [--only NAME;…] [--most 60] [--rounds 1]    # else u1

Each point is a training of its own from the start, with so many epochs (sweeps, draws): what one waits for who asks for
so many. Seconds are those that the library takes to fit, for mftui those of learning; what stands beside them is the
median of all else: for mftui to set up, to compile and to predict, for others to convert the data and to predict. All
have their own defaults, but for cmfrec's `lambda_` (see `peers.py`). A curve ends where the next point would take more
than `--most` seconds. The second table has the seconds to each of some errors, the third the same as multiples of the
fastest recipe's of mftui. implicit predicts no ratings: its lists are in `list_curves.py`. LIBMF is left out: now and
then its threads wait for each other for ever. What is not installed is skipped and named. Where other programs use the
machine, `--processor` measures what they do not change.
"""

from __future__ import annotations

import argparse
import datetime
import math
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from statistics import median
from unittest.mock import patch

from peers import Outcome, chosen_lambda, cmfrec, lenskit, myfm, quiet, recipe, surprise
from protocol import Task, open_ml_100k, open_task, rmse

EPOCHS = (1, 2, 3, 5, 8, 12, 20, 40)
DRAWS = (12, 20, 40, 80, 150, 300)
STEP = 0.005
"""The errors to which the seconds are compared: the first is a multiple of this that some system stays below, …"""
ABOVE = (16, 12, 8, 6, 4, 3, 2, 1, 0)
"""… and the others are so many multiples larger."""


@dataclass(frozen=True)
class Point:
    epochs: int
    seconds: float
    beside: float
    error: float


Curves = dict[str, list[Point]]


@dataclass(frozen=True)
class System:
    """`measure` returns, for a number of epochs, the seconds that they take and the error that they lead to."""

    measure: Callable[[int], tuple[float, float]]
    epochs: tuple[int, ...] = EPOCHS


def systems(task: Task) -> dict[str, System]:
    """All of them, by name."""

    @cache
    def of_cmfrec() -> float:
        return chosen_lambda(task)

    def of(make: Callable[[int], Callable[[Task], Outcome]], epochs: tuple[int, ...] = EPOCHS) -> System:
        def measure(n: int) -> tuple[float, float]:
            seconds, guesses = make(n)(task)
            return seconds, rmse(guesses, task)

        return System(measure, epochs)

    return {
        "mftui biased": of(lambda n: recipe("biased", audience=False, epochs=n)),
        "mftui biased, one member": of(lambda n: recipe("biased", audience=False, epochs=n, members=1)),
        "mftui als": of(lambda n: recipe("als", epochs=n)),
        "mftui bayes": of(lambda n: recipe("bayes", audience=False, epochs=n), DRAWS),
        "cmfrec ALS": of(lambda n: cmfrec(n, of_cmfrec())),
        "LensKit biased ALS": of(lambda n: lenskit("BiasedMFScorer", epochs=n)),
        "myFM": of(myfm, DRAWS),
        "Surprise SVD": of(lambda n: surprise("SVD", random_state=0, n_epochs=n)),
    }


def curve(system: System, most: float, earlier: list[Point]) -> list[Point]:
    """Measure one system; of a point that there is already, the lesser seconds count."""
    before = {point.epochs: point for point in earlier}
    if not before:
        system.measure(system.epochs[0])  # does what is done but once
    for n in system.epochs:
        began = time.perf_counter()
        seconds, error = system.measure(n)
        beside = time.perf_counter() - began - seconds
        found = Point(n, seconds, beside, error)
        before[n] = min(found, before.get(n, found), key=lambda point: point.seconds)
        print(f"{n}: {error:.4f} after {seconds:.2f}", file=sys.stderr, flush=True)
        if seconds > most / 2:
            break
    return list(before.values())


def seconds_to(points: list[Point], error: float) -> float:
    """The least that any point took which has at most this error; infinity without any."""
    return min((p.seconds for p in points if p.error <= error), default=math.inf)


def table(head: str, curves: Curves, errors: list[float], cell: Callable[[list[Point], float], str]) -> None:
    """One line a system, one column an error."""
    print(f"\n| {head} | " + " | ".join(f"{error:.3f}" for error in errors) + " |")
    print("|---|" + "---|" * len(errors))
    for name, points in curves.items():
        print(f"| {name} | " + " | ".join(cell(points, error) for error in errors) + " |")


def report(curves: Curves, what: str) -> None:
    """Print curves, the seconds to some errors, and their ratios."""
    print(f"\n| system | epochs: {what} after seconds | beside them |\n|---|---|---|")
    for name, points in curves.items():
        told = "; ".join(f"{p.epochs}: {p.error:.4f} after {p.seconds:.2f}" for p in points)
        print(f"| {name} | {told} | {median(p.beside for p in points):.1f} |")
    best = min((p.error for points in curves.values() for p in points), default=0.0)
    errors = [(math.ceil(best / STEP) + more) * STEP for more in ABOVE]
    own = [points for name, points in curves.items() if name.startswith("mftui")]

    def seconds(points: list[Point], error: float) -> str:
        found = seconds_to(points, error)
        return f"{found:.2f}" if math.isfinite(found) else "–"

    def ratio(points: list[Point], error: float) -> str:
        found, fastest = seconds_to(points, error), min((seconds_to(each, error) for each in own), default=math.inf)
        return f"{found / fastest:.1f}" if math.isfinite(found) and math.isfinite(fastest) else "–"

    table(f"seconds to a {what} of at most", curves, errors, seconds)
    table("times as long as the fastest mftui", curves, errors, ratio)


def measure_all(made: dict[str, System], most: float, rounds: int) -> Curves:
    """Measure all systems in turn, several times; name those that are not installed."""
    curves: Curves = {}
    left = dict(made)
    for name in list(made) * rounds:
        if name not in left:
            continue
        print(name, file=sys.stderr, flush=True)
        try:
            curves[name] = curve(left[name], most, curves.get(name, []))
        except (ImportError, OSError) as error:
            print(f"skipped: {name} ({error})", flush=True)
            del left[name]
    return curves


def parser(doc: str | None) -> argparse.ArgumentParser:
    """The options of a benchmark of curves."""
    options = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", help="names to run, separated by semicolons")
    options.add_argument("--most", type=float, default=60.0, help="seconds that a training may take")
    options.add_argument("--rounds", type=int, default=1, help="of all systems in turn; the best seconds count")
    return options


def run(made: dict[str, System], given: argparse.Namespace, what: str, *, processor: bool = False) -> None:
    """Measure those that were asked for, and print the tables."""
    seconds = "processor seconds of all cores" if processor else "seconds of a clock"
    print(f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} cores, {seconds}", flush=True)
    chosen = {name: made[name] for name in given.only.split(";")} if given.only else made
    with patch.object(time, "perf_counter", time.process_time) if processor else nullcontext():
        curves = measure_all(chosen, given.most, given.rounds)
    report(curves, what)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("data", nargs="?")
    options.add_argument("test", nargs="?")
    options.add_argument("--processor", action="store_true", help="processor seconds of all cores, not a clock's")
    given = options.parse_args()
    quiet()
    task = open_task(given.data, given.test) if given.data else open_ml_100k()
    print(f"{task.label}: {len(task.train):,} ratings to train on, {len(task.test):,} to test on")
    run(systems(task), given, "test RMSE", processor=given.processor)


if __name__ == "__main__":
    main()
