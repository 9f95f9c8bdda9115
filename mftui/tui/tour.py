"""For somebody new: one sentence for each screen, and the steps of the tour.

`{train.toggle}` in a sentence is the key of the binding with that id, whatever the user has made it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.tui.base import keys
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from mftui.tui.app import MftuiApp

HINTS: dict[str, str] = {
    "train": "A model learns from ratings: {train.toggle} trains one, the curve is its error.",
    "movies": "Films, and those most like the one chosen: {movies.search} searches, {movies.open} follows.",
    "users": "What somebody rated beside the model's guess, and its advice: {users.next} goes on.",
    "map": "Films as points, like ones near: {map.choose} shows which, {map.factors} what the axes are.",
    "you": "Your own films: {you.search} finds one, a key below rates it; your list follows.",
    "runs": "Every training so far: {runs.mark} lays its curve over others, {runs.again} repeats it.",
}
"""What is seen and what to press, by mode; each fits a line of 80 columns. A screen without one has no line."""

_NAME = re.compile(r"\{([\w.]+)\}")


@dataclass(frozen=True)
class Step:
    """One thing to do in the tour."""

    mode: str
    """The screen that it is done on; where there is no such screen the step is left out."""
    sentence: str
    """What is seen, and what to press."""
    done: Callable[[MftuiApp, Tour], bool]
    """Whether it has been done. Asked several times a second, on the event loop."""


def written(sentence: str, changed: Mapping[str, str]) -> str:
    """The sentence with its keys in it; `changed` are the user's own, by binding id."""
    return _NAME.sub(lambda found: keys.key_of(found[1], changed), sentence)


class Tour:
    """Where somebody is in STEPS."""

    def __init__(self, modes: Mapping[str, object]) -> None:
        self._steps = [step for step in STEPS if step.mode in modes]
        self._at = 0
        self.rated_at_first = _rated()

    def go_on(self, app: MftuiApp) -> bool:
        """Past what has been done; whether that was anything."""
        before = self._at
        while self._at < len(self._steps) and self._steps[self._at].done(app, self):
            self._at += 1
        return self._at != before

    def sentence(self, mode: str) -> str:
        """What to say on the screen `mode`."""
        if self._at == len(self._steps):
            return _END
        step = self._steps[self._at]
        place = f"Tour {self._at + 1}/{len(self._steps)}: "
        if step.mode != mode:
            return f"{place}{{screen.{step.mode}}} goes on with it; {{app.hint}} ends it."
        return place + step.sentence


_END = "That was the tour. {app.help} has every key, and on w the words; {app.hint} takes this line away."


def _rated() -> object:
    """Differs once one has rated a film oneself."""
    from mftui.data.profiles.store import Profile

    return Profile().stamp()


def _trained(app: MftuiApp) -> bool:
    trainings = app.trainings
    return trainings.snapshot is not None and not trainings.live and app.model is not None


def _has_keys(app: MftuiApp, *ids: str) -> bool:
    return app.focused is not None and app.focused.id in ids


def _searched(app: MftuiApp) -> bool:
    from mftui.tui.widgets.search_box import SearchBox

    return bool(app.screen.query_one(SearchBox).value) and not isinstance(app.focused, SearchBox)


def _on(mode: str, done: Callable[[MftuiApp], bool]) -> Callable[[MftuiApp, Tour], bool]:
    """Done on the screen `mode`, with no dialog over it."""
    return lambda app, _: app.current_mode == mode and len(app.screen_stack) == 1 and done(app)


STEPS: tuple[Step, ...] = (
    Step("train", "real films, made-up ratings. Press {train.toggle} to train a model on them.",
         lambda app, _: app.trainings.live or app.trainings.started_here),
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
    Step("you", "{you.search} finds a film that you know; enter, then {you.stars_5} gives five stars.",
         lambda _, tour: _rated() != tour.rated_at_first),
)  # fmt: skip
"""In order."""
