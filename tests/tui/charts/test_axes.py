"""Axes: ticks that can be told apart, on plain and logarithmic axes of any place and length."""

from __future__ import annotations

import math

import pytest

from mftui.tui.charts.axes import WIDE, Range, log_ticks, number, ticks, y_range

PLACES = (1e-7, 3e-5, 0.001, 0.0099, 0.8, 1.0, 47.0, 2e6)


@pytest.mark.parametrize("value", PLACES)
@pytest.mark.parametrize("spread", [0.0, 0.001, 0.1, 2.0, 50.0])
@pytest.mark.parametrize("most", [2, 3, 6])
def test_an_axis_has_two_ticks_or_more_and_no_two_are_written_alike(value: float, spread: float, most: int):
    plain = ticks(y_range(value, value * (1 + spread)), most)
    assert len(plain) >= 2
    names = [number(tick, plain[1] - plain[0]) for tick in plain]
    assert len({*names}) == len(names), names
    axis = y_range(math.log10(value), math.log10(value * (1 + spread)))
    of_logs = log_ticks(axis, most)
    assert len(of_logs) >= 2
    names = [number(tick, tick if axis.span >= WIDE else of_logs[1] - of_logs[0]) for tick in of_logs]
    assert len({*names}) == len(names), names


@pytest.mark.parametrize("low", [0.05 * i for i in range(40)])
@pytest.mark.parametrize("span", [0.7, 0.9, 1.25, 1.9, 4.0])
def test_no_logarithmic_axis_has_a_single_tick(low: float, span: float):
    assert len(log_ticks(Range(low, low + span), 2)) >= 2
