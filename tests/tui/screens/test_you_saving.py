"""You: where ratings are kept, and what is said while they are not."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from helpers.models import TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_shown
from helpers.you import MATRIX, SIZE, MakeApp, find, given, opened, rate

from mftui.data.profiles.store import Profile
from mftui.errors import MftuiError


async def test_profiles_are_kept_apart(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    rate(factors, {0: 3.0, 1: 4.0}, "you")
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await until_shown(pilot, "Recommended to me")
        await find(pilot, "matrix")
        await pilot.press("5")
        await until_shown(pilot, "saved Matrix")
        await pilot.press("p")
        await until_shown(pilot, "Profile")
        await pilot.press("j", "enter")
        await until_shown(pilot, "Recommended to you")
        await until_shown(pilot, "from 2 ratings")
        await pilot.press("p", "slash", *"ann", "enter")
        await until_shown(pilot, "Recommended to ann")
        assert Profile().name == "ann" and len(given("me")) == 1 and len(given("you")) == 2


async def test_it_is_called_saved_when_it_is_on_the_disk_and_counts_before(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    toy_run(home)
    let, plain = Event(), Profile.rate

    def slow(self: Profile, *args: Any) -> object:
        let.wait(20)
        return plain(self, *args)

    monkeypatch.setattr(Profile, "rate", slow)
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await find(pilot, "matrix")
        await pilot.press("5")
        await until_shown(pilot, "from 1 rating")
        assert "saving Matrix" in shown(pilot.app) and "saved" not in shown(pilot.app)
        assert not given()
        let.set()
        await until_shown(pilot, "saved Matrix, The (1999): 5")
        assert given() == {TITLES[MATRIX]: 5.0}


async def test_a_rating_that_cannot_be_saved_is_shown_as_lost(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    toy_run(home)

    def full(*_: object) -> None:
        raise MftuiError("me.csv: could not be saved (No space left on device).", hint="Make room.")

    monkeypatch.setattr(Profile, "rate", full)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await find(pilot, "matrix")
        await pilot.press("5")
        await until_shown(pilot, "No space left on device")
        await pilot.press("escape")
        await until_shown(pilot, "NOT saved: Matrix, The (1999): 5")
        await until_shown(pilot, "for anybody")
        assert "saved Matrix" not in shown(app).replace("NOT saved Matrix", "")


async def test_a_rating_typed_just_before_leaving_is_kept(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await find(pilot, "matrix")
        await pilot.press("5", "q")
        await until(pilot, lambda: not app.is_running, "the end")
        await until(pilot, lambda: given() == {TITLES[MATRIX]: 5.0}, "the rating")


async def test_a_damaged_file_is_named_and_left_alone(make_app: MakeApp, home: Path):
    toy_run(home)
    Profile().path.parent.mkdir(mode=0o700)
    Profile().path.write_text("movieId,title,rating\n1,Toy Story (1995),banana\n")
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("4")
        await until_shown(pilot, "banana")
        await pilot.press("5")
        assert "banana" in Profile().path.read_text()
