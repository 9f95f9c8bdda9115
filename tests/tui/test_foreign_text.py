"""Foreign text on the screens: visible where it stands, and nothing of it reaches the terminal raw."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.foreign import NASTY, nasty, nasty_home, raw
from helpers.screens import shown, until_shown, until_still
from helpers.terminal import Terminal

from mftui.text import unseen_dropped
from mftui.tui.app import MftuiApp
from mftui.tui.dialogs.choice import MessageDialog
from mftui.tui.widgets import cells

MakeApp = Callable[..., MftuiApp]


@pytest.mark.long
async def test_every_screen_shows_foreign_text_as_signs(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nasty_home(home)
    dropped: set[str] = set()
    drop = unseen_dropped

    def noted(text: str) -> str:
        if (kept := drop(text)) != text:
            dropped.add(text)
        return kept

    monkeypatch.setattr(cells, "unseen_dropped", noted)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        for screen in "123456":
            await pilot.press(screen)
            await until_still(pilot)
            for key in ("down", "enter", "down", "e", "escape", "tab", "enter", "escape", "y"):
                await pilot.press(key)
                await until_still(pilot)
                assert not raw(shown(app)), (screen, key)
            await pilot.press("escape", "escape")
        app.push_screen(MessageDialog(NASTY, NASTY, hint=NASTY, path=NASTY))
        await until_still(pilot)
        assert not raw(shown(app))
    assert not dropped, f"neither visible nor left out before: {sorted(map(ascii, dropped))}"


async def test_runs_names_what_it_does_not_open(make_app: MakeApp, home: Path) -> None:
    nasty_home(home)
    async with make_app().run_test(size=(160, 40)) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "not opened for its name: zz-$(touch X)␛]52")


def test_what_is_pasted_into_a_line_is_not_sent_back_raw(tmp_path: Path) -> None:
    """In a real terminal: the raw bytes of all that the app sends, from a home with foreign text everywhere."""
    home = tmp_path / "home"
    nasty_home(home)
    env = {"MFTUI_HOME": str(home), "MFTUI_STANDBY": "off", "USER": NASTY, "LC_ALL": "C.UTF-8"}
    with Terminal([sys.executable, "-m", "mftui"], {**os.environ, **env}, columns=120, rows=30) as terminal:
        terminal.until("Settings")
        for key, text in (("2", "Toy Story"), ("3", "type a user's id"), ("6", "not opened for its name")):
            terminal.press(key)
            terminal.until(text)
        terminal.press("/")
        terminal.until("To the list")
        terminal.press(f"\x1b[200~{nasty('pasted')}\x1b[201~")
        terminal.until("pasted")  # the search has come, and is shown
    sent = terminal.written.decode("utf-8", "replace")
    assert "\x1b]52;c;eA" not in sent and "\x1b[2J\x9b" not in sent
    assert not {c for c in raw(sent) if ord(c) >= 0x7F}
