"""Neighbours and lists beside peers, on the same split, in one run.

    python tests/bench/lists.py DATA

Lists: random 10 % (seed 0) held out; NDCG@10, recall@10 and coverage of the lists of all movies that a user has not
rated in training, relevant being test ratings of three quarters up the scale and above. Neighbours: series@10, models
trained on all ratings, all movies as candidates. What EASE, RP3beta and implicit are set to is chosen of a grid by
NDCG@10 on an inner split: a tenth of the training part. Each system runs in a process of its own, of which the peak of
its memory is shown, the data included. What is not installed is skipped and named.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse

from mftui.data.dataset import Dataset, Ratings
from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.data.titles.series import find_series
from mftui.engine.compute.machine import peak_bytes
from mftui.engine.evaluation.evaluate import MIN_SERIES_RATINGS, series_at_10
from mftui.engine.evaluation.measures import ListQuality, list_quality
from mftui.engine.model.store import load_factors
from mftui.engine.query.recommend import RANKS, row_scores
from mftui.engine.recipes import row_priors

Scores = Callable[[np.ndarray], np.ndarray]
"""Users (indices) to (b, n_movies) scores."""
Nearness = Callable[[int], np.ndarray]
"""A movie (index) to (n_movies,), high where near."""
RIDGES = (25.0, 50.0, 100.0, 200.0, 400.0, 800.0)
POWERS = (0.0, 0.2, 0.4, 0.6, 0.8)


@dataclass
class Case:
    """A data set and its split."""

    data: Dataset
    train: Ratings
    test: Ratings

    def judge(self, scores: Scores) -> ListQuality | None:
        d = self.data
        return list_quality(scores, self.train, self.test, d.n_users, d.n_movies, d.scale)

    def ndcg(self, scores: Scores) -> float:
        found = self.judge(scores)
        return 0.0 if found is None else found.ndcg

    def inner(self) -> Case:
        order = np.random.default_rng(0).permutation(len(self.train))
        cut = len(order) // 10
        return Case(self.data, self.train.take(np.sort(order[cut:])), self.train.take(order[:cut]))


def watched(ratings: Ratings, data: Dataset, values: np.ndarray | None = None) -> sparse.csr_matrix:
    """(n_users, n_movies): 1, or the rating, where there is one."""
    entries = np.ones(len(ratings), np.float32) if values is None else values
    return sparse.csr_matrix((entries, (ratings.users, ratings.movies)), shape=(data.n_users, data.n_movies))


def series(data: Dataset, nearness: Nearness) -> float:
    """series@10 of any measure of nearness."""
    counts = np.bincount(data.ratings.movies, minlength=data.n_movies)
    hits = []
    for _, indices in find_series(data.movies.title_list):
        known = [i for i in indices if counts[i] >= MIN_SERIES_RATINGS]
        for film in known if len(known) > 1 else []:
            scores = np.array(nearness(film), dtype=np.float64)
            scores[film] = -np.inf
            hits.append(bool(set(known) & set(np.argsort(-scores, kind="stable")[:10].tolist())))
    return float(np.mean(hits)) if hits else float("nan")


def cosines(rows: np.ndarray) -> Nearness:
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return lambda i: unit @ unit[i]


# -- systems ---------------------------------------------------------------------------------------


def ours(case: Case, argument: str) -> None:
    """Both trainings by command, as a user would."""
    with tempfile.TemporaryDirectory() as home:
        split, seconds, peak_mb = train_by_command(argument, home, "--split", "random")
        whole, _, _ = train_by_command(argument, home, "--split", "none")
        found = series_at_10(whole)
        for rank in RANKS:
            scores = lambda u, rank=rank: row_scores(split, split.rows_of(u), rank)  # noqa: E731
            near = float("nan") if found is None or rank != "both" else found["share"]
            row(f"mftui biased, rank {rank}", case.judge(scores), near, seconds, peak_mb)


def train_by_command(data: str, home: str, *options: str) -> tuple[Any, float, float]:
    """Return the model, and seconds and memory that its training took."""
    command = [sys.executable, "-m", "mftui", "train", "--data", data, "--json", "--quiet", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "MFTUI_HOME": home})
    document = json.loads(done.stdout)
    seconds = document["seconds"]["train"] + document["seconds"].get("audience", 0)
    model = load_factors(Path(document["run_dir"]) / "factors", row_priors)
    return model, seconds, document["peak_rss_mb"]


class Ease:
    """EASE in closed form (Steck 2019): by the movies' inverse, or by the users' where they are fewer."""

    def __init__(self, x: sparse.csr_matrix, ridge: float) -> None:
        dense, self._ridge = x.toarray().astype(np.float64), ridge
        if x.shape[0] < x.shape[1]:
            inverse = np.linalg.inv(dense @ dense.T / ridge + np.eye(len(dense)))
            right = inverse @ dense
            self._projected = right / ridge  # X P
            self._diagonal = (1 - np.einsum("ij,ij->j", dense, right) / ridge) / ridge
            self._row = lambda i: -dense[:, i] @ right / ridge**2
        else:
            gram = dense.T @ dense
            gram[np.diag_indices_from(gram)] += ridge
            inverse = np.linalg.inv(gram)
            self._projected, self._diagonal = dense @ inverse, np.diag(inverse)
            self._row = lambda i: inverse[i]
        self._x = dense

    def scores(self, users: np.ndarray) -> np.ndarray:
        return np.asarray(self._x[users] - self._projected[users] / self._diagonal, dtype=np.float32)

    def near(self, movie: int) -> np.ndarray:
        return np.asarray(-self._row(movie) / self._diagonal)


def ease(case: Case, graded: bool) -> None:
    def of(part: Ratings) -> sparse.csr_matrix:
        return watched(part, case.data, part.values / np.float32(case.data.scale.hi) if graded else None)

    inner = case.inner()
    ridge = max(RIDGES, key=lambda ridge: inner.ndcg(Ease(of(inner.train), ridge).scores))
    began = time.perf_counter()
    model = Ease(of(case.train), ridge)
    seconds = time.perf_counter() - began
    near = series(case.data, Ease(of(case.data.ratings), ridge).near)
    row(f"EASE {'graded' if graded else 'binary'}, ridge {ridge:g}", case.judge(model.scores), near, seconds)


def rp3beta(case: Case) -> None:
    """Three steps of a random walk, less often to popular movies (Paudel and others 2017)."""

    def walk(x: sparse.csr_matrix, power: float) -> sparse.csr_matrix:
        by_user = sparse.diags(1 / np.maximum(np.asarray(x.sum(1)).ravel(), 1)) @ x
        counts = np.maximum(np.asarray(x.sum(0)).ravel(), 1)
        return ((sparse.diags(1 / counts) @ x.T) @ by_user @ sparse.diags(counts**-power)).tocsr()

    def scores(x: sparse.csr_matrix, near: sparse.csr_matrix) -> Scores:
        return lambda users: (x[users] @ near).toarray()

    inner = case.inner()
    inside, x = watched(inner.train, case.data), watched(case.train, case.data)
    power = max(POWERS, key=lambda power: inner.ndcg(scores(inside, walk(inside, power))))
    began = time.perf_counter()
    near = walk(x, power)
    seconds = time.perf_counter() - began
    whole = walk(watched(case.data.ratings, case.data), power)
    found = series(case.data, lambda i: whole[i].toarray().ravel())
    row(f"RP3beta, {power:g}", case.judge(scores(x, near)), found, seconds)


def implicit_als(case: Case, k: int) -> None:
    from implicit.als import AlternatingLeastSquares

    def fitted(part: Ratings, regularization: float, alpha: float) -> Any:
        given = {"regularization": regularization, "alpha": alpha, "iterations": 15, "num_threads": 2}
        model = AlternatingLeastSquares(k, random_state=0, **given)
        model.fit(watched(part, case.data), show_progress=False)
        return model

    def scores(model: Any) -> Scores:
        return lambda users: np.asarray(model.user_factors[users] @ model.item_factors.T)

    inner = case.inner()
    grid = ((30.0, 5.0), (1.0, 1.0), (10.0, 2.0))
    chosen = max(grid, key=lambda given: inner.ndcg(scores(fitted(inner.train, *given))))
    began = time.perf_counter()
    model = fitted(case.train, *chosen)
    seconds = time.perf_counter() - began
    near = series(case.data, cosines(fitted(case.data.ratings, *chosen).item_factors))
    row(f"implicit ALS k={k}, reg {chosen[0]:g} alpha {chosen[1]:g}", case.judge(scores(model)), near, seconds)


def implicit_bpr(case: Case) -> None:
    from implicit.bpr import BayesianPersonalizedRanking

    model, whole = (BayesianPersonalizedRanking(64, iterations=100, random_state=0, num_threads=2) for _ in range(2))
    began = time.perf_counter()
    model.fit(watched(case.train, case.data), show_progress=False)
    seconds = time.perf_counter() - began
    whole.fit(watched(case.data.ratings, case.data), show_progress=False)
    found = case.judge(lambda u: model.user_factors[u] @ model.item_factors.T)
    row("implicit BPR k=64", found, series(case.data, cosines(whole.item_factors)), seconds)


def item_item(case: Case, graded: bool) -> None:
    began = time.perf_counter()
    x = watched(case.train, case.data, case.train.values if graded else None)
    unit = x @ sparse.diags(1 / np.sqrt(np.maximum(np.asarray(x.multiply(x).sum(0)).ravel(), 1e-9)))
    near = (unit.T @ unit).tocsr()
    seconds = time.perf_counter() - began
    ratings = case.data.ratings
    full = watched(ratings, case.data, ratings.values if graded else None).toarray().T
    name = "rating cosine" if graded else "co-rating cosine"
    row(name, case.judge(lambda u: (x[u] @ near).toarray()), series(case.data, cosines(full)), seconds)


def surprise(case: Case) -> None:
    from protocol import Task, surprise_trainset
    from surprise import KNNBaseline

    d = case.data
    trainset = surprise_trainset(Task(d.label, d.ratings, d.ratings, d.n_users, d.n_movies, d.scale))
    options = {"name": "pearson_baseline", "shrinkage": 100, "user_based": False}
    began = time.perf_counter()
    model = KNNBaseline(sim_options=options, verbose=False).fit(trainset)
    seconds = time.perf_counter() - began
    inner = np.array([trainset.to_inner_iid(m) for m in range(d.n_movies)])
    row("Surprise pearson_baseline", None, series(d, lambda i: model.sim[inner[i]][inner]), seconds)


def most_rated(case: Case) -> None:
    counts = np.bincount(case.train.movies, minlength=case.data.n_movies).astype(np.float32)
    row("most rated first", case.judge(lambda u: np.tile(counts, (len(u), 1))), float("nan"), 0.0)


def row(name: str, lists: ListQuality | None, near: float, seconds: float, peak_mb: float | None = None) -> None:
    numbers = [lists.ndcg, lists.recall, lists.coverage] if lists else [float("nan")] * 3
    peak = peak_bytes() / 2**20 if peak_mb is None else peak_mb
    texts = ["–" if np.isnan(number) else f"{number:.4f}" for number in [*numbers, near]]
    print(f"{name:<38}" + "".join(f"{text:>10}" for text in texts) + f"{seconds:>9.2f}{peak:>9,.0f}", flush=True)


def systems(argument: str) -> dict[str, Callable[[Case], None]]:
    return {
        "popular": most_rated,
        "mftui": lambda case: ours(case, argument),
        "ease": lambda case: ease(case, graded=False),
        "ease graded": lambda case: ease(case, graded=True),
        "rp3beta": rp3beta,
        "als 64": lambda case: implicit_als(case, 64),
        "als 128": lambda case: implicit_als(case, 128),
        "bpr": implicit_bpr,
        "items": lambda case: item_item(case, graded=False),
        "items graded": lambda case: item_item(case, graded=True),
        "surprise": surprise,
    }


def main(arguments: Iterable[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data")
    options.add_argument("--only", choices=list(systems("")), help="one system, in this process")
    given = options.parse_args(list(arguments) if arguments is not None else None)
    if given.only is None:
        data = open_dataset(given.data)
        print(f"{data.label}: {len(data.ratings):,} ratings, a tenth of them for the test\n")
        print(f"{'':<38}{'NDCG@10':>10}{'recall':>10}{'coverage':>10}{'series':>10}{'seconds':>9}{'MB':>9}", flush=True)
        for name in systems(given.data):
            done = subprocess.run([sys.executable, __file__, given.data, "--only", name], check=False)
            if done.returncode:
                print(f"{name}: skipped", flush=True)
        return
    data = open_dataset(given.data)
    split = make_split(data, SplitSpec("random", 0.1, 0))
    case = Case(data, data.ratings.take(split.train_rows), data.ratings.take(split.test_rows))
    try:
        systems(given.data)[given.only](case)
    except ImportError as error:
        print(f"{given.only}: skipped, {error.name} is not installed", flush=True)


if __name__ == "__main__":
    main()
