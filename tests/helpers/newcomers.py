"""Users kept out of a training altogether, and models trained without them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from helpers.models import assembled

from mftui.data.dataset import Dataset, Ratings
from mftui.data.splits import Split, SplitSpec
from mftui.engine.model.factors import Factors
from mftui.engine.model.rows import UserRows
from mftui.engine.query.fold_in import fold_in
from mftui.engine.recipes import find_recipe
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

Pairs = tuple[np.ndarray, np.ndarray]
"""(movie indices, ratings) of one user."""


@dataclass(frozen=True)
class Newcomers:
    """Some users of a data set, each with `known` ratings to begin from and the rest to be predicted."""

    others: np.ndarray
    """Rows of the ratings of everybody else."""
    given: np.ndarray
    """Rows of the newcomers' known ratings."""
    asked: np.ndarray
    """Rows of the rest."""
    users: np.ndarray


def newcomers(dataset: Dataset, n: int, known: int, *, seed: int = 0) -> Newcomers:
    """`n` users of at least twice `known` ratings, drawn with `seed`."""
    random = np.random.default_rng(seed)
    counts = np.bincount(dataset.ratings.users, minlength=dataset.n_users)
    users = random.permutation(np.flatnonzero(counts >= 2 * known))[:n]
    theirs = np.isin(dataset.ratings.users, users)
    shuffled = random.permutation(np.flatnonzero(theirs))
    by_user = shuffled[np.argsort(dataset.ratings.users[shuffled], kind="stable")]
    starts = np.searchsorted(dataset.ratings.users[by_user], dataset.ratings.users[by_user])
    first = np.arange(len(by_user)) - starts < known
    return Newcomers(np.flatnonzero(~theirs), by_user[first], by_user[~first], users)


def trained_on(dataset: Dataset, rows: np.ndarray, **given: object) -> Factors:
    """The default recipe, trained on these rows of the ratings; the others are held out."""
    recipe = find_recipe("biased")
    hyper = recipe.check(given)
    training = Training(
        TrainingSpec(
            recipe, hyper, dataset.ratings.take(rows), dataset.n_users, dataset.n_movies, dataset.scale, seed=0
        )
    )
    training.prepare()
    list(training)
    held_out = np.setdiff1d(np.arange(len(dataset.ratings)), rows)
    return assembled(
        training.parameters(),
        dataset,
        Split.of(SplitSpec("random"), len(dataset.ratings), rows, held_out),
        {"recipe": "biased", "hyper": hyper},
    )


def ratings_of(ratings: Ratings, rows: np.ndarray, user: int) -> Pairs:
    """(movie indices, ratings) of a user among these rows."""
    own = rows[ratings.users[rows] == user]
    return ratings.movies[own].astype(np.int64), ratings.values[own]


def halves(ratings: Ratings, users: np.ndarray, *, seed: int = 0) -> tuple[list[Pairs], list[Pairs]]:
    """The ratings of each user, as in `ratings_of`, in two random halves."""
    random = np.random.default_rng(seed)
    first, second = [], []
    for user in users:
        rows = random.permutation(np.flatnonzero(ratings.users == user))
        first.append(ratings_of(ratings, rows[: len(rows) // 2], user))
        second.append(ratings_of(ratings, rows[len(rows) // 2 :], user))
    return first, second


def family_films(model: Factors) -> np.ndarray:
    """(n_movies,) whether the genres of a movie have Animation or Children among them."""
    return np.array([bool({"Animation", "Children"} & set(model.movies.genres_of(at))) for at in range(model.n_movies)])


def opposites(model: Factors, n: int, *, least: int, seed: int = 0) -> list[tuple[Pairs, Pairs]]:
    """`n` times somebody who rates five random children's films high and three of horror low, and the mirror image.

    Of movies with `least` training ratings, none of both kinds; 5 or 4.5 stars, and 0.5 to 2.
    """
    random, family = np.random.default_rng(seed), family_films(model)
    genres = [set(model.movies.genres_of(at)) for at in range(model.n_movies)]
    known = model.movie_train_counts >= least
    children = np.flatnonzero([("Children" in of) and "Horror" not in of for of in genres] & known)
    horror = np.flatnonzero(np.array(["Horror" in of for of in genres]) & ~family & known)
    pairs = []
    for at in range(n):
        some, others = random.permutation(children), random.permutation(horror)
        low = [(1.0, 1.0, 1.0), (0.5, 0.5, 0.5), (2.0, 0.5, 1.5)][at % 3]
        ratings = np.array([5.0 - at % 2 / 2] * 5 + list(low), dtype=np.float32)
        pairs.append(
            (
                (np.concatenate([some[:5], others[:3]]), ratings),
                (np.concatenate([others[:5], some[:3]]), ratings),
            )
        )
    return pairs


def fold_in_users(model: Factors, users: list[Pairs]) -> UserRows:
    """The rows of several users, each folded in from their own ratings."""
    rows = [fold_in(model, *ratings).row for ratings in users]

    def together(name: str) -> np.ndarray | None:
        return None if getattr(rows[0], name) is None else np.concatenate([getattr(row, name) for row in rows])

    names = ("factors", "bias", "audience", "counts", "member_bias")
    return UserRows(*map(together, names))  # type: ignore[arg-type]  # the first two are never None
