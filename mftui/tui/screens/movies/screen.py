"""Movies: search, filter and sort; see a movie's page and its neighbours; go on from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from mftui.errors import MftuiError
from mftui.tui.base import keys
from mftui.tui.base.background import Debounce, LatestWins, or_error
from mftui.tui.lists import compared, rankings
from mftui.tui.lists.choices import METRICS, MOVIE_SORTS, Filter, MovieChoices, descending, list_movies
from mftui.tui.lists.rows import MOVIE_COLUMNS, NEIGHBOUR_COLUMNS, movie_rows, row_of, scored_rows
from mftui.tui.screens.comparing import Comparing, Pair
from mftui.tui.screens.movies.page import MoviePage, MoviePanel, movie_page
from mftui.tui.screens.two_lists import TwoListsScreen
from mftui.tui.widgets.columns import Column, Rows
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.api.two_models.answers import Answer
    from mftui.engine.query.approximate import Found
    from mftui.tui.base.open_model import OpenModel

    Listed = tuple[NDArray[Any], int, Rows]

_SCORED = (Column("Score", 6, right=True), *NEIGHBOUR_COLUMNS)
_DEBOUNCE_S = 0.08
"""How long no letter comes before the page and the neighbours follow the search."""
_CHANGE = "Press {movies.filter} to change the filters."
_NO_MATCH = "No title has these words. Fewer letters find more; {app.back} clears the search."
_NO_NEIGHBOUR = "No neighbour has that many ratings (press {movies.filter} to change)."
_NO_FACTORS = "This movie has no training ratings, so the model cannot compare it."
_FILTERED_OUT = (
    "No movie passes the search and the filters: {}. Press {movies.filter} to change them, ctrl+r there clears them."
)


class MoviesScreen(TwoListsScreen[MovieChoices]):
    """Search box, results, and page and neighbours of the movie under the cursor."""

    MODE = "movies"
    BINDINGS = [*keys.MOVIES, *keys.TABLE]  # noqa: RUF012
    SORTS = MOVIE_SORTS
    CHOICES = MovieChoices
    SEARCHED = "words of a title"

    def __init__(self) -> None:
        self._panel = MoviePanel(id="page")
        neighbours = Table(_SCORED, of_data=True, id="neighbours")
        results = Table(MOVIE_COLUMNS, of_data=True, id="results", classes="left")
        super().__init__(results, neighbours, self._panel)
        self.comparing = Comparing(self, self.second_changed)
        self._below_search = (self.comparing.line,)
        self._found: NDArray[Any] | None = None
        self._near: Sequence[int | None] = ()
        """The movies listed on the right; None for one that the open model does not know."""
        self._subject: int | None = None
        self._trail: list[tuple[int, int]] = []
        self._search_told = ""
        """What was said last of how neighbours are found."""
        self._visit: tuple[int, str] | None = None
        """A movie to which another screen sent, and that screen's mode."""
        self._search = LatestWins(self, "search")
        self._neighbours = LatestWins(self, "neighbours")
        self._pages = LatestWins(self, "page")
        self._debounce = Debounce(self, _DEBOUNCE_S)

    def choose(self, **changes: Any) -> None:
        super().choose(**changes)
        self._name_columns()

    def _name_columns(self) -> None:
        head = METRICS[self._choices.metric]
        self.right.name_columns(**{"score": head, "score 1": f"{head} 1", "score 2": f"{head} 2"})

    def model_opened(self, model: OpenModel, *, again: bool) -> None:
        self.comparing.tell()
        if again and self._found is not None:
            self._show_movie(self._subject, keep=True)
        else:
            self._trail.clear()
            self._subject = self._visit = None
            self._look_up()

    # The list

    def on_input_changed(self, event: Input.Changed) -> None:
        self._visit = None
        self._look_up()

    def visit(self, movie: int, came_from: str) -> None:
        """Show the movie at an index alone, with its page; escape goes to the screen of the mode `came_from`."""
        self._visit = (movie, came_from)
        with self.prevent(Input.Changed):
            self.query_one(SearchBox).value = ""
        self._look_up()
        if not self.shows_page:
            self.action_page()
        self.action_accept_search()

    def _look_up(self) -> None:
        model, text, choices, visit = self._shown, self.query_one(SearchBox).value, self._choices, self._visit
        if model is None:
            return

        def work() -> Listed:
            import numpy as np

            found, n = (np.array([visit[0]]), 1) if visit else list_movies(model, text, choices)
            return found, n, movie_rows(model, found)

        self._search.ask(or_error(work), lambda result: self._show_results(model, text, choices, result))

    def _show_results(self, model: OpenModel, text: str, choices: MovieChoices, result: Listed | MftuiError) -> None:
        if not model.same_run(self._shown):
            return
        self._debounce.forget()
        if self._trail:
            self._trail.clear()
            self._subject = None
        narrowed, glyphs = choices.narrowed.label, self.terminal.glyphs
        arrow = glyphs.down_arrow if descending(choices.sort, choices.reverse) else glyphs.up_arrow
        if isinstance(result, MftuiError):
            self._found = None
            empty = f"{result} {self.told(_CHANGE)}"
            self.left.show((), caption="Results", detail=choices.detail(arrow), empty=empty)
        elif self._visit:
            self._found, _, rows = result
            self.left.show(rows, caption=f"From {self._visit[1].capitalize()}", detail="back: esc")
        else:
            self._found, n, rows = result
            detail = choices.detail(arrow, len(rows), n)
            empty = self.told(_FILTERED_OUT).format(narrowed) if narrowed else self.told(_NO_MATCH)
            self.left.show(rows, caption=choices.caption(text), detail=detail, empty=empty)
        if self._found is None or not len(self._found):
            self._near, self._subject = (), None
            self._panel.show(None, "There is no film in the list.")
            self.right.show(())

    def on_table_moved(self, event: Table.Moved) -> None:
        if event.table is self.left and self._found is not None and event.index < len(self._found):
            subject = int(self._found[event.index])
            if subject != self._subject:
                self._trail.clear()
                if self.query_one(SearchBox).has_focus:
                    self._debounce.ask(lambda: self._show_movie(subject))
                else:
                    self._show_movie(subject)

    # The movie

    def _show_movie(self, subject: int | None, cursor: int | None = None, *, keep: bool = False) -> None:
        """Show the neighbours of the movie at an index, and then its page, for which they do not wait; the cursor on a
        row, or where it is to `keep` its film, on that."""
        model, choices = self._shown, self._choices
        if model is None or subject is None:
            return
        from mftui.engine.query.approximate import find_similar
        from mftui.engine.query.movie_filter import MovieFilter
        from mftui.engine.query.neighbours import best_by

        self._subject = subject
        if (pair := self.comparing.pair) is not None:
            self._show_both(pair, subject, cursor, keep)
            return
        by = best_by(model.factors, choices.by or None if model.factors.has_audience else None)
        where = MovieFilter(min_ratings=choices.neighbour_ratings)

        n, (metric, shrink) = choices.neighbours, choices.measured
        search = choices.searched_by(self.shell.settings.neighbours)

        def find() -> Found:
            return find_similar(
                model.factors, subject, n, metric=metric, by=by, where=where, search=search, shrink=shrink
            )

        def show(found: Found) -> None:
            at = self._take_near(found.movies.tolist(), cursor, keep)
            if found.label != self._search_told:
                self._search_told = found.label
                self.shell.say(found.label or "Neighbours by exact search.")
            self._set_columns(_SCORED)
            self.right.show(
                scored_rows(model.factors, found.movies, found.scores),
                caption=f"Neighbours of {model.factors.movies.titles[subject]}",
                detail=choices.near(by, len(self._trail), found),
                empty=self._no_neighbour,
                cursor=at,
            )
            self.page_shown()

        self._neighbours.ask(find, show)

    @property
    def _no_neighbour(self) -> str:
        return self.told(_NO_NEIGHBOUR) if self._choices.neighbour_ratings else _NO_FACTORS

    def _take_near(self, near: Sequence[int | None], cursor: int | None, keep: bool) -> int | None:
        """Take what is to be listed on the right; return the row for the cursor."""
        before, at = self._near, self.right.cursor
        self._near = near
        return row_of(before[at] if at < len(before) else None, near, at) if keep else cursor

    # Beside another run

    def model_changed(self) -> None:
        super().model_changed()
        self.comparing.catch_up()

    def second_changed(self) -> None:
        self.comparing.tell()
        self._show_movie(self._subject)

    def _set_columns(self, columns: Sequence[Column]) -> None:
        self.right.set_columns(columns)
        self._name_columns()

    def _show_both(self, pair: Pair, subject: int, cursor: int | None, keep: bool) -> None:
        """Show the neighbours of the movie at an index of the open model in both models, as one list."""
        from mftui.api.two_models.answers import movie_in_both, similar_in_both
        from mftui.engine.query.movie_filter import MovieFilter

        choices, models = self._choices, pair.models
        by = choices.by if all(model.has_audience for model in models) else ""
        metric, shrink = choices.measured
        options = {
            "where": MovieFilter(min_ratings=choices.neighbour_ratings), "metric": metric, "shrink": shrink,
            "search": choices.searched_by(self.shell.settings.neighbours),
        }  # fmt: skip

        def find() -> Answer:
            movie = movie_in_both(models, subject)
            return similar_in_both(models, movie, choices.neighbours, by=by or None, **options)

        def show(answer: Answer) -> None:
            at = self._take_near(compared.movies_of(pair.first.factors, answer.rows), cursor, keep)
            first, second = answer.how
            how = first if first == second else f"{first} in 1, {second} in 2"
            self._set_columns(compared.NEIGHBOURS)
            self.right.show(
                compared.placed_rows(answer.rows, "score", ".3f"),
                caption=f"Neighbours of {pair.first.factors.movies.titles[subject]}",
                detail=choices.near(how, len(self._trail)),
                empty=self._no_neighbour,
                cursor=at,
            )
            self.comparing.tell(answer.notes)
            self.page_shown()

        self._neighbours.ask(find, show)

    def page_shown(self) -> None:
        model, subject = self._shown, self._subject
        if model is None or subject is None or not self.shows_page:
            return

        def show(page: MoviePage) -> None:
            if subject == self._subject:
                self._panel.show(page)

        self._pages.ask(lambda: movie_page(model, subject), show)

    # Actions

    def on_table_chosen(self) -> None:
        self.action_open()

    def action_leave_search(self) -> None:
        """Go from the search to what it found."""
        self._debounce.now()
        super().action_leave_search()

    def action_open(self) -> None:
        """Go from the results to the neighbours, or from a neighbour to its own neighbours."""
        if self.left.has_focus:
            self.right.focus()
        elif len(self._near) and self._subject is not None:
            if (movie := self._near[self.right.cursor]) is None:
                self.shell.say("Only run 2 knows this film. Open that run on Runs to see it.", warn=True)
                return
            self._trail.append((self._subject, self.right.cursor))
            self._show_movie(movie)

    def action_by(self) -> None:
        """List the neighbours by the next of both, taste and audience."""
        if self._shown is None:
            return
        by = rankings.next_by(self._shown.factors, self._choices.by or None)
        self.shell.say(rankings.NEIGHBOURS[by] if by else rankings.ONE_BLOCK)
        if by is not None:
            self.choose(by=by)
            self._show_movie(self._subject)

    def action_compare(self) -> None:
        """Put a second run beside the open one; again: close it."""
        self.comparing.toggle()

    def action_metric(self) -> None:
        """List the neighbours by the next of cosine, dot product and distance."""
        metrics = list(METRICS)
        metric = metrics[(metrics.index(self._choices.metric) + 1) % len(metrics)]
        self.choose(metric=metric)
        self.shell.say(rankings.METRICS[metric])
        self._show_movie(self._subject)

    def order_changed(self) -> None:
        self._visit = None
        self._look_up()

    def action_filter(self) -> None:
        """Ask for filters."""
        from mftui.tui.dialogs.filters import movie_filters

        if self._shown is not None:
            c = self._choices
            search = c.searched_by(self.shell.settings.neighbours)
            dialog = movie_filters(self._shown.factors, c.narrowed, c.neighbours, c.neighbour_ratings, search)
            self.app.push_screen(dialog, self._filtered)

    def _filtered(self, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            self._visit = self._subject = None
            narrowed = Filter(answer["genre"], answer["years"], answer["min_ratings"], answer.get("tag", ""))
            self.choose(
                narrowed=narrowed,
                neighbours=answer["many"] or 50,
                neighbour_ratings=answer["neighbour_ratings"],
                search=answer.get("search", self._choices.search),
            )
            self._look_up()

    def action_go_back(self) -> None:
        """Go back one neighbour, then to the screen that sent here or to the results, then clear the search."""
        if self._trail:
            self.right.focus()
            self._show_movie(*self._trail.pop())
        elif self._visit:
            mode, self._visit = self._visit[1], None
            self._look_up()
            self.app.switch_mode(mode)
        elif self.right.has_focus:
            self.action_pane(-1)
        else:
            self.query_one(SearchBox).value = ""
