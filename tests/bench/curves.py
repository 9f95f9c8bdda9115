"""How long each system takes to a given error: a curve of seconds and test RMSE, for this project and its peers.

    .venv/bin/python tests/bench/curves.py [DATA [TEST]] [--only NAME,…] [--most 60]     # ml-100k's u1 by default

Each point is a training of its own from the start, with so many epochs (sweeps, draws): what one waits for who asks for
so many. Seconds are those that the library takes to fit, for mftui those of learning; what stands beside them is the
median of all else: for mftui to set up, to compile and to predict, for others to convert the data and to predict. All
have their own defaults, but for cmfrec's `lambda_` (see `peers.py`). A curve ends where the next point would take more
than `--most` seconds. The second table has the seconds to each of some errors, the third the same as multiples of the
fastest recipe's of mftui. implicit predicts no ratings: its lists are compared by `lists.py`. What is not installed is
skipped and named.
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
from dataclasses import dataclass
from statistics import median
from typing import Any

from peers import Outcome, chosen_lambda, cmfrec, lenskit, libmf, myfm, quiet, recipe, surprise
from protocol import Task, open_ml_100k, open_task, rmse

EPOCHS = (1, 2, 3, 5, 8, 12, 20, 40)
DRAWS = (12, 20, 40, 80, 150, 300)
STEP = 0.01
"""Between two of the errors to which the seconds are compared."""
SHOWN = 8
"""So many of them, from the smallest error that any system has."""


@dataclass(frozen=True)
class Point:
    epochs: int
    seconds: float
    beside: float
    error: float


Curves = dict[str, list[Point]]


@dataclass(frozen=True)
class System:
    """`make` returns how a number of epochs is measured."""

    make: Callable[[int], Callable[[Task], Outcome]]
    epochs: tuple[int, ...] = EPOCHS


def ours(name: str, **hyper: Any) -> Callable[[int], Callable[[Task], Outcome]]:
    """One of this project's recipes."""
    return lambda epochs: recipe(name, audience=False, epochs=epochs, **hyper)


def systems(task: Task) -> dict[str, Callable[[], System]]:
    """All of them, by name."""

    def of_cmfrec() -> System:
        chosen = chosen_lambda(task)
        return System(lambda n: cmfrec(n, chosen))

    return {
        "mftui biased": lambda: System(ours("biased")),
        "mftui biased, one member": lambda: System(ours("biased", members=1)),
        "mftui als": lambda: System(lambda n: recipe("als", epochs=n)),
        "mftui bayes": lambda: System(ours("bayes"), DRAWS),
        "cmfrec ALS": of_cmfrec,
        "LensKit biased ALS": lambda: System(lambda n: lenskit("BiasedMFScorer", epochs=n)),
        "myFM": lambda: System(myfm, DRAWS),
        "Surprise SVD": lambda: System(lambda n: surprise("SVD", random_state=0, n_epochs=n)),
        "LIBMF": lambda: System(libmf),
    }


def curve(system: System, task: Task, most: float) -> list[Point]:
    """Measure one system, after a training that does what is done but once."""
    system.make(system.epochs[0])(task)
    points: list[Point] = []
    for n in system.epochs:
        began = time.perf_counter()
        seconds, guesses = system.make(n)(task)
        beside = time.perf_counter() - began - seconds
        points.append(Point(n, seconds, beside, rmse(guesses, task)))
        print(".", end="", file=sys.stderr, flush=True)
        if seconds > most / 2:
            break
    return points


def seconds_to(points: list[Point], error: float) -> float:
    """The least that any point took which has at most this error; infinity without any."""
    return min((p.seconds for p in points if p.error <= error), default=math.inf)


def table(head: str, curves: Curves, errors: list[float], cell: Callable[[list[Point], float], str]) -> None:
    """One line a system, one column an error."""
    print(f"\n| {head} | " + " | ".join(f"{error:.2f}" for error in errors) + " |")
    print("|---|" + "---|" * len(errors))
    for name, points in curves.items():
        print(f"| {name} | " + " | ".join(cell(points, error) for error in errors) + " |")


def report(curves: Curves) -> None:
    """Print curves, the seconds to some errors, and their ratios."""
    print("\n| system | epochs: test RMSE after seconds | beside them |\n|---|---|---|")
    for name, points in curves.items():
        told = "; ".join(f"{p.epochs}: {p.error:.4f} after {p.seconds:.2f}" for p in points)
        print(f"| {name} | {told} | {median(p.beside for p in points):.1f} |")
    best = min(p.error for points in curves.values() for p in points)
    first = math.ceil(best / STEP)
    errors = [(first + i) * STEP for i in reversed(range(SHOWN))]
    own = [points for name, points in curves.items() if name.startswith("mftui")] or list(curves.values())

    def seconds(points: list[Point], error: float) -> str:
        found = seconds_to(points, error)
        return f"{found:.2f}" if math.isfinite(found) else "–"

    def ratio(points: list[Point], error: float) -> str:
        found = seconds_to(points, error) / min(seconds_to(each, error) for each in own)
        return f"{found:.1f}" if math.isfinite(found) else "–"

    table("seconds to a test RMSE of at most", curves, errors, seconds)
    table("times as long as the fastest mftui", curves, errors, ratio)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", nargs="?")
    options.add_argument("test", nargs="?")
    options.add_argument("--only", help="names to run, separated by semicolons")
    options.add_argument("--most", type=float, default=60.0, help="seconds that a training may take")
    given = options.parse_args()
    quiet()
    task = open_task(given.data, given.test) if given.data else open_ml_100k()
    print(f"{task.label}: {len(task.train):,} ratings to train on, {len(task.test):,} to test on")
    print(f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} cores", flush=True)
    curves: Curves = {}
    made = systems(task)
    for name in given.only.split(";") if given.only else made:
        try:
            curves[name] = curve(made[name](), task, given.most)
        except (ImportError, OSError) as error:
            print(f"skipped: {name} ({error})", flush=True)
    report(curves)


if __name__ == "__main__":
    main()
