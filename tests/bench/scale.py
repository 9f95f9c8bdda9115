"""Training from 1 to 25 million synthetic ratings: rate, memory and RMSE against the planted noise, and the slope.

    python tests/bench/scale.py SMALL LARGE [--memory 600MB] [--prior 15] [--epochs 10] [--factors 32]

SMALL and LARGE are directories made by `mftui data synth` (with their `truth.json`). Each is loaded once, so
that it is in the cache, then trained on in a process of its own; with --memory LARGE once more out of core.
The prior is to be chosen by validation RMSE, which is printed beside the test RMSE.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

from mftui.data.load import open_dataset
from mftui.runs.directory import Run


def trained(source: Path, factors: int, epochs: int, prior: float, memory: str) -> dict[str, Any]:
    """The result of one training, with the validation RMSE of the epoch that was kept."""
    command = [sys.executable, "-m", "mftui", "train", "--data", str(source), "--recipe", "biased", "--members", "1"]
    command += ["--factors", str(factors), "--epochs", str(epochs), "--prior-factors", str(prior), "--no-audience"]
    done = subprocess.run([*command, "--memory", memory, "--quiet", "--json"], stdout=subprocess.PIPE, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    lines = [json.loads(line) for line in Run(Path(document["run_dir"])).metrics_path.read_text().splitlines()]
    document["valid_rmse"] = min(line["valid_rmse"] for line in lines if line["valid_rmse"] is not None)
    return document


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("small", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--memory", help="Train on LARGE once more with this budget.")
    parser.add_argument("--factors", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--prior", type=float, default=15.0)
    given = parser.parse_args()
    tasks = [(given.small, "auto"), (given.large, "auto"), *([(given.large, given.memory)] if given.memory else [])]
    columns = ("ratings", "memory", "M ratings/s", "s", "peak MB", "data MB", "valid", "test", "planted", "above")
    print("".join(f"{name:>13}" for name in columns))
    found = []
    for source, memory in tasks:
        open_dataset(source)
        result = trained(source, given.factors, given.epochs, given.prior, memory)
        floor = json.loads((source / "truth.json").read_text())["noise_rmse"]
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
        )
        print("".join(f"{cell:>13}" for cell in cells), flush=True)
    small, large = found[:2]
    times = [one["seconds"]["train"] / one["epochs"] for one in (small, large)]
    slope = math.log(times[1] / times[0]) / math.log(large["n_train"] / small["n_train"])
    print(f"time of an epoch grows with the ratings to the power {slope:.2f}")
    if given.memory:
        print(
            f"out of core at {found[2]['ratings_per_second'] / large['ratings_per_second']:.2f} of the speed in memory"
        )


if __name__ == "__main__":
    main()
