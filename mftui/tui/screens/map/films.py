"""The half of the Map screen that has the points: the films under the cursor beside them, what a search or a choice
lights up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from mftui.tui.base.background import Latest
from mftui.tui.lists.rows import MOVIE_COLUMNS, NEIGHBOUR_COLUMNS, movie_rows, scored_rows
from mftui.tui.screens.map.factors import FactorsView
from mftui.tui.screens.map.scatter import Scatter
from mftui.tui.widgets.data_table import DataTable
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Column

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.tui.base.open_model import OpenModel

    Near = tuple[NDArray[np.int64], NDArray[np.float32]]

NEIGHBOURS = 20
_MATCHES = 300


class FilmsView(FactorsView):
    """Subclasses set `_shown`."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: OpenModel | None = None
        self._searches = Latest(self, "search")
        self._nears = Latest(self, "neighbours")
        self._listed: list[int] = []
        self.scatter = Scatter(id="map")
        self.films = DataTable(MOVIE_COLUMNS, id="films")

    def films_body(self) -> Iterable[Widget]:
        """Its widgets."""
        yield SearchBox("words of a title, lit up on the map", id="search")
        with Container(id="space"):
            yield self.scatter
            yield self.films

    # The films listed

    def on_scatter_looked(self) -> None:
        now = self._now
        if now is None or self.scatter.chosen is not None:
            return
        movies, under = self.scatter.here()
        self._listed = movies.tolist()
        self.films.set_columns(MOVIE_COLUMNS)
        n = len(self._listed)
        caption = ("1 film here" if n == 1 else f"{n:,} films here") if under else "Nearest film"
        self.films.show(movie_rows(now.model, movies), caption=caption, empty="No film passes the filters.")

    def _light(self, movie: int) -> None:
        now = self._now
        if now is None:
            return
        from mftui.engine.query.neighbours import similar

        factors, block = now.model.factors, self._choices.block

        def show(found: Near) -> None:
            near, scores = found
            self.scatter.near, self.scatter.chosen = near, movie
            self._listed = near.tolist()
            self.films.set_columns([Column("Cosine", 6, right=True), *NEIGHBOUR_COLUMNS])
            caption = f"Neighbours of {factors.movies.titles[movie]}"
            self.films.show(scored_rows(factors, near, scores), caption=caption, detail=f"by {block}: esc")
            self.scatter.repaint()

        self._nears.ask(lambda: similar(factors, movie, NEIGHBOURS, by=block), show)

    def _dim(self) -> None:
        """No film is chosen any longer."""
        self.scatter.chosen, self.scatter.near = None, self.scatter.near[:0]
        self.scatter.repaint()

    # Search

    def on_input_changed(self, event: Input.Changed) -> None:
        model, text = self._shown, event.value
        if model is None:
            return

        def work() -> NDArray[np.int64]:
            found = model.index.search(text, limit=_MATCHES) if text.strip() else model.index.search(text, limit=1)[:0]
            return found[model.factors.movie_train_counts[found] > 0]

        def show(found: NDArray[np.int64]) -> None:
            self.scatter.matches = found
            if len(found):
                self.scatter.go_to(int(found[0]))
            self.scatter.repaint()

        self._searches.ask(work, show)

    def action_match(self, by: int) -> None:
        """To another of the films that the search, or a choice, has lit up."""
        lit = self.scatter.matches if len(self.scatter.matches) else self.scatter.near
        if not len(lit):
            self.mftui.say("Nothing is lit up. Press / to search, enter for neighbours.")
            return
        here = {int(movie) for movie in self.scatter.here()[0]}
        at = next((i for i, movie in enumerate(lit) if int(movie) in here), -1 if by > 0 else 0)
        self.scatter.go_to(int(lit[(at + by) % len(lit)]))

    def action_search(self) -> None:
        """Type words of a title."""
        self.query_one(SearchBox).focus()

    def action_accept_search(self) -> None:
        """From the search to the map."""
        self.scatter.focus()

    def action_leave_search(self) -> None:
        """To the map, whatever is lit up."""
        self.scatter.focus()
