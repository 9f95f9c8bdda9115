"""Folding in on real data: as good as training, explained exactly, and lists that one would act on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from helpers.newcomers import Pairs, family_films, fold_in_users, newcomers, opposites, ratings_of, trained_on
from helpers.paths import movielens

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.engine.evaluation.evaluate import evaluate, series_at_10
from mftui.engine.model.factors import Factors
from mftui.engine.query.explain import explain, explain_user
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.recommend import recommend, recommend_newcomer, row_logits
from mftui.engine.query.suggest import suggest

pytestmark = pytest.mark.long
FAMILY = {
    "Pixar and Disney": (
        "Toy Story (1995)",
        "Finding Nemo (2003)",
        "Monsters, Inc. (2001)",
        "Lion King, The (1994)",
        "Aladdin (1992)",
    ),
    "of the 2000s": (
        "Shrek (2001)",
        "Incredibles, The (2004)",
        "Up (2009)",
        "Ratatouille (2007)",
        "How to Train Your Dragon (2010)",
    ),
    "classics": (
        "Beauty and the Beast (1991)",
        "Snow White and the Seven Dwarfs (1937)",
        "Pinocchio (1940)",
        "Dumbo (1941)",
        "Cinderella (1950)",
    ),
    "without a cartoon": (
        "Babe (1995)",
        "Mary Poppins (1964)",
        "Wizard of Oz, The (1939)",
        "Lady and the Tramp (1955)",
        "Jungle Book, The (1967)",
    ),
}
HORROR = {
    "Pixar and Disney": (
        "Texas Chainsaw Massacre, The (1974)",
        "Nightmare on Elm Street, A (1984)",
        "Friday the 13th (1980)",
        "Halloween (1978)",
        "Saw (2004)",
    ),
    "of the 2000s": (
        "Exorcist, The (1973)",
        "Shining, The (1980)",
        "Evil Dead, The (1981)",
        "Ring, The (2002)",
        "Scream (1996)",
    ),
    "classics": (
        "Hostel (2005)",
        "Saw II (2005)",
        "Saw III (2006)",
        "28 Days Later (2002)",
        "Dawn of the Dead (1978)",
    ),
    "without a cartoon": (
        "Alien (1979)",
        "Thing, The (1982)",
        "Fly, The (1986)",
        "Rosemary's Baby (1968)",
        "Psycho (1960)",
    ),
}


@cache
def whole() -> tuple[Dataset, Factors]:
    """ml-latest-small, and the default training of all of it."""
    dataset = open_dataset(str(movielens("ml-latest-small")))
    return dataset, trained_on(dataset, np.arange(len(dataset.ratings)))


@pytest.mark.parametrize("name", ["ml-latest-small", "ml-100k"])
def test_users_held_out_and_folded_in_are_predicted_like_users_trained(name: str) -> None:
    """Sixty users with 20 of their ratings, the rest to be predicted. Lists are left out: they change no rating."""
    dataset = open_dataset(str(movielens(name)))
    held = newcomers(dataset, n=60, known=20)
    apart = trained_on(dataset, held.others, audience=False)
    together = trained_on(dataset, np.concatenate([held.others, held.given]), audience=False)
    asked = dataset.ratings.take(held.asked)

    rows = fold_in_users(apart, [ratings_of(dataset.ratings, held.given, user) for user in held.users])
    row_of = {user: row for row, user in enumerate(held.users.tolist())}
    folded = apart.shown(row_logits(apart, rows))[[row_of[user] for user in asked.users.tolist()], asked.movies]
    trained = together.shown(together.logits(asked.users, asked.movies))

    def rmse(predicted: np.ndarray) -> float:
        return float(np.sqrt(np.mean((predicted - asked.values) ** 2)))

    assert rmse(folded) < rmse(trained) + 0.01


def test_forty_suggested_films_tell_more_than_the_most_rated_or_random_ones() -> None:
    """150 users kept out, each asked about the same 40 films, of which they answer those in half of their ratings."""
    dataset = open_dataset(str(movielens("ml-latest-small")))
    held, random = newcomers(dataset, n=150, known=15), np.random.default_rng(0)
    model = trained_on(dataset, held.others, audience=False)
    popular = np.argsort(-model.movie_train_counts, kind="stable")
    rows = [random.permutation(np.flatnonzero(dataset.ratings.users == user)) for user in held.users]
    pools = [
        ratings_of(dataset.ratings, own[: len(own) // 2], user) for own, user in zip(rows, held.users, strict=True)
    ]
    asked = [
        ratings_of(dataset.ratings, own[len(own) // 2 :], user) for own, user in zip(rows, held.users, strict=True)
    ]

    def error(films: np.ndarray) -> float:
        """Of a person: the mean over all, everybody counting the same."""
        known = [(movies[np.isin(movies, films)], given[np.isin(movies, films)]) for movies, given in pools]
        predicted = model.shown(row_logits(model, fold_in_users(model, known)))
        return float(np.sqrt(np.mean([np.mean((predicted[i, m] - r) ** 2) for i, (m, r) in enumerate(asked)])))

    at_random = np.mean([error(random.permutation(popular[:1000])[:40]) for _ in range(3)])
    suggested = error(suggest(model, fold_in(model, np.array([], dtype=np.int64), np.array([])), 40).movies)
    assert suggested < error(popular[:40])
    assert suggested < float(at_random)


def test_for_a_hundred_users_every_share_adds_up_to_every_recommendation() -> None:
    _, model = whole()
    users = np.random.default_rng(0).permutation(model.n_users)[:100]
    for user in users:
        raw = model.user_ids.raw(user)
        listed = recommend(model, model.user_ids.index(raw), 10)
        because = explain_user(model, model.user_ids.index(raw), listed.movies)
        history = model.history.of_user(model.user_ids.index(raw))
        row = fold_in_users(model, [(history.movies, history.ratings)])
        expected = row_logits(model, row)[0, listed.movies]
        total = [sum(because.parts(at).values()) - because.training[at] - because.limit[at] for at in range(10)]
        np.testing.assert_allclose(total, model.to_rating(expected), atol=1e-4)
        folded = recommend_newcomer(model, fold_in(model, history.movies.astype(np.int64), history.ratings), 10)
        again = explain(model, fold_in(model, history.movies, history.ratings), folded.movies)
        np.testing.assert_allclose(again.predicted, folded.predicted, atol=1e-4)


@pytest.mark.parametrize("high", [5.0, 4.5])
@pytest.mark.parametrize("low", [(1.0, 1.0, 1.0), (2.0, 0.5, 1.5)])
@pytest.mark.parametrize("films", FAMILY)
def test_family_films_high_and_horror_low_list_family_films_and_the_mirror_image_none(
    films: str, high: float, low: tuple[float, ...]
) -> None:
    _, model = whole()
    index = {title: at for at, title in reversed(list(enumerate(model.movies.title_list)))}
    family = family_films(model)

    def listed(liked: tuple[str, ...], disliked: tuple[str, ...]) -> int:
        movies = np.array([index[title] for title in (*liked, *disliked[:3])])
        ratings = np.array([high] * 5 + list(low), dtype=np.float32)
        return int(family[recommend_newcomer(model, fold_in(model, movies, ratings), 20).movies].sum())

    assert listed(FAMILY[films], HORROR[films]) >= 8
    assert listed(HORROR[films], FAMILY[films]) == 0


@pytest.mark.parametrize("least", [20, 50])
def test_with_random_films_family_and_horror_part_as_well(least: int) -> None:
    """Two hundred people and their mirror images."""
    _, model = whole()
    family = family_films(model)

    def listed(person: Pairs) -> int:
        return int(family[recommend_newcomer(model, fold_in(model, *person), 20).movies].sum())

    pairs = opposites(model, 200, least=least)
    assert np.mean([listed(person) >= 8 for person, _ in pairs]) >= 0.98
    assert np.mean([listed(person) == 0 for _, person in pairs]) >= 0.97


@pytest.mark.parametrize(("name", "least", "series"), [("ml-latest-small", 0.284, 0.84), ("ml-100k", 0.343, 0.80)])
def test_lists_and_neighbours_are_at_the_level_of_the_best_linear_model(name: str, least: float, series: float) -> None:
    """NDCG@10 on the default split, and series@10 of a training of all: both with the defaults."""
    dataset = open_dataset(str(movielens(name)))
    split = make_split(dataset, SplitSpec("random"))
    found = evaluate(trained_on(dataset, split.train_rows))
    assert found["ndcg@10"] >= least
    near = series_at_10(trained_on(dataset, np.arange(len(dataset.ratings))))
    assert near is not None and near["share"] >= series
