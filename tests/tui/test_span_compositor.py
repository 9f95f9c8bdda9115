"""What is sent to the terminal, change by change, is what the screen shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyte
import pytest
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_shown, until_still
from rich.segment import Segment
from textual._compositor import CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.textual8.span_compositor import SpanUpdate

MakeApp = Callable[..., MftuiApp]

SIZE = (120, 40)


class Terminal:
    """Takes what an app without a terminal would send to one."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        self.n_partial = 0

    def take(self, app: Any, update: Any) -> None:
        if isinstance(update, CompositorUpdate) and not app._batch_count:
            self.n_partial += isinstance(update, SpanUpdate)
            self._stream.feed(update.render_segments(app.console))

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)


@pytest.mark.long
@pytest.mark.parametrize("look", [Display(), Display(low_bandwidth=True)])
async def test_changes_add_up_to_the_screen(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch, look: Display
):
    narrow = tuple(title for title in HOSTILE if title.isascii() and title.isprintable())
    toy_run(home, toy_factors((*TITLES, *narrow), audience=True))
    terminal, app = Terminal(SIZE), make_app(look)
    monkeypatch.setattr(app, "_display", lambda screen, update: terminal.take(app, update))
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "toy (made by a test)")
        keys = (
            "2 down down l j enter slash b a backspace t h e escape y i 1 j 2 s s m 3 right_square_bracket j 2 end home"
        )
        for key in keys.split():
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
        await until(pilot, lambda: terminal.text == shown(app), f"the same in the terminal:\n{terminal.text}")
        assert terminal.n_partial > 10


def noting(asked: list[str | None], widget: Widget) -> Callable[[Region], list[Strip]]:
    """`render_lines` of the widget, which notes that it was asked."""
    render = widget.render_lines

    def render_lines(crop: Region) -> list[Strip]:
        asked.append(widget.id)
        return render(crop)

    return render_lines


async def test_only_the_widget_that_changed_is_asked_for_its_lines(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    toy_run(home, toy_factors())
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f2")
        await until_shown(pilot, "Neighbours of")
        await app.workers.wait_for_complete()
        await pilot.pause()
        asked: list[str | None] = []
        for widget in app.screen.walk_children(Widget):
            monkeypatch.setattr(widget, "render_lines", noting(asked, widget))
        table = app.screen.query_one("#neighbours")
        table.focus()
        await pilot.pause(0.05)  # two pictures: looking at the screen would ask for lines itself
        asked.clear()
        await pilot.press("j")
        await pilot.pause(0.05)
        assert set(asked) == {"neighbours"}


async def test_a_screen_that_was_not_there_while_the_terminal_was_resized_fits_it(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors())
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await app.workers.wait_for_complete()
        await until_still(pilot)
        small = shown(app)
        await pilot.press("1")
        await pilot.resize_terminal(160, 50)
        await pilot.press("2")
        await until_shown(pilot, "factors")
        await pilot.press("1")
        await pilot.resize_terminal(80, 24)
        await pilot.press("2")
        await until(pilot, lambda: shown(app) == small, f"as it was:\n{small}")


async def test_rows_that_stay_drawn_follow_another_theme(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:

        def row() -> list[Segment]:
            table = app.screen.query_one("#results")
            return list(table.render_lines(Region(0, 4, table.outer_size.width, 1))[0])

        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        here = row()
        app.theme = "textual-light"
        await until(pilot, lambda: row()[0].style != here[0].style, "other colours")
        here = row()
        await pilot.press("1")
        app.theme = "dracula"
        await pilot.pause()
        await pilot.press("2")
        await until(pilot, lambda: row()[0].style != here[0].style, "other colours on a screen that was not there")
        assert "".join(segment.text for segment in row()) == "".join(segment.text for segment in here)
