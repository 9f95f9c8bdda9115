"""Map: the films as points in two dimensions, what lies where, and the axes that the model found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Input

from mftui.errors import MftuiError
from mftui.tui.base import keys
from mftui.tui.base.background import LatestWins, or_error
from mftui.tui.screens.base import ChoosingScreen
from mftui.tui.screens.map.colors import COLORINGS
from mftui.tui.screens.map.export_map import exported
from mftui.tui.screens.map.factors import MAX_AXES, AxesView
from mftui.tui.screens.map.films import FilmsView
from mftui.tui.screens.map.gather import USERS, Gathered, MapChoices, gather, pins
from mftui.tui.screens.map.tsne_job import TsneJob
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from mftui.tui.base.open_model import OpenModel
    from mftui.tui.screens.map.scene import Pin

_CHANGE = "Press {map.filter} to change the filters."
_FINDING = "Finding the axes of this model …"
_NO_USER = "No user is open: press {screen.users} for one."
_NONE_LIT = "No films are highlighted. Press {map.search} to search, {map.choose} for neighbours."
_ON_THE_MAP = ("search", "match", "color", "layout", "axis", "filter", "users", "names", "pane")
"""Actions that change nothing of what is seen of Factors."""


class MapScreen(ChoosingScreen[MapChoices]):
    """Search box; the points with the films under the cursor, or the axes with all about one of them."""

    MODE = "map"
    BINDINGS = [*keys.MAP, keys.COPY]  # noqa: RUF012
    CHOICES = MapChoices

    def __init__(self) -> None:
        super().__init__()
        self._shown: OpenModel | None = None
        self._now: Gathered | None = None
        self._films, self._axes = FilmsView(self), AxesView(self)
        self.scatter, self.films, self.axes = self._films.scatter, self._films.table, self._axes.table
        self._tsne = TsneJob(self)
        self._stands = LatestWins(self, "users")
        self._scenes = LatestWins(self, "map")

    def compose(self) -> ComposeResult:
        yield from self.head()
        yield SearchBox("words of a title, lit up on the map", id="search")
        with Container(id="space"):
            yield self.scatter
            yield self.films
        yield self.axes
        yield self._axes.panel
        yield from self.foot()

    def on_mount(self) -> None:
        self._choices = self.remembered()
        self.scatter.focus()

    def on_unmount(self) -> None:
        self._tsne.cancel()

    def model_changed(self) -> None:
        model = self.shell.model
        if model is None:
            self.scatter.show(None, empty=self.no_model())
            self.films.show((), caption="Films")
            self.axes.show((), caption="Axes", empty=self.no_model())
        elif model is not self._shown:
            another = not model.same_run(self._shown)
            self.films.about = self.axes.about = model.about
            self._shown, self._choices = model, self._choices.valid(model)
            if another:
                self._tsne.forget()
                self._now = None
                self.scatter.show(None, empty=_FINDING)
                self._films.dim()
            self._gather(axes_too=True, whole=another)
        else:
            self._stand()  # another user may be open by now

    # The picture

    def _gather(self, *, axes_too: bool = False, colors_too: bool = False, whole: bool = False) -> None:
        model, choices, now = self._shown, self._choices, self._now
        if model is None:
            return
        axes = None if axes_too or now is None else now.axes
        colors = None if axes_too or colors_too or now is None else now.scene.coloring
        tsne = self._tsne.layout

        def show(found: Gathered | MftuiError) -> None:
            if isinstance(found, MftuiError):
                self.scatter.show(None, empty=f"{found} {self.told(_CHANGE)}")
                self.films.show((), caption="Films")
                return
            self._now = found
            self.scatter.names = choices.names
            self.scatter.show(found.scene, whole=whole)
            self._stand()
            if axes_too:
                self._axes.show(found)

        self._scenes.ask(or_error(lambda: gather(model, choices, axes, tsne, colors)), show)

    def _stand(self, then: Callable[[], None] = lambda: None) -> None:
        """Place You and users among the films, as they are now."""
        now, choices, remembered = self._now, self._choices, self.shell.session.get("users")
        if now is None:
            return
        user = str(remembered.get("user") or "") if isinstance(remembered, dict) else ""

        def show(found: list[Pin]) -> None:
            self.scatter.pins = found
            self.scatter.repaint()
            then()

        self._stands.ask(lambda: pins(now.model, now.layout, choices, user), show)

    def on_scatter_looked(self) -> None:
        if self._now is not None:
            self._films.list_here(self._now)

    def on_table_moved(self, event: Table.Moved) -> None:
        if event.table is self.axes and self._now is not None:
            self._axes.cursor_moved()

    # Search

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._shown is not None:
            self._films.search(self._shown, event.value)

    @property
    def main_table(self) -> Table:
        return self.axes if self.shows_factors else self.films

    def action_match(self, by: int) -> None:
        """Go to another of the films that the search, or a choice, has lit up."""
        if not self._films.step(by):
            self.shell.say(self.told(_NONE_LIT))

    def action_accept_search(self) -> None:
        """Go from the search to the map."""
        self.scatter.focus()

    action_leave_search = action_accept_search

    def action_export(self) -> None:
        """Write the map to a file; or the axes, where they are shown."""
        if self.shows_factors or self._now is None:
            super().action_export()
        else:
            self.app.post_message(exported(self._now, self.scatter.drawn()))

    # Choices

    def action_choose(self) -> None:
        """Light up the neighbours of the film under the cursor, or of the one in the list."""
        if self.axes.has_focus:
            x, c = self.axes.cursor + 1, self._choices
            self.choose(x=x, y=c.x if x == c.y else c.y)
            self._tsne.layout = None
            self.action_factors()
            self._gather(whole=True)
        elif self._now is not None:
            movie = self._films.under_cursor if self.films.has_focus else None
            if movie is not None:
                self.scatter.go_to(movie)
                self._films.choose(self._now, movie)
            elif (here := self.scatter.here(1)[0]).size:
                self._films.choose(self._now, int(here[0]))

    def on_table_chosen(self, event: Table.Chosen) -> None:
        self.action_choose()

    def action_color(self) -> None:
        """Colour by the next of genre, decade, mean, bias and nothing."""
        self.choose(color=COLORINGS[(COLORINGS.index(self._choices.color) + 1) % len(COLORINGS)])
        self._gather(colors_too=True)

    def action_axis(self, which: str, by: int) -> None:
        """Choose another axis from left to right, or upward."""
        if self._now is None:
            return
        self._tsne.layout = None
        most = min(len(self._now.axes.shares), MAX_AXES)
        number, other = getattr(self._choices, which), getattr(self._choices, "y" if which == "x" else "x")
        for _ in range(2 if most > 1 else 1):  # the same axis both ways would be a line
            number = (number - 1 + by) % most + 1
            if number != other:
                break
        self.choose(**{which: number})
        self._gather(whole=True)

    def action_layout(self) -> None:
        """Begin t-SNE, cancel it, or go back to the axes."""
        if self._now is None:
            return
        if self._tsne.busy:
            self._tsne.cancel()
            self.shell.say("t-SNE was cancelled.")
        elif self._tsne.layout is not None:
            self._tsne.layout = None
            self._gather(whole=True)
        elif self._tsne.take_out():
            self._gather(whole=True)
        else:
            self._tsne.begin(self._now.axes, self._now.model.factors.movie_train_counts)

    def on_tsne_job_progress(self, event: TsneJob.Progress) -> None:
        self.scatter.busy = "" if event.share is None else self.told(f"t-SNE {event.share:.0%}, {{map.layout}} cancels")
        if event.trouble:
            self.shell.say(event.trouble, warn=True)
        if event.done:
            self._gather(whole=True)
        self.scatter.repaint()
        self.refresh_bindings()

    def action_by(self) -> None:
        """Switch to the axes of the other block."""
        if self._shown is None:
            return
        if not self._shown.factors.has_audience:
            from mftui.tui.lists.rankings import ONE_BLOCK

            self.shell.say(ONE_BLOCK)
            return
        self.choose(block="audience" if self._choices.block == "taste" else "taste")
        self._tsne.forget()
        self._films.dim()
        self._gather(axes_too=True, whole=True)

    def action_users(self) -> None:
        """Choose in turn who stands among the films: nobody, the user that is open, many."""
        users = USERS[(USERS.index(self._choices.users) + 1) % len(USERS)]
        self.choose(users=users)

        def say() -> None:
            alone = any(pin.label.startswith("user") for pin in self.scatter.pins)
            opened = "The user that is open on Users, as @." if alone else self.told(_NO_USER)
            self.shell.say({"": "No users on the map but You.", "many": "Many users, each an @."}.get(users, opened))

        self._stand(say)

    def action_names(self) -> None:
        """Show or hide the names on the map."""
        self.choose(names=not self._choices.names)
        self.scatter.names = self._choices.names
        self.scatter.repaint()

    def action_filter(self) -> None:
        """Ask for filters."""
        from mftui.tui.dialogs.filters import map_filters

        if self._shown is not None:
            self.app.push_screen(map_filters(self._shown.factors, self._choices.narrowed), self._filtered)

    def _filtered(self, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            self.choose(narrowed=replace(self._choices.narrowed, **answer))
            self._gather()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in _ON_THE_MAP or not self.shows_factors

    @property
    def key_names(self) -> dict[str, str]:
        """Return what keys do just now, by the id of their binding, if that differs from what they are called."""
        names = {"map.choose": "Map along it", "map.factors": "Map"} if self.shows_factors else {}
        layout = "Cancel t-SNE" if self._tsne.busy else "Axes" if self._tsne.layout is not None else "t-SNE"
        return names | {"map.layout": layout}

    # Panes

    @property
    def shows_factors(self) -> bool:
        """Return whether the axes are shown instead of the map."""
        return self.has_class("-factors")

    def action_factors(self) -> None:
        """Show what each axis goes with; or the map again."""
        self.set_class(not self.shows_factors, "-factors")
        (self.axes if self.shows_factors else self.scatter).focus()
        self.refresh_bindings()

    def focus_pane(self, selector: str) -> None:
        if (selector == "#axes") != self.shows_factors and selector != "#search":
            self.action_factors()
        super().focus_pane(selector)

    def action_pane(self, by: int) -> None:
        """Move between the map and the films listed."""
        if not self.shows_factors:
            (self.films if self.scatter.has_focus and self.films.display else self.scatter).focus()

    def action_go_back(self) -> None:
        """Go back from the factors, from the list to the map, from the neighbours, or from a search."""
        if self.shows_factors:
            self.action_factors()
        elif self.films.has_focus:
            self.scatter.focus()
        elif self.scatter.chosen is not None:
            self._films.dim()
        else:
            self.query_one(SearchBox).value = ""
