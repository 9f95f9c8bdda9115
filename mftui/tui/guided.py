"""The line below the screens' names, for somebody new: a sentence for the screen, or the step of the tour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from mftui.settings import Settings
from mftui.tui.base.session_state import Memory
from mftui.tui.navigation import NavigatingApp
from mftui.tui.tour import HINTS, Tour, written

if TYPE_CHECKING:
    from mftui.tui.app import MftuiApp

_LOOK_S = 0.2


class GuidedApp(NavigatingApp):
    """An app that says what to press until it is told not to."""

    settings: Settings
    memory: Memory
    tour: Tour | None = None

    def begin_tour(self, modes: Mapping[str, object]) -> None:
        """From the first step, on the sample, with a recipe that takes seconds."""
        self.settings = replace(self.settings, data="sample", recipe="biased", after_training="stay")
        self.tour = Tour(modes)

    def follow_tour(self) -> None:
        """Go on by itself with each step that is done."""
        if self.tour is not None:
            self.set_interval(_LOOK_S, self._look)

    def _look(self) -> None:
        if self.tour is not None and self.base_screen() and self.tour.go_on(cast("MftuiApp", self)):
            self._tell()

    def guidance(self, mode: str) -> str:
        """What to say on the screen `mode`, "" for nothing."""
        if self.tour is not None:
            return written(self.tour.sentence(mode), self.settings.keys)
        return self.hint(mode) if self.memory.get("hints") is not False else ""

    def hint(self, mode: str) -> str:
        """The sentence of the screen `mode`, whether or not it is hidden; "" where it has none."""
        return written(HINTS.get(mode, ""), self.settings.keys)

    def action_hint(self) -> None:
        """End the tour; else hide the sentence of every screen, or bring it back."""
        if self.tour is not None:
            self.tour = None
        else:
            self.memory.put(hints=self.memory.get("hints") is False)
            self.remember()
        self._tell()

    def remember(self, **values: object) -> None:
        """Keep these for the next session."""
        raise NotImplementedError

    def _tell(self) -> None:
        screen = self.base_screen()
        if screen is not None:
            screen.guidance_changed()
