"""Runs: the table, marks and their curves, what differs, notes, the trash, replay, and training again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from helpers.finished import make_run
from helpers.live_run import set_status
from helpers.models import HOSTILE, end_of
from helpers.screens import shown, until, until_gone, until_shown

from mftui.runs.store.config import write_config
from mftui.runs.store.notes import Notes, write_notes
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.runs.store.summary import summarize
from mftui.runs.store.trash import deleted_runs
from mftui.tui.app import MftuiApp
from mftui.tui.charts.chart import Chart
from mftui.tui.screens.runs.deck import MAX_CURVES
from mftui.tui.screens.runs.rows import SORTS, RunChoices, RunFilter, choose
from mftui.tui.screens.runs.screen import RunsScreen

MakeApp = Callable[..., MftuiApp]
SIZE = (120, 40)


def three(home: Path) -> tuple[Run, Run, Run]:
    return make_run(home, "one", 1, rmse=0.9), make_run(home, "two", 2, rmse=0.7), make_run(home, "three", 3, rmse=0.8)


def listed(app: MftuiApp) -> list[str]:
    """The runs in the table, from the top."""
    screen = app.screen_stack[0]
    assert isinstance(screen, RunsScreen)
    return [row.name or "" for row in screen._shown]


def curves(app: MftuiApp) -> list[str]:
    """The curves on the chart, by mark and name."""
    return [f"{c.mark} {c.name}".strip() for c in app.screen_stack[0].query(Chart).first().picture.curves]


async def test_runs_are_listed_with_measures_that_name_their_split(make_app: MakeApp, home: Path):
    three(home)
    async with (app := make_app()).run_test(size=(160, 50)) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "tested on")
        line = next(line for line in shown(app).splitlines()[1:] if "three" in line)  # below the name of the open run
        for part in (
            "finished",
            "biased",
            "toy (made",
            "0.8000",
            "0.6000",
            "random 10 %",
            "4.5 s",
            "kB",
            "11-24 09:03",
        ):
            assert part in line
        assert listed(app) == ["three", "two", "one"]


async def test_an_empty_home_says_what_to_press(make_app: MakeApp):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "No runs yet. Press 1, then t")
        await until_shown(pilot, "Here is the curve of the run under the cursor.")
        for key in ("enter", "space", "a", "n", "p", "t", "x", "u", "d", "s", "S"):
            await pilot.press(key)


def test_every_sort_is_an_order_and_what_is_unknown_comes_last(home: Path):
    from mftui.runs.store.summary import summarize

    rows = [summarize(run) for run in three(home)] + [summarize(make_run(home, "none", 4, rmse=None))]
    names = {sort: [row.name for row in choose(rows, "", RunChoices(sort=sort))] for sort in SORTS}
    assert names["RMSE"] == ["two", "three", "one", "none"]
    assert names["k"] == ["none", "three", "two", "one"]
    assert names["name"] == ["none", "one", "three", "two"]
    backwards = [row.name for row in choose(rows, "", RunChoices(sort="RMSE", reverse=True))]
    assert backwards == ["one", "three", "two", "none"]
    assert choose(rows, "", RunChoices(narrowed=RunFilter(state="FIN", recipe="bias"))) == rows
    assert choose(rows, "", RunChoices(narrowed=RunFilter(tag="no"))) == []


async def test_search_sort_and_filter_narrow_the_table(make_app: MakeApp, home: Path):
    one, *_ = three(home)
    write_notes(one.path, Notes(note="with a dropped schedule", tags=("keep",)))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: len(listed(app)) == 3, "the runs")
        await pilot.press("slash", *"dropped")
        await until(pilot, lambda: listed(app) == ["one"], "the one with the note")
        await pilot.press("enter", "escape")
        await until(pilot, lambda: len(listed(app)) == 3, "all again")
        await pilot.press("s", "slash", *"test rmse", "enter")
        await until(pilot, lambda: listed(app) == ["two", "three", "one"], "by RMSE")
        await pilot.press("S")
        await until(pilot, lambda: listed(app) == ["one", "three", "two"], "the other way round")
        await pilot.press("f", "tab", "tab", "tab", *"keep", "enter")
        await until(pilot, lambda: listed(app) == ["one"], "those with the tag")


async def test_marked_runs_lay_their_curves_over_and_show_what_differs(make_app: MakeApp, home: Path):
    three(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "Settings of three")
        await until(pilot, lambda: curves(app) == ["training"], "its own curve")
        await pilot.press("space", "space")
        await until_shown(pilot, "What differs between 2 runs")
        await until(pilot, lambda: curves(app) == ["a three", "b two", "training"], "the marked curves")
        row = next(line for line in shown(app).splitlines() if "factors" in line)
        assert row.split()[-2:] == ["3", "2"]
        assert not any("recipe" in line.split("│")[-1] and "biased" in line for line in shown(app).splitlines()[20:])
        await pilot.press("1", "6")
        await until_shown(pilot, "2 marked")
        await pilot.press("a")
        await until(pilot, lambda: curves(app) == ["training"], "no mark")
        await pilot.press("a")
        await until_shown(pilot, "3 marked")


async def test_runs_that_were_tested_on_other_ratings_are_kept_apart(make_app: MakeApp, home: Path):
    one, _, three_ = three(home)
    config = one.config()
    write_config(one.path, replace(config, split={**(config.split or {}), "seed": 5}))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "Settings of three")
        await pilot.press("a")
        await until_shown(pilot, "kept apart")
        await until_shown(pilot, "(other split)")
        measured = [line for line in shown(app).splitlines() if "test RMSE" in line]
        assert len(measured) == 2  # each group has its own line
        assert summarize(three_).tested_on != summarize(one).tested_on


async def test_settings_are_columns_where_they_are_chosen(make_app: MakeApp, home: Path):
    three(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "Settings of three")
        await pilot.press("m", "slash", *"epochs", "enter")
        await until_shown(pilot, "shown")
        await pilot.press("escape")
        await until_gone(pilot, "Settings as columns")
        head = next(line for line in shown(app).splitlines() if "Test RMSE" in line)
        assert "epochs" in head
        assert next(line for line in shown(app).splitlines() if " two " in line).split()[-4:].count("7") == 0
        assert app.session.get("runs")["columns"] == "epochs"  # type: ignore[index]
        await pilot.press("m", "slash", *"epochs", "enter", "escape")
        await until(pilot, lambda: "epochs" not in shown(app).splitlines()[3], "the column gone")


async def test_more_marks_than_can_be_told_apart_lay_over_only_the_first(make_app: MakeApp, home: Path):
    for number in range(1, MAX_CURVES + 4):
        make_run(home, f"n{number}", number)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f6")
        await until(pilot, lambda: len(listed(app)) == MAX_CURVES + 3, "the runs")
        await pilot.press("G", "a")
        await until(pilot, lambda: len(curves(app)) == MAX_CURVES + 1, "as many curves as can be told apart")
        assert f"{MAX_CURVES + 3} marked" in shown(app)


async def test_a_deletion_by_mistake_is_undone(make_app: MakeApp, home: Path):
    runs = three(home)
    async with (app := make_app()).run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: len(listed(app)) == 3, "the runs")
        await pilot.press("space", "space", "x")
        await until_shown(pilot, "The 2 runs with a mark: three, two.")
        await pilot.press("m")
        await until(pilot, lambda: listed(app) == ["one"], "two are gone")
        await until_shown(pilot, "Press u to undo")
        assert len(deleted_runs()) == 2 and "marked" not in shown(app).split("one")[0]
        await pilot.press("u")
        await until(pilot, lambda: listed(app) == ["three", "two", "one"], "they are back")
        assert deleted_runs() == [] and all(run.has_factors for run in runs)
        await pilot.press("u")
        await until_shown(pilot, "The trash is empty")


async def test_a_run_that_is_being_trained_is_deleted_only_after_it_was_stopped(
    make_app: MakeApp, home: Path, monkeypatch
):
    run = make_run(home, "busy", 1, state="running")

    def stop(stopped: Run, *, timeout_s: float) -> str:
        set_status(stopped, state="stopped", process=None)
        end_of(stopped)
        return "stopped"

    monkeypatch.setattr("mftui.runs.control.signal_run.stop_run", stop)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: listed(app) == ["busy"], "the run")
        await pilot.press("x")
        await until_shown(pilot, "it cannot be deleted without stopping it")
        await pilot.press("n")
        await until_gone(pilot, "without stopping it")
        assert run.state == "running"
        await pilot.press("x", "y")
        await until(pilot, lambda: listed(app) == [], "it is gone")
        assert [one.run.id for one in deleted_runs()] == [run.id]


async def test_a_run_is_named_and_tagged_and_keeps_its_place(make_app: MakeApp, home: Path):
    _, two, _ = three(home)
    async with (app := make_app()).run_test(size=(160, 50)) as pilot:
        await pilot.press("f6")
        await until(pilot, lambda: len(listed(app)) == 3, "the runs")
        await pilot.press("j", "c")
        await until_shown(pilot, "Notes on")
        await pilot.press(*"best", "down", *"so far", "down", *"keep k2", "enter")
        await until(pilot, lambda: listed(app) == ["three", "best", "one"], "the new name")
        assert two.notes() == Notes("best", "so far", ("keep", "k2"))
        await until_shown(pilot, "Settings of best")
        assert "so far" in shown(app) and "keep k2" in shown(app)
        await pilot.press("c", "ctrl+r", *"!!!")
        await until_shown(pilot, "no letter or digit")


async def test_a_live_run_is_seen_to_come_and_to_end(make_app: MakeApp, home: Path):
    make_run(home, "first", 1)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: listed(app) == ["first"], "the run")
        live = make_run(home, "live", 2, state="running", rmse=None)
        await until(pilot, lambda: listed(app) == ["live", "first"], "the new one")
        set_status(live, step=45, steps=100)
        await until_shown(pilot, "45%")
        set_status(live, state="finished", process=None)
        await until_gone(pilot, "45%")


async def test_a_finished_curve_is_replayed_from_its_first_step(make_app: MakeApp, home: Path):
    make_run(home, "one", 1)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: curves(app) == ["training"], "the curve")
        chart = app.screen.query(Chart).first()
        whole = len(chart.picture.curves[0].points)
        await pilot.press("p")
        await until(pilot, lambda: 0 < len(chart.picture.curves[0].points) < whole // 2, "its first part")
        await until_shown(pilot, "one replay")
        assert chart.picture.total == 100
        await pilot.press("p")
        await until(pilot, lambda: len(chart.picture.curves[0].points) == whole, "all of it again")


async def test_train_again_asks_for_the_same_training(make_app: MakeApp, home: Path, starter):
    three(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: len(listed(app)) == 3, "the runs")
        await pilot.press("t")
        await until_shown(pilot, "Train again as three")
        await pilot.press("y")
        await until(pilot, lambda: starter.requests, "the training")
        assert starter.requests == [TrainRequest(hyper={"factors": 3}, name="three")]
        assert app.current_mode == "train"
        await pilot.press("6")
        await until(pilot, lambda: app.current_mode == "runs", "the runs")
        await pilot.press("end", "t", "c")
        await until(pilot, lambda: "factors 1 " in " ".join(shown(app).split()), "its settings")


async def test_a_runs_model_is_opened_in_movies(make_app: MakeApp, home: Path):
    one, *_ = three(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f6")
        await until(pilot, lambda: len(listed(app)) == 3 and app.model is not None, "the runs")
        await pilot.press("G", "enter")
        await until_shown(pilot, "Open one")
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "movies", "Movies")
        assert app.model is not None and app.model.run == one
        await pilot.press("f6", "enter", "1")
        await until(pilot, lambda: app.current_mode == "train" and app.trainings.run == one, "its curve on Train")


async def test_a_model_asked_for_stays_open_beside_a_training(make_app: MakeApp, home: Path):
    old = make_run(home, "old", 1)
    live = make_run(home, "live", 2, state="running", rmse=None)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f6")
        await until(pilot, lambda: app.model is not None and app.model.run == live, "the model being trained")
        await pilot.press("G", "enter", "2")
        await until(pilot, lambda: app.model is not None and app.model.run == old, "the model asked for")
        set_status(live, step=70, steps=100)
        await until(pilot, lambda: app.trainings.snapshot and app.trainings.snapshot.step == 70, "news of the training")
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert app.model is not None and app.model.run == old


async def test_names_that_would_harm_a_terminal_are_shown_harmless(make_app: MakeApp, home: Path):
    for number, title in enumerate(HOSTILE):
        run = make_run(home, f"r{number}", number + 1)
        write_notes(run.path, Notes(name=title, note=title))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: len(listed(app)) == len(HOSTILE), "the runs")
        await pilot.press("a", "x")
        await until(pilot, lambda: len(listed(app)) == 0, "none")
        await pilot.press("u")
        await until(pilot, lambda: len(listed(app)) == len(HOSTILE), "all again")
        assert not set(shown(app)) & {"\x1b", "\u202e"}


async def test_a_small_terminal_shows_the_table_and_the_curves_on_demand(make_app: MakeApp, home: Path):
    three(home)
    async with (app := make_app()).run_test(size=(40, 12)) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "three")
        await pilot.press("l")
        await until_shown(pilot, "RMSE")
        assert "Test RMSE" not in shown(app)
        await pilot.press("escape", "d", "l")
        await until_shown(pilot, "Settings of")
        await pilot.press("h")
        await until_shown(pilot, "Test RMSE")
