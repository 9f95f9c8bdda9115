"""How points become cells: the right dot, the right colour, in any window; and what colours mean."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.models import TITLES, toy_factors, toy_run
from hypothesis import given, settings
from hypothesis import strategies as st

from mftui.tui.base.open_model import OpenModel, open_model
from mftui.tui.screens.map.colors import COLORINGS, MAX_COLORS, coloring
from mftui.tui.screens.map.raster import Grid, Window, draw, runs


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=np.float32)


def rows(drawn) -> list[str]:
    return ["".join(map(chr, line)) for line in drawn.signs]


def test_each_dot_of_a_cell_is_the_braille_dot_of_its_place() -> None:
    grid = Grid(Window(1, 2, 2, 4), 1, 1)
    dots = {(0.5, 3.5): "⠁", (0.5, 2.5): "⠂", (0.5, 1.5): "⠄", (0.5, 0.5): "⡀",
            (1.5, 3.5): "⠈", (1.5, 2.5): "⠐", (1.5, 1.5): "⠠", (1.5, 0.5): "⢀"}  # fmt: skip
    for place, sign in dots.items():
        assert rows(draw(grid, points(place), np.zeros(1, int), 1, None, False)) == [sign]
    assert rows(draw(grid, points(*dots), np.zeros(8, int), 1, None, False)) == ["⣿"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39), st.integers(-1, 3)), max_size=80), st.booleans())
def test_cells_are_as_if_drawn_one_point_after_the_other(
    given_points: list[tuple[int, int, int]], lettered: bool
) -> None:
    grid = Grid(Window(0, 0, 20, 20), 10, 5)
    places = np.array([[x / 2 - 10 + 0.2, y / 2 - 10 + 0.2] for x, y, _ in given_points], dtype=np.float32).reshape(
        -1, 2
    )
    kinds = np.array([kind for *_, kind in given_points], dtype=np.int64)
    drawn = draw(grid, places, kinds, 4, "abcd" if lettered else None, True)
    expected: dict[tuple[int, int], list[int]] = {}
    for x, y, kind in given_points:
        if kind >= 0:
            expected.setdefault(((39 - y) // 8, x // 4), []).append(kind)
    for row in range(5):
        for column in range(10):
            inside = expected.get((row, column), [])
            counts = [inside.count(kind) for kind in range(4)]
            assert drawn.kinds[row, column] == (int(np.argmax(counts)) if inside else -1)
            assert (chr(drawn.signs[row, column]) == " ") == (not inside)
    assert drawn.n_seen == sum(map(len, expected.values()))


def test_points_outside_or_without_a_place_are_not_drawn() -> None:
    grid = Grid(Window(0, 0, 2, 2), 4, 4)
    given_points = points((5, 0), (float("nan"), 0), (float("inf"), 0), (0.1, 0.1))
    drawn = draw(grid, given_points, np.zeros(4, int), 1, None, False)
    assert drawn.n_seen == 1 and (drawn.cells >= 0).tolist() == [False, False, False, True]


def test_a_window_holds_all_and_zooms_around_a_point() -> None:
    window = Window.around(points((-1, 0), (3, 2), (float("nan"), 9)))
    assert (window.x, window.y) == (1, 1) and window.width > 4 and window.height > 2
    near = window.zoomed(0.5, 3, 2)
    assert near.width == window.width / 2
    before = (3 - window.x) / window.width, (2 - window.y) / window.height
    np.testing.assert_allclose(((3 - near.x) / near.width, (2 - near.y) / near.height), before)
    assert Window.around(np.zeros((0, 2), np.float32)) == Window()
    assert Window.around(points((1, 1))).width > 0


def test_runs_join_cells_of_one_kind() -> None:
    assert runs(np.array([65, 66, 32, 0x2801]), np.array([1, 1, -1, 2])) == [("AB", 1), (" ", -1), ("⠁", 2)]


@pytest.fixture
def model(tmp_path) -> OpenModel:
    return open_model(toy_run(tmp_path, toy_factors(TITLES * 3)))


@pytest.mark.parametrize("name", COLORINGS)
def test_every_film_has_a_colour_that_the_legend_names(model: OpenModel, name: str) -> None:
    found = coloring(model, name)
    assert found.classes.shape == (len(TITLES) * 3,) and found.classes.min() >= 0
    assert found.classes.max() < len(found.labels) <= MAX_COLORS
    assert len(set(found.letters)) == len(found.labels)


def test_a_film_of_several_genres_has_the_rarest(model: OpenModel) -> None:
    found = coloring(model, "genre")
    genres = [model.factors.movies.genres_of(i) for i in range(len(TITLES) * 3)]
    counts = {label: sum(label in some for some in genres) for label in found.labels}
    for at, some in zip(found.classes, genres, strict=True):
        known = [genre for genre in some if genre in found.labels]
        assert found.labels[at] == (min(known, key=lambda g: counts[g]) if known else "other") or (
            counts[found.labels[at]] == min(counts[g] for g in known)
        )


def test_means_are_parted_into_fifths_from_low_to_high(model: OpenModel) -> None:
    found, means = coloring(model, "mean"), model.factors.movie_means
    assert found.ordered
    for low in range(4):
        below, above = means[found.classes == low], means[found.classes == low + 1]
        if len(below) and len(above):
            assert below.max() <= above.min()
