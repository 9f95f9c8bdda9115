"""What the screens share: the line at the top, the keys at the bottom, the app's state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from mftui.tui.base.display import Look, look_of
from mftui.tui.textual8.span_compositor import SpanCompositor
from mftui.tui.widgets.guide import GuideLine
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from mftui.tui.app import MftuiApp

_ROOM_TO_TALK = 20
"""Rows from which there is a line for somebody new; where there are fewer, the help has it."""
_NO_MODEL = "No model yet. Press 1, then t, to train one on the sample (synthetic ratings): it takes seconds."


class BaseScreen(Screen[None]):
    """A screen of its own number key. Subclasses give `body()` and react to `model_changed()`."""

    MODE: ClassVar[str]
    TITLE = "mftui"
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = SpanCompositor()

    def body(self) -> Iterable[Widget]:
        """The widgets between the two lines."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield TopBar(self.MODE, self.mftui.screens())
        yield GuideLine()
        yield from self.body()
        yield KeyBar()

    @property
    def mftui(self) -> MftuiApp:
        """The app, by its own type."""
        return app_of(self)

    @property
    def look(self) -> Look:
        """The look of the app."""
        return look_of(self)

    def on_mount(self) -> None:
        self._catch_up()

    def on_resize(self) -> None:
        self.guidance_changed()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        if self.is_mounted:  # a screen resumes for the first time before its parts are there
            event.refresh_styles = False  # they are as they were: another theme has them refreshed before this
            self._catch_up()

    def _catch_up(self) -> None:
        """Show what has come while this screen was not there to be told."""
        self.mftui.remember()
        self.headline_changed()
        self.guidance_changed()
        self.model_changed()
        self.training_changed()

    def headline_changed(self) -> None:
        """Show the app's headline."""
        for bar in self.query(TopBar):
            bar.show(self.mftui.headline())

    def guidance_changed(self) -> None:
        """Say what the app has to say to somebody new; where it is low, only on the tour."""
        quiet = self.size.height < _ROOM_TO_TALK and self.mftui.tour is None
        for line in self.query(GuideLine):
            line.say("" if quiet else self.mftui.guidance(self.MODE))

    def model_changed(self) -> None:
        """The app has another model than when it was last shown here, perhaps."""

    def focus_pane(self, selector: str) -> None:
        """Give a pane the keys, where it is there and takes them."""
        for widget in self.query(selector):
            widget.focus()

    def no_model(self) -> str:
        """Why there is no model, and what to press."""
        return f"{self.mftui.model_trouble} {_NO_MODEL}".strip()

    def training_changed(self) -> None:
        """The watched training has news."""

    def on_top_bar_go(self, event: TopBar.Go) -> None:
        self.app.switch_mode(event.mode)


def app_of(node: MessagePump) -> MftuiApp:
    """The app that `node` belongs to, by its own type."""
    from mftui.tui.app import MftuiApp

    app = node.app
    assert isinstance(app, MftuiApp)
    return app
