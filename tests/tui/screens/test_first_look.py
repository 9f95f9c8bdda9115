"""What somebody new stumbles over: words that are cut beside free room, keys without an answer, wrong captions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.finished import make_run
from helpers.models import toy_factors
from helpers.screens import shown, until, until_shown, until_still

from mftui.data.splits import SplitSpec
from mftui.runs.store.publish import write_json
from mftui.runs.store.run import Run
from mftui.runs.store.summary import named_measures, setting_name, settings_of, summarize
from mftui.tables.columns import leaves
from mftui.tui.app import MftuiApp
from mftui.tui.base.glossary import WORDS

MakeApp = Callable[..., MftuiApp]
LARGE = (160, 45)


def post(home: Path, number: int = 1) -> Run:
    model = toy_factors()
    run = make_run(home, f"r{number}", number, model=replace(model, meta={**model.meta, "recipe": "post2019"}))
    config = run.config().to_dict() | {"recipe": "post2019", "split": {"label": SplitSpec("none", 0.0).label}}
    write_json(run.path / "config.json", config)
    return run


async def test_no_word_in_the_table_of_runs_is_cut_beside_free_room(make_app: MakeApp, home: Path):
    post(home)
    async with (app := make_app()).run_test(size=LARGE) as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "Test RMSE")
        await until_still(pilot)
        (row,) = (line for line in shown(app).splitlines()[1:] if "toy (made" in line and "finished" in line)
        assert "post2019" in row and "no test ratings" in row and "…" not in row


@pytest.mark.parametrize("key", ["R", "c"])
async def test_a_dialog_is_as_wide_as_what_it_lists(make_app: MakeApp, home: Path, key: str):
    post(home), post(home, 2)
    async with (app := make_app()).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "r2: ")
        await pilot.press(key)
        await until_shown(pilot, "type to narrow")
        await until_still(pilot)
        (row,) = (line for line in shown(app).splitlines() if "toy (made by a test)" in line and "11-24 09:01" in line)
        assert "finished" in row


async def test_the_key_of_differences_always_answers(make_app: MakeApp, home: Path):
    post(home), post(home, 2)
    async with make_app().run_test(size=LARGE, notifications=True) as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "Test RMSE")
        await pilot.press("d")
        await until_shown(pilot, "Mark two runs or more")
        await pilot.press("a", "d")
        await until_shown(pilot, "What differs between the 2 marked runs")


async def test_why_has_lines_for_its_whole_sentence(make_app: MakeApp, home: Path):
    post(home)
    async with (app := make_app()).run_test(size=LARGE) as pilot:
        await pilot.press("f4")
        await until_shown(pilot, "Rate a film, and every")
        await until(pilot, lambda: "from." in shown(app), "the end of the sentence")


async def test_lists_without_stars_do_not_speak_of_them(make_app: MakeApp, home: Path):
    post(home)
    async with (app := make_app()).run_test(size=LARGE) as pilot:
        await pilot.press("f2")
        await until_shown(pilot, "Neighbours of")
        await until_still(pilot)
        assert "stars rescaled" not in shown(app)
        await pilot.press("f3", "right_square_bracket")
        await until_shown(pilot, "stars rescaled")


async def test_what_a_wrong_star_says_is_whole_on_the_smallest_terminal(make_app: MakeApp, home: Path):
    make_run(home, "r1", 1, model=toy_factors())
    async with make_app().run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await until_shown(pilot, "stars")
        await pilot.press("6")
        await until_shown(pilot, "Stars: 1 to 5. Screens: F1 to F6.")


def test_no_measure_of_a_run_is_called_like_a_setting(home: Path):
    run = make_run(home, "r1", 1)
    measured = {"test_rmse": 0.8, "epochs": 6, "steps": 168, "ratings_per_second": 1e6}
    write_json(run.path / "result.json", measured)
    measures = named_measures(run, summarize(run))
    assert "epochs trained" in measures
    assert not {*measures} & {setting_name(key) for key in settings_of(run) if key != "split"}


def test_what_two_models_differ_by_outlasts_genres_and_ratings_of_a_test():
    assert leaves("2 - 1") < min(map(leaves, ("genres", "error", "test", "like 1", "score 1", "movie id")))


def test_the_unit_of_the_map_is_among_the_words():
    assert "logit" in dict(WORDS)
