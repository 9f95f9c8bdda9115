"""The x axis of the charts: steps, epochs or time; what is zoomed to; marks of other runs; the mean of a pass."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from helpers.live_run import log_metrics
from helpers.models import toy_run
from helpers.screens import shown, until_gone, until_shown

from mftui.runs.store.status import RUNNING
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.charts.along import EPOCH, STEP, TIME, x_axis
from mftui.tui.charts.chart import Chart
from mftui.tui.charts.curves import AUDIENCE, Curves
from mftui.tui.charts.training_charts import Other, pictures

MakeApp = Callable[..., MftuiApp]


def metrics(n: int = 100, **changes: Any) -> list[dict[str, Any]]:
    """Twenty steps an epoch, ten steps a second."""
    line = {"learning_rate": 0.05, "ratings_per_second": 1e6} | changes
    return [
        {"step": s, "epoch": s / 20, "seconds": s / 10, "train_loss": 1.0, "train_rmse": 1 + math.exp(-s / 20)} | line
        for s in range(1, n + 1)
    ]


def curves_of(*lines: dict[str, Any]) -> Curves:
    curves = Curves()
    curves.add(lines)
    return curves


def test_points_move_to_the_epoch_and_the_second_of_their_step() -> None:
    curves = curves_of(*metrics())
    assert curves.counted == (STEP, EPOCH, TIME)
    for counts, last in ((STEP, 100), (EPOCH, 5.0), (TIME, 10.0)):
        assert curves.along(curves.train, x_axis(counts, 10)).last == (last, curves.train.last[1])  # type: ignore[index]
    curves.add(metrics(120)[100:])
    assert curves.along(curves.train, x_axis(EPOCH, 10)).last[0] == 6.0  # type: ignore[index]


def test_a_resumed_training_takes_the_place_of_what_it_repeats_on_every_axis() -> None:
    curves = curves_of(*metrics())
    assert len(curves.along(curves.train, x_axis(EPOCH, 1))) == 100
    curves.add(metrics(60)[50:])
    assert len(curves.along(curves.train, x_axis(EPOCH, 1))) == 60


def test_epochs_of_the_audience_part_follow_those_of_the_ratings() -> None:
    block = [
        {"step": 100 + s, "epoch": s / 5, "seconds": 10 + s / 10, "train_loss": 0.5, "block": AUDIENCE}
        for s in range(1, 11)
    ]
    curves = curves_of(*metrics(), *block)
    assert curves.along(curves.audience_loss, x_axis(EPOCH, 1)).first == (5.2, 0.5)
    assert curves.along(curves.audience_loss, x_axis(TIME, 1)).first == (10.1, 0.5)


def test_the_loss_of_the_audience_part_has_a_mean_for_each_whole_pass() -> None:
    losses = [1.0, 3.0, 2.0, 4.0, 9.0]
    curves = curves_of(
        *({"step": s, "epoch": s / 2, "train_loss": loss, "block": AUDIENCE} for s, loss in enumerate(losses, 1))
    )
    assert curves.audience_passes.since(0) == [(2.0, 2.0), (4.0, 3.0)]
    drawn = pictures(curves, live=True, total=None)["loss"].curves
    assert [curve.name for curve in drawn] == ["one batch", "mean of a pass"]


def test_long_trainings_are_told_in_minutes_and_hours() -> None:
    assert [x_axis(TIME, seconds).label for seconds in (1, 3_000, 50_000)] == ["seconds", "minutes", "hours"]
    assert curves_of(*metrics(seconds=7_200)).at(100, x_axis(TIME, 50_000)) == 2.0


def test_the_axis_of_an_ended_run_ends_where_its_points_do() -> None:
    curves = curves_of(*metrics())
    ended = pictures(curves, live=False, total=100, counts=TIME)["rmse"]
    assert (ended.total, ended.x_label) == (10.0, "seconds")
    assert pictures(curves, live=False, total=100, counts="epoch")["rmse"].total == 5.0
    without = pictures(curves_of({"step": 1, "train_rmse": 1.0}), live=False, total=9, counts=TIME)["rmse"]
    assert (without.total, without.x_label) == (9, "step")


async def test_a_key_goes_through_the_axes_and_a_zoom_of_values_is_undone(make_app: MakeApp, home: Any) -> None:
    log_metrics(toy_run(home, state=RUNNING), *metrics())
    async with make_app().run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, "step")
        for label in ("epoch", "seconds", "step"):
            await pilot.press("X")
            await until_shown(pilot, label)
        await pilot.press("tab", "greater_than_sign", "greater_than_sign")
        await until_shown(pilot, "(y zoom)")
        await pilot.press("less_than_sign")
        await until_shown(pilot, "(y zoom)")
        await pilot.press("0")
        await until_gone(pilot, "y zoom")
        await pilot.press("greater_than_sign", "escape")
        await until_gone(pilot, "y zoom")


@pytest.mark.parametrize("display", [Display(), Display(no_color=True), Display(ascii=True, few_colors=True)])
async def test_other_runs_are_told_by_their_letters_with_and_without_colour(
    make_app: MakeApp, display: Display
) -> None:
    """Their names are as long as there is room, and the end that sets them apart is always there."""
    others = [
        Other(f"a-very-long-name-of-a-run-that-goes-on-{n}", mark, 3 + n, curves_of(*metrics(train_rmse=2 + n)))
        for n, mark in enumerate("abcd")
    ]
    picture = pictures(curves_of(*metrics()), live=False, total=100, others=others)["rmse"]
    async with make_app(display).run_test(size=(100, 30)) as pilot:
        chart = Chart()
        await pilot.app.mount(chart)
        for height, names in ((30, "a-very-long-name-of-a-run-that-goes-on-{}"), (12, "on-{}")):
            chart.styles.height = height
            lines = ["".join(text for text, _ in line) for line in chart_lines(chart, picture, 98, height)]
            rows = [line for line in lines if line[5] in "┤│|+"]
            legend, plot = "".join(lines[: lines.index(rows[0])]), "".join(rows)
            assert all(names.format(n) in legend for n in range(4))
            assert all(plot.count(mark) for mark in "abcd")
        assert shown(pilot.app)


@pytest.mark.parametrize(
    "own, second, live, kind, why",
    [
        (True, True, False, "validation", ""),
        (True, False, False, "training", "no validation: b"),
        (False, False, False, "training", "no validation: b"),
        (False, True, False, "training", "this run: no validation"),
        (False, True, True, "validation", ""),  # it may yet come
    ],
)
async def test_what_is_laid_over_is_of_one_kind_which_the_legend_names(
    make_app: MakeApp, own: bool, second: bool, live: bool, kind: str, why: str
) -> None:
    def run(valid: bool, rmse: float) -> Curves:
        validation: dict[str, Any] = {"valid_rmse": rmse + 5} if valid else {}
        return curves_of(*metrics(train_rmse=rmse, **validation))

    others = [Other("first", "a", 3, run(True, 2)), Other("second", "b", 4, run(second, 3))]
    picture = pictures(run(own, 1), live=live, total=100, others=others)["rmse"]
    assert (picture.marked, picture.marked_why) == (kind, why)
    last = [curve.points.last for curve in picture.curves if curve.mark]
    assert [point and point[1] for point in last] == ([7, 8] if kind == "validation" else [2, 3])
    async with make_app(Display()).run_test(size=(100, 30)) as pilot:
        chart = Chart()
        await pilot.app.mount(chart)
        legend = "".join(text for line in chart_lines(chart, picture, 98, 30)[:3] for text, _ in line)
    assert f"{kind}{f' ({why})' if why else ''}:  a first" in legend


def chart_lines(chart: Chart, picture: Any, width: int, height: int) -> list[Any]:
    """The lines of a chart of this size."""
    chart.show(picture)
    return [*chart.lines(width, height)]
