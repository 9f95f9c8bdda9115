"""A data set is fetched from the form: what it is, how far the download is, what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.screens import shown, until, until_gone, until_shown

from mftui import paths
from mftui.data.sources import download
from mftui.errors import MftuiError
from mftui.tui.app import MftuiApp

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


async def choose_ml_1m(pilot) -> None:
    await pilot.press("f", "enter")
    await until_shown(pilot, "5.9 MB to fetch")
    await pilot.press("slash", *"ml-1m", "enter")
    await until_shown(pilot, "Fetch ml-1m")


async def test_it_says_what_it_is_and_whose_licence_it_has_and_then_chooses_it(
    make_app: MakeApp, home: Path, starter, monkeypatch: pytest.MonkeyPatch
):
    def fetch(name: str, *, progress: Callable[[int, int], None]) -> Path:
        progress(3_000_000, 6_000_000)
        (paths.downloads_dir() / name).mkdir(parents=True)
        return paths.downloads_dir() / name

    monkeypatch.setattr(download, "fetch", fetch)
    async with make_app().run_test(size=SIZE) as pilot:
        await choose_ml_1m(pilot)
        for said in ("1,000,209 ratings", "5.9 MB", "Licence:", "grouplens.org"):
            assert said in shown(pilot.app)
        await pilot.press("enter")
        await until_shown(pilot, "data set      ml-1m")
        await until_shown(pilot, "train on ml-1m")


async def test_what_goes_wrong_is_said_and_can_be_tried_again_or_left(
    make_app: MakeApp, home: Path, starter, monkeypatch: pytest.MonkeyPatch
):
    tries = []

    def fetch(name: str, *, progress: Callable[[int, int], None]) -> Path:
        tries.append(name)
        raise MftuiError("the download failed.", hint="Check the connection.")

    monkeypatch.setattr(download, "fetch", fetch)
    async with make_app().run_test(size=SIZE) as pilot:
        await choose_ml_1m(pilot)
        for n in (1, 2):
            await pilot.press("enter")
            await until(pilot, lambda: len(tries) == n, "another try")  # noqa: B023
            await until_shown(pilot, "the download failed. Check the connection.")
        await pilot.press("escape")
        await until_gone(pilot, "Fetch ml-1m")
        assert "data set      sample" in shown(pilot.app)


@pytest.mark.parametrize(("key", "data"), [("y", "ml-1m"), ("n", "sample"), ("q", "sample")])
async def test_the_question_takes_yes_and_no(
    make_app: MakeApp, home: Path, starter, monkeypatch: pytest.MonkeyPatch, key: str, data: str
):
    def fetch(name: str, *, progress: Callable[[int, int], None]) -> Path:
        (paths.downloads_dir() / name).mkdir(parents=True)
        return paths.downloads_dir() / name

    monkeypatch.setattr(download, "fetch", fetch)
    async with make_app().run_test(size=SIZE) as pilot:
        await choose_ml_1m(pilot)
        await pilot.press(key)
        await until_gone(pilot, "Fetch ml-1m")
        await until_shown(pilot, f"data set      {data}")


async def test_a_download_shows_how_far_it_is_and_can_be_left(
    make_app: MakeApp, home: Path, starter, monkeypatch: pytest.MonkeyPatch
):
    ended, over = [], threading.Event()

    def fetch(name: str, *, progress: Callable[[int, int], None]) -> Path:
        try:
            while not over.wait(0.01):
                progress(3_000_000, 6_000_000)
        finally:
            ended.append(name)
        return home

    monkeypatch.setattr(download, "fetch", fetch)
    async with make_app().run_test(size=SIZE) as pilot:
        await choose_ml_1m(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "50% 3.0 MB")
        await pilot.press("escape")
        await until(pilot, lambda: ended, "the end of the download")
        await until_gone(pilot, "Fetch ml-1m")
