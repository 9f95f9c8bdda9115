"""Loading of a large set of ratings beside Surprise, LensKit and pandas: seconds, CPU seconds and peak memory.

Run: `.venv/bin/python tests/bench/loading.py DATA [--rounds 3] [--surprise-rows 1000000] [--only "NAME;…"]`; DATA is a
directory with `ratings.csv`, as `mftui data synth` makes it. Each loader runs in a fresh process, its imports not
counted, in turn, the median of the rounds; the peak is the process's own, imports counted. Surprise keeps a Python
tuple for each rating: it reads the first rows alone, and the table says so. Peers that are not installed are skipped
and named.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

Load = Callable[[], int]
"""Loads, and says how many ratings it has."""


def mftui(data: Path) -> Load:
    """Everything that a training needs: from the files where there is no cache yet, else from the cache."""
    from mftui.data.loading.load import open_dataset

    return lambda: open_dataset(data).n_ratings


def pandas(data: Path) -> Load:
    """The table alone, with types given."""
    import pandas as package

    types = {"userId": "int32", "movieId": "int32", "rating": "float32", "timestamp": "int64"}
    return lambda: len(package.read_csv(data / "ratings.csv", dtype=types))


def lenskit(data: Path) -> Load:
    """Its own data set, with vocabularies, made of pandas' table as its documentation does."""
    import pandas as package
    from lenskit.data import from_interactions_df

    types = {"userId": "int32", "movieId": "int32", "rating": "float32", "timestamp": "int64"}

    def load() -> int:
        table = package.read_csv(data / "ratings.csv", dtype=types)
        names = {"userId": "user_id", "movieId": "item_id"}
        return int(from_interactions_df(table.rename(columns=names)).interaction_count)

    return load


def surprise(data: Path) -> Load:
    """Its own training set, with vocabularies."""
    from surprise import Dataset, Reader

    reader = Reader(line_format="user item rating timestamp", sep=",", skip_lines=1, rating_scale=(0.5, 5))
    return lambda: int(Dataset.load_from_file(str(data / "ratings.csv"), reader).build_full_trainset().n_ratings)


SYSTEMS: dict[str, Callable[[Path], Load]] = {
    "mftui, first": mftui,
    "mftui, cached": mftui,
    "pandas": pandas,
    "LensKit": lenskit,
    "Surprise": surprise,
}
REFERENCE, WITH_CACHE, IN_PART = "mftui, first", "mftui, cached", "Surprise"


def measure_here(name: str, data: Path) -> None:
    """In a process of its own: load once, print what it took."""
    try:
        load = SYSTEMS[name](data)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    wall, cpu = time.perf_counter(), time.process_time()
    n = load()
    spent = time.perf_counter() - wall, time.process_time() - cpu
    from mftui.engine.compute.machine import peak_bytes

    print(json.dumps({"ratings": n, "seconds": spent[0], "cpu": spent[1], "peak_mb": peak_bytes() / 2**20}))


def measured(name: str, data: Path, home: str) -> dict[str, float]:
    """One round of one loader. A first load finds no cache, as `home` is emptied by its caller."""
    command = [sys.executable, __file__, str(data), "--measure", name]
    done = subprocess.run(command, env={**os.environ, "MFTUI_HOME": home}, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{name}: {found}", file=sys.stderr)
    return found


def first_rows(data: Path, rows: int, directory: Path) -> Path:
    """A directory with the first `rows` ratings."""
    with (data / "ratings.csv").open() as whole, (directory / "ratings.csv").open("w") as cut:
        cut.writelines(islice(whole, rows + 1))
    return directory


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--surprise-rows", type=int, default=1_000_000)
    options.add_argument("--only", help="names to run, separated by ;")
    options.add_argument("--measure", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure:
        measure_here(given.measure, given.data)
        return
    chosen = given.only.split(";") if given.only else list(SYSTEMS)
    results: dict[str, list[dict[str, float]]] = {name: [] for name in chosen}
    with tempfile.TemporaryDirectory() as cut:
        part = first_rows(given.data, given.surprise_rows, Path(cut)) if IN_PART in chosen else given.data
        for _ in range(given.rounds):
            with tempfile.TemporaryDirectory() as home:
                for name in chosen:
                    if name == WITH_CACHE and REFERENCE not in chosen:
                        measured(name, given.data, home)
                    results[name].append(measured(name, part if name == IN_PART else given.data, home))
    report(results, given.rounds)


def report(results: dict[str, list[dict[str, float]]], rounds: int) -> None:
    """The table; ratios are of seconds a rating, to those of the first load."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; median of {rounds} rounds")
    print("\n| loader | ratings | seconds | CPU seconds | peak MiB | seconds a rating, of the first load's |")
    print("|---|---|---|---|---|---|")
    middle = {
        name: {key: statistics.median(one[key] for one in found) for key in found[0]}
        for name, found in results.items()
        if "missing" not in found[0]
    }
    for name, row in middle.items():
        each = row["seconds"] / row["ratings"]
        base = middle.get(REFERENCE, row)
        ratio = each / (base["seconds"] / base["ratings"])
        numbers = f"{row['seconds']:.2f} | {row['cpu']:.2f} | {row['peak_mb']:,.0f} | {ratio:.2f}"
        print(f"| {name} | {row['ratings']:,.0f} | {numbers} |")
    for name, found in results.items():
        if "missing" in found[0]:
            print(f"\nskipped: {name} ({found[0]['missing']})")


if __name__ == "__main__":
    main()
