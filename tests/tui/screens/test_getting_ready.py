"""What the form asks for is prepared once it is left alone, while Train is in front."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.screens import until, until_shown
from textual.pilot import Pilot

from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.screens.train import getting_ready
from mftui.tui.screens.train.getting_ready import GettingReady
from mftui.tui.screens.train.screen import TrainScreen

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form need not be left alone for long."""
    monkeypatch.setattr(getting_ready, "QUIET_S", 0.05)


def train_screen(app: MftuiApp) -> TrainScreen:
    screen = app.base_screen()
    assert isinstance(screen, TrainScreen)
    return screen


async def until_looked_at(pilot: Pilot[None], ready: GettingReady) -> None:
    await until(pilot, lambda: ready._quiet._timer is None, "the form was looked at")


async def until_prepared(pilot: Pilot[None], starter, n: int) -> None:
    await until(pilot, lambda: len(starter.prepared) >= n, f"{n} trainings prepared")


async def test_what_the_form_asks_for_is_prepared_and_again_when_it_has_changed(make_app: MakeApp, starter):
    async with make_app(settings=Settings()).run_test(size=SIZE) as pilot:
        await until_prepared(pilot, starter, 1)
        assert starter.prepared[0].data == "sample" and starter.prepared[0].hyper == {}
        await pilot.press("f", "j", "j", "j", "enter", "8", "enter")
        await until(pilot, lambda: starter.prepared[-1].hyper == {"factors": 8}, "the change")


async def test_nothing_is_prepared_while_keys_change_the_form(make_app: MakeApp, starter, monkeypatch):
    monkeypatch.setattr(getting_ready, "QUIET_S", 600.0)
    async with make_app(settings=Settings()).run_test(size=SIZE) as pilot:
        await pilot.press("f", "j", "j", "j", "l", "l", "l")
        await until_shown(pilot, "factors       100")
        assert not starter.prepared


async def test_what_is_wrong_is_not_prepared(make_app: MakeApp, starter):
    async with (app := make_app(settings=Settings())).run_test(size=SIZE) as pilot:
        await until_prepared(pilot, starter, 1)
        await pilot.press("f", "j", "j", "j", "enter", "0", "enter")
        await pilot.press("j", "enter", "3", "enter")  # another field: right by itself
        await until_shown(pilot, "epochs        3")
        ready = train_screen(app)._getting_ready
        await until_looked_at(pilot, ready)
        assert {tuple(one.hyper) for one in starter.prepared} == {()}


async def test_another_screen_has_the_processor_for_itself(make_app: MakeApp, starter, monkeypatch):
    async with (app := make_app(settings=Settings())).run_test(size=SIZE) as pilot:
        await until_prepared(pilot, starter, 1)
        ready = train_screen(app)._getting_ready
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "movies", "Movies")
        seen = len(starter.prepared)
        ready.ask()
        await until_looked_at(pilot, ready)
        assert len(starter.prepared) == seen
        await pilot.press("1")
        await until_prepared(pilot, starter, seen + 1)


async def test_without_a_standby_nothing_is_prepared(make_app: MakeApp, starter):
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f", "j", "j", "j", "l")
        assert train_screen(app)._getting_ready._quiet._timer is None and not starter.prepared


async def test_a_trainer_that_is_about_to_end_is_waited_for(make_app: MakeApp, starter, monkeypatch):
    asked = []

    def prepare(request: object) -> bool:
        asked.append(request)
        return len(asked) == 3

    monkeypatch.setattr(starter, "prepare", prepare)
    async with make_app(settings=Settings()).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: len(asked) == 3, "asked until it can be")


async def test_data_that_is_being_read_is_waited_for(make_app: MakeApp, starter, tmp_path: Path):
    async with (app := make_app(settings=Settings())).run_test(size=SIZE) as pilot:
        await until_prepared(pilot, starter, 1)
        screen = train_screen(app)
        (tmp_path / "r.csv").write_text(
            "userId,movieId,rating\n" + "".join(f"{n % 9},{n // 9},{n % 5}\n" for n in range(99))
        )
        screen._set("data", str(tmp_path / "r.csv"))
        assert screen._wanted() is None, "two processes would read it"
        await until(pilot, lambda: starter.prepared[-1].data.endswith("r.csv"), "prepared once it has been read")
