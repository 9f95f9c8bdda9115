"""Charts: growing points, axes in steps, drawing into cells."""

from __future__ import annotations

import math

import pytest

from mftui.tui.charts import points as points_module
from mftui.tui.charts.axes import Range, number, ticks, x_range, y_range
from mftui.tui.charts.canvas import BLANK, Layer, draw
from mftui.tui.charts.curves import Curves
from mftui.tui.charts.points import Points


def points(*pairs: tuple[float, float]) -> Points:
    made = Points()
    for x, y in pairs:
        made.add(x, y)
    return made


def test_what_is_not_finite_is_no_point():
    made = points((1, 0.5), (2, math.nan), (3, math.inf), (4, -math.inf), (5, 0.4))
    assert len(made) == 2
    assert made.dropped == 3
    assert made.bounds() == (0.4, 0.5)


def test_no_points_have_no_bounds_and_no_drawing():
    nothing = points()
    assert nothing.thinned(0, 10, 5) == ([], [])
    assert [nothing.bounds(), nothing.last] == [None, None]


def test_a_resumed_training_takes_the_place_of_the_steps_it_repeats():
    made = points((1, 9.0), (2, 8.0), (3, 7.0), (2, 5.0))
    assert made.last == (2.0, 5.0)
    assert len(made) == 2
    assert made.bounds() == (5.0, 9.0)


def test_thinned_points_keep_the_extremes_of_each_column():
    made = points(*((x, math.sin(x / 7) + (5 if x == 500 else 0)) for x in range(1000)))
    xs, ys = made.thinned(0, 1000, 40)
    assert len(xs) <= 80
    assert (min(ys), max(ys)) == made.bounds()
    assert xs == sorted(xs)


def test_a_new_point_changes_only_the_last_column():
    made = points(*((x, math.cos(x)) for x in range(300)))
    before = list(zip(*made.thinned(0, 512, 40), strict=True))
    made.add(300, 0.1)
    after = list(zip(*made.thinned(0, 512, 40), strict=True))
    assert before[:-2] == after[: len(before) - 2]


def test_the_x_axis_grows_by_doubling_up_to_the_total():
    assert x_range(10).hi == 32
    assert x_range(33).hi == 64
    assert x_range(65, total=100).hi == 100
    assert x_range(10, total=100).hi == 32


def test_the_y_axis_moves_only_when_it_is_left_or_far_too_wide():
    first = y_range(0.8, 1.2)
    assert first.lo <= 0.8 and first.hi >= 1.2
    assert y_range(0.85, 1.19, first) is first
    assert y_range(0.5, 1.19, first) != first
    assert y_range(0.80, 0.82, first) != first


@pytest.mark.parametrize("value", [0.0, 1.0, -3.5, 1e-12, 1e9])
def test_a_flat_curve_has_an_axis_around_it(value: float):
    axis = y_range(value, value)
    assert axis.lo < axis.hi
    assert axis.lo <= value <= axis.hi


def test_ticks_are_round_and_inside():
    assert ticks(Range(0.72, 1.13), 4) == pytest.approx([0.8, 1.0])
    assert [number(v, 0.05) for v in (0.8, 0.85)] == ["0.80", "0.85"]
    assert number(20_000, 5_000) == "20k"


def test_an_empty_drawing_is_blank():
    grid = draw([Layer((), (), "braille")], 10, 4, Range(0, 1), Range(0, 1))
    assert grid == [[BLANK] * 10] * 4


def test_a_single_point_is_drawn():
    grid = draw([Layer((0.5,), (0.5,), "braille")], 10, 5, Range(0, 1), Range(0, 1))
    assert sum(cell != BLANK for row in grid for cell in row) == 1


def test_two_curves_in_one_cell_show_the_dots_of_both():
    flat = Layer((0.0, 1.0), (0.0, 0.0), "braille")
    steep = Layer((0.0, 1.0), (0.0, 1.0), "braille")
    grid = draw([flat, steep], 12, 6, Range(0, 1), Range(0, 1))
    assert {index for row in grid for _, index in row} == {-1, 0, 1}
    alone = draw([steep], 12, 6, Range(0, 1), Range(0, 1))
    below, one = ord(grid[-1][0][0]), ord(alone[-1][0][0])
    assert below & one == one


def test_curves_take_metrics_as_they_come_and_find_the_best():
    curves = Curves()
    curves.add(
        [
            {"step": 1, "train_rmse": 1.0, "valid_rmse": None},
            {"step": 2, "train_rmse": 0.9, "valid_rmse": 0.95},
            {"step": 3, "train_rmse": None, "valid_rmse": 0.97},
            {"train_rmse": 0.1},
            {"step": "4", "train_rmse": 0.1},
        ]
    )
    assert len(curves.train) == 2
    assert curves.best == (2.0, 0.95)


def test_a_curve_that_grows_for_ever_keeps_a_bounded_number_of_points(monkeypatch):
    monkeypatch.setattr(points_module, "_MOST", 1_000)
    made = Points()
    for x in range(50_000):
        made.add(x, 100.0 if x == 777 else x % 7)
    assert 200 < len(made) <= 1_000
    assert made.since(len(made) - 1) == [(49_999, 49_999 % 7)]
    assert 100.0 in [y for _, y in made.since(0)] and made.bounds() == (0, 100)
