"""On a large terminal nothing is cut beside free room: sentences of the help, names of settings, paths in the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from helpers.finished import make_run
from helpers.models import toy_factors
from helpers.screens import shown, until_shown, until_still

from mftui.runs.store.publish import write_json
from mftui.tui.app import MftuiApp

MakeApp = Callable[..., MftuiApp]
LARGE = (200, 60)


async def test_the_help_has_the_room_of_the_terminal(make_app: MakeApp, home: Path):
    make_run(home, "r1", 1, model=toy_factors())
    async with (app := make_app()).run_test(size=LARGE) as pilot:
        await pilot.press("f2", "question_mark")
        await until_shown(pilot, "Keys (tab: words)")
        await until_still(pilot)
        listed = [line for line in shown(app).splitlines() if "Search  " in line and "tt0114709" in line]
        assert listed and "TMDb (tmdb:862)." in listed[0]
        assert sum("…" in line[:190] for line in shown(app).splitlines()) < 6, "the longest sentences alone are cut"


async def test_a_setting_has_its_whole_name(make_app: MakeApp, home: Path):
    for number in (1, 2):
        run = make_run(home, f"r{number}", number)
        config = run.config().to_dict()
        config["hyper"] = {**config["hyper"], "audience_learning_rate": 0.02 * number}
        write_json(run.path / "config.json", config)
    async with make_app().run_test(size=LARGE) as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "Test RMSE")
        await pilot.press("a", "d")
        await until_shown(pilot, "audience learning rate")


async def test_the_form_shows_more_of_a_path(make_app: MakeApp, home: Path):
    data = "/a/b/the/ratings/of/all"
    run = make_run(home, "r1", 1, model=toy_factors())
    config = run.config().to_dict()
    config["request"] = {**config["request"], "data": data}
    write_json(run.path / "config.json", config)
    async with make_app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, data)
