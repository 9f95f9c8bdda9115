"""What the app remembers from one session to the next."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.screens import until, until_shown

from mftui import paths
from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.base.session_state import SessionState, revived
from mftui.tui.lists.choices import Filter, MovieChoices, UserChoices

SIZE = (80, 24)


@pytest.fixture
def session(home: Path, starter) -> Callable[[], MftuiApp]:
    """A new session of the app on this home."""

    def begin() -> MftuiApp:
        return MftuiApp(Display(), Settings(standby=False), starter, SessionState.load(paths.state_file()))

    return begin


async def test_screen_theme_sort_filters_and_user_are_as_they_were_left(session: Callable[[], MftuiApp], home: Path):
    toy_run(home)
    async with (app := session()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "User 7:")
        await pilot.press("s", "slash", *"model", "enter", "S", "2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("s", "slash", *"title", "enter", "f", *"dra", "enter", "m", "m", "m")
        await until_shown(pilot, "only Drama")
        app.theme = "mftui-light"
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "the end")
    async with (app := session()).run_test(size=SIZE) as pilot:
        assert app.current_mode == "movies"
        assert app.theme == "mftui-light"
        await until_shown(pilot, "only Drama")
        await until_shown(pilot, "by title")
        await until_shown(pilot, "Dist.")
        await pilot.press("3")
        await until_shown(pilot, "User 7:")
        await until_shown(pilot, "by model, reversed")


async def test_the_run_that_was_open_is_opened_again_until_there_is_a_newer_one(
    session: Callable[[], MftuiApp], home: Path
):
    old, new = toy_run(home, name="a"), toy_run(home, name="b")
    async with (app := session()).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.model, "a model")
        assert app.model is not None
        other = next(run for run in (old, new) if run.id != app.model.run.id)
        await app.open_run(other)
        await app.leave()
    async with (app := session()).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.model, "a model")
        assert app.model is not None and app.model.run.id == other.id
        assert app.trainings.run is not None and app.trainings.run.id == other.id, "whose curve it is"


@pytest.mark.parametrize(
    "damaged",
    ["", "{", "[]", "null", '{"format_version": 99}', "[" * 100_000, "\x00\xff", "{}"],
)
async def test_a_damaged_file_is_left_out_with_a_note(session: Callable[[], MftuiApp], home: Path, damaged: str):
    paths.state_file().write_text(damaged, encoding="latin-1")
    async with (app := session()).run_test(size=(120, 40), notifications=True) as pilot:
        await until_shown(pilot, "is damaged")
        await app.leave()
    assert json.loads(paths.state_file().read_text())["screen"] == "train"


@pytest.mark.long
@pytest.mark.parametrize(
    "values",
    [
        {"screen": "nowhere", "theme": "none", "run": "no-such-run", "newest_run": 3},
        {"screen": 1, "theme": [], "movies": {"sort": "x", "metric": "y", "by": "z", "neighbours": -3}},
        {"movies": {"narrowed": {"genre": "No such", "years": "??", "min_ratings": -1}}, "users": {"user": "999"}},
        {"movies": {"narrowed": {"genre": "No such"}}, "users": {"user": "7", "narrowed": {"genre": "No such"}}},
        {"movies": [], "users": {"sort": 1, "many": 10**9, "rank": "taste"}},
    ],
)
async def test_what_makes_no_sense_any_more_does_no_harm(
    session: Callable[[], MftuiApp], home: Path, values: dict[str, object], monkeypatch: pytest.MonkeyPatch
):
    toy_run(home)
    monkeypatch.setattr("mftui.engine.query.approximate.available", lambda: False)  # one field less in the dialog
    paths.state_file().write_text(json.dumps({"format_version": 1, **values}))
    async with session().run_test(size=SIZE) as pilot:
        for key in ("1", "2", "3", "escape", "2"):
            await pilot.press(key)
        await until_shown(pilot, "Movies")
        await pilot.press("f", "ctrl+r", "up", "up", "5", "enter")
        await until_shown(pilot, "Toy Story (1995)")


def test_choices_survive_json():
    movies = MovieChoices("mean", True, Filter("Drama", "1990-", 3), "dot", 7, 5, "taste")
    users = UserChoices("7", "error", True, Filter("Drama"), 9, "taste")
    assert revived(MovieChoices(), json.loads(json.dumps(asdict(movies)))).valid() == movies
    assert revived(UserChoices(), json.loads(json.dumps(asdict(users)))).valid() == users


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write anywhere")
def test_a_file_that_cannot_be_written_costs_the_memory_alone(home: Path):
    home.chmod(0o500)
    memory = SessionState.load(home / "state.json")
    memory.put(screen="movies")
    memory.save()
    home.chmod(0o700)
