"""Lists for all users: the same as one at a time, however the blocks fall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.models import TITLES, toy_factors

from mftui.engine.model.factors import Factors
from mftui.engine.query import recommend_all
from mftui.engine.query.recommend import recommend
from mftui.engine.query.recommend_all import TopN
from mftui.errors import UsageError


def listed(model: Factors, n: int, **options: Any) -> dict[int, list[tuple[int, float]]]:
    """By user index: (movie index, score), the best first."""
    found: dict[int, list[tuple[int, float]]] = {user: [] for user in range(model.n_users)}
    for part in TopN(model, n, **options):
        for row, movie, score, place in zip(part.rows, part.movies, part.scores, part.places, strict=True):
            found[int(part.users[row])].append((int(movie), float(score)))
            assert place == len(found[int(part.users[row])])
    return found


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommend_all, "USER_BLOCK", 7)
    monkeypatch.setattr(recommend_all, "MOVIE_BLOCK", 16)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("rank", ["like", "watch", "both", None])
@pytest.mark.parametrize("n", [1, 5, 16, 200])
@pytest.mark.parametrize("link", ["sigmoid", "linear", "probit"])
def test_every_list_is_the_one_that_recommend_gives(rank: Any, n: int, link: Any) -> None:
    model = toy_factors(TITLES * 9, n_users=40, audience=True)
    steps: dict[str, Any] = {"levels": (1.0, 2.0, 5.0), "cuts": (-0.5, 0.8)} if link == "probit" else {}
    model = replace(model, parameters=replace(model.parameters, link=link, **steps))
    all_lists = listed(model, n, rank=rank)
    for user, mine in all_lists.items():
        one = recommend(model, user, n, rank=rank)
        assert [movie for movie, _ in mine] == one.movies.tolist()
        np.testing.assert_allclose([score for _, score in mine], one.scores, atol=1e-5)


@pytest.mark.usefixtures("small_blocks")
def test_equal_scores_stand_in_the_order_of_the_movies() -> None:
    model = toy_factors(TITLES * 4, n_users=9)
    p = model.parameters
    flat = replace(p, movie_factors=p.movie_factors * 0, movie_bias=np.repeat(p.movie_bias[:12], 4))
    model = replace(model, parameters=flat)
    for user, mine in listed(model, 10).items():
        assert [movie for movie, _ in mine] == recommend(model, user, 10).movies.tolist()


def test_some_users_only_in_their_order() -> None:
    model = toy_factors()
    parts = list(TopN(model, 3).of(np.array([5, 2])))
    assert [part.users.tolist() for part in parts] == [[5, 2]]


def test_a_ranking_that_the_model_has_not_is_refused() -> None:
    with pytest.raises(UsageError, match="no audience"):
        TopN(toy_factors(), rank="watch")
