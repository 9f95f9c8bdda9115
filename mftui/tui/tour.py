"""For somebody new: one sentence for each screen, and the steps of the tour.

`{train.toggle}` in a sentence is the key of the binding with that id, whatever the user has made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.app import App

from mftui.tui.base import keys
from mftui.tui.base.session_state import SessionState
from mftui.tui.base.shell import shell_of
from mftui.tui.monitor.trainings import trainings_of
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.timer import Timer

    from mftui.tui.screens.base import BaseScreen

HINTS: dict[str, str] = {
    "train": "A model learns from ratings: {train.toggle} trains one, the curve says how far off it is.",
    "movies": "Pick a film to see similar ones. {movies.search} search, {movies.open} open.",
    "users": "A user's ratings next to the model's predictions. {users.next} next user.",
    "map": "Films as points, similar ones close together. {map.choose} neighbours, {map.factors} factors.",
    "you": "Rate films ({you.search} to search); your recommendations update at once.",
    "runs": "All trainings. {runs.mark} compares, {runs.again} trains again.",
}
"""What is seen and what to press, by mode; each fits a line of 80 columns. A screen without one has no line."""

_POLL_S = 0.2
"""How often is asked whether a step has been done."""


class Step(NamedTuple):
    """One thing to do in the tour."""

    mode: str
    """The screen that it is done on."""
    sentence: str
    """What is seen, and what to press."""
    done: Callable[[App[Any], Tour], bool]
    """Whether it has been done. Asked several times a second, on the event loop."""


class Tour:
    """Where somebody is in STEPS."""

    def __init__(self) -> None:
        self._at = 0
        self.rated_at_first = _rated()

    def go_on(self, app: App[Any]) -> bool:
        """Skip the steps that have been done; return whether there were any."""
        before = self._at
        while self._at < len(STEPS) and STEPS[self._at].done(app, self):
            self._at += 1
        return self._at != before

    def sentence(self, mode: str) -> str:
        """Return what to say on the screen `mode`."""
        if self._at == len(STEPS):
            return _END
        step = STEPS[self._at]
        place = f"Tour {self._at + 1}/{len(STEPS)}: "
        if step.mode != mode:
            return f"{place}{{screen.{step.mode}}} goes on with it; {{app.hint}} ends it."
        return place + step.sentence


class Guide:
    """Chooses what the line below the screens' names says: the step of the tour, or a sentence for the screen."""

    def __init__(self, session: SessionState, changed_keys: Mapping[str, str]) -> None:
        self._session, self._keys = session, changed_keys
        self.tour: Tour | None = None
        self._looking: Timer | None = None

    def sentence(self, mode: str, *, low: bool = False, hidden: bool = False) -> str:
        """Return what to say on a screen; see `Shell.guidance`."""
        if self.tour is not None and not hidden:
            return keys.written(self.tour.sentence(mode), self._keys, mode)
        shown = hidden or not (low or self._session.get("hints") is False)
        return keys.written(HINTS.get(mode, ""), self._keys, mode) if shown else ""

    def follow(self, app: App[Any], base_screen: Callable[[], BaseScreen | None]) -> None:
        """Go on with the tour as its steps are done, from now on; `base_screen`: the screen under any dialog."""

        def look() -> None:
            screen = base_screen()
            if self.tour is not None and screen is not None and self.tour.go_on(app):
                screen.guidance_changed()

        self._look_no_more()
        self._looking = app.set_interval(_POLL_S, look)

    def _look_no_more(self) -> None:
        if self._looking is not None:
            self._looking.stop()

    def toggle(self) -> None:
        """End the tour; else hide the sentence of every screen, or bring it back."""
        if self.tour is not None:
            self.tour = None
            self._look_no_more()
        else:
            self._session.put(hints=self._session.get("hints") is False)


def _choosing(app: App[Any]) -> bool:
    """Return whether a data set is being chosen."""
    from mftui.tui.dialogs.pick import PickScreen

    return isinstance(app.screen, PickScreen)


_END = "That was the tour. {app.help} has every key, and on tab the words; {app.hint} takes this line away."


def _rated() -> object:
    """Return a value that differs once one has rated a film."""
    from mftui.data.profiles.store import Profile

    return Profile().stamp()


def _trained(app: App[Any]) -> bool:
    trainings = trainings_of(app)
    return trainings.snapshot is not None and not trainings.live and shell_of(app).model is not None


def _has_keys(app: App[Any], id: str) -> bool:
    return app.focused is not None and app.focused.id == id


def _searched(app: App[Any]) -> bool:
    return bool(app.screen.query_one(SearchBox).value) and not isinstance(app.focused, SearchBox)


def _on(mode: str, done: Callable[[App[Any]], bool]) -> Callable[[App[Any], Tour], bool]:
    """Done on the screen `mode`, with no dialog over it."""
    return lambda app, _: app.current_mode == mode and len(app.screen_stack) == 1 and done(app)


STEPS: tuple[Step, ...] = (
    Step("train", "real films, made-up ratings. Press {train.toggle} to train a model on them.",
         lambda app, _: trainings_of(app).live or trainings_of(app).started_here),
    Step("train", "the curve is how far predictions are off, in stars. Watch it fall.",
         lambda app, _: _trained(app)),
    Step("train", "trained. Press {screen.movies} to look at what the model has learned.",
         lambda app, _: app.current_mode == "movies"),
    Step("movies", "press {movies.search}, type part of a title, such as batman, then enter.",
         _on("movies", _searched)),
    Step("movies", "press {movies.right} for its neighbours: films that the same people like.",
         _on("movies", lambda app: _has_keys(app, "neighbours"))),
    Step("movies", "{movies.open} goes on to a neighbour's own, {app.back} comes back. Then"
         " {screen.users}: users.", lambda app, _: app.current_mode == "users"),
    Step("users", "press {users.next} for the first user.",
         _on("users", lambda app: len(app.screen.query_one("#rated", Table)) > 0)),
    Step("users", "stars given, beside the model's. Press {users.right} for what it recommends.",
         _on("users", lambda app: _has_keys(app, "recommended"))),
    Step("users", "press {users.why} to see why: what each of the user's ratings adds.",
         _on("users", lambda app: app.screen.has_class("-why"))),
    Step("you", "{you.search} finds a film that you know; enter, then {you.stars_5} gives five stars.",
         lambda _, tour: _rated() != tour.rated_at_first),
    Step("map", "every point is a film, like ones close together. Press {map.choose}.",
         _on("map", lambda app: len(app.screen.query_one("#films", Table)) > 1)),
    Step("runs", "every training is kept here; {runs.settings} shows the settings of one.",
         _on("runs", lambda app: app.screen.has_class("-settings"))),
    Step("train", "now real ratings: enter on data set; choose one, or type a path.",
         lambda app, _: app.current_mode == "train" and _choosing(app)),
)  # fmt: skip
"""In order."""
