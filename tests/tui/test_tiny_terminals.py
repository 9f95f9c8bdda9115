"""A terminal of a few rows or columns shows little, and ends nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.content import Content

from mftui.tui.app import MftuiApp

MakeApp = Callable[..., MftuiApp]
SIZES = [(80, 1), (80, 2), (80, 4), (1, 24), (3, 24), (6, 24), (1, 1), (6, 4)]
PANES = ["f1", "f2", "f3", "f4", "f5", "f6"]
PALETTE = ["colon", "pageup", "pagedown", "end", "home", "escape", "question_mark", "pageup", "pagedown", "escape"]
KEYS = [
    "pagedown",
    "pageup",
    "end",
    "tab",
    "slash",
    "a",
    "escape",
    "w",
    "i",
    "e",
    "escape",
    "s",
    "escape",
    "t",
    "m",
    "c",
]


async def survives(app: MftuiApp, size: tuple[int, int], keys: list[str]) -> None:
    async with app.run_test(size=size) as pilot:
        for key in keys:
            await pilot.press(key)
            assert app.crash is None and app.is_running, f"{key}: {app.crash}"


@pytest.mark.parametrize("size", [(80, 1), (4, 24), (1, 1)], ids=str)
async def test_palette_help_and_page_keys_end_nothing(make_app: MakeApp, size: tuple[int, int]) -> None:
    await survives(make_app(), size, ["f2", *PALETTE])


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("pane", PANES)
async def test_no_key_of_any_screen_ends_the_app(make_app: MakeApp, size: tuple[int, int], pane: str) -> None:
    await survives(make_app(), size, [pane, *KEYS, "escape", *PALETTE])


async def test_growing_and_shrinking_shows_all_again(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((1, 1), (80, 2), (2, 24), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("colon", "pagedown", "escape")
        assert app.crash is None and app.size.width == 80


@pytest.mark.parametrize("width", [-3, 0, 1])
def test_a_text_without_a_column_has_a_height(width: int) -> None:
    assert Content("some words").get_height({}, width) >= 1
