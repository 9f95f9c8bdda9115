"""What the page of the You screen says: why a film is predicted what it is, who is alike, where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.errors import MftuiError
from mftui.tui.base.background import LatestWins, or_error
from mftui.tui.lists.rankings import rank_of
from mftui.tui.lists.rows import alike
from mftui.tui.screens.you.page import About, Compass, YouList, compass, why_you

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from mftui.engine.model.factors import Factors
    from mftui.tui.lists.explanation import Explanation
    from mftui.tui.lists.explanation_panel import ExplanationPanel

_NO_WHY = "Rate a film, and every prediction here says which of your ratings it comes from."


class ExplainPane:
    """Gathers in threads what the panel draws, for the newest film and the newest list alone."""

    def __init__(self, node: DOMNode, panel: ExplanationPanel) -> None:
        self._panel = panel
        self._now: YouList | None = None
        self._about: About | None = None
        self._compass: Compass | None = None
        self._of: Factors | None = None
        self._whys, self._axes = LatestWins(node, "why"), LatestWins(node, "axes")

    def explain(self, factors: Factors, now: YouList, movie: int | None) -> None:
        """Say why this list predicts what it does for the movie at an index."""
        self._now = now
        if movie is None or not len(now.given):
            self._panel.show(None, _NO_WHY)
            return

        def show(found: Explanation) -> None:
            if now is self._now:
                self._panel.show(found)

        self._whys.ask(lambda: why_you(factors, now, movie, rank_of(now.recommended)), show)

    def place(self, factors: Factors, now: YouList, about: About | None) -> None:
        """Show the users most alike, and where one stands on the axes of the model."""
        self._now, self._about = now, about
        if self._of is not factors:
            self._of, self._compass = factors, None

            def show(found: Compass | MftuiError) -> None:
                if factors is self._of and isinstance(found, Compass):
                    self._compass = found
                    self._show_below()

            self._axes.ask(or_error(lambda: compass(factors)), show)
        self._show_below()

    def _show_below(self) -> None:
        below: list[tuple[str, str]] = []
        if self._about is not None and self._about.alike:
            below.append(("alike", alike(self._about.alike)))
        if self._now is not None and len(self._now.given) and self._compass is not None:
            places = self._compass.places(self._now.person.row)
            below += [("" if at else "place", text) for at, text in enumerate(places)]
        self._panel.show_below(below)
