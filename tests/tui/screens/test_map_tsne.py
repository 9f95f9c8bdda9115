"""The map by t-SNE: a while in the background, which can be cancelled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.map import SIZE, MakeApp, opened
from helpers.models import TITLES, toy_run
from helpers.screens import until_gone, until_shown

from mftui.engine.insight.layout import Layout
from mftui.errors import MftuiError
from mftui.tui.screens.map import tsne_job


@pytest.mark.long
async def test_tsne_shows_progress_can_be_cancelled_and_is_kept(make_app: MakeApp, home: Path, monkeypatch):
    toy_run(home)
    go_on = False

    def slow(axes: Any, counts: Any, tell: Any, cancelled: Any) -> Layout | None:
        tell(0.4)
        while not go_on:
            if cancelled():
                return None
        return Layout("t-SNE", np.random.default_rng(0).normal(size=(len(TITLES), 2)).astype(np.float32), axes)

    monkeypatch.setattr(tsne_job, "tsne_layout", slow)
    async with (app := make_app()).run_test(size=SIZE, notifications=True) as pilot:
        screen = await opened(pilot)
        await pilot.press("t")
        await until_shown(pilot, "t-SNE 40%, t cancels")
        await pilot.press("l", "plus")  # the app goes on
        await pilot.press("t")
        await until_gone(pilot, "t-SNE 40%")
        await until_shown(pilot, "x axis 1")
        go_on = True
        await pilot.press("t")
        await until_shown(pilot, "t-SNE of taste")
        assert screen._now is not None and screen._now.layout.pair is None
        await pilot.press("t")
        await until_shown(pilot, "x axis 1")
        monkeypatch.setattr(tsne_job, "tsne_layout", None)
        await pilot.press("t")
        await until_shown(pilot, "t-SNE of taste")
        await pilot.press("a")
        await until_shown(pilot, "x axis 3")  # y has the second
        assert app.is_running


async def test_tsne_that_fails_says_so(make_app: MakeApp, home: Path, monkeypatch):
    toy_run(home)

    def fails(*_: Any) -> None:
        raise MftuiError("t-SNE failed: out of memory")

    monkeypatch.setattr(tsne_job, "tsne_layout", fails)
    async with make_app().run_test(size=SIZE, notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await until_shown(pilot, "out of memory")
