"""People who are not in the training: predictions, lists and suggestions, from a few of their ratings.

    PYTHONPATH=tests python tests/bench/newcomers.py DATA [USERS] [SEED]

USERS users are kept out of the training altogether. Then:

- RMSE on the rest of their ratings, folded in from 20 of them, beside the same users trained with the same 20;
- NDCG@10 of the list for somebody folded in from 1, 2, 4, 8 and 20 ratings, of all movies not given, relevant being
  their other ratings of three quarters up the scale and above;
- RMSE of a person on half of their ratings after 20 and 40 questions, of which they answer those that the other half
  has: films suggested to somebody of whom nothing is known, the most rated ones, and random ones;
- with a model of all ratings, lists of 20 for 200 random people who rate five children's films high and three of horror
  low, and for their mirror image (see `helpers.newcomers.opposites`): how often eight or more, and none, are family
  films, and which ones are listed where none should be.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
from helpers.newcomers import Pairs, family_films, fold_in_users, halves, newcomers, opposites, ratings_of, trained_on

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.engine.evaluation.measures import list_quality, rmse
from mftui.engine.model.factors import Factors
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.recommend import RANKS, Rank, recommend_newcomer, row_logits, row_scores
from mftui.engine.query.suggest import suggest

KNOWN = 20
NOTHING = np.array([], dtype=np.int64), np.array([], dtype=np.float32)


def error(model: Factors, known: list[Pairs], asked: list[Pairs]) -> float:
    """RMSE on `asked` of the users folded in from `known`."""
    predicted = model.shown(row_logits(model, fold_in_users(model, known)))
    found = np.concatenate([predicted[i, movies] for i, (movies, _) in enumerate(asked)])
    return rmse(found, np.concatenate([ratings for _, ratings in asked]))


def person_error(model: Factors, known: list[Pairs], asked: list[Pairs]) -> float:
    """Root of the mean, over the users, of their mean squared error: everybody counts the same."""
    predicted = model.shown(row_logits(model, fold_in_users(model, known)))
    squared = [np.mean((predicted[i, movies] - ratings) ** 2) for i, (movies, ratings) in enumerate(asked)]
    return float(np.sqrt(np.mean(squared)))


def predictions(data: Dataset, n: int, seed: int) -> None:
    held = newcomers(data, n, KNOWN, seed=seed)
    apart = trained_on(data, held.others, audience=False)
    together = trained_on(data, np.concatenate([held.others, held.given]), audience=False)
    known = [ratings_of(data.ratings, held.given, user) for user in held.users]
    asked = [ratings_of(data.ratings, held.asked, user) for user in held.users]
    rest = data.ratings.take(held.asked)
    trained = rmse(together.shown(together.logits(rest.users, rest.movies)), rest.values)
    print(f"RMSE on {len(rest):,} other ratings: folded in {error(apart, known, asked):.4f}, trained {trained:.4f}")


def lists(data: Dataset, model: Factors, n: int, known: int, seed: int) -> None:
    held = newcomers(data, n, known, seed=seed)
    given, asked = data.ratings.take(held.given), data.ratings.take(held.asked)
    row_of = {user: row for row, user in enumerate(held.users.tolist())}
    rows = fold_in_users(model, [ratings_of(data.ratings, held.given, user) for user in held.users])

    def quality(rank: Rank) -> float:
        scores = row_scores(model, rows, rank)
        found = list_quality(
            lambda users: scores[[row_of[u] for u in users.tolist()]],
            given,
            asked,
            data.n_users,
            data.n_movies,
            data.scale,
        )
        return float("nan") if found is None else found.ndcg

    found = {rank: quality(rank) for rank in RANKS}
    print(f"NDCG@10 from {known:>2} ratings: " + ", ".join(f"{name} {value:.4f}" for name, value in found.items()))


def suggestions(data: Dataset, model: Factors, n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    held = newcomers(data, n, KNOWN, seed=seed)
    pools, asked = halves(data.ratings, held.users, seed=seed)
    popular = np.argsort(-model.movie_train_counts)

    def answered(order: np.ndarray) -> tuple[list[Pairs], float]:
        """Those of the films in `order` that each user has rated, and their mean number."""
        rows = [np.flatnonzero(np.isin(movies, order)) for movies, _ in pools]
        known = [(movies[at], ratings[at]) for (movies, ratings), at in zip(pools, rows, strict=True)]
        return known, float(np.mean([len(at) for at in rows]))

    def row(name: str, known: list[Pairs], count: float) -> None:
        print(f"  {name:<50}{person_error(model, known, asked):.4f}   {count:>4.1f} answered")

    print("RMSE of a person, the mean over all, on half of their ratings, after questions about the other half:")
    row("none", [NOTHING] * len(pools), 0)
    for budget in (20, 40):
        row(f"{budget} questions: suggested", *answered(suggest(model, fold_in(model, *NOTHING), budget).movies))
        row(f"{budget} questions: the most rated", *answered(popular[:budget]))
        row(
            f"{budget} questions: random of the 1,000 most rated",
            *answered(random.permutation(popular[:1000])[:budget]),
        )
    own = [(movies[:10], ratings[:10]) for movies, ratings in pools]
    row("10 of those that they rated, at random", own, 10)


def mirrored(data: Dataset, n: int = 200) -> None:
    model = trained_on(data, np.arange(len(data.ratings)))
    family = family_films(model)

    def listed(person: Pairs) -> np.ndarray:
        movies = recommend_newcomer(model, fold_in(model, *person), 20).movies
        return np.asarray(movies[family[movies]])

    print(f"family films in lists of 20, {n} random pairs; {family.mean():.0%} of all films are such")
    for least in (20, 50):
        pairs = opposites(model, n, least=least)
        liked = np.array([len(listed(person)) for person, _ in pairs])
        others = [listed(person) for _, person in pairs]
        print(
            f"  films of {least} ratings: of lovers of family films {liked.mean():.1f}, eight or more for "
            f"{np.mean(liked >= 8):.1%}; of lovers of horror {np.mean([len(films) for films in others]):.2f}, "
            f"none for {np.mean([not len(films) for films in others]):.1%}"
        )
        names = Counter(model.movies.titles[film] for films in others for film in films)
        print("    " + ", ".join(f"{title} {times}" for title, times in names.most_common(8)))


def main() -> None:
    data = open_dataset(sys.argv[1])
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    print(f"{data.label}: {n} users kept out (seed {seed})")
    predictions(data, n, seed)
    for known in (1, 2, 4, 8, 20):
        held = newcomers(data, n, known, seed=seed)
        lists(data, trained_on(data, held.others), n, known, seed)
    mirrored(data)
    suggestions(data, trained_on(data, newcomers(data, n, KNOWN, seed=seed).others), n, seed)


if __name__ == "__main__":
    main()
