"""Users near somebody who is not in the data."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.models import toy_factors

from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.neighbours import row_cosines, similar_users, users_near
from mftui.engine.query.recommend import logits_of, row_logits


@pytest.mark.parametrize("audience", [False, True])
def test_near_the_row_of_a_user_are_that_user_and_then_those_similar(audience: bool):
    factors = toy_factors(audience=audience)
    users, cosines = users_near(factors, factors.rows_of(np.array([6])), 6)
    similar, expected = similar_users(factors, 6, 5)
    assert users[0] == 6 and cosines[0] == pytest.approx(1)
    assert users[1:].tolist() == similar.tolist()
    np.testing.assert_allclose(cosines[1:], expected, rtol=1e-5)


def test_a_row_of_zeros_is_near_nobody():
    factors = toy_factors()
    nobody = fold_in(factors, np.array([], dtype=np.int64), np.array([], dtype=np.float32)).row
    assert not np.any(row_cosines(factors, nobody))


def test_logits_of_some_films_are_those_of_all():
    factors = toy_factors()
    row = fold_in(factors, np.array([0, 3]), np.array([5.0, 1.0], dtype=np.float32)).row
    some = np.array([4, 1, 7])
    np.testing.assert_allclose(logits_of(factors, row, some), row_logits(factors, row)[0][some], rtol=1e-5)
