"""Movies: neighbours by an index, chosen among the neighbours' settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.models import toy_factors, toy_run
from helpers.screens import shown, until, until_shown

from mftui.engine.query import approximate
from mftui.settings import Settings
from mftui.tui.app import MftuiApp

SIZE = (120, 40)
TO_SEARCH = ("f", "tab", "tab", "tab", "tab")
MakeApp = Callable[..., MftuiApp]


def told(app: MftuiApp, text: str) -> bool:
    """Whether a toast says so."""
    return any(text in str(toast.message) for toast in app._notifications)


@pytest.mark.skipif(not approximate.available(), reason="FAISS is not installed: pip install 'mftui[ann]'")
async def test_neighbours_by_an_index_show_its_recall(make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(approximate, "EXACT_MS", -1.0)
    toy_run(home, toy_factors(audience=True))
    async with (app := make_app()).run_test(size=(160, 50)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press(*TO_SEARCH, *"appr", "enter")
        await until(pilot, lambda: told(app, "Found by an index"), "its recall, in words")
        await until_shown(pilot, "index 1")
        await pilot.press(*TO_SEARCH, *"exact", "enter")
        await until(pilot, lambda: told(app, "Neighbours by exact search."), "the change")


@pytest.mark.skipif(not approximate.available(), reason="FAISS is not installed: pip install 'mftui[ann]'")
async def test_the_setting_is_where_it_begins_and_fast_search_stays_exact(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors())
    app = make_app(settings=Settings(standby=False, neighbours="approximate"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: told(app, "Exact search takes less than"), "why there is no index")


async def test_without_the_extra_there_is_nothing_to_choose(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(approximate, "available", lambda: False)
    toy_run(home)
    async with (app := make_app(settings=Settings(standby=False, neighbours="approximate"))).run_test(
        size=SIZE
    ) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("f")
        await until_shown(pilot, "their min. ratings")
        assert "neighbour search" not in shown(app)
