"""Training time of the default recipe beside Surprise SVD's fit, in turn, in one process; best of each.

Run: `.venv/bin/python tests/bench/default_speed.py [DATA [TEST]] [--rounds 5]`; ml-100k's u1 by default.
"""

from __future__ import annotations

import argparse
import time

from protocol import Task, open_ml_100k, open_task, predicted, rmse, surprise_trainset, trained

VARIANTS: dict[str, dict[str, object]] = {
    "biased, defaults": {"audience": False},
    "biased, one member": {"audience": False, "members": 1},
    "biased, one of k=32": {"audience": False, "members": 1, "factors": 32},
}
"""The block of ratings alone, as Surprise's SVD."""


def svd_seconds(task: Task) -> float:
    """Surprise's SVD with its own defaults."""
    from surprise import SVD

    data = surprise_trainset(task)
    began = time.perf_counter()
    SVD(random_state=0).fit(data)
    return time.perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", nargs="?")
    options.add_argument("test", nargs="?")
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    task = open_task(given.data, given.test) if given.data else open_ml_100k()
    svd: list[float] = []
    ours: dict[str, list[float]] = {name: [] for name in VARIANTS}
    quality: dict[str, float] = {}
    for _ in range(given.rounds):
        svd.append(svd_seconds(task))
        for name, hyper in VARIANTS.items():
            training, model = trained("biased", task, **hyper)
            ours[name].append(training.trained_seconds)
            quality[name] = rmse(predicted(model, task), task)
    print(f"{task.label}: {len(task.train):,} training ratings; best of {given.rounds} rounds")
    print(f"{'Surprise SVD, fit':24} {min(svd):7.3f} s")
    for name, seconds in ours.items():
        ratio = min(seconds) / min(svd)
        print(f"{name:24} {min(seconds):7.3f} s  {ratio:.2f} of Surprise SVD's  test RMSE {quality[name]:.4f}")


if __name__ == "__main__":
    main()
