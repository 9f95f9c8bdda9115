"""Keys that mean something by the key before them: counts, as in vim, and `g` with a digit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.models import toy_factors, toy_run
from helpers.screens import until, until_shown
from helpers.you import given
from textual.binding import Binding

from mftui.tui.app import MftuiApp
from mftui.tui.base import keys
from mftui.tui.widgets.table import Table

MakeApp = Callable[..., MftuiApp]


@pytest.mark.parametrize(("typed", "line"), [("5j", 5), ("7G", 6), ("3gg", 2), ("99j", 11), ("4j2k", 2)])
async def test_a_number_before_a_move_counts_and_leads_nowhere_else(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, line: int
):
    monkeypatch.setattr("mftui.tui.prefix_keys._COUNT_S", 60.0)  # a pilot types slowly
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("f2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press(*typed)
        await until(pilot, lambda: app.current_mode == "movies", "Movies")
        await until(pilot, lambda: app.screen.query_one("#results", Table).line == line, f"line {line}")


async def test_on_you_digits_rate_and_g_with_a_digit_is_a_screen(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors())
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await until_shown(pilot, "1/12")
        await pilot.press("j", "6")
        await until_shown(pilot, "Stars go from 1 to 5")
        table = app.screen.query_one("#own", Table)
        await pilot.press("g", "6")
        await until(pilot, lambda: app.current_mode == "runs", "Runs")
        assert table.line == 1 and not given()
        await pilot.press("g", "4")
        await until(pilot, lambda: app.current_mode == "you", "You")
        await pilot.press("4", "full_stop")
        await until(pilot, lambda: list(given().values()) == [4.5], "four stars and a half")


def test_a_letter_means_one_thing_wherever_the_thing_exists():
    meant = {"w": "why", "x": "remove|delete", "u": "undo", "e": "export", "y": "copy", "n": "next", "N": "previous"}
    groups = (keys.TRAIN, keys.CHART, keys.MOVIES, keys.USERS, keys.YOU, keys.RUNS, keys.MAP, keys.SCATTER, keys.TABLE)
    for binding in (binding for group in groups for binding in group if isinstance(binding, Binding)):
        for key in set(binding.key.split(",")) & set(meant):
            assert str(binding.id).split(".")[1] in (*meant[key].split("|"), "take"), binding
