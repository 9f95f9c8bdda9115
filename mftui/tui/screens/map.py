"""Map: the films as points in two dimensions, what lies where, and the axes that the model found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from mftui.errors import MftuiError
from mftui.tui import keys
from mftui.tui.latest import Latest
from mftui.tui.map_colors import COLORINGS
from mftui.tui.map_scene import USERS, Gathered, MapChoices, axis_in, ends_of, gather, guests, pins
from mftui.tui.memory import revived
from mftui.tui.rows import MOVIE_COLUMNS, NEIGHBOUR_COLUMNS, movie_rows, scored_rows
from mftui.tui.screens.base import BaseScreen
from mftui.tui.tsne_job import TsneJob
from mftui.tui.widgets.axis_panel import AxisPage, AxisPanel, axis_page
from mftui.tui.widgets.data_table import DataTable
from mftui.tui.widgets.scatter import Scatter
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Cell, Column, Mark, Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.engine.lists import UserRows
    from mftui.tui.model import OpenModel

    Near = tuple[NDArray[np.int64], NDArray[np.float32]]

NEIGHBOURS = 20
_MATCHES = 300
_AXES = 24
"""Axes listed at most; those after are noise in any model."""
_AXES_COLUMNS = (
    Column("Axis", 4, right=True),
    Column("Share", 6, right=True),
    Column("- end"),
    Column("+ end"),
    Column("Users", 6, right=True, from_width=60),
)


class MapScreen(BaseScreen):
    """Search box; the points with the films under the cursor, or the axes with all about one of them."""

    MODE = "map"
    BINDINGS = keys.MAP

    def __init__(self) -> None:
        super().__init__()
        self._shown: OpenModel | None = None
        self._choices = MapChoices()
        self._now: Gathered | None = None
        self._tsne = TsneJob(self)
        self._guests: dict[str, UserRows] = {}
        self._scenes = Latest(self, "map")
        self._searches = Latest(self, "search")
        self._nears = Latest(self, "neighbours")
        self._pages = Latest(self, "axis")
        self._listed: list[int] = []
        self.scatter = Scatter(id="map")
        self.films = DataTable(MOVIE_COLUMNS, id="films")
        self.axes = DataTable(_AXES_COLUMNS, id="axes")
        self.panel = AxisPanel(id="axis")

    def body(self) -> Iterable[Widget]:
        yield SearchBox("words of a title, lit up on the map", id="search")
        with Container(id="space"):
            yield self.scatter
            yield self.films
        yield self.axes
        yield self.panel

    def on_mount(self) -> None:
        self._choices = revived(MapChoices(), self.mftui.memory.get("map"))
        self.scatter.focus()

    def on_unmount(self) -> None:
        self._tsne.cancel()

    def _choose(self, **changes: Any) -> None:
        """Other choices, remembered."""
        self._choices = replace(self._choices, **changes)
        self.mftui.remember(map=asdict(self._choices))

    def model_changed(self) -> None:
        model = self.mftui.model
        if model is None:
            self.scatter.show(None, empty=self.no_model())
            self.films.show((), caption="Films")
        elif model is not self._shown:
            another = self._shown is None or self._shown.run.path != model.run.path
            self._shown, self._choices = model, self._choices.valid(model)
            if another:
                self._forget()
            self._gather(axes_too=True, whole=another)
        else:
            self._stand()  # another user may be open by now

    def _forget(self) -> None:
        """What was of another model."""
        self._tsne.forget()
        self._guests.clear()
        self._now = None
        self._dim()

    # The picture

    def _gather(self, *, axes_too: bool = False, colors_too: bool = False, whole: bool = False) -> None:
        model, choices, now = self._shown, self._choices, self._now
        if model is None:
            return
        axes = None if axes_too or now is None else now.axes
        colors = None if axes_too or colors_too or now is None else now.scene.coloring
        tsne = self._tsne.layout

        def work() -> Gathered | MftuiError:
            try:
                return gather(model, choices, axes, tsne, colors)
            except MftuiError as error:
                return error

        def show(found: Gathered | MftuiError) -> None:
            if isinstance(found, MftuiError):
                self.scatter.show(None, empty=f"{found} Press f to change the filters.")
                self.films.show((), caption="Films")
                return
            self._now = found
            self.scatter.names = choices.names
            self.scatter.show(found.scene, whole=whole)
            self._stand()
            if axes_too:
                self._show_axes()

        self._scenes.ask(work, show)

    def _stand(self) -> None:
        """Users among the films."""
        now, memory = self._now, self.mftui.memory.get("users")
        if now is None:
            return
        user = memory.get("user") if isinstance(memory, dict) else ""
        shown = pins(now.model, now.layout, self._choices, str(user or ""))
        for label, rows in self._guests.items():
            shown += guests(now.model, now.layout, self._choices.block, rows, [label])
        self.scatter.pins = shown
        self.scatter.repaint()

    def stand(self, label: str, rows: UserRows | None) -> None:
        """Put somebody who is not in the data, such as You, among the films by the row folded in for them (of the
        model that is open), or take them off."""
        self._guests.pop(label, None)
        if rows is not None:
            self._guests[label] = rows
        self._stand()

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

    def action_choose(self) -> None:
        """Light up the neighbours of the film under the cursor, or of the one in the list."""
        if self.axes.has_focus:
            self._choose(x=self.axes.cursor + 1)
            self.action_factors()
            self._gather(whole=True)
        elif self.films.has_focus and self._listed:
            movie = self._listed[self.films.cursor]
            self.scatter.go_to(movie)
            self._light(movie)
        elif (here := self.scatter.here(1)[0]).size:
            self._light(int(here[0]))

    def on_table_chosen(self, event: Table.Chosen) -> None:
        self.action_choose()

    def _light(self, movie: int) -> None:
        now = self._now
        if now is None:
            return
        factors, block = now.model.factors, self._choices.block
        raw = factors.movie_ids.raw(movie)

        def show(found: Near) -> None:
            near, scores = found
            self.scatter.near, self.scatter.chosen = near, movie
            self._listed = near.tolist()
            self.films.set_columns([Column("Cosine", 6, right=True), *NEIGHBOUR_COLUMNS])
            caption = f"Neighbours of {factors.movies.titles[movie]}"
            self.films.show(scored_rows(factors, near, scores), caption=caption, detail=f"by {block}: esc")
            self.scatter.repaint()

        self._nears.ask(lambda: factors.similar(raw, NEIGHBOURS, by=block), show)

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

    # Choices

    def action_color(self) -> None:
        """Colour by the next of genre, decade, mean, bias and nothing."""
        self._choose(color=COLORINGS[(COLORINGS.index(self._choices.color) + 1) % len(COLORINGS)])
        self._gather(colors_too=True)

    def action_axis(self, which: str, by: int) -> None:
        """Another axis from left to right, or upward."""
        if self._now is None:
            return
        self._tsne.put_away()
        most = min(len(self._now.axes.shares), _AXES)
        self._choose(**{which: (getattr(self._choices, which) - 1 + by) % most + 1})
        self._gather(whole=True)

    def action_layout(self) -> None:
        """t-SNE: begin, cancel, or back to the axes."""
        if self._now is None:
            return
        if self._tsne.busy:
            self._tsne.cancel()
            self.mftui.say("t-SNE was cancelled.")
        elif self._tsne.layout is not None:
            self._tsne.put_away()
            self._gather(whole=True)
        elif self._tsne.take_out():
            self._gather(whole=True)
        else:
            self._tsne.begin(self._now.axes, self._now.model.factors.movie_train_counts)

    def on_tsne_job_progress(self, event: TsneJob.Progress) -> None:
        self.scatter.busy = "" if event.share is None else f"t-SNE {event.share:.0%}, t cancels"
        if event.trouble:
            self.mftui.say(event.trouble, warn=True)
        if event.done:
            self._gather(whole=True)
        self.scatter.repaint()
        self.refresh_bindings()

    def action_by(self) -> None:
        """Axes of the other block."""
        if self._shown is None:
            return
        if not self._shown.factors.has_audience:
            from mftui.tui.blocks import ONE_BLOCK

            self.mftui.say(ONE_BLOCK)
            return
        self._choose(block="audience" if self._choices.block == "taste" else "taste")
        self._tsne.forget()
        self._dim()
        self._gather(axes_too=True, whole=True)

    def action_users(self) -> None:
        """Who stands among the films: nobody, the user that is open, many."""
        users = USERS[(USERS.index(self._choices.users) + 1) % len(USERS)]
        self._choose(users=users)
        self._stand()
        said = {"": "No users on the map.", "many": "Many users, each an @."}
        alone = "The user that is open on Users, as @." if self.scatter.pins else "No user is open: press 3 for one."
        self.mftui.say(said.get(users, alone))

    def action_names(self) -> None:
        """Names on the map, or not."""
        self._choose(names=not self._choices.names)
        self.scatter.names = self._choices.names
        self.scatter.repaint()

    def action_filter(self) -> None:
        """Ask for filters."""
        from mftui.tui.screens.filters import map_filters

        if self._shown is not None:
            self.app.push_screen(map_filters(self._shown.factors, self._choices.narrowed), self._filtered)

    def _filtered(self, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            self._choose(narrowed=replace(self._choices.narrowed, **answer))
            self._gather()

    # Factors

    @property
    def key_names(self) -> dict[str, str]:
        """What keys do just now, by the id of their binding, where that is not what they are called."""
        names = {"map.choose": "Map along it", "map.factors": "Map"} if self.shows_factors else {}
        layout = "Cancel t-SNE" if self._tsne.busy else "Axes" if self._tsne.layout is not None else "t-SNE"
        return names | {"map.layout": layout}

    @property
    def shows_factors(self) -> bool:
        """Whether the axes are shown instead of the map."""
        return self.has_class("-factors")

    def action_factors(self) -> None:
        """What each axis goes with; or the map again."""
        self.set_class(not self.shows_factors, "-factors")
        (self.axes if self.shows_factors else self.scatter).focus()
        self.refresh_bindings()

    def _show_axes(self) -> None:
        now = self._now
        if now is None:
            return
        axes = now.axes

        def work() -> list[list[Cell]]:
            told = [axes.axis(number, 1) for number in range(1, min(_AXES, len(axes.shares)) + 1)]
            share, spread = "{:.1%}".format, "{:.2f}".format
            return [
                [str(axis.number), Mark(share(axis.share), "", axis.share), *ends_of(axis),
                 Mark(spread(axis.users.std), "", axis.users.std)]
                for axis in told
            ]  # fmt: skip

        def show(rows: list[list[Cell]]) -> None:
            self.axes.show(
                rows,
                caption=f"Axes of {self._choices.block}",
                detail=f"from {len(axes.known):,} films with {axes.least_ratings}+ ratings",
                cursor=self.axes.cursor,
            )

        self._pages.ask(work, show)

    def on_table_moved(self, event: Table.Moved) -> None:
        now = self._now
        if event.table is self.axes and now is not None and len(self.axes):
            number = axis_in(now.axes, self.axes.cursor + 1)

            def work() -> AxisPage:
                return axis_page(now.axes, now.model.factors.movies.title_list, number)

            self._pages.ask(work, self.panel.show)

    # Panes

    def focus_pane(self, selector: str) -> None:
        if (selector == "#axes") != self.shows_factors and selector != "#search":
            self.action_factors()
        super().focus_pane(selector)

    def action_pane(self, by: int) -> None:
        """Between the map and the films listed."""
        if not self.shows_factors:
            (self.films if self.scatter.has_focus and self.films.display else self.scatter).focus()

    def action_go_back(self) -> None:
        """From the list to the map, from the neighbours, from a search, from the factors."""
        if self.shows_factors:
            self.action_factors()
        elif self.films.has_focus:
            self.scatter.focus()
        elif self.scatter.chosen is not None:
            self._dim()
        else:
            self.query_one(SearchBox).value = ""
