"""Charts, the map and the screen as files: SVG and text, and points as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.finished import make_run
from helpers.models import TITLES, toy_factors
from helpers.screens import until, until_gone, until_shown
from textual.pilot import Pilot

from mftui.tui.app import MftuiApp

MakeApp = Callable[..., MftuiApp]
SIZE = (100, 30)


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_run(home, "one", 1, model=toy_factors())
    monkeypatch.chdir(home)
    return home


async def save(pilot: Pilot[None], keys: Sequence[str], name: str) -> None:
    """Press keys that ask where to write, give a name, and wait until it is written and its path is said."""
    await pilot.press(*keys)
    await until_shown(pilot, "Export:")
    await pilot.press("ctrl+a", "ctrl+k", *name, "enter")
    await until_gone(pilot, "Export:")
    app = pilot.app
    path = str(Path.cwd() / name)
    await until(pilot, lambda: any(path in told.message for told in app._notifications), "the path")


def svg_texts(file: Path) -> str:
    """All text of a picture that can be read as XML, and loads nothing."""
    content = file.read_text(encoding="utf-8")
    assert "url(http" not in content and "@font-face" not in content
    return "".join(ElementTree.fromstring(content).itertext()).replace("\xa0", " ")


async def test_a_chart_is_written_as_it_is_seen_and_as_points(make_app: MakeApp, here: Path) -> None:
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 1.0")
        for name in ("chart.svg", "chart.txt", "chart.csv"):
            await save(pilot, ["e"], name)
        await pilot.press("6")
        await until_shown(pilot, "one: RMSE")
        await save(pilot, ["l", "e"], "runs.csv")
    assert "training 1.0000" in svg_texts(here / "chart.svg")
    assert "training 1.0000" in (here / "chart.txt").read_text(encoding="utf-8")
    rows = [*csv.DictReader((here / "chart.csv").open(newline=""))]
    assert (len(rows), rows[-1]) == (100, {"curve": "training", "step": "100.0", "rmse": "1.0"})
    assert len([*csv.DictReader((here / "runs.csv").open(newline=""))]) == 100


async def test_the_map_is_written_as_it_is_seen_and_as_points(make_app: MakeApp, here: Path) -> None:
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await until_shown(pilot, "films by genre")
        for name in ("map.svg", "map.txt", "map.csv"):
            await save(pilot, ["e"], name)
    assert "films by genre" in svg_texts(here / "map.svg")
    assert "films by genre" in (here / "map.txt").read_text(encoding="utf-8")
    rows = [*csv.DictReader((here / "map.csv").open(newline=""))]
    assert {row["title"].removeprefix("'") for row in rows} <= set(TITLES) and len(rows) > 5
    assert set(rows[0]) == {"movie_id", "title", "x", "y", "genre"}


async def test_every_screen_is_written_as_it_is_seen(make_app: MakeApp, here: Path) -> None:
    async with make_app().run_test(size=SIZE) as pilot:
        await until_shown(pilot, "training 1.0")
        await save(pilot, ["E"], "screen.svg")
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await save(pilot, ["E"], "screen.txt")
    assert "training 1.0000" in svg_texts(here / "screen.svg")
    assert "Neighbours of" in (here / "screen.txt").read_text(encoding="utf-8")
