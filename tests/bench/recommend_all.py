"""Lists for all users beside implicit's batch `recommend`: same factors, same rated films left out, two threads each.

    python tests/bench/recommend_all.py [--users 162000] [--movies 59000] [--factors 32] [--top 20] [--ratings 25000000]
                                        [--share 0.1] [--rank like|both] [--falling]

A model of random factors (no easy case: every film is about as long as every other) or, with --falling, of films whose
length falls with their popularity, as training makes them. Each side runs in a process of its own, one after the
other, for `--share` of the users: seconds by the clock, of the processor, and peak memory. `mftui` is the whole of
`mftui export --to parquet`'s recommendations, written; implicit's lists stay in memory. Then, whether they agree.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

THREADS = 2


def make(folder: Path, o: argparse.Namespace) -> None:
    """Factors and ratings as files, so that neither side makes them."""
    random = np.random.default_rng(0)
    popularity = 1 / np.arange(20, 20 + o.movies)
    cut = np.cumsum(popularity / popularity.sum())
    users = np.sort(random.integers(0, o.users, o.ratings)).astype(np.int32)
    movies = np.searchsorted(cut, random.random(o.ratings)).clip(max=o.movies - 1).astype(np.int32)
    lengths = 0.3 / np.arange(1, o.movies + 1) ** (0.2 if o.falling else 0)
    drawn = random.normal(0, 1, (o.movies, o.factors)) * lengths[:, None]
    arrays = {
        "user_factors": random.normal(0, 0.3, (o.users, o.factors)),
        "movie_factors": drawn,
        "movie_bias": random.normal(0, 0.3, o.movies),
        "audience_users": random.normal(0, 0.3, (o.users, o.factors)),
        "audience_movies": random.normal(0, 0.3, (o.movies, o.factors)),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array.astype(np.float32))
    np.save(folder / "offsets.npy", np.searchsorted(users, np.arange(o.users + 1)).astype(np.int64))
    np.save(folder / "movies.npy", movies)


def opened(folder: Path) -> dict[str, np.ndarray]:
    return {file.stem: np.load(file, mmap_mode="r") for file in folder.glob("*.npy")}


def measured(work: Callable[[], Any]) -> dict[str, Any]:
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    found = {"clock_s": time.perf_counter() - clock, "cpu_s": time.process_time() - cpu}
    # Not getrusage: what that says begins with the memory of the process that started this one.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return found | {"peak_mb": int(peak.split()[1]) / 1024}


def ours(folder: Path, o: argparse.Namespace, n_users: int) -> dict[str, Any]:
    from mftui.data.dataset import Movies, Scale
    from mftui.data.ids import Ids
    from mftui.data.storage.string_column import StringColumn
    from mftui.engine.export.tables import write_lists
    from mftui.engine.model.factors import Factors
    from mftui.engine.model.history import History
    from mftui.engine.model.parameters import Parameters
    from mftui.engine.model.priors import RowPriors

    a = opened(folder)
    held = np.broadcast_to(np.False_, len(a["movies"]))
    audience = {"audience_user_factors": a["audience_users"], "audience_movie_factors": a["audience_movies"]}
    parameters = Parameters(
        a["user_factors"],
        a["movie_factors"],
        np.zeros(o.users, np.float32),
        a["movie_bias"],
        0.3,
        0.3,
        5.2,
        **(audience if o.rank != "like" else {}),
    )
    counts = np.bincount(a["movies"], minlength=o.movies).astype(np.int32)
    model = Factors(
        parameters,
        Ids(np.arange(o.users), "user"),
        Ids(np.arange(o.movies), "movie"),
        Movies(StringColumn.of(f"Film {i}" for i in range(o.movies)), StringColumn.of([""] * o.movies), counts * 0),
        History(a["offsets"], a["movies"], np.broadcast_to(np.float32(3), len(held)), held),
        counts,
        counts,
        np.full(o.movies, 3, dtype=np.float32),
        Scale(0.5, 5.0, 0.5),
        RowPriors(),
    )
    file = folder / "lists.parquet"
    return measured(
        lambda: write_lists(model, file, n=o.top, rank=o.rank, users=np.arange(n_users), on_progress=lambda _: None)
    )


def theirs(folder: Path, o: argparse.Namespace, n_users: int) -> dict[str, Any]:
    import scipy.sparse as sparse
    from implicit.cpu.matrix_factorization_base import MatrixFactorizationBase

    class Given(MatrixFactorizationBase):
        def fit(self, *_: Any, **__: Any) -> None: ...

        def save(self, *_: Any, **__: Any) -> None: ...

    a = opened(folder)
    end = int(a["offsets"][n_users])
    shape = (n_users, o.movies)
    rated = sparse.csr_matrix((np.ones(end, np.float32), a["movies"][:end], a["offsets"][: n_users + 1]), shape=shape)
    model = Given(num_threads=THREADS)
    model.user_factors = np.column_stack([a["user_factors"][:n_users], np.ones(n_users, np.float32)])
    model.item_factors = np.column_stack([a["movie_factors"], a["movie_bias"]])
    kept: list[np.ndarray] = []
    found = measured(lambda: kept.extend(model.recommend(np.arange(n_users), rated, N=o.top)))
    np.save(folder / "theirs-lists.npy", kept[0])
    return found


def agree(folder: Path, n_users: int, top: int) -> float:
    import pyarrow.parquet as parquet

    mine = parquet.read_table(folder / "lists.parquet", columns=["movie_id"])["movie_id"].to_numpy()
    other = np.load(folder / "theirs-lists.npy")
    return float((mine.reshape(n_users, top) == other).mean())


def main() -> None:
    parser = argparse.ArgumentParser()
    sizes = {"users": 162_000, "movies": 59_000, "factors": 32, "top": 20, "ratings": 25_000_000}
    for name, size in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--rank", default="like")
    parser.add_argument("--falling", action="store_true")
    parser.add_argument("--side", nargs=2)
    o = parser.parse_args()
    n_users = max(1, round(o.share * o.users))
    if o.side:
        side, folder = o.side
        return print(json.dumps({"ours": ours, "theirs": theirs}[side](Path(folder), o, n_users)))
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), o)
        print(f"{n_users:,} of {o.users:,} users, {o.movies:,} movies, {o.factors} factors, top {o.top}, {o.rank}")
        sides = ("ours", "theirs") if o.rank == "like" else ("ours",)
        for side in sides:
            command = [sys.executable, __file__, *sys.argv[1:], "--side", side, folder]
            m = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            name = {"ours": "mftui, to Parquet", "theirs": "implicit, batch recommend"}[side]
            print(f"{name:28} {m['clock_s']:7.2f} s  {m['cpu_s']:7.2f} s of CPU  {m['peak_mb']:6.0f} MB peak")
        if len(sides) == 2:
            print(f"the same film at {agree(Path(folder), n_users, o.top):.4%} of the places")
    return None


if __name__ == "__main__":
    main()
