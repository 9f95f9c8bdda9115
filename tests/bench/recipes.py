"""The recipes that follow others, beside what they follow: on ml-100k's u1 to u5, and fast.ai's 80/20.

Run: `.venv/bin/python tests/bench/recipes.py [--folds u1,u2]`. The bias baseline is that of `mftui evaluate`.
Surprise is left out, and named, where it is not installed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from protocol import ML_100K, Task, open_ml_100k, open_task, predicted, rmse, surprise_trainset, trained

from mftui.engine.evaluation.baselines import BiasBaseline


def surprise_svd(task: Task) -> float:
    """Surprise's SVD with its own defaults."""
    from surprise import SVD

    model = SVD(random_state=0).fit(surprise_trainset(task))
    return rmse(
        np.array([model.predict(u, m).est for u, m in zip(task.test.users, task.test.movies, strict=True)]), task
    )


def bias(task: Task) -> float:
    """Mean, user bias and movie bias."""
    fitted = BiasBaseline.fit(task.train, task.n_users, task.n_movies)
    return rmse(np.clip(fitted.predict(task.test.users, task.test.movies), task.scale.lo, task.scale.hi), task)


def recipe(name: str, **hyper: object) -> Callable[[Task], float]:
    """One of this project's, with its defaults but for what is given."""
    return lambda task: rmse(predicted(trained(name, task, **hyper)[1], task), task)


SYSTEMS: dict[str, Callable[[Task], float]] = {
    "Surprise SVD": surprise_svd,
    "funk": recipe("funk"),
    "bias baseline": bias,
    "pmf": recipe("pmf"),
    "pmf, prior norm": recipe("pmf", prior="norm"),
    "fastai": recipe("fastai"),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folds", default="u1,u2,u3,u4,u5")
    folds = options.parse_args().folds.split(",")
    tasks = [open_ml_100k(fold) for fold in folds]
    print(f"| test RMSE | {' | '.join(folds)} | mean |\n|---|{'---|' * (len(folds) + 1)}")
    for name, system in SYSTEMS.items():
        try:
            errors = [system(task) for task in tasks]
        except ImportError as error:
            print(f"\nskipped: {name} ({error})")
            continue
        print(f"| {name} | {' | '.join(f'{e:.4f}' for e in errors)} | {np.mean(errors):.4f} |", flush=True)
    whole = open_task(ML_100K / "u.data", fraction=0.2)
    print(f"\nfastai, {whole.label}: test MSE {recipe('fastai')(whole) ** 2:.4f}; fast.ai's lecture has 0.811")


if __name__ == "__main__":
    main()
