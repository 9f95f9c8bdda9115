"""The chart of a sampler: the newest draw alone beside the mean of all."""

from __future__ import annotations

from typing import Any

from mftui.tui.charts.curves import Curves
from mftui.tui.charts.training_charts import pictures


def labels(**more: float) -> list[str]:
    curves = Curves()
    line: dict[str, Any] = {"block": "taste", "train_loss": 1.0, "train_rmse": 0.8, "valid_rmse": 0.9, **more}
    curves.add(line | {"step": step, "epoch": float(step)} for step in (1, 2, 3))
    return [curve.name for curve in pictures(curves, live=False, total=3)["rmse"].curves]


def test_the_newest_draw_has_a_curve_of_its_own() -> None:
    assert labels(draw_valid_rmse=0.97) == ["training", "one draw, validation", "validation"]


def test_without_draws_there_is_none() -> None:
    assert labels() == ["training", "validation"]


def test_where_the_audience_block_begins_is_known() -> None:
    """The curves of RMSE end there, while steps are counted on."""
    curves, found = Curves(), []
    for block, steps in (("taste", (3, 6)), ("audience", (8, 9)), ("taste", (4,))):
        measured = "train_rmse" if block == "taste" else "train_loss"
        curves.add({"step": step, measured: 0.9, "block": block} for step in steps)
        found.append(curves.ratings_steps)
    assert found == [None, 6, None]
