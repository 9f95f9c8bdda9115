"""Keys that come by the thousand, or while the app is stuck, are taken in order, each where the one before has led."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.screens import shown, until, until_shown, until_still
from textual import events

from mftui.tui.app import MftuiApp
from mftui.tui.dialogs.pick import PickScreen
from mftui.tui.widgets.search_box import SearchBox

MakeApp = Callable[..., MftuiApp]
SIGNS = {"slash": "/", "enter": "\r", "escape": "\x1b", "tab": "\t"}


def send(app: MftuiApp, *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, SIGNS.get(key, key if len(key) == 1 else None)))


def typed(app: MftuiApp) -> list[str]:
    return [box.value for box in app.screen.query(SearchBox)]


async def test_keys_that_come_while_the_app_is_stuck_wait_for_the_one_it_is_stuck_in(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story")
        loop, handled = asyncio.get_running_loop(), app.handled_before
        time = loop.time

        def stuck(key: events.Key) -> bool:
            if key.key == "x":
                monkeypatch.setattr(loop, "time", lambda: time() + 3_600)  # suspended, or a slow computation
                loop.call_soon(send, app, "y", "slash", *"2batman")
            return handled(key)

        monkeypatch.setattr(app, "handled_before", stuck)
        send(app, "x")
        await until(pilot, lambda: typed(app) == ["2batman"], "what was typed, all of it in the search box")


async def test_a_key_that_was_lost_with_its_widget_holds_up_no_other(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story")
        follow, lost = app._follow_key, app._turns + 1
        monkeypatch.setattr(app, "_follow_key", lambda turn: None if turn == lost else follow(turn))
        send(app, "x", "slash", *"toy")
        await until(pilot, lambda: typed(app) == ["toy"], "what was typed after the key that was lost")


async def test_a_key_that_comes_from_the_driver_before_the_screen_is_there_holds_up_no_other(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story")
        with monkeypatch.context() as patch:
            patch.setattr(type(app.screen), "is_mounted", False)
            # The driver posts from outside of the app, for which no app is the active one.
            contextvars.Context().run(asyncio.get_running_loop().call_soon, send, app, "slash", *"toy")
            await until(pilot, lambda: len(app._typed) == 4, "keys that wait for the screen")
        await until(pilot, lambda: typed(app) == ["toy"], "what was typed before the screen was there")


async def test_a_key_for_a_screen_that_a_dialog_has_covered_since_is_not_the_dialogs(
    make_app: MakeApp, home: Path
) -> None:
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story")
        dialog = PickScreen("A dialog", [("one", "", ""), ("two", "", "")])
        mounting = app.push_screen(dialog)
        for key in ("slash", "enter", "escape", "q"):
            assert not await app._check_bindings(key)
        await mounting
        await until_shown(pilot, "A dialog")
        await pilot.press("slash")
        assert app.crash is None and isinstance(app.focused, SearchBox)


@pytest.mark.long
async def test_five_thousand_keys_at_once_are_taken_in_order(make_app: MakeApp, home: Path) -> None:
    toy_run(home)
    text = "".join("abcdefghij"[7 * number % 10] for number in range(5_000))
    async with (app := make_app()).run_test(size=(100, 30)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story")
        send(app, "slash", *text)
        await until(pilot, lambda: typed(app) == [text], "all of what was typed", patience_s=120)
        round_trip = ("2", "slash", "a", "escape", "3", "f", "escape")
        send(app, "escape", *round_trip * 40, "2", *["down", "up", "tab"] * 1_000, "f6")
        await until(pilot, lambda: app.current_mode == "runs", "the last of them", patience_s=120)
        await until_still(pilot)
        assert "toy" in shown(app) and len(app.screen_stack) == 1 and not app._typed
