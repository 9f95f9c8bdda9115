"""This project's recipes beside what people would use instead: the same split, times in turn, one table.

Run: `.venv/bin/python tests/bench/peers.py [DATA [TEST]] [--only NAME,…] [--rounds 1]`; ml-100k's u1 by default.
Peers that are not installed (`pip install -e '.[bench]'`) are skipped and named.
"""

from __future__ import annotations

import argparse
import datetime
import logging
import os
import platform
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
from protocol import Task, in_random_order, open_ml_100k, open_task, predicted, rmse, surprise_trainset, trained

Outcome = tuple[float, Any]
"""Seconds of fitting, and (n_test,) predictions within the scale."""
LAMBDAS = (2.5, 5.0, 10.0, 20.0, 40.0)


def recipe(name: str, **hyper: object) -> Callable[[Task], Outcome]:
    """One of this project's; its `seconds.train`."""

    def measure(task: Task) -> Outcome:
        training, model = trained(name, task, **hyper)
        return training.trained_seconds, predicted(model, task)

    return measure


def surprise(name: str, **settings: Any) -> Callable[[Task], Outcome]:
    """One of Surprise's algorithms, with its own defaults but for what is given."""

    def measure(task: Task) -> Outcome:
        import surprise as package

        data, model = surprise_trainset(task), getattr(package, name)(**settings)
        began = time.perf_counter()
        model.fit(data)
        seconds = time.perf_counter() - began
        guesses = [model.predict(u, m).est for u, m in zip(task.test.users, task.test.movies, strict=True)]
        return seconds, np.array(guesses)

    return measure


def myfm(draws: int = 300) -> Callable[[Task], Outcome]:
    """myFM: a Bayesian factorization machine on ids alone, rank 10, users and movies as groups."""

    def measure(task: Task) -> Outcome:
        import myfm as package

        model = package.MyFMGibbsRegressor(rank=10)
        train, test = (_one_hot(part.users, part.movies, task) for part in (task.train, task.test))
        began = time.perf_counter()
        model.fit(train, task.train.values, n_iter=draws, group_shapes=[task.n_users, task.n_movies])
        return time.perf_counter() - began, within(model.predict(test), task)

    return measure


def libmf(epochs: int = 20) -> Callable[[Task], Outcome]:
    """LIBMF: parallel SGD with its own defaults but for k=32; it knows no biases."""

    def measure(task: Task) -> Outcome:
        with redirect_stdout(StringIO()):  # where it found its library
            from libmf import mf

        model = mf.MF(k=32, nr_iters=epochs, quiet=True)
        train, test = in_random_order(task.train), task.test
        data = np.ascontiguousarray(np.stack([train.users, train.movies, train.values], 1).astype(np.float32))
        began = time.perf_counter()
        model.fit(data)
        seconds = time.perf_counter() - began
        users, movies = np.full((task.n_users, 32), np.nan), np.full((task.n_movies, 32), np.nan)
        users[: train.users.max() + 1], movies[: train.movies.max() + 1] = model.p_factors(), model.q_factors()
        guesses = np.einsum("ij,ij->i", users[test.users], movies[test.movies])  # its own predict mixes the pairs up
        guesses[np.isnan(guesses)] = train.values.mean()
        return seconds, within(guesses, task)

    return measure


def cmfrec(sweeps: int = 10, lambda_: float | None = None) -> Callable[[Task], Outcome]:
    """cmfrec: ALS by conjugate gradients, set up for speed as its documentation says; which also says that `lambda_`
    is to be chosen for each data set. If it is not given, it is, on a tenth of the training ratings."""

    def measure(task: Task) -> Outcome:
        import cmfrec as package
        from scipy.sparse import coo_matrix

        fast = {"finalize_chol": False, "precompute_for_predictions": False}
        model = package.CMF(lambda_=lambda_ or chosen_lambda(task), niter=sweeps, **fast)
        train, test = task.train, task.test
        shape = task.n_users, task.n_movies
        data = coo_matrix((train.values.astype(np.float32), (train.users, train.movies)), shape)
        began = time.perf_counter()
        model.fit(data)
        return time.perf_counter() - began, within(model.predict(test.users, test.movies), task)

    return measure


def chosen_lambda(task: Task) -> float:
    """The `lambda_` with which cmfrec has the smallest error on a tenth of the training ratings."""
    order = np.random.default_rng(0).permutation(len(task.train))
    cut = len(order) // 10
    inner = replace(task, train=task.train.take(np.sort(order[cut:])), test=task.train.take(order[:cut]))
    return min(LAMBDAS, key=lambda value: rmse(cmfrec(lambda_=value)(inner)[1], inner))


def lenskit(name: str, **settings: Any) -> Callable[[Task], Outcome]:
    """One of LensKit's scorers, with its own defaults but for what is given."""

    def measure(task: Task) -> Outcome:
        import lenskit.als
        import lenskit.funksvd
        import pandas as pd
        from lenskit.data import ItemList, RecQuery, from_interactions_df

        scorer = getattr(lenskit.als if name == "BiasedMFScorer" else lenskit.funksvd, name)(**settings)
        train = task.train
        table = pd.DataFrame({"user_id": train.users, "item_id": train.movies, "rating": train.values})
        data = from_interactions_df(table)
        began = time.perf_counter()
        scorer.train(data)
        seconds = time.perf_counter() - began
        guesses = np.full(len(task.test), np.nan)
        for user in np.unique(task.test.users):
            rows = np.flatnonzero(task.test.users == user)
            query = RecQuery(user_id=int(user), user_items=data.user_row(int(user)))
            guesses[rows] = scorer(query=query, items=ItemList(item_ids=task.test.movies[rows])).scores()
        unknown = np.isnan(guesses)
        guesses[unknown] = train.values.mean()
        return seconds, within(guesses, task)

    return measure


SYSTEMS: dict[str, Callable[[Task], Outcome]] = {
    "mftui biased": recipe("biased", audience=False),
    "mftui biased, one member": recipe("biased", audience=False, members=1),
    "mftui funk": recipe("funk"),
    "mftui bayes": recipe("bayes", audience=False),
    "mftui als": recipe("als"),
    "mftui fastai": recipe("fastai"),
    "mftui pmf": recipe("pmf"),
    "Surprise SVD": surprise("SVD", random_state=0),
    "Surprise SVD++": surprise("SVDpp", random_state=0),
    "Surprise KNNBaseline": surprise("KNNBaseline", verbose=False),
    "LIBMF": libmf(),
    "myFM": myfm(),
    "LensKit biased ALS": lenskit("BiasedMFScorer"),
    "cmfrec ALS": cmfrec(),
    "LensKit FunkSVD": lenskit("FunkSVDScorer"),
}
REFERENCE = "Surprise SVD"


def _one_hot(users: Any, movies: Any, task: Task) -> Any:
    from scipy.sparse import csr_matrix

    n = len(users)
    columns = np.stack([users, movies + task.n_users], 1).ravel()
    return csr_matrix((np.ones(2 * n), columns, np.arange(0, 2 * n + 1, 2)), (n, task.n_users + task.n_movies))


def within(guesses: Any, task: Task) -> Any:
    """Guesses cut to the scale."""
    return np.clip(guesses, task.scale.lo, task.scale.hi)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", nargs="?")
    options.add_argument("test", nargs="?")
    options.add_argument("--only", help="names to run, separated by commas")
    options.add_argument("--rounds", type=int, default=1)
    given = options.parse_args()
    quiet()
    task = open_task(given.data, given.test) if given.data else open_ml_100k()
    chosen = given.only.split(",") if given.only else list(SYSTEMS)
    results, missing = _measure(task, chosen, given.rounds)
    _print(task, results, missing, given.rounds)


def quiet() -> None:
    """Nothing but the table on the screen."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    os.environ.setdefault("TQDM_DISABLE", "1")


def _measure(task: Task, chosen: list[str], rounds: int) -> tuple[dict[str, tuple[float, float]], dict[str, str]]:
    """By name (best seconds, test RMSE); and what could not be run, with why."""
    results: dict[str, tuple[float, float]] = {}
    missing: dict[str, str] = {}
    for _ in range(rounds):
        for name in chosen:
            if name in missing:
                continue
            try:
                seconds, guesses = SYSTEMS[name](task)
            except (ImportError, OSError) as error:
                missing[name] = str(error)
                continue
            best = min(seconds, results[name][0]) if name in results else seconds
            results[name] = best, rmse(guesses, task)
    return results, missing


def _print(task: Task, results: dict[str, tuple[float, float]], missing: dict[str, str], rounds: int) -> None:
    print(f"{task.label}: {len(task.train):,} ratings to train on, {len(task.test):,} to test on")
    print(f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} cores; best of {rounds} rounds, in turn")
    print(f"\n| system | test RMSE | seconds to fit | of {REFERENCE}'s |\n|---|---|---|---|")
    reference = results.get(REFERENCE, (float("nan"), 0.0))[0]
    for name, (seconds, error) in sorted(results.items(), key=lambda item: item[1][1]):
        print(f"| {name} | {error:.4f} | {seconds:.2f} | {seconds / reference:.2f} |")
    for name, why in missing.items():
        print(f"\nskipped: {name} ({why})")


if __name__ == "__main__":
    main()
