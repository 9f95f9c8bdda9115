"""Keys that mean something by the key before them: counts, as in vim, and `g` with a digit."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from helpers.finished import make_run
from helpers.models import toy_factors, toy_run
from helpers.screens import shown, until, until_shown, until_still
from helpers.you import given
from textual import events
from textual.binding import Binding

from mftui.tui.app import MftuiApp
from mftui.tui.base import dialog_keys, keys
from mftui.tui.screens.train.form_view import FormView
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


@pytest.mark.long
@pytest.mark.parametrize(
    ("mode", "pane", "typed", "is_so"),
    [
        ("movies", "#results", ("3", "down"), lambda app: app.screen.query_one("#results", Table).line == 3),
        ("movies", "#results", ("3", "n"), lambda app: app.screen.query_one("#results", Table).line == 3),
        ("movies", "#results", ("2", "l"), lambda app: app.focused.id == "neighbours"),
        ("users", "#recommended", ("2", "j"), lambda app: app.screen.query_one("#recommended", Table).line == 2),
        ("users", "#rated", ("2", "n"), lambda app: app.screen._page.user == 9),
        ("runs", "#runs", ("2", "j"), lambda app: app.screen.query_one("#runs", Table).line == 2),
        ("train", "FormView", ("3", "j"), lambda app: app.screen.query_one(FormView).row.key == "factors"),
    ],
)
async def test_a_count_is_for_the_pane_with_the_keys(
    make_app: MakeApp,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    pane: str,
    typed: tuple[str, ...],
    is_so: Callable[[Any], bool],
):
    monkeypatch.setattr("mftui.tui.prefix_keys._COUNT_S", 60.0)
    for number in (1, 2, 3):
        make_run(home, f"r{number}", number, model=toy_factors())
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to")
        await app.switch_mode(mode)
        await until_still(pilot)
        app.screen.query_one(pane).focus()
        await pilot.pause()
        assert not is_so(app)
        await pilot.press(*typed)
        await until(pilot, lambda: app.current_mode == mode and is_so(app), f"{typed} on {pane}")


@pytest.mark.parametrize(
    ("typed", "mode", "is_so"),
    [
        (("3", "slash", "7", "enter"), "users", lambda app: "User 7" in shown(app)),
        (("2", "i"), "movies", lambda app: "bias" in shown(app)),
        (("1", "2", "f"), "movies", lambda app: "genre" in shown(app) and len(app.screen_stack) == 2),
        (("6", "c"), "runs", lambda app: len(app.screen_stack) == 2),
        (("2", "q"), "movies", lambda app: not app.is_running),
        (("2", "x", "3"), "users", lambda app: len(app.screen_stack) == 1),
    ],
)
async def test_keys_that_come_at_once_are_taken_in_order_each_where_the_one_before_has_led(
    make_app: MakeApp, home: Path, typed: tuple[str, ...], mode: str, is_so: Callable[[Any], bool]
):
    for number in (1, 2):
        make_run(home, f"r{number}", number, model=toy_factors(audience=True))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await until_still(pilot)
        for key in typed:  # as a terminal sends them over a slow link
            app.post_message(events.Key(key, {"slash": "/", "enter": "\r"}.get(key, key)))
        await until(pilot, lambda: app.current_mode == mode and is_so(app), f"{typed} on {mode}")


async def test_on_you_digits_rate_and_g_with_a_digit_is_a_screen(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors())
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await until_shown(pilot, "1/12")
        await pilot.press("j", "6")
        await until_shown(pilot, "Stars: 1 to 5")
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


def test_q_closes_every_dialog_that_is_not_typed_into():
    groups = [dialog_keys.DIALOG, dialog_keys.PICK, dialog_keys.READING, dialog_keys.FETCH]
    for bindings in ([b for b in group if isinstance(b, Binding)] for group in groups):
        closes = next(binding for binding in bindings if "escape" in binding.key.split(","))
        assert "q" in closes.key.split(","), closes


async def test_keys_that_come_alone_from_the_driver_lead_to_screens_that_were_not_open_yet(
    make_app: MakeApp, home: Path
):
    """The driver posts a key where no app is the active one."""
    toy_run(home, toy_factors())
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await until_shown(pilot, "1/12")
        for key in ("g", "2"):
            Context().run(app.post_message, events.Key(key, key))
            await until_still(pilot)
        await until(pilot, lambda: app.current_mode == "movies", "Movies")
        await until_shown(pilot, "Most rated movies")
