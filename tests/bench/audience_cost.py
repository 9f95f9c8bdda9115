"""What the audience block costs, in one run: its time beside implicit's ALS (k=64, 15 iterations, two threads), and
how much the trainer's peak grows by it beside the block and its optimizer state.

Run: `.venv/bin/python tests/bench/audience_cost.py [DATA] [--rounds 3]`; a synthetic set of ML-1M's size by default.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from lists import watched

from mftui.data.loading.load import open_dataset
from mftui.engine.model.store import load_factors
from mftui.engine.recipes import row_priors

MB = 2**20


def synthetic(directory: Path) -> str:
    """A set of ML-1M's size."""
    size = ("--users", "6040", "--movies", "3706", "--ratings", "1000000")
    subprocess.run([sys.executable, "-m", "mftui", "data", "synth", str(directory), *size], check=True)
    return str(directory)


def train(data: str, home: str, *options: str) -> dict[str, Any]:
    """The default recipe's training in a process of its own: what it prints."""
    command = [sys.executable, "-m", "mftui", "train", "--data", data, "--split", "none", "--json", "--quiet", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "MFTUI_HOME": home})
    return dict(json.loads(done.stdout))


def als_seconds(data: str) -> float | None:
    """implicit's ALS on the same ratings; None where it is not installed."""
    try:
        from implicit.als import AlternatingLeastSquares
    except ImportError:
        return None
    dataset = open_dataset(data)
    seen = watched(dataset.ratings, dataset)
    model = AlternatingLeastSquares(64, iterations=15, num_threads=2, random_state=0)
    began = time.perf_counter()
    model.fit(seen, show_progress=False)
    return time.perf_counter() - began


def block_mb(document: dict[str, Any]) -> float:
    """The audience factors and Adam's two moments of each."""
    p = load_factors(Path(document["run_dir"]) / "factors", row_priors).parameters
    assert p.audience_movie_factors is not None
    return 3 * p.audience_movie_factors.nbytes / MB


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", nargs="?")
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        data = given.data or synthetic(Path(home) / "ml-1m-size")
        open_dataset(data)  # the cache is there for all
        seconds, als, with_block, without = [], [], [], []
        for _ in range(given.rounds):
            whole = train(data, home)
            seconds.append(whole["seconds"]["audience"])
            with_block.append(whole["peak_rss_mb"])
            without.append(train(data, home, "--no-audience")["peak_rss_mb"])
            peer = als_seconds(data)
            if peer is not None:
                als.append(peer)
        print(f"{whole['dataset']}: {whole['n_train']:,} ratings; medians of {given.rounds} rounds")
        print(f"audience block, training        {median(seconds):8.2f} s")
        if als:
            print(f"implicit ALS k=64, 15 iterations {median(als):7.2f} s   ratio {median(seconds) / median(als):.2f}")
        else:
            print("implicit is not installed: skipped")
        grown = median(with_block) - median(without)
        print(f"trainer's peak, with and without {median(with_block):7.0f} {median(without):.0f} MiB")
        print(f"it grows by {grown:.0f} MiB; the block and its optimizer state have {block_mb(whole):.0f} MiB")


if __name__ == "__main__":
    main()
