"""What every screen looks like, as text, at several sizes: compared with dumps kept beside this file.

After a change that is meant: `MFTUI_WRITE_DUMPS=1 pytest tests/tui/test_dumps.py`, then look at the difference.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.models import toy_factors, toy_run
from helpers.screens import shown, until_shown
from textual.pilot import Pilot

from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.look import Look

MakeApp = Callable[..., MftuiApp]
DUMPS = Path(__file__).parent / "dumps"
LOOKS = {
    "80x24": ((80, 24), Look()),
    "120x40": ((120, 40), Look()),
    "160x50": ((160, 50), Look()),
    "80x24-ascii": ((80, 24), Look(ascii=True)),
    "40x12": ((40, 12), Look()),
}


async def movies(pilot: Pilot[Any]) -> None:
    await pilot.press("2")
    await until_shown(pilot, "Neighbours of")


async def movie_page(pilot: Pilot[Any]) -> None:
    await movies(pilot)
    if not pilot.app.screen.has_class("-page"):
        await pilot.press("i")
    await until_shown(pilot, "bias ")


async def filters(pilot: Pilot[Any]) -> None:
    await movies(pilot)
    await pilot.press("f", *"dra")
    await until_shown(pilot, "genre")


async def users(pilot: Pilot[Any]) -> None:
    await pilot.press("3", "slash", "7", "enter")
    await until_shown(pilot, "Recommended to")


async def user_page(pilot: Pilot[Any]) -> None:
    await users(pilot)
    if not pilot.app.screen.has_class("-page"):
        await pilot.press("i")
    await until_shown(pilot, "likes")


async def words(pilot: Pilot[Any]) -> None:
    await pilot.press("2", "question_mark", "w")
    await until_shown(pilot, "Words")


SCENES: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    scene.__name__: scene for scene in (movies, movie_page, filters, users, user_page, words)
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("scene", SCENES)
async def test_the_screen_looks_as_it_is_kept(make_app: MakeApp, home: Path, scene: str, look: str):
    toy_run(home, toy_factors(audience=True))
    size, how = LOOKS[look]
    async with (app := make_app(how, Settings(standby=False))).run_test(size=size) as pilot:
        await SCENES[scene](pilot)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = shown(app) + "\n"
    assert all(len(line) <= size[0] for line in text.splitlines())
    if how.ascii:
        assert text.isascii()
    file = DUMPS / f"{scene}-{look}.txt"
    if os.environ.get("MFTUI_WRITE_DUMPS"):
        DUMPS.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
