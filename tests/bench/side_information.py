"""What recipe `bayes` gains from what is known of users and movies, and from an ordinal likelihood: ml-100k's folds.

Run: `.venv/bin/python tests/bench/side_information.py [--folds u1,u2] [--seed 0]`. Test RMSE of the defaults, and
seconds of training. Published for u1 with dates, implicit and side features: myFM 0.8833 (regression), 0.8808 (ordered
probit).
"""

from __future__ import annotations

import argparse

import numpy as np
from peers import quiet
from protocol import open_ml_100k, predicted, rmse, trained

ALL = "genres,year,user,implicit,date"
SETTINGS = (
    (f, likelihood)
    for f in ("none", "genres,year,user", "implicit", "date", ALL)
    for likelihood in ("gaussian", "ordinal")
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folds", default="u1")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    quiet()
    tasks = [open_ml_100k(fold) for fold in given.folds.split(",")]
    print(f"| features | likelihood | {given.folds.replace(',', ' | ')} | mean | seconds |")
    print("|---|---|" + "---|" * (len(tasks) + 2))
    for features, likelihood in SETTINGS:
        hyper = {"features": features, "likelihood": likelihood, "audience": False}
        runs = [(task, *trained("bayes", task, given.seed, **hyper)) for task in tasks]
        found = [rmse(predicted(model, task), task) for task, _, model in runs]
        seconds = np.mean([training.trained_seconds for _, training, _ in runs])
        errors = " | ".join(f"{error:.4f}" for error in found)
        print(f"| {features} | {likelihood} | {errors} | {np.mean(found):.4f} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
