"""The app at widths from 60 to 220: lists share the screen by what they hold, no key and no label is cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from helpers.members import with_members
from helpers.models import TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_shown
from textual.pilot import Pilot

from mftui.tables.columns import TITLE_CELLS
from mftui.tui.app import MftuiApp
from mftui.tui.screens.two_lists import TwoListsScreen
from mftui.tui.widgets.key_bar import KeyBar

MakeApp = Callable[..., MftuiApp]
LONG = (
    *TITLES,
    "Star Wars: Episode IV - A New Hope (1977)",
    "Star Wars: Episode V - The Empire Strikes Back (1980)",
    "Lord of the Rings: The Fellowship of the Ring, The (2001)",
)
FEW = (60, 80, 99, 100, 119, 120, 160, 220)
SCREENS = {"2": "Neighbours of", "3": "Recommended to", "4": "Recommended to"}


async def go_to(pilot: Pilot[Any], key: str) -> TwoListsScreen[Any]:
    await pilot.press(key)
    if key == "3":
        await until_shown(pilot, "type a user's id")
        await pilot.press("right_square_bracket")
    await until_shown(pilot, SCREENS[key])
    return cast(TwoListsScreen[Any], pilot.app.screen)


async def titles_have_room(pilot: Pilot[Any], screen: TwoListsScreen[Any], width: int) -> None:
    await pilot.resize_terminal(width, 40)
    await until(pilot, lambda: screen.size.width == width and screen.query_one(KeyBar).size.width == width, str(width))
    await pilot.pause()
    tables = [table for table in (screen.left, screen.right) if table.display and len(table)]
    assert tables
    for table in tables:
        layout, columns = table._layout, table._columns
        titles = next(at for at, column in enumerate(columns) if column.has_titles)
        assert layout.widths(table.size.width)[titles] >= TITLE_CELLS, (width, shown(pilot.app))
    together = sum(table.outer_size.width for table in tables)
    assert together == (width if screen.is_beside else width * len(tables))


@pytest.mark.long
@pytest.mark.parametrize("key", SCREENS)
@pytest.mark.parametrize(
    "widths", [FEW, pytest.param(tuple(range(60, 221)), marks=pytest.mark.long)], ids=["some widths", "every width"]
)
async def test_titles_have_room_in_both_lists_and_no_column_of_the_screen_is_lost(
    make_app: MakeApp, home: Path, key: str, widths: tuple[int, ...]
) -> None:
    toy_run(home, with_members(toy_factors(LONG, audience=True), noise=0.5))
    async with make_app().run_test(size=(80, 40)) as pilot:
        screen = await go_to(pilot, key)
        for width in widths:
            await titles_have_room(pilot, screen, width)


@pytest.mark.parametrize("key", "123456")
async def test_at_80_columns_the_bar_has_every_key_that_it_is_to_show(make_app: MakeApp, home: Path, key: str) -> None:
    toy_run(home)
    async with make_app().run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        bar = pilot.app.screen.query_one(KeyBar)
        await until(pilot, lambda: bar.size.height and "? Help" in shown(pilot.app), "the bar")
        await pilot.pause()
        names: dict[str, str] = getattr(pilot.app.screen, "key_names", {})
        told = "\n".join(strip.text for strip in bar._strips)
        for active in pilot.app.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.id and active.enabled:
                assert names.get(binding.id, binding.description) in told, (binding, told)


async def test_a_click_on_the_second_line_of_keys_is_that_key(make_app: MakeApp, home: Path) -> None:
    toy_run(home)
    async with make_app().run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        bar = pilot.app.screen.query_one(KeyBar)
        await until(pilot, lambda: bar.size.height == 2, "two lines")
        at = shown(pilot.app).splitlines()[-1].index("? Help")
        await pilot.click(KeyBar, offset=(at, 1))
        await until_shown(pilot, "Keys (tab: words)")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_no_label_of_the_form_is_cut(make_app: MakeApp, home: Path, size: tuple[int, int]) -> None:
    toy_run(home)
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("1")
        await until_shown(pilot, "data set")
        await pilot.press("m")
        form = app.screen.query_one("FormView").form  # type: ignore[attr-defined]
        for row in form.rows():
            await until(pilot, lambda row=row: f" {row.label} " in shown(app), row.label)  # type: ignore[misc]
            await pilot.press("j")
