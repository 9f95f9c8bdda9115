"""Scores of movies with few ratings are reduced, unless somebody asks for them as they are."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.models import toy_factors

from mftui.engine.query.approximate import find_similar
from mftui.engine.query.neighbours import METRICS, movie_scores, similar, supported


def test_without_shrinkage_the_dot_product_is_the_posts() -> None:
    model = toy_factors()
    rows = model.parameters.movie_factors

    movies, scores = similar(model, 0, 5, metric="dot", by="taste", shrink=False)
    reduced = dict(zip(*(part.tolist() for part in similar(model, 0, 50, metric="dot", by="taste")), strict=True))

    np.testing.assert_allclose(scores, rows[movies] @ rows[0] / (rows[0] @ rows[0]), rtol=1e-5)
    np.testing.assert_allclose(
        [reduced[movie] for movie in movies.tolist()], scores * supported(model, movies), rtol=1e-5
    )
    assert find_similar(model, 0, 5, metric="dot", by="taste", shrink=False).movies.tolist() == movies.tolist()


@pytest.mark.parametrize(("audience", "support"), [(True, 20), (False, 5)])
def test_few_ratings_count_for_less_by_the_rule_of_the_guide(audience: bool, support: int) -> None:
    model = toy_factors(audience=audience)
    n = model.movie_train_counts.astype(np.float64)
    kept = n / (n + support)

    for metric in METRICS:
        full, reduced = (movie_scores(model, 0, metric, None, shrink=shrink) for shrink in (False, True))
        rated = n > 0
        expected = full / np.where(rated, kept, 1) if metric == "euclidean" else full * kept
        np.testing.assert_allclose(reduced[rated], expected[rated], rtol=1e-4)


def test_a_dot_product_is_a_share_of_the_films_own() -> None:
    for audience in (True, False):
        assert movie_scores(toy_factors(audience=audience), 3, "dot", None, shrink=False)[3] == pytest.approx(1)
