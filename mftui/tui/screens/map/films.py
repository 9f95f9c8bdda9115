"""The films of the map: those under the cursor in a list beside it, what a search or a choice lights up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.tui.base.background import LatestWins
from mftui.tui.lists.rows import MOVIE_COLUMNS, NEIGHBOUR_COLUMNS, movie_rows, scored_rows
from mftui.tui.screens.map.scatter import Scatter
from mftui.tui.widgets.columns import Column
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from textual.dom import DOMNode

    from mftui.tui.base.open_model import OpenModel
    from mftui.tui.screens.map.gather import Gathered

    Near = tuple[NDArray[np.int64], NDArray[np.float32]]

N_NEIGHBOURS = 20
_MAX_MATCHES = 300


class FilmsView:
    """Lights films up on `scatter` and lists them in `table`, in threads of `node`."""

    def __init__(self, node: DOMNode) -> None:
        self.scatter = Scatter(id="map")
        self.table = Table(MOVIE_COLUMNS, of_data=True, id="films")
        self._searches, self._nears = LatestWins(node, "search"), LatestWins(node, "neighbours")
        self._listed: list[int] = []

    @property
    def under_cursor(self) -> int | None:
        """Return the film under the cursor of the list, or None if the list is empty."""
        return self._listed[self.table.cursor] if self._listed else None

    def list_here(self, now: Gathered) -> None:
        """List the films under the cursor of the map, unless the neighbours of one are listed."""
        if self.scatter.chosen is not None:
            return
        movies, under = self.scatter.here()
        self._listed = movies.tolist()
        self.table.set_columns(MOVIE_COLUMNS)
        n = len(self._listed)
        caption = ("1 film here" if n == 1 else f"{n:,} films here") if under else "Nearest film"
        self.table.show(movie_rows(now.model, movies), caption=caption, empty="No film passes the filters.")

    def choose(self, now: Gathered, movie: int) -> None:
        """Light up the neighbours of a film, and list them."""
        from mftui.engine.query.neighbours import similar

        factors, block = now.model.factors, now.choices.block

        def show(found: Near) -> None:
            near, scores = found
            self.scatter.near, self.scatter.chosen = near, movie
            self._listed = near.tolist()
            self.table.set_columns([Column("Cosine", 6, right=True), *NEIGHBOUR_COLUMNS])
            caption = f"Neighbours of {factors.movies.titles[movie]}"
            self.table.show(scored_rows(factors, near, scores), caption=caption, detail=f"by {block}, esc closes")
            self.scatter.repaint()

        self._nears.ask(lambda: similar(factors, movie, N_NEIGHBOURS, by=block), show)

    def dim(self) -> None:
        """Choose no film any longer."""
        self.scatter.chosen, self.scatter.near = None, self.scatter.near[:0]
        self.scatter.repaint()

    def search(self, model: OpenModel, text: str) -> None:
        """Light up the films whose title has these words, and go to the first."""

        def work() -> NDArray[np.int64]:
            found = model.index.search(text, limit=_MAX_MATCHES if text.strip() else 0)
            return found[model.factors.movie_train_counts[found] > 0]

        def show(found: NDArray[np.int64]) -> None:
            self.scatter.matches = found
            if len(found):
                self.scatter.go_to(int(found[0]))
            self.scatter.repaint()

        self._searches.ask(work, show)

    def step(self, by: int) -> bool:
        """Go to another of the films that are lit up; return whether there are any."""
        lit = self.scatter.matches if len(self.scatter.matches) else self.scatter.near
        if not len(lit):
            return False
        here = {int(movie) for movie in self.scatter.here()[0]}
        at = next((i for i, movie in enumerate(lit) if int(movie) in here), -1 if by > 0 else 0)
        self.scatter.go_to(int(lit[(at + by) % len(lit)]))
        return True
