"""A second run beside the open one, on Movies and Users."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.finished import make_run
from helpers.models import TITLES, toy_factors
from helpers.screens import shown, until, until_gone, until_shown, until_still
from textual.pilot import Pilot

import mftui
from mftui.tui.app import MftuiApp
from mftui.tui.widgets.columns import text_of
from mftui.tui.widgets.table import Table

MakeApp = Callable[..., MftuiApp]


@pytest.fixture(autouse=True)
def runs(home: Path) -> None:
    """`beta` is open at first; `gamma` has other data: another title of one film, one more, and five more users."""
    for number, (name, seed) in enumerate((("alpha", 0), ("beta", 1)), 3):
        make_run(home, name, number, model=toy_factors(audience=True, seed=seed))
    more = toy_factors(("Alien (1979)", *TITLES[1:], "Up (2009)"), n_users=25)
    make_run(home, "gamma", 2, model=more)


async def beside(pilot: Pilot[Any], key: str, sign: str, name: str) -> None:
    """Go to a screen, and put a run beside the open one."""
    await pilot.press(key)
    await until_shown(pilot, sign)
    await pilot.press("c")
    await until_shown(pilot, "Compare with")
    await pilot.press("slash", *name, "enter")
    await until_shown(pilot, f", 2 {name}." if pilot.app.size.height < 32 else f"2 {name}: biased")


def places(app: MftuiApp, id: str) -> list[tuple[str, ...]]:
    """Both places, what became of it, and the title of each row."""
    rows = app.screen.query_one(f"#{id}", Table)._rows
    return [tuple(text_of(cell) for cell in row[:4]) for row in rows]


def by_python(frame: Any) -> list[tuple[str, ...]]:
    def text(row: Any) -> str:
        return f"{row.change} {abs(row.moved)}" if row.change in ("up", "down") else row.change

    shown = frame.astype(object).where(frame.notna(), "")
    return [(str(row.place_1), str(row.place_2), text(row), row.title) for row in shown.itertuples()]


@pytest.mark.long
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_both_screens_list_what_python_lists(make_app: MakeApp, size: tuple[int, int]):
    both = mftui.compare("beta", "alpha")
    async with (app := make_app()).run_test(size=size) as pilot:
        await beside(pilot, "f2", "Neighbours of", "alpha")
        await until_shown(pilot, "Change")
        low = ("1 beta, 2 alpha. They differ in factors (4, 3).",)
        high = ("1 beta: biased k=4 on toy", "2 alpha: biased k=3 on toy", "They differ in factors (4, 3).")
        for said in low if size[1] < 32 else high:
            assert said in " ".join(shown(app).split())
        film = TITLES[app.screen._subject]  # type: ignore[attr-defined]
        await until(pilot, lambda: len(places(app, "neighbours")) > 3, "neighbours")
        assert places(app, "neighbours") == by_python(both.similar(film, n=50))
        await pilot.press("f3", "slash", "7", "enter")  # the other screen has the same second run
        await until_shown(pilot, "Recommended to user 7")
        await until_shown(pilot, "2 alpha")
        assert places(app, "recommended") == by_python(both.recommend(7, n=100))
        assert "Model 1" in shown(app) and "Model 2" in shown(app)
        await pilot.press("c")
        await until_gone(pilot, "2 alpha")
        await until_shown(pilot, "Error")
        await pilot.press("f2")
        await until_gone(pilot, "Change")
        assert "2 alpha" not in shown(app)


async def test_where_it_is_low_the_runs_have_one_line_and_the_compared_list_most_rows(make_app: MakeApp):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await beside(pilot, "f2", "Neighbours of", "alpha")
        await until_shown(pilot, "1 beta, 2 alpha. They differ in factors (4, 3).")
        heights = {id: app.screen.query_one(f"#{id}", Table).size.height for id in ("results", "neighbours")}
        assert heights["neighbours"] - 2 >= 9 and heights["neighbours"] > 1.8 * heights["results"]
        await pilot.press("f3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        heights = {id: app.screen.query_one(f"#{id}", Table).size.height for id in ("rated", "recommended")}
        assert heights["recommended"] > heights["rated"] >= 6


async def test_runs_on_different_data_are_matched_by_id_and_it_is_said(make_app: MakeApp):
    async with (app := make_app()).run_test(size=(120, 40), notifications=True) as pilot:
        await beside(pilot, "f2", "Neighbours of", "gamma")
        await until_shown(pilot, "matched by id")
        await until_shown(pilot, "1 lacks it")
        await until_shown(pilot, "1 of 12 films is not in the data of run 1")
        table = app.screen.query_one("#neighbours", Table)
        table.focus()
        table.go_to_line(next(at for at, row in enumerate(places(app, "neighbours")) if row[3] == "Up (2009)"))
        await pilot.press("enter")
        await until_shown(pilot, "Only run 2 knows this film")
        await pilot.press("f3", "slash", "2", "3", "enter")
        await until_shown(pilot, "Only run 2 knows user 23")
        await pilot.press("slash", "9", "9", "enter")
        await until_shown(pilot, "no user with id 99")


async def test_a_film_and_a_user_that_run_2_does_not_know_are_listed_by_run_1(make_app: MakeApp):
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "Test RMSE")
        await pilot.press("slash", *"gamma", "enter", "enter", "2")
        await until_shown(pilot, "biased k=4")
        await until(pilot, lambda: app.model is not None and app.model.run.name == "gamma", "gamma open")
        await beside(pilot, "f2", "Neighbours of", "alpha")
        await pilot.press("slash", *"up 2009", "enter")
        await until_shown(pilot, "Run 2 does not know this movie, so only run 1 lists neighbours.")
        assert {row[2] for row in places(app, "neighbours")} <= {"", "2 lacks it"}
        await pilot.press("f3", "slash", "2", "3", "enter")
        await until_shown(pilot, "Run 2 does not know user 23, so all here is of run 1.")


async def test_keys_go_on_working_beside_another_run(make_app: MakeApp):
    async with (app := make_app()).run_test(size=(160, 45)) as pilot:
        await beside(pilot, "f2", "Neighbours of", "alpha")
        for key, sign in (("m", "Dot 1"), ("m", "Full 1"), ("b", "by taste"), ("m", "Dist. 1")):
            await pilot.press(key)
            await until_shown(pilot, sign)
        before = places(app, "neighbours")
        await pilot.press("l", "enter")
        await until(pilot, lambda: places(app, "neighbours") not in ([], before), "a neighbour's own")
        await pilot.press("escape")
        await until(pilot, lambda: places(app, "neighbours") == before, "back")
        await pilot.press("f3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        rated = app.screen.query_one("#rated", Table)
        await pilot.press("h", "s", "slash", *"Model 2", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "sorted")
        await until_still(pilot)
        values = [float(text_of(rated._rows[at][3]) or "nan") for at in rated._order or ()]
        known = [value for value in values if value == value]
        assert known == sorted(known, reverse=True) and len(known) > 3
        await pilot.press("w")
        await until_shown(pilot, "predicted")
        await pilot.press("b")
        await until_shown(pilot, "by like")
        await pilot.press("l", "enter")
        await until_shown(pilot, "From Users")


async def test_the_second_run_ends_where_it_is_opened_itself(make_app: MakeApp):
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await beside(pilot, "f2", "Neighbours of", "alpha")
        await pilot.press("f6")
        await until_shown(pilot, "Test RMSE")
        await pilot.press("slash", *"alpha", "enter", "enter", "2")
        await until(pilot, lambda: app.model is not None and app.model.run.name == "alpha", "alpha open")
        await pilot.press("f2")
        await until_gone(pilot, "Change")
        assert app.second is None
