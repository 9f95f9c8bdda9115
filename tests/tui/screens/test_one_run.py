"""The top line, the curve and the form of Train are of one run, whichever way it was opened; the chart says which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.finished import make_run
from helpers.live_run import log_metrics, set_status
from helpers.models import toy_factors, toy_run
from helpers.screens import shown, until, until_shown, until_still

from mftui.runs.store.publish import write_json
from mftui.runs.store.run import Run
from mftui.runs.store.status import FINISHED, RUNNING
from mftui.tui.app import MftuiApp
from mftui.tui.charts.chart import Chart
from mftui.tui.charts.deck import Deck
from mftui.tui.monitor.snapshot import Snapshot, no_curve

MakeApp = Callable[..., MftuiApp]
SIZE = (120, 35)


def two(home: Path) -> list[Run]:
    return [make_run(home, name, number, model=toy_factors()) for number, name in enumerate(("one", "two"), 1)]


def top(app: MftuiApp) -> str:
    return shown(app).splitlines()[0]


@pytest.mark.parametrize("screen", ["1", "2", "3", "5"])
async def test_a_run_opened_on_any_screen_is_that_of_the_curve_too(make_app: MakeApp, home: Path, screen: str):
    two(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "two: RMSE")
        await pilot.press("6")
        await until_shown(pilot, "one  ")
        await pilot.press("down", "enter")
        await until_shown(pilot, "Open one")
        await pilot.press(screen)
        await pilot.press("1")
        await until_shown(pilot, "one: RMSE")
        await until(pilot, lambda: " one · " in top(app), "one in the top line")
        await until_shown(pilot, "factors       1")


async def test_a_run_that_is_watched_has_its_model_opened(make_app: MakeApp, home: Path):
    two(home)
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "two: RMSE")
        await pilot.press("R")
        await until_shown(pilot, "Watch a run")
        await pilot.press("down", "enter")
        await until_shown(pilot, "one: RMSE")
        await until(pilot, lambda: app.model and app.model.called == "one", "its model")


async def test_a_training_under_way_stays_in_sight_when_another_model_is_opened(make_app: MakeApp, home: Path):
    two(home)
    live = make_run(home, "live", 3, state=RUNNING, model=toy_factors())
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "live: RMSE")
        await pilot.press("6")
        await until_shown(pilot, "one  ")
        await pilot.press("end", "enter")
        await until_shown(pilot, "Open ")
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "movies", "Movies")
        await pilot.press("1")
        await until_shown(pilot, "live: RMSE")
        assert app.trainings.run is not None and app.trainings.run.id == live.id


def test_what_is_said_without_a_curve_is_true():
    assert no_curve(None) == "Looking for its curve."
    assert "begins with" in no_curve(Snapshot("r", RUNNING, live=True))
    assert no_curve(Snapshot("r", FINISHED, live=False)) == "This run has no curve."


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (160, 45)])
async def test_a_sentence_that_is_cut_says_so(make_app: MakeApp, home: Path, size: tuple[int, int]):
    run = toy_run(home, state=FINISHED)
    write_json(run.path / "config.json", {"format_version": 1, "run": run.id, "sequence": 1, "recipe": "post2019"})
    log_metrics(run, *({"step": s, "train_loss": 0.25 / s, "train_rmse": 1.0 + s / 100} for s in range(1, 20)))
    sentence = "It learns a missing rating as 0, so " + "word " * 20 + "at its end."
    set_status(run, message=sentence)
    async with (app := make_app()).run_test(size=size) as pilot:
        await until_shown(pilot, "loss  ")
        await until_shown(pilot, "at its end.")
        await pilot.press("v")
        deck = app.screen.query_one(Deck)
        await until(pilot, lambda: deck.panels, "four charts")
        await until_still(pilot)
        for chart in (chart for chart in deck.query(Chart) if chart.picture.note):
            drawn = " ".join(strip.text.strip() for strip in chart.drawn())
            assert chart.picture.note in drawn or "…" in drawn
