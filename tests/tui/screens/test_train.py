"""Train: the form by keys, a training that streams, and what happens when it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.live_run import log_metrics, set_status
from helpers.models import toy_run
from helpers.screens import shown, until, until_gone, until_shown

from mftui.runs.store.publish import write_json
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.status import DIVERGED, FINISHED, RUNNING, STARTING
from mftui.runs.store.trash import remove_run
from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.charts.chart import Chart
from mftui.tui.monitor.load import Load, Meter

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


def dots(app: MftuiApp) -> int:
    """Dots of Braille on the chart."""
    return sum(bin(ord(c) - 0x2800).count("1") for c in shown(app) if 0x2800 <= ord(c) < 0x2900)


async def test_an_empty_home_says_what_to_press(make_app: MakeApp):
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "t: train on the sample (real films, made-up ratings)")
        await pilot.press("2")
        await until_shown(pilot, "No model yet")
        await pilot.press("3")
        await until_shown(pilot, "No model yet")


async def test_a_home_whose_last_run_was_deleted_says_it_again(make_app: MakeApp, home: Path):
    remove_run(toy_run(home))
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "mftui learns from film ratings")


async def test_a_training_is_started_with_what_the_form_says(make_app: MakeApp, starter):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await pilot.press("j", "j", "j", "enter", "8", "enter")
        await until_shown(pilot, "factors       8")
        await pilot.press("t")
        await until(pilot, lambda: starter.requests, "a training asked for")
        assert starter.requests[0].hyper == {"factors": 8}
        await until_shown(pilot, "running")


async def test_a_wrong_value_is_said_while_it_is_typed_and_not_trained_with(make_app: MakeApp, starter):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await pilot.press("j", "j", "j", "enter", "0")
        await until_shown(pilot, "outside 1 to 4096")
        await pilot.press("enter", "t")
        await until_shown(pilot, "Change it in the settings.")
        assert not starter.requests
        await pilot.press("escape")
        await until_gone(pilot, "Change it in the settings.")


async def test_escape_leaves_a_field_as_it_was(make_app: MakeApp):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await pilot.press("j", "j", "j", "enter", "7", "7", "escape")
        await until_shown(pilot, "factors       auto: 12")


async def test_digits_typed_into_a_field_do_not_change_the_screen(make_app: MakeApp):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await pilot.press("j", "j", "j", "enter", "2", "3", "enter")
        await until_shown(pilot, "factors       23")
        assert app.current_mode == "train"


async def test_a_recipe_is_picked_from_a_list(make_app: MakeApp):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await pilot.press("j", "enter")
        await until_shown(pilot, "the post's dense factorization")
        await pilot.press("j", "enter")
        await until_shown(pilot, "recipe        post2019")


async def test_a_preset_is_picked_from_a_list_that_explains_each(make_app: MakeApp, starter):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await pilot.press("j", "j", "enter")
        await until_shown(pilot, "Preset of biased")
        await pilot.press("j")
        await until_shown(pilot, "audience no.")
        await pilot.press("enter")
        await until_shown(pilot, "preset        fast")
        await pilot.press("t")
        await until(pilot, lambda: starter.requests, "a training asked for")
        assert starter.requests[0].hyper == {"members": 1, "audience": False}


async def test_a_path_can_be_typed_as_data_set(make_app: MakeApp, starter, tmp_path: Path):
    (tmp_path / "r.csv").write_text("user,movie,rating\n1,1,5\n")
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await pilot.press("enter")
        await until_shown(pilot, "type a name, or a path")
        await pilot.press("slash", *str(tmp_path / "r.csv"), "enter")
        await until_shown(pilot, "r.csv")
        await pilot.press("t")
        await until(pilot, lambda: starter.requests, "a training asked for")
        assert starter.requests[0].data == str(tmp_path / "r.csv")


async def test_the_curve_grows_with_the_metrics(make_app: MakeApp, home: Path):
    run = toy_run(home, state=RUNNING)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "The curve begins with the first steps.")
        log_metrics(run, *({"step": s, "train_rmse": 1.2 - s / 100} for s in range(1, 11)))
        set_status(run, step=10, steps=100, epoch=1, epochs=10, eta_seconds=90.0)
        await until_shown(pilot, "training 1.1000")
        await until_shown(pilot, "ETA 1:30")
        before = dots(app)
        log_metrics(run, {"step": 30, "train_rmse": 0.9, "valid_rmse": 0.95})
        await until_shown(pilot, "validation 0.950")
        assert dots(app) > before
        assert "10/100" in shown(app)


async def test_half_a_line_and_what_is_no_number_do_no_harm(make_app: MakeApp, home: Path):
    run = toy_run(home, state=RUNNING)
    log_metrics(run, {"step": 1, "train_rmse": 1.0}, {"step": 2, "train_rmse": float("nan")})
    with run.metrics_path.open("a") as file:
        file.write('{"step": 3, "train_')
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 1.0000")
        with run.metrics_path.open("a") as file:
            file.write('rmse": 0.5}\n')
        await until_shown(pilot, "training 0.5000")


async def test_settings_are_folded_away_until_something_is_trained(make_app: MakeApp, starter):
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "mftui learns from film ratings")
        assert "Settings" not in shown(pilot.app).replace("f Settings", "")
        await pilot.press("t")
        await until_shown(pilot, "recipe        biased")


async def test_the_form_after_a_restart_is_that_of_the_curve_beside_it(make_app: MakeApp, home: Path):
    request = TrainRequest(data="there", recipe="funk", hyper={"epochs": 7}, seed=3)
    run = toy_run(home, state=FINISHED)
    config = {"format_version": 1, "run": run.id, "sequence": 1, "recipe": "funk", "request": request.to_dict()}
    write_json(run.path / "config.json", config)
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "recipe        funk")
        await until_shown(pilot, "epochs        7")
        await until_shown(pilot, "seed          3")
        assert "data set      there" in shown(pilot.app)


async def test_while_tensorflow_loads_it_says_so_with_a_bar(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Meter, "read", lambda meter, pid, now=False: Load(100, 300))
    run = toy_run(home, state=STARTING)
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "loading TensorFlow")
        await until_shown(pilot, "50%")
        set_status(run, state=RUNNING, phase="train")
        await until_gone(pilot, "loading TensorFlow")


async def test_a_recipe_that_learns_no_ratings_opens_on_its_loss_and_says_why(make_app: MakeApp, home: Path):
    run = toy_run(home, state=FINISHED)
    write_json(run.path / "config.json", {"format_version": 1, "run": run.id, "sequence": 1, "recipe": "post2019"})
    log_metrics(run, *({"step": s, "train_loss": 0.25 / s, "train_rmse": 1.0 + s / 100} for s in range(1, 20)))
    async with make_app().run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, "loss  ")
        await until_shown(pilot, "It learns a missing rating as 0")


async def test_the_end_offers_the_films_and_stays_at_the_curve(make_app: MakeApp, home: Path, starter):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("t")
        await until_shown(pilot, "running")
        set_status(app.trainings.run, state=FINISHED, process=None)
        await until_shown(pilot, "2: its films, and which are alike")
        assert app.current_mode == "train"


async def test_the_end_of_a_training_started_here_opens_its_model(make_app: MakeApp, home: Path, starter):
    app = make_app(settings=Settings(standby=False, after_training="browse"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("t")
        await until_shown(pilot, "running")
        run = app.trainings.run
        set_status(run, state=FINISHED, process=None)
        await until(pilot, lambda: app.current_mode == "movies", "Movies")
        await until_shown(pilot, "Toy Story (1995)")


async def test_the_end_of_anothers_training_changes_no_screen(make_app: MakeApp, home: Path):
    run = toy_run(home, state=RUNNING)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "running")
        set_status(run, state=FINISHED, process=None)
        await until_shown(pilot, "finished")
        assert app.current_mode == "train"


async def test_t_asks_a_training_under_way_to_stop(make_app: MakeApp, starter):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("t")
        await until_shown(pilot, "running")
        await pilot.press("t")
        await until_shown(pilot, "Stop it?")
        await pilot.press("n")
        await until_gone(pilot, "Stop it?")
        assert not starter.stopped
        await pilot.press("t", "y")
        await until(pilot, lambda: starter.stopped, "a stop asked for")
        assert len(starter.requests) == 1


async def test_a_failed_training_says_why_and_where_the_log_is(make_app: MakeApp, starter):
    async with (app := make_app()).run_test(size=(100, 30)) as pilot:
        await pilot.press("t")
        await until_shown(pilot, "running")
        run = app.trainings.run
        set_status(run, state=DIVERGED, process=None, message="Diverged at step 3: lower [/b] the rate.")
        await until_shown(pilot, "The training diverged")
        await until_shown(pilot, "Diverged at step 3: lower [/b] the rate.")
        await until_shown(pilot, "Log:")
        told = "".join(line.strip(" │\n") for line in shown(app).splitlines())  # a long path is wrapped
        assert run is not None and str(run.path / "train.log") in told.replace("│", "")
        await pilot.press("escape")
        await until_gone(pilot, "The training diverged")


async def test_a_run_that_vanishes_while_it_is_shown_is_said_to_be_gone(make_app: MakeApp, home: Path):
    run = toy_run(home, state=RUNNING)
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "running")
        run.path.rename(home / "elsewhere")
        await until_shown(pilot, "missing")


async def test_the_log_is_shown_with_its_control_characters_visible(make_app: MakeApp, home: Path):
    run = toy_run(home, state=RUNNING)
    run.log_path.write_text("[REC] \x1b[2J[/b] \x07bell\n")
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "[REC] ␛[2J[/b] ␇bell")


async def test_a_thrifty_chart_repaints_only_spans(make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch):
    run = toy_run(home, state=RUNNING)
    log_metrics(run, *({"step": s, "train_rmse": 1.2 - s / 1000} for s in range(1, 40)))
    app = make_app(Display(low_bandwidth=True))
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 1.161")
        chart = app.screen.query_one(Chart)
        repainted: list[int] = []
        refresh = chart.refresh

        def noted(*regions, **options):
            repainted.append(sum(r.area for r in regions) if regions else chart.size.area)
            return refresh(*regions, **options)

        monkeypatch.setattr(chart, "refresh", noted)
        log_metrics(run, {"step": 40, "train_rmse": 1.171})
        await until_shown(pilot, "training 1.171")
        assert sum(repainted) < chart.size.area / 20
