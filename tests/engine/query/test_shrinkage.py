"""Scores of movies with few ratings are reduced, unless somebody asks for them as they are."""

from __future__ import annotations

import numpy as np
from helpers.models import toy_factors

from mftui.engine.query.approximate import find_similar
from mftui.engine.query.neighbours import similar, supported


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
