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
    curves = Curves()
    curves.add([{"step": 3, "train_rmse": 0.9, "block": "taste"}, {"step": 6, "train_rmse": 0.8, "block": "taste"}])
    assert curves.ratings_steps is None
    curves.add(
        [{"step": 8, "train_loss": 7.0, "block": "audience"}, {"step": 9, "train_loss": 6.0, "block": "audience"}]
    )
    assert curves.ratings_steps == 6
    curves.add([{"step": 4, "train_rmse": 0.85, "block": "taste"}])
    assert curves.ratings_steps is None
