"""The shell: screens by number, help from the bindings, quitting."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.screens import shown, until, until_gone, until_shown
from textual.binding import Binding

from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.base import dialog_keys, keys
from mftui.tui.base.display import Display
from mftui.tui.base.glossary import WORDS
from mftui.tui.base.panes import PANES
from mftui.tui.charts import training_charts
from mftui.tui.dialogs.help import help_rows
from mftui.tui.lists.choices import METRICS
from mftui.tui.lists.rows import FOR_EXPORT
from mftui.tui.registry import SCREENS, make_screen

MakeApp = Callable[..., MftuiApp]


def is_on(app: MftuiApp, mode: str) -> bool:
    return app.current_mode == mode


async def test_number_keys_go_to_the_screens_that_there_are(make_app: MakeApp):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        for number, (mode, _, title) in enumerate(app.screens("train"), 1):
            await pilot.press(f"f{number}" if app.current_mode == "you" else str(number))
            await until(pilot, partial(is_on, app, mode), mode)
            assert f"{f'F{number}' if mode == 'you' else number} {title}" in shown(app).splitlines()[0]
        await pilot.press("9")
        assert app.current_mode == mode


@pytest.mark.parametrize("mode", ["1", "2", "3"])
async def test_help_lists_every_binding_of_the_screen(make_app: MakeApp, home: Path, mode: str):
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 90)) as pilot:
        await pilot.press(mode)
        active = {b.binding.description for b in app.screen.active_bindings.values() if b.binding.id}
        rows = help_rows(app.screen)
        assert active <= {row[1] for row in rows}
        await pilot.press("question_mark")
        for row in rows:
            await until_shown(pilot, str(row[1]))
        await pilot.press("escape")
        await until_gone(pilot, "Leave a dialog")


@pytest.mark.parametrize("own", [None, "f12"])
async def test_the_key_that_opens_the_help_closes_it(make_app: MakeApp, own: str | None):
    changed = {} if own is None else {"app.help": own}
    key, sign = ("question_mark", "?") if own is None else (own, "F12")
    async with (app := make_app(settings=Settings(standby=False, keys=changed))).run_test(size=(80, 24)) as pilot:
        for closing in (key, "escape"):
            await pilot.press(key)
            await until_shown(pilot, f"esc or {sign} Close")
            await pilot.press("b", closing)
            await until(pilot, lambda: len(app.screen_stack) == 1, "the help closed")


def test_every_binding_has_an_id_of_its_own():
    groups = [keys.APP, keys.TRAIN, keys.MOVIES, keys.USERS, keys.LIST, keys.FORM]
    groups += [
        dialog_keys.READING,
        dialog_keys.EDITOR,
        dialog_keys.SEARCH,
        dialog_keys.DIALOG,
        dialog_keys.PICK,
        keys.TABLE,
        dialog_keys.ASK,
        dialog_keys.FIELDS,
        dialog_keys.HELP,
    ]
    ids = [binding.id for group in groups for binding in group if isinstance(binding, Binding)]
    assert all(ids)
    assert len(ids) == len(set(ids))


async def test_the_help_explains_the_words(make_app: MakeApp):
    async with make_app().run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark", "tab")
        for word, explanation in WORDS:
            await until_shown(pilot, word)
            await until_shown(pilot, " ".join(explanation.split()[:5]))
            await pilot.press("down")
        await pilot.press("tab")
        await until_shown(pilot, "Keys (tab: words)")


def heads_and_legends() -> set[str]:
    """What stands above a column, or names a curve, anywhere in the app; without the number of the run."""
    found = {column.title for column in FOR_EXPORT} | {*METRICS.values()} | {*training_charts._TITLES.values()}
    for module in Path(training_charts.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Column", "Curve") and node.args:
                texts = (part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant))
                found |= {text for text in texts if isinstance(text, str)}
    return {re.sub(r"(?<=\w) [12]$", "", text) for text in found} - {""}


def explains(word: str, explanation: str, head: str) -> bool:
    """Whether an entry is named so, or says the head of the column as it is written."""
    said = len(head) > 1 and re.search(rf"(?<!\w){re.escape(head)}(?!\w)", explanation)
    return head.lower() in word.lower().split(", ") or bool(said)


def test_every_head_of_a_column_and_every_legend_is_among_the_words():
    heads = heads_and_legends()
    assert {"Order", "Score", "Info gain", "k", "loss", "validation", "one batch", "Full", "Like"} <= heads
    assert {head for head in heads if not any(explains(*entry, head) for entry in WORDS)} == set()
    for typed in ("loss", "score", "rescaled", "k", "order", "error"):
        assert typed in [word.lower() for word, _ in WORDS], f"the word that is typed is an entry: {typed}"


async def test_keys_can_be_changed_by_id(make_app: MakeApp):
    app = make_app(settings=Settings(standby=False, keys={"screen.movies": "f2"}))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "F2 Movies" in shown(app)
        await pilot.press("2")
        assert app.current_mode == "train"
        await pilot.press("f2")
        await until(pilot, lambda: app.current_mode == "movies", "Movies")


async def test_the_palette_has_every_action_of_the_screen(make_app: MakeApp):
    async with (app := make_app()).run_test(size=(80, 40)) as pilot:
        titles = [c.title for c in app.get_system_commands(app.screen)]
        assert {"Movies (2)", "Train (t)", "Quit (q)", "Help (?)", "Theme: light, dark"} <= set(titles)
        await pilot.press("ctrl+p", *"movies", "enter")
        await until(pilot, lambda: app.current_mode == "movies", "Movies")


async def test_quitting_without_a_training_leaves_at_once(make_app: MakeApp, starter):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "the end")


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "stopped", "running"), [("y", 0, False), ("s", 1, False), ("n", 0, True), ("escape", 0, True)]
)
async def test_quitting_during_a_training_asks(make_app: MakeApp, starter, key: str, stopped: int, running: bool):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await until_shown(pilot, "running")
        await pilot.press("q")
        await until_shown(pilot, "A training is under way.")
        await pilot.press(key)
        if running:
            await until_gone(pilot, "A training is under way.")
        else:
            await until(pilot, lambda: not app.is_running, "the end")
            assert starter.closed
        assert len(starter.stopped) == stopped


@pytest.mark.parametrize("mode", ["1", "2", "3"])
async def test_ascii_draws_with_ascii_alone(make_app: MakeApp, home: Path, mode: str):
    toy_run(home)
    async with (app := make_app(Display(ascii=True))).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.model, "the model")
        await pilot.press(mode)
        if mode == "3":
            await pilot.press("right_square_bracket")
            await until_shown(pilot, "User 1:")
        assert shown(app).replace("\n", "").isascii()


@pytest.mark.long
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50), (40, 12), (20, 5), (1, 1)])
async def test_any_size_is_drawn_and_can_be_changed(make_app: MakeApp, home: Path, size: tuple[int, int]):
    toy_run(home, state="running")
    async with (app := make_app()).run_test(size=(100, 30)) as pilot:
        for mode in ("1", "2", "3"):
            await pilot.press(mode)
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: all(len(line) <= size[0] for line in shown(app).splitlines()), f"{size}")
            await pilot.resize_terminal(100, 30)


@pytest.mark.long
async def test_any_pane_can_be_gone_to_from_any_screen(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        for pane, (mode, selector) in PANES.items():
            await pilot.press("ctrl+o")
            await until_shown(pilot, "Go to")
            await pilot.press("slash", *pane.lower(), "enter")
            await until(pilot, partial(in_reach, app, mode, selector), pane)


def in_reach(app: MftuiApp, mode: str, selector: str) -> bool:
    """Whether the pane is to be seen and, where it takes keys, has them."""
    widget = next(iter(app.screen.query(selector)), None)
    there = app.current_mode == mode and widget is not None and widget.display
    return there and widget is not None and (widget.has_focus or not widget.focusable)


@pytest.mark.parametrize("mode", SCREENS)
async def test_a_screen_answers_its_key_bar_before_it_is_mounted(make_app: MakeApp, mode: str):
    async with make_app().run_test():
        screen = make_screen(mode)
        for binding in screen.BINDINGS:
            assert isinstance(binding, Binding)
            screen.check_action(binding.action, ())
        assert isinstance(getattr(screen, "key_names", {}), dict)
