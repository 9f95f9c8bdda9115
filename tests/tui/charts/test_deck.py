"""The charts of Train: smoothed, logarithmic, zoomed, read off, four at once, with other runs laid over."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from helpers.live_run import log_metrics, set_status
from helpers.models import toy_run
from helpers.screens import shown, until, until_gone, until_shown

from mftui.runs.store.run import Run
from mftui.runs.store.status import FINISHED, RUNNING
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.charts.deck import Deck

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


def curve_of(run: Run, *, steps: int = 400, floor: float = 0.8) -> None:
    """Metrics as a trainer would have logged them: the best validation is the one at step 200."""
    log_metrics(
        run,
        *(
            {
                "step": s,
                "epoch": s / 20,
                "train_loss": floor**2,
                "train_rmse": floor + 0.4 * math.exp(-s / 100),
                "valid_rmse": floor + 0.1 + abs(s - 200) / 4000 if s % 20 == 0 else None,
                "learning_rate": 0.05,
                "ratings_per_second": 1.5e6,
            }
            for s in range(1, steps + 1)
        ),
    )


@pytest.fixture
def run(home: Path) -> Run:
    run = toy_run(home, state=RUNNING, name="watched")
    curve_of(run)
    return run


def deck(app: MftuiApp) -> Deck:
    return app.screen.query_one(Deck)


async def test_smoothing_grows_with_each_press_says_how_strong_it_is_and_ends(make_app: MakeApp, run: Run):
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        for strength in ("0.5", "0.8", "0.9", "0.95", "0.98"):
            await pilot.press("s")
            await until_shown(pilot, f"smooth {strength}")
        await pilot.press("s")
        await until_gone(pilot, "smooth")


async def test_a_smoothed_curve_lags_behind_and_validation_does_not(make_app: MakeApp, run: Run):
    async with make_app().run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "training 0.8073")
        await pilot.press("s", "s", "s")
        await until_shown(pilot, "training 0.8081")
        assert "validation 0.9500" in shown(pilot.app)


async def test_the_best_epoch_is_named(make_app: MakeApp, run: Run):
    async with make_app().run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "◆ best 0.9000 at epoch 10")


async def test_log_scale_leaves_out_what_is_not_above_zero(make_app: MakeApp, home: Path):
    run = toy_run(home, state=RUNNING)
    log_metrics(run, *({"step": s, "train_rmse": v} for s, v in enumerate((100.0, 0.0, 1.0, -1.0, 0.01), 1)))
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.010")
        await pilot.press("o")
        await until_shown(pilot, "RMSE (log)")
        for label in ("100 ┤", "1 ┤", "0.01 ┤"):
            assert label in shown(pilot.app)
        await pilot.press("o")
        await until_gone(pilot, "(log)")


async def test_log_scale_of_nothing_above_zero_says_so(make_app: MakeApp, home: Path):
    log_metrics(toy_run(home, state=RUNNING), {"step": 1, "train_rmse": 0.0})
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.0000")
        await pilot.press("o")
        await until_shown(pilot, "No values above zero")


async def test_the_tail_is_the_newest_part(make_app: MakeApp, run: Run):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        await pilot.press("a")
        await until_shown(pilot, "(tail)")
        x = deck(app).chart.x_range()
        assert x and 200 <= x.lo < 400 <= x.hi
        await pilot.press("a")
        await until_gone(pilot, "(tail)")


async def test_a_cursor_reads_values_off(make_app: MakeApp, run: Run):
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await until_shown(pilot, "training 0.8073")
        await pilot.press("tab", "h")
        await until_shown(pilot, "step 400")
        await pilot.press("b")
        await until_shown(pilot, "step 200  ─ training 0.8541  • validation 0.9000")
        await pilot.press("g")
        await until_shown(pilot, "step 1 ")
        await pilot.press("right")
        await until(pilot, lambda: 1 < (deck(app).view.cursor or 0) < 20, "the cursor on the curve")
        await pilot.press("pagedown", "shift+left", "G")
        await until_shown(pilot, "step 400")
        await pilot.press("escape")
        await until_gone(pilot, "step 400")
        assert deck(app).has_focus
        await pilot.press("escape")
        await until(pilot, lambda: not deck(app).has_focus, "the list with the keys")


async def test_zoom_is_around_the_cursor_and_follows_it(make_app: MakeApp, run: Run):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        await pilot.press("tab", "b", "plus", "plus")
        await until_shown(pilot, "(zoom)")
        x = deck(app).chart.x_range()
        assert x and x.span < 200 and x.lo < 200 < x.hi
        await pilot.press("g")
        x = deck(app).chart.x_range()
        assert x and x.lo <= 1 <= x.hi
        await pilot.press("minus", "minus", "minus")
        await until_gone(pilot, "(zoom)")
        await pilot.press("plus")
        await until_shown(pilot, "(zoom)")
        await pilot.press("0")
        await until_gone(pilot, "(zoom)")


async def test_four_panels_or_one(make_app: MakeApp, run: Run):
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        await pilot.press("v")
        for title in ("RMSE", "loss", "learning rate", "ratings/s"):
            await until_shown(pilot, title)
        await until_shown(pilot, "1.5 M")
        await until_gone(pilot, "Settings")
        await pilot.press("v")
        await until_gone(pilot, "learning rate  ─")
        await until_shown(pilot, "Settings")


def is_drawn(app: MftuiApp, title: str) -> bool:
    return deck(app).chart.picture.title == title


async def test_each_chart_can_be_the_large_one(make_app: MakeApp, run: Run):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        await pilot.press("tab")
        for title in ("loss", "learning rate", "ratings/s", "RMSE"):
            await pilot.press("j")
            await until(pilot, partial(is_drawn, app, title), title)
        await pilot.press("k")
        await until_shown(pilot, "ratings/s  ─ 1.5 M")


async def test_while_the_audience_block_trains_its_loss_is_what_is_shown(make_app: MakeApp, run: Run):
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        log_metrics(
            run,
            *({"step": s, "train_loss": 9000.0 - s, "train_rmse": None, "block": "audience"} for s in range(401, 420)),
        )
        await until_shown(pilot, "audience loss  ─ 8581")
        await until_shown(pilot, "audience block")
        set_status(run, state=FINISHED, process=None)
        await until_shown(pilot, "training 0.807")


@pytest.mark.parametrize("look", [Display(), Display(ascii=True), Display(no_color=True)])
async def test_other_runs_are_laid_over_and_keep_their_letter(make_app: MakeApp, run: Run, home: Path, look: Display):
    for name in ("alpha", "beta"):
        curve_of(toy_run(home, name=name), floor=0.7)
    async with (app := make_app(look)).run_test(size=(100, 40)) as pilot:
        await until_shown(pilot, "training 0.807")
        for name in ("alpha", "beta", "alpha", "alpha"):
            await pilot.press("c")
            await until_shown(pilot, "Overlay another run")
            await pilot.press("slash", *name, "enter")
            await until_gone(pilot, "Overlay another run")
        await until_shown(pilot, "a alpha 0.8500")
        await until_shown(pilot, "b beta 0.8500")
        styles = [curve.style for curve in deck(app).chart.picture.curves]
        assert len(set(styles)) == len(styles) == 4


async def test_another_run_can_be_watched(make_app: MakeApp, run: Run, home: Path):
    set_status(run, state=FINISHED, process=None)
    curve_of(toy_run(home, state=RUNNING, name="afar"), floor=0.5)
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        await pilot.press("R")
        await until_shown(pilot, "Watch a run")
        await pilot.press("slash", *"afar", "enter")
        await until_shown(pilot, "training 0.507")
        await until_shown(pilot, "running")


async def test_the_settings_can_be_hidden(make_app: MakeApp, run: Run):
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "Settings")
        await pilot.press("f")
        await until_gone(pilot, "Settings")
        await pilot.press("h")
        await until_shown(pilot, "step 400")
        await pilot.press("f")
        await until_shown(pilot, "Settings")
        await pilot.press("j", "j", "j", "enter")
        await until_shown(pilot, "factors")


async def test_the_smallest_terminal_shows_the_training_under_way(make_app: MakeApp, run: Run):
    set_status(run, step=400, steps=1000)
    async with make_app().run_test(size=(40, 12)) as pilot:
        await until_shown(pilot, "RMSE")
        await until_shown(pilot, "40%")
        assert "0.807" in shown(pilot.app) and "Settings" not in shown(pilot.app)


async def test_a_click_puts_the_cursor_there(make_app: MakeApp, run: Run):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 0.807")
        await pilot.click(deck(app).chart, offset=(20, 8))
        await until(pilot, lambda: deck(app).view.cursor is not None, "a cursor")
        assert deck(app).has_focus


@pytest.mark.long
@pytest.mark.parametrize("values", [[], [math.nan], [1.0], [0.0, 0.0], [math.inf, 1.0], [1e300, -1e300]])
async def test_any_series_survives_every_key(make_app: MakeApp, home: Path, values: list[float]):
    log_metrics(toy_run(home, state=RUNNING), *({"step": s, "train_rmse": v} for s, v in enumerate(values, 1)))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "running")
        await pilot.press(*"soav", "tab", *"hlgGb", "plus", "minus", "0", *"jkjjj", "shift+left", "f", "f", "s", "a")
        assert app.is_running


@pytest.mark.long
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([], "The curve begins with the first steps."),
        ([math.nan, math.nan], "2 values are not numbers"),
        ([1.0], "training 1.0000"),
        ([0.0, 0.0], "training 0.0000"),
        ([1.0, math.inf], "1 value is not a number"),
    ],
)
async def test_what_is_no_curve_is_said(make_app: MakeApp, home: Path, values: list[float], says: str):
    log_metrics(toy_run(home, state=RUNNING), *({"step": s, "train_rmse": v} for s, v in enumerate(values, 1)))
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, says)


async def test_a_run_met_in_its_audience_block_shows_its_ratings_curve_once_it_is_over(make_app: MakeApp, home: Path):
    run = toy_run(home, state=RUNNING)
    curve_of(run, steps=40)
    point = {"epoch": 1.0, "train_rmse": None, "valid_rmse": None, "learning_rate": 0.03, "ratings_per_second": 1e6}
    log_metrics(run, *({"step": s, "train_loss": 0.4, "block": "audience", **point} for s in range(41, 60)))
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "audience loss")
        await until_shown(pilot, "Ratings are learned; now")
        set_status(run, state=FINISHED)
        await until_shown(pilot, "training 1.068")
        await until_gone(pilot, "mftui learns from film ratings")
