"""Movies: search a title, see its neighbours in factor space, go on from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from mftui.tui import blocks, keys
from mftui.tui.latest import Latest
from mftui.tui.rows import MOVIE_COLUMNS, NEIGHBOUR_COLUMNS, movie_rows, scored_rows
from mftui.tui.screens.base import BaseScreen
from mftui.tui.widgets.data_table import DataTable
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.engine.neighbours import By
    from mftui.tui.model import OpenModel
    from mftui.tui.rows import LazyRows

_MOST = 500
_N_NEIGHBOURS = 50
_NO_MATCH = "No title has these words. Fewer letters find more; esc clears the search."


class MoviesScreen(BaseScreen):
    """Search box, results, and the neighbours of the movie under the cursor."""

    MODE = "movies"
    BINDINGS = keys.MOVIES

    def __init__(self) -> None:
        super().__init__()
        self._shown: OpenModel | None = None
        self._found: NDArray[Any] | None = None
        self._near: NDArray[Any] | None = None
        self._subject: int | None = None
        self._trail: list[tuple[int, int]] = []
        self._by: By | None = None
        self._search = Latest(self, "search")
        self._neighbours = Latest(self, "neighbours")
        self._results = DataTable(MOVIE_COLUMNS, id="results")
        self._nearby = DataTable([Column("Cosine", 6, right=True), *NEIGHBOUR_COLUMNS], id="neighbours")

    def body(self) -> Iterable[Widget]:
        yield SearchBox("words of a title", id="search")
        with Container(classes="panes"):
            yield self._results
            yield self._nearby

    def on_mount(self) -> None:
        self._results.focus()

    def model_changed(self) -> None:
        model = self.mftui.model
        if model is None:
            self._results.show((), caption="Movies", empty=self.no_model())
            self._nearby.show(())
        elif model is not self._shown:
            again = self._is_shown(model) and self._found is not None
            self._shown = model
            if again:
                self._show_neighbours_of(self._subject, self._nearby.cursor)
            else:
                self._trail.clear()
                self._subject = None
                self._look_up(self.query_one(SearchBox).value)

    def _is_shown(self, model: OpenModel) -> bool:
        """Whether what is shown comes from the same run, of whatever moment."""
        return self._shown is not None and self._shown.run.path == model.run.path

    def on_input_changed(self, event: Input.Changed) -> None:
        self._look_up(event.value)

    def _look_up(self, text: str) -> None:
        model = self._shown
        if model is None:
            return

        def work() -> tuple[NDArray[Any], LazyRows]:
            found = model.index.search(text, limit=_MOST)
            return found, movie_rows(model, found)

        self._search.ask(work, lambda result: self._show_results(model, text, *result))

    def _show_results(self, model: OpenModel, text: str, found: NDArray[Any], rows: LazyRows) -> None:
        if not self._is_shown(model):
            return
        self._found = found
        self._trail.clear()
        self._subject = None
        caption = "Results" if text.strip() else "Most rated movies"
        self._results.show(rows, caption=caption, empty=_NO_MATCH)
        if not len(found):
            self._near = None
            self._nearby.show(())

    def on_table_moved(self, event: Table.Moved) -> None:
        if event.table is self._results and self._found is not None and event.index < len(self._found):
            subject = int(self._found[event.index])
            if subject != self._subject:
                self._trail.clear()
                self._show_neighbours_of(subject)

    def _show_neighbours_of(self, subject: int | None, cursor: int = 0) -> None:
        model = self._shown
        if model is None or subject is None:
            return
        self._subject = subject
        raw = model.factors.movie_ids.raw(subject)

        def show(found: tuple[NDArray[Any], NDArray[Any]]) -> None:
            movies, scores = found
            self._near = movies
            back = f", {len(self._trail)} back: esc" if self._trail else ""
            self._nearby.show(
                scored_rows(model.factors, movies, scores),
                caption=f"Neighbours of {model.factors.movies.titles[subject]}",
                detail=f"by {by or ('both' if model.factors.has_audience else 'taste')}{back}",
                empty="This movie has no training ratings, so it has no place among the others.",
                cursor=cursor,
            )

        by = self._by if model.factors.has_audience else None
        self._neighbours.ask(lambda: model.factors.similar(raw, _N_NEIGHBOURS, by=by), show)

    def on_table_chosen(self) -> None:
        self.action_open()

    def action_search(self) -> None:
        """Type a title."""
        self.query_one(SearchBox).focus()

    def action_accept_search(self) -> None:
        """From the search to what it found."""
        self._results.focus()

    def action_leave_search(self) -> None:
        """To the list, whatever it shows."""
        self._results.focus()

    def action_open(self) -> None:
        """From the results into the neighbours; from a neighbour on to its own."""
        if self._results.has_focus:
            self._nearby.focus()
        elif self._near is not None and len(self._near) and self._subject is not None:
            self._trail.append((self._subject, self._nearby.cursor))
            self._show_neighbours_of(int(self._near[self._nearby.cursor]))

    def action_by(self) -> None:
        """Neighbours by the next of both, taste and audience."""
        if self._shown is None:
            return
        by = blocks.next_by(self._shown.factors, self._by)
        self.mftui.say(blocks.NEIGHBOURS[by] if by else blocks.ONE_BLOCK)
        if by is not None:
            self._by = by
            self._show_neighbours_of(self._subject)

    def action_pane(self, by: int) -> None:
        """Between results and neighbours."""
        (self._nearby if by > 0 else self._results).focus()

    def action_go_back(self) -> None:
        """One neighbour back, then to the results, then no search."""
        if self._trail:
            self._nearby.focus()
            self._show_neighbours_of(*self._trail.pop())
        elif self._nearby.has_focus:
            self._results.focus()
        else:
            self.query_one(SearchBox).value = ""
