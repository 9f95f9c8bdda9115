"""Training from 1 to 25 million synthetic ratings: rate, memory and RMSE against the planted noise, and the slope.

    python tests/bench/scale.py SMALL LARGE [--memory 600MB] [options of mftui train]

SMALL and LARGE are directories made by `mftui data synth` (with their `truth.json`), such as

    mftui data synth SMALL --users 6000 --movies 3700 --ratings 1000000 --rank 1 --noise 0.3
    mftui data synth LARGE --users 162000 --movies 59000 --ratings 25000000 --rank 1 --noise 0.3

Each is loaded once, so that it is in the cache, then trained on in a process of its own; with --memory LARGE once
more out of core. Options are to be chosen by validation RMSE, which is printed beside the test RMSE. The last
column is a bound for any method: the RMSE of one who knows all about the movies and has but each user's ratings.
With the default of eight axes and 154 ratings a user nobody comes near the noise.

Beside it, in the same run, the plain way of doing it: one compiled step of 500,000 ratings, called in a loop.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from mftui.data.loading.load import open_dataset
from mftui.data.synthetic import taste
from mftui.runs.store.run import Run

TEST = 0.1


def trained(source: Path, options: list[str], memory: str) -> dict[str, Any]:
    """The result of one training, with the validation RMSE of the epoch that was kept."""
    command = [sys.executable, "-m", "mftui", "train", "--data", str(source), "--no-audience", "--quiet", "--json"]
    done = subprocess.run([*command, "--memory", memory, *options], stdout=subprocess.PIPE, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    lines = [json.loads(line) for line in Run(Path(document["run_dir"])).metrics_path.read_text().splitlines()]
    document["valid_rmse"] = min(line["valid_rmse"] for line in lines if line["valid_rmse"] is not None)
    return document


def bound(source: Path, truth: dict[str, Any]) -> float:
    """RMSE of one who knows the movies: in each of a user's numbers what their own ratings leave open, on average."""
    ratings = open_dataset(source).ratings
    counts = np.bincount(ratings.users)
    noise, known = truth["noise_rmse"] ** 2, counts * (1 - TEST)
    open_ = sum(
        times * variance * noise / (known * variance + noise)
        for times, variance in ((truth["rank"], 6 * taste.TASTE_SD**2 / truth["rank"]), (1, taste.HARSHNESS_SD**2))
    )
    return float(np.sqrt(noise + np.average(open_, weights=counts)))


def plain_rate(columns: int, users: int = 162_000, movies: int = 59_000, batch: int = 500_000) -> float:
    """Ratings a second of one compiled step, Adam and dense gradients in it, in a loop over ten batches twice."""
    import tensorflow as tf

    random = np.random.default_rng(0)
    data = [
        tf.constant(np.sort(random.integers(0, users, (10, batch), dtype=np.int32), axis=1)),
        tf.constant((movies * random.random((10, batch)) ** 3).astype(np.int32)),
        tf.constant(random.random((10, batch), dtype=np.float32)),
    ]
    tables = [tf.Variable(tf.random.normal((rows, width)) * 0.05) for rows in (users, movies) for width in (columns, 1)]
    optimizer = tf.keras.optimizers.Adam(0.05)
    optimizer.build(tables)

    def step(number: Any) -> Any:
        at, of, ratings = (tf.gather(column, number) for column in data)
        with tf.GradientTape() as tape:
            rows, row_bias, others, other_bias = (
                tf.gather(t, i) for t, i in zip(tables, (at, at, of, of), strict=True)
            )
            error = tf.sigmoid(tf.reduce_sum(rows * others, 1) + (row_bias + other_bias)[:, 0]) - ratings
            loss = tf.reduce_mean(error**2) + 1e-8 * sum(tf.nn.l2_loss(table) for table in tables)
        optimizer.apply([tf.convert_to_tensor(g) for g in tape.gradient(loss, tables)], tables)
        return loss

    call = tf.function(step, jit_compile=True).get_concrete_function(tf.TensorSpec([], tf.int32))
    float(call(tf.constant(0)))
    began = time.perf_counter()
    for number in np.concatenate([random.permutation(10), random.permutation(10)]):
        loss = call(tf.constant(number, tf.int32))
    float(loss)
    return 20 * batch / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("small", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--memory", help="Train on LARGE once more with this budget.")
    given, options = parser.parse_known_args()
    tasks = [(given.small, "auto"), (given.large, "auto"), *([(given.large, given.memory)] if given.memory else [])]
    columns = (
        "ratings",
        "memory",
        "M ratings/s",
        "s",
        "peak MB",
        "data MB",
        "valid",
        "test",
        "planted",
        "above",
        "bound",
    )
    print("".join(f"{name:>12}" for name in columns))
    found = []
    for source, memory in tasks:
        open_dataset(source)
        result = trained(source, options, memory)
        truth = json.loads((source / "truth.json").read_text())
        floor = truth["noise_rmse"]
        found.append(result)
        cells = (
            f"{result['n_train']:,}",
            memory,
            f"{result['ratings_per_second'] / 1e6:.2f}",
            f"{result['seconds']['train']:.1f}",
            f"{result['peak_rss_mb'] * 1.048576:.0f}",
            f"{result['peak_data_mb']:.0f}",
            f"{result['valid_rmse']:.4f}",
            f"{result['test_rmse']:.4f}",
            f"{floor:.4f}",
            f"{result['test_rmse'] - floor:+.4f}",
            f"{bound(source, truth):.4f}",
        )
        print("".join(f"{cell:>12}" for cell in cells), flush=True)
    small, large = found[:2]
    times = [one["seconds"]["train"] / one["epochs"] for one in (small, large)]
    slope = math.log(times[1] / times[0]) / math.log(large["n_train"] / small["n_train"])
    print(f"time of an epoch grows with the ratings to the power {slope:.2f}")
    if given.memory:
        print(
            f"out of core at {found[2]['ratings_per_second'] / large['ratings_per_second']:.2f} of the speed in memory"
        )
    hyper = Run(Path(large["run_dir"])).load_factors().meta["hyper"]
    command = [sys.executable, __file__, "--plain", str(hyper["members"] * hyper["factors"])]
    plain = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])
    ours = large["ratings_per_second"]
    print(f"whole epochs at {ours / plain:.2f} of the rate of plain compiled steps ({plain / 1e6:.2f} M ratings/s)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plain"]:
        print(plain_rate(int(sys.argv[2])))
    else:
        main()
