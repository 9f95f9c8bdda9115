"""Neighbours and lists beside peers, on the same split, in one run.

    python tests/bench/lists.py DATA

Lists: random 10 % (seed 0) held out; NDCG@10 and recall@10 of all movies that a user has not rated in
training, relevant being test ratings of three quarters up the scale and above. Neighbours: series@10, models
trained on all ratings, all movies as candidates. What is not installed is skipped and named.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse

from mftui.data.dataset import Dataset, Ratings
from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.data.titles.series import find_series
from mftui.engine.evaluation.evaluate import MIN_SERIES_RATINGS, series_at_10
from mftui.engine.evaluation.measures import list_quality
from mftui.engine.model.store import load_factors
from mftui.engine.query.recommend import RANKS, row_scores
from mftui.engine.recipes import row_priors

Scores = Callable[[np.ndarray], np.ndarray]
Nearness = Callable[[int], np.ndarray]


def watched(ratings: Ratings, data: Dataset, values: np.ndarray | None = None) -> sparse.csr_matrix:
    """(n_users, n_movies): 1, or the rating, where there is one."""
    entries = np.ones(len(ratings), np.float32) if values is None else values
    return sparse.csr_matrix((entries, (ratings.users, ratings.movies)), shape=(data.n_users, data.n_movies))


def series(data: Dataset, nearness: Nearness) -> float:
    """series@10 of any measure of nearness: a movie's index to (n_movies,) scores, high where near."""
    counts = np.bincount(data.ratings.movies, minlength=data.n_movies)
    hits = []
    for _, indices in find_series(data.movies.title_list):
        known = [i for i in indices if counts[i] >= MIN_SERIES_RATINGS]
        for film in known if len(known) > 1 else []:
            scores = np.array(nearness(film), dtype=np.float64)
            scores[film] = -np.inf
            hits.append(bool(set(known) & set(np.argsort(-scores, kind="stable")[:10].tolist())))
    return float(np.mean(hits))


def cosines(rows: np.ndarray) -> Nearness:
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return lambda i: unit @ unit[i]


def ours(data_argument: str, data: Dataset, judge: Callable[[Scores], str]) -> None:
    """Both trainings by command, as a user would."""
    with tempfile.TemporaryDirectory() as home:
        split, seconds = _train(data_argument, home, "--split", "random")
        whole, _ = _train(data_argument, home, "--split", "none")
        found = series_at_10(whole)
        share = "–" if found is None else f"{found['share']:.3f}"
        for rank in RANKS:
            row(
                f"mftui biased, rank {rank}",
                judge(lambda u, rank=rank: row_scores(split, split.rows_of(u), rank)),
                "",
                seconds,
            )
        row("mftui biased, default neighbours", "", share, seconds)


def _train(data: str, home: str, *options: str) -> tuple[Any, float]:
    command = [sys.executable, "-m", "mftui", "train", "--data", data, "--json", "--quiet", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "MFTUI_HOME": home})
    document = json.loads(done.stdout)
    seconds = document["seconds"]["train"] + document["seconds"].get("audience", 0)
    return load_factors(Path(document["run_dir"]) / "factors", row_priors), seconds


def implicit_peers(data: Dataset, train: Ratings, judge: Callable[[Scores], str]) -> None:
    try:
        from implicit.als import AlternatingLeastSquares
        from implicit.bpr import BayesianPersonalizedRanking
    except ImportError:
        print("implicit is not installed: skipped")
        return

    def als(k: int, regularization: float, alpha: float) -> Callable[[], Any]:
        given = {"regularization": regularization, "alpha": alpha, "iterations": 15, "num_threads": 2}
        return lambda: AlternatingLeastSquares(k, random_state=0, **given)

    models: dict[str, Callable[[], Any]] = {
        "implicit ALS k=64": als(64, 30, 5),
        "implicit ALS k=64, weak": als(64, 1, 1),
        "implicit ALS k=128": als(128, 30, 5),
        "implicit ALS k=128, weak": als(128, 1, 1),
        "implicit BPR k=64": lambda: BayesianPersonalizedRanking(64, iterations=100, random_state=0, num_threads=2),
    }
    for name, make in models.items():
        model, whole = make(), make()
        began = time.perf_counter()
        model.fit(watched(train, data), show_progress=False)
        seconds = time.perf_counter() - began
        whole.fit(watched(data.ratings, data), show_progress=False)
        listed = judge(lambda u, m=model: m.user_factors[u] @ m.item_factors.T)
        row(name, listed, f"{series(data, cosines(whole.item_factors)):.3f}", seconds)


def item_item(data: Dataset, train: Ratings, judge: Callable[[Scores], str]) -> None:
    for name, values in (("co-rating cosine", False), ("rating cosine", True)):
        began = time.perf_counter()
        x = watched(train, data, train.values if values else None)
        norms = np.sqrt(np.maximum(np.asarray(x.multiply(x).sum(0)).ravel(), 1e-9))
        unit = x @ sparse.diags(1 / norms)
        near = (unit.T @ unit).tocsr()
        seconds = time.perf_counter() - began
        full = watched(data.ratings, data, data.ratings.values if values else None).toarray().T
        row(name, judge(lambda u, n=near, x=x: (x[u] @ n).toarray()), f"{series(data, cosines(full)):.3f}", seconds)


def surprise_peer(data: Dataset) -> None:
    try:
        from surprise import KNNBaseline
    except ImportError:
        print("scikit-surprise is not installed: skipped")
        return
    from protocol import Task, surprise_trainset

    trainset = surprise_trainset(Task(data.label, data.ratings, data.ratings, data.n_users, data.n_movies, data.scale))
    options = {"name": "pearson_baseline", "shrinkage": 100, "user_based": False}
    began = time.perf_counter()
    model = KNNBaseline(sim_options=options, verbose=False).fit(trainset)
    seconds = time.perf_counter() - began
    inner = np.array([trainset.to_inner_iid(m) for m in range(data.n_movies)])
    row("Surprise pearson_baseline", "", f"{series(data, lambda i: model.sim[inner[i]][inner]):.3f}", seconds)


def row(name: str, lists: str, neighbours: str, seconds: float) -> None:
    print(f"{name:<34}{lists:>18}{neighbours:>11}{seconds:>9.2f}", flush=True)


def main() -> None:
    argument = sys.argv[1]
    data = open_dataset(argument)
    split = make_split(data, SplitSpec("random", 0.1, 0))
    train, test = data.ratings.take(split.train_rows), data.ratings.take(split.test_rows)

    def judge(scores: Scores) -> str:
        found = list_quality(scores, train, test, data.n_users, data.n_movies, data.scale)
        return "–" if found is None else f"{found.ndcg:.4f}   {found.recall:.4f}"

    print(f"{data.label}: {len(train):,} ratings to learn from\n")
    print(f"{'':<34}{'NDCG@10   recall':>18}{'series@10':>11}{'seconds':>9}")
    popularity = np.bincount(train.movies, minlength=data.n_movies).astype(np.float32)
    row("most rated first", judge(lambda u: np.tile(popularity, (len(u), 1))), "", 0.0)
    ours(argument, data, judge)
    implicit_peers(data, train, judge)
    item_item(data, train, judge)
    surprise_peer(data)


if __name__ == "__main__":
    main()
