"""Neighbours and recommendations among a million movies of 64 factors: time, memory, and what an index is worth.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/million_movies.py [movies] [k]`. The factors lie around some
thousand centres, in a run directory, and are opened as the app opens them: memory-mapped. "more" is by how much the
process's memory grew beyond the factors themselves at its peak.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from helpers.models import assembled, toy_run
from threadpoolctl import threadpool_limits

from mftui.data.dataset import Dataset, Movies, Ratings, Scale
from mftui.data.ids import Ids
from mftui.data.splits import SplitSpec, make_split
from mftui.data.storage.string_column import StringColumn
from mftui.engine.model.factors import Factors
from mftui.engine.model.parameters import Parameters
from mftui.engine.query import approximate
from mftui.engine.query.movie_filter import MovieFilter
from mftui.engine.query.neighbours import METRICS, similar
from mftui.engine.query.recommend import recommend
from mftui.engine.query.recommend_all import TopN
from mftui.runs.store.run import Run

N_USERS, N_RATINGS, N_CENTRES = 1_000, 5_000_000, 2_000
ROUNDS = 9


def model_of(n_movies: int, k: int) -> Factors:
    """Movies in clusters, their counts with a long tail."""
    random = np.random.default_rng(0)
    users = np.sort(random.integers(0, N_USERS, N_RATINGS)).astype(np.int32)
    movies = (n_movies * random.random(N_RATINGS) ** 2).astype(np.int32)
    values = (random.integers(1, 11, N_RATINGS) / 2).astype(np.float32)
    dataset = Dataset(
        "million",
        "million (made by a test)",
        Ratings(users, movies, values),
        Ids(np.arange(N_USERS), "user"),
        Ids(np.arange(n_movies), "movie"),
        Movies(
            StringColumn.of(f"Film {i}" for i in range(n_movies)),
            StringColumn.of(("Drama", "Comedy")[i % 2] for i in range(n_movies)),
            np.full(n_movies, 1999, dtype=np.int16),
        ),
        Scale(0.5, 5.0, 0.5),
        "million",
    )

    def drawn(*shape: int) -> np.ndarray:
        return random.normal(0, 0.3, shape).astype(np.float32)

    centres = drawn(N_CENTRES, k)
    factors = centres[random.integers(0, N_CENTRES, n_movies)] + np.float32(0.7) * drawn(n_movies, k)
    parameters = Parameters(drawn(N_USERS, k), factors, drawn(N_USERS), drawn(n_movies), 0.3, 0.3, 5.2)
    return assembled(parameters, dataset, make_split(dataset, SplitSpec("none")), {"recipe": "biased", "split": "none"})


def anonymous_mb(of: str = "RssAnon") -> float:
    """Memory of this process that is no mapped file."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(of):
            return int(line.split()[1]) / 1024
    return float("nan")


def show(what: str, work: Callable[[], Any], rounds: int = ROUNDS) -> None:
    """Median time and most memory."""
    work()
    times, began, most = [], anonymous_mb(), 0.0
    for _ in range(rounds):
        start, cpu = time.perf_counter(), time.process_time()
        kept = work()
        times.append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - cpu)))
        most = max(most, anonymous_mb() - began)
        del kept
    wall, cpu_ms = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{what}: {wall:.1f} ms, processor {cpu_ms:.1f} ms (load {os.getloadavg()[0]:.1f})", flush=True)


def main() -> None:
    n_movies, k = (int(text) for text in [*sys.argv[1:], "1000000", "64"][:2]) if len(sys.argv) != 2 else (
        int(sys.argv[1]), 64)  # fmt: skip
    with TemporaryDirectory() as home:
        os.environ["MFTUI_HOME"] = home
        toy_run(Path(home), model_of(n_movies, k))
        gc.collect()
        threadpool_limits(1, user_api="blas")  # as the app does
        factors = Run(next(Path(home).glob("runs/*"))).load_factors()
        print(f"{n_movies:,} movies, k={k}: factors {n_movies * k * 4 / 2**20:.0f} MB, mapped; {anonymous_mb():.0f} MB")
        Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
        for metric in METRICS:
            show(f"neighbours, exact, {metric}", lambda m=metric: similar(factors, 6, 50, metric=m))
        show("neighbours, exact, filtered", lambda: similar(factors, 6, 50, where=MovieFilter("Drama", None, 5)))
        show("recommendations of a user", lambda: recommend(factors, 6, 50))
        users = np.arange(256)
        show("lists of 256 users", lambda: list(TopN(factors, 20).of(users)), 1)
        print(f"memory at its peak, mapped files included: {anonymous_mb('VmHWM'):.0f} MB")
        if not approximate.available():
            print("no index: pip install 'mftui[ann]'")
            return
        approximate.EXACT_MS = 0.0
        for metric in METRICS:
            start, cpu = time.perf_counter(), time.process_time()
            found = approximate.find_similar(factors, 7, 50, metric=metric, search="approximate")
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
            index = approximate.opened(approximate.IndexKey(factors, metric, None))
            print(
                f"index, {metric}: made in {seconds:.0f} s, processor {cpu:.0f} s; recall@{approximate.RECALL_AT} "
                f"{found.recall:.3f}, {index.cells.nprobe} of {index.cells.nlist} cells"
            )
            show(f"neighbours, index, {metric}", lambda i=index: i.nearest(factors, 7, 50))
            approximate.opened.cache_clear()
            show(f"index opened from the cache, {metric}", lambda m=metric: approximate._load(
                Path(home, "cache", "neighbours", approximate.IndexKey(factors, m, None).name),
                approximate.IndexKey(factors, m, None)))  # fmt: skip


if __name__ == "__main__":
    main()
