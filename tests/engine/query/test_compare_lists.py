"""Two ranked lists of two models as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.models import TITLES, toy_factors

from mftui.data.ids import Ids
from mftui.data.storage.string_column import StringColumn
from mftui.engine.model.factors import Factors
from mftui.engine.query.compare_lists import compare_lists, paired, same_data

FIRST = toy_factors()


def with_ids(model: Factors, *raw: int | str) -> Factors:
    """The same model with other movie ids."""
    texts = any(isinstance(one, str) for one in raw)
    return replace(model, movie_ids=Ids(StringColumn.of(map(str, raw)) if texts else np.array(raw), "movie"))


def listed(*movies: int) -> np.ndarray:
    return np.array(movies, dtype=np.int64)


def test_what_is_the_same_moved_new_and_gone() -> None:
    found = compare_lists((FIRST, FIRST), (listed(0, 1, 2, 3), listed(0, 3, 4, 1)))
    assert [(one.movies[0], one.places, one.change, one.moved) for one in found] == [
        (0, (1, 1), "same", 0),
        (1, (2, 4), "down", -2),
        (3, (4, 2), "up", 2),
        (2, (3, None), "gone", None),
        (4, (None, 3), "new", None),
    ]
    assert {one.unknown_to for one in found} == {None}
    assert same_data((FIRST, FIRST))


def test_no_list_at_all_on_either_side() -> None:
    assert compare_lists((FIRST, FIRST), (listed(), listed())) == []
    assert [one.change for one in compare_lists((FIRST, FIRST), (listed(2), listed()))] == ["gone"]
    assert [one.change for one in compare_lists((FIRST, FIRST), (listed(), listed(2)))] == ["new"]


def test_movies_of_different_data_are_the_same_where_their_ids_are() -> None:
    second = with_ids(toy_factors(TITLES[:4]), 1, 2, 90, 91)  # ids 1 to 12 in the first
    found = compare_lists((FIRST, second), (listed(0, 1, 5), listed(1, 2, 0)))
    assert [(one.movies, one.places, one.unknown_to) for one in found] == [
        ((0, 0), (1, 3), None),
        ((1, 1), (2, 1), None),
        ((None, 2), (None, 2), 1),
        ((5, None), (3, None), 2),
    ]
    assert not same_data((FIRST, second))


@pytest.mark.parametrize("swapped", [False, True])
def test_seven_is_not_007(swapped: bool) -> None:
    numbers, texts = with_ids(toy_factors(TITLES[:2]), 7, 8), with_ids(toy_factors(TITLES[:2]), "007", "8")
    models = (texts, numbers) if swapped else (numbers, texts)
    assert paired(models, listed(0, 1)) == [(0, None), (1, 1)]
    assert paired(models, listed(0, 1), 1) == [(None, 0), (1, 1)]
    assert len(compare_lists(models, (listed(0, 1), listed(0, 1)))) == 3
