"""The keys of a screen do what the help says whichever pane has the focus; and messages lie over no list."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from helpers.finished import make_run
from helpers.live_run import log_metrics
from helpers.models import TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown, until_still
from textual import actions
from textual.pilot import Pilot

from mftui import tui
from mftui.data.profiles.store import Profile
from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.dialogs.help import help_bindings
from mftui.tui.widgets.columns import text_of
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

MakeApp = Callable[..., MftuiApp]
SIZE = (120, 40)
SIGNS = {"movies": ("f2", "Neighbours of"), "users": ("f3", "Recommended to"), "you": ("f4", "Recommended to"),
         "map": ("f5", "films"), "runs": ("f6", "Test RMSE")}  # fmt: skip


def has_keys(app: MftuiApp, id: str) -> bool:
    return app.focused is not None and app.focused.id == id


def opens(text: str) -> Callable[[MftuiApp], bool]:
    """A dialog with this text."""
    return lambda app: len(app.screen_stack) == 2 and text in shown(app)


SEARCH, SORT, FILTER = partial(has_keys, id="search"), opens("Sort: "), opens("min. ratings")
EXPORT = opens("Export: ")
KEYS: dict[str, dict[str, Callable[[MftuiApp], bool]]] = {
    "movies": {"slash": SEARCH, "f": FILTER, "s": SORT, "e": EXPORT},
    "users": {"slash": SEARCH, "f": FILTER, "s": SORT, "e": EXPORT, "p": opens("User"), "a": opens("User")},
    "you": {
        "slash": SEARCH,
        "f": FILTER,
        "s": SORT,
        "e": EXPORT,
        "p": opens("Profile"),
        "a": opens("columns"),
    },
    "map": {"slash": SEARCH, "f": FILTER, "s": SORT, "e": EXPORT},
    "runs": {"slash": SEARCH, "f": opens("recipe"), "s": SORT, "c": opens("note"), "t": opens("again")},
}
"""By screen and key: what is so once it was pressed, and is not before."""


@asynccontextmanager
async def user_of_two_runs(make_app: MakeApp, home: Path) -> AsyncIterator[tuple[MftuiApp, Pilot[Any]]]:
    """An app with two runs, on Users, where one is shown."""
    for number in (1, 2):
        run = make_run(home, f"r{number}", number, model=toy_factors(audience=True))
        log_metrics(run, *({"step": step, "valid_rmse": 1 + abs(step - 150) / 100} for step in (120, 150, 180)))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to")
        yield app, pilot


@pytest.mark.long
@pytest.mark.parametrize("mode", KEYS)
async def test_a_key_of_the_screen_works_from_every_pane(make_app: MakeApp, home: Path, mode: str):
    async with user_of_two_runs(make_app, home) as (app, pilot):
        key, sign = SIGNS[mode]
        await pilot.press(key)
        await until_shown(pilot, sign)
        await until_still(pilot)
        panes = [pane for pane in app.screen.focus_chain if not isinstance(pane, SearchBox)]
        assert len(panes) > 1
        for pane in panes:
            for pressed, does in KEYS[mode].items():
                app.screen.set_focus(pane)
                await pilot.pause()
                assert app.focused is pane
                known = does(app)
                await pilot.press(pressed)
                await until(pilot, lambda does=does: does(app), f"{pressed} on {pane}")  # type: ignore[misc]
                assert not known, f"{pressed} on {pane} shows what was there"
                await pilot.press("escape")
                await until(pilot, lambda: len(app.screen_stack) == 1, "the dialog gone")
                await until_still(pilot)


VARIANTS = {"movies": ("",), "users": ("", "w"), "you": ("",), "map": ("", "i"), "runs": ("", "d", "i"), "train": ("",)}
"""What is pressed on a screen to see its panes: each once."""
BY_THE_PANE: dict[tuple[str, str], set[str]] = {
    ("runs", "curves"): {"runs.left", "runs.right"},  # the cursor of the chart, which is listed, too
    ("runs", "settings"): {"runs.take"},  # exports this table, as table.export says
    ("map", "films"): {"map.export"},  # so does this list, as map.export says
    ("map", "axes"): {"map.export"},
}
"""Keys of a screen that a pane of it takes for itself, for what the help says of that pane."""


@pytest.mark.long
@pytest.mark.parametrize("mode", VARIANTS)
async def test_a_key_is_the_same_on_every_pane_that_can_have_the_focus(make_app: MakeApp, home: Path, mode: str):
    async with user_of_two_runs(make_app, home) as (app, pilot):
        await app.switch_mode(mode)
        await until_still(pilot)
        for variant in VARIANTS[mode]:
            await pilot.press(*variant)
            await until_still(pilot)
            panes = [pane for pane in app.screen.focus_chain if not isinstance(pane, SearchBox)]
            assert panes
            for pane in panes:
                app.screen.set_focus(pane)
                await pilot.pause()
                active = {key: one.binding.id for key, one in app.screen.active_bindings.items()}
                taken = BY_THE_PANE.get((mode, str(pane.id)), set())
                for binding, names in help_bindings(app.screen):
                    of_all = any(one.id == binding.id for node in (app.screen, app) for _, one in node._bindings)
                    _, name, parameters = actions.parse(binding.action)
                    offered = app.screen.check_action(name, parameters)  # no map to search where its axes are shown
                    if of_all and offered and binding.id not in taken:
                        assert {active.get(key) for key in names} == {binding.id}, f"{names} on {pane}"
            await pilot.press(*variant)


@pytest.mark.long
@pytest.mark.parametrize("mode", ["movies", "users", "you", "runs"])
async def test_a_key_of_a_list_moves_only_the_one_with_the_keys(make_app: MakeApp, home: Path, mode: str):
    for number in range(1, 10 if mode == "runs" else 2):
        make_run(home, f"r{number}", number, model=toy_factors(audience=True))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to")
        await pilot.press(SIGNS[mode][0])
        await until_shown(pilot, SIGNS[mode][1])
        await pilot.press(*("d" if mode == "runs" else ""))
        await until_still(pilot)
        tables = [pane for pane in app.screen.focus_chain if isinstance(pane, Table)]
        assert len(tables) == 2
        for own, other in (tables, tables[::-1]):
            own.focus()
            await pilot.pause()
            for key, line in (("G", len(own) - 1), ("k", len(own) - 2), ("g", 0), ("j", 1), ("up", 0)):
                kept = other.line
                await pilot.press(key)
                await until(pilot, lambda own=own, line=line: own.line == line, f"{key} on {own}")  # type: ignore[misc]
                followed = (own.id, other.id) in (("results", "neighbours"), ("runs", "settings"))  # shows the row's
                assert followed or other.line == kept, f"{key} on {own} moved {other}"


async def test_a_sort_and_a_copy_are_about_the_table_with_the_keys(make_app: MakeApp, home: Path):
    make_run(home, "r1", 1, model=toy_factors())
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f2")
        await until_shown(pilot, "Neighbours of")
        for id in ("results", "neighbours"):
            table = app.screen.query_one(f"#{id}", Table)
            table.focus()
            await pilot.press("s")
            await until_shown(pilot, f"Sort: {table.caption[:20]}")
            await pilot.press("escape", "y")
            film = next(text for cell in table._rows[table.cursor] if (text := text_of(cell)) in TITLES)
            await until(pilot, lambda film=film: film in app.clipboard, f"{film} of {id}")  # type: ignore[misc]


@pytest.mark.parametrize(("key", "of"), [("o", "not_seen"), ("d", "not_interested")])
async def test_not_seen_and_not_interested_are_about_the_pane_with_the_keys_and_last(
    make_app: MakeApp, home: Path, key: str, of: str
):
    make_run(home, "r1", 1, model=toy_factors())
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f4")
        await until_shown(pilot, "1/12")
        for id in ("own", "recommended"):
            app.screen.query_one(f"#{id}", Table).focus()
            await pilot.pause()
            film = TITLES[app.screen.film()]  # type: ignore[attr-defined]
            n = len(Profile().rows(of))  # type: ignore[arg-type]
            await pilot.press(key)
            await until(pilot, lambda n=n: len(Profile().rows(of)) == n + 1, f"{of} from {id}")  # type: ignore[misc,arg-type]
            assert Profile().rows(of)[-1].title == film  # type: ignore[arg-type]
            await until_shown(pilot, f"saved {of.replace('_', ' ')}")
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("f4")
        await until_shown(pilot, "1/10")  # to be rated
        await pilot.press("u", "u")
        await until_shown(pilot, "1/12")
        await until(pilot, lambda: not Profile().rows(of), "both undone")  # type: ignore[arg-type]


async def test_a_message_lies_over_no_list_and_the_next_takes_its_place(make_app: MakeApp, home: Path):
    make_run(home, "r1", 1, model=toy_factors())
    async with (app := make_app()).run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("f2")
        await until_shown(pilot, "Neighbours of")
        app.say("The first message.")
        await until_shown(pilot, "The first message.")
        assert "The first message." in shown(app).splitlines()[0]
        app.say("The second message.")
        await until_shown(pilot, "The second message.")
        await until_gone(pilot, "The first message.")
        tables = [table.region for table in app.screen.query(Table)]
        for toast in app.screen.query("Toast"):
            assert not any(toast.region.overlaps(region) for region in tables)


async def test_messages_name_the_keys_that_the_user_has_chosen(make_app: MakeApp, home: Path):
    own = {"train.toggle": "ctrl+t", "runs.undo": "ctrl+y", "users.search": "ctrl+f", "screen.train": "f9"}
    settings = Settings(standby=False, keys=own)
    async with (app := make_app(settings=settings)).run_test(size=(120, 40)) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "Press F9, then ctrl+t")
        toy_run(home)
        await until_shown(pilot, "Settings of toy")
        await pilot.press("x")
        await until(pilot, lambda: any("Press ctrl+y to undo" in n.message for n in app._notifications), "the message")
        await pilot.press("ctrl+y")
        await until_shown(pilot, "finished")
        await pilot.press("enter", "3")
        await until_shown(pilot, "Press ctrl+f and type a user's id")


def test_no_sentence_of_the_app_names_a_key_that_can_be_changed():
    """Keys stand in sentences by the name of their binding."""
    named = re.compile(r"\b[Pp]ress (?:[a-zA-Z/0-9\]\[]\b|/ )|\b[a-z] (?:goes on|trains again|cancels|changes)\b")
    sources = [
        path for path in Path(tui.__file__).parent.rglob("*.py") if path.name not in ("keys.py", "dialog_keys.py")
    ]
    texts = [
        (path.name, node.value)
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in texts if named.search(text[1])] == []
