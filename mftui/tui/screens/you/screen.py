"""You: rate films with one key each, watch your own list move, and read why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import events
from textual.widgets import Input

from mftui.errors import MftuiError
from mftui.tui.base import keys
from mftui.tui.base.background import LatestWins, or_error
from mftui.tui.lists import rankings
from mftui.tui.lists.choices import MovieChoices, list_movies
from mftui.tui.lists.explanation import in_short
from mftui.tui.lists.explanation_panel import ExplanationPanel
from mftui.tui.lists.rows import recommended_columns, recommended_rows, row_of
from mftui.tui.screens.recommended import RecommendedScreen
from mftui.tui.screens.you.explain_pane import ExplainPane
from mftui.tui.screens.you.lists import Listed, found_list, keeping, next_list, profile_list
from mftui.tui.screens.you.page import PROFILE_SORTS, About, YouChoices, YouList, about, you_list
from mftui.tui.screens.you.rating import NO_FILM, Rater
from mftui.tui.screens.you.rows import PROFILE_COLUMNS
from mftui.tui.widgets.columns import Column
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.data.profiles.rated import Rated
    from mftui.data.profiles.store import Of
    from mftui.tui.base.open_model import OpenModel

_POLL_S = 1.0
"""How often the file is looked at: another terminal may have rated."""


class YouScreen(RecommendedScreen[YouChoices]):
    """One's own films on the left (above, where it is narrow), why and recommendations on the right."""

    MODE = "you"
    BINDINGS = [*keys.YOU, *keys.TABLE]  # noqa: RUF012
    SORTS = PROFILE_SORTS
    CHOICES = YouChoices
    SEARCHED = "words of a title, to rate it"

    def __init__(self) -> None:
        own = Table(PROFILE_COLUMNS, of_data=True, id="own", classes="left")
        recommended, panel = Table((Column("Like", 4),), of_data=True, id="recommended"), ExplanationPanel(id="page")
        super().__init__(own, recommended, panel)
        self._rater, self._why = Rater(self, self), ExplainPane(self, panel)
        self._below_search = (self._rater.line,)
        self._store = self._rater.ratings
        self._now: YouList | None = None
        self._kept: int | None = None
        """The film under the cursor of the recommendations, while those of a newer model are made."""
        self._about: About | None = None
        self._found: NDArray[Any] | None = None
        self._listed = Listed()
        self._lists, self._abouts, self._searches = (LatestWins(self, name) for name in ("list", "about", "search"))

    def on_mount(self) -> None:
        self.set_interval(_POLL_S, self._rater.poll)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        self._rater.poll()

    # The model and the file

    def model_opened(self, model: OpenModel, *, again: bool) -> None:
        if not again or self._now is not None:
            self._kept = self.film(self.right) if again else None
        self._found = self._found if again else None
        self._now = self._about = None
        self._rater.open(model.factors)
        self._search()

    def ratings_changed(self) -> None:
        given, film = self._store.given, self.film(self.right)
        if self.right.has_focus and given is not None and film in {*given.by_movie, *given.not_interested}:
            self.right.action_move(1)  # the next key is for the next film, also before the new list is there
        self._show_left()
        self.again()

    def ratings_saved(self) -> None:
        self._show_left()

    def ratings_unreadable(self, error: MftuiError) -> None:
        self._now = self._about = None
        self.left.show((), caption=f"Ratings of {self._store.name}", empty=f"{error} {error.hint or ''}")
        self.right.show(())

    # What follows from the ratings

    def again(self) -> None:
        """Fold in anew, and recommend."""
        model, given, choices = self._shown, self._store.given, self._choices
        if model is None or given is None:
            return

        def show(result: YouList | MftuiError) -> None:
            if model is not self._shown:
                return
            if isinstance(result, YouList):
                self._show(model, result)
            elif self.filter_is_foreign():
                self.shell.show_error(result)
                self.again()
            else:
                self.right.show((), caption="Recommended", empty=f"{result} {result.hint or ''}")

        self._lists.ask(or_error(lambda: you_list(model.factors, given, choices)), show)

    def _show(self, model: OpenModel, now: YouList) -> None:
        keep = self._kept if self._now is None else self.film(self.right)
        self._now, listed = now, now.recommended

        def reason(at: int) -> str:
            return in_short(model.factors, now.because, at) if now.because else ""

        n = len(now.given)
        known = f"from {n:,} rating{'' if n == 1 else 's'}" if n else "for anybody"
        scored = rankings.by_points(rankings.rank_of(listed))
        self.right.set_columns(recommended_columns(model.factors, reasons=True, scored=scored))
        self.show_recommended(
            model,
            listed,
            recommended_rows(model.factors, listed, self.terminal, reason, scored=scored),
            to=now.given.name,
            facts=(rankings.ordered(rankings.rank_of(listed)), rankings.spread_label(model.factors), known),
            cursor=row_of(keep, listed.movies.tolist(), self.right.cursor) if self.right.has_focus else None,
        )
        self._show_left()
        self._ask_about(model, now)

    def _ask_about(self, model: OpenModel, now: YouList) -> None:
        choices = self._choices

        def show(result: About) -> None:
            if now is self._now:
                film = self.film(self.left) if self.left.has_focus and self._listed.view == "next" else None
                if film is not None and self._about is not None:
                    result = replace(result, suggested=keeping(result.suggested, self._about.suggested, film))
                self._about = result
                if self._listed.view == "next":
                    self._show_left()
                self._place()

        self._abouts.ask(lambda: about(model.factors, now, choices), show)

    # The list on the left

    def _show_left(self) -> None:
        """Show what was searched for, what to rate next, or what is rated; the cursor stays on its film."""
        model, now, given = self._shown, self._now, self._store.given
        if model is None or now is None or given is None:
            return
        before, at = self._listed, self.left.cursor
        film = before.film(at)
        if self._found is not None:
            text = self.query_one(SearchBox).value
            self._listed = found_list(model.factors, now, given, self._found, text)
        elif self._choices.view == "next":
            suggested = None if self._about is None else self._about.suggested
            self._listed = next_list(
                model.factors, now, suggested, {*given.by_movie, *given.not_seen, *given.not_interested}
            )
        else:
            c = self._choices
            self._listed = profile_list(model.factors, now, given, c.sort, reverse=c.reverse)
        new = self._listed
        if new.view != before.view:
            self.left.set_columns(new.columns)
            self.left.sorts = {sort: sort for sort in self.SORTS} if new.view == "rated" else {}
        same_list = new.view == before.view and new.key == before.key
        cursor = row_of(film, new.movies, at) if same_list else None
        self.left.show(new.rows, caption=new.caption, detail=new.detail, empty=self.told(new.empty), cursor=cursor)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search()

    def _search(self) -> None:
        model, text = self._shown, self.query_one(SearchBox).value
        if model is None:
            return

        def work() -> NDArray[Any] | None:
            return list_movies(model, text, MovieChoices())[0] if text.strip() else None

        self._searches.ask(work, lambda found: self._show_found(model, found))

    def _show_found(self, model: OpenModel, found: NDArray[Any] | None) -> None:
        if model is self._shown:
            self._found = found
            self._show_left()

    # Rating

    def film(self, table: Table | None = None) -> int | None:
        """Return the movie under the cursor of `table`, or of the list that has the keys."""
        table = table or (self.right if self.right.has_focus else self.left)
        if table is self.left:
            return self._listed.film(self.left.cursor)
        if self._now is None or not len(self._now.recommended.movies):
            return None
        return int(self._now.recommended.movies[self.right.cursor])

    @property
    def _under_cursor(self) -> int | Rated | None:
        film = self.film()
        return self._listed.missing(self.left.cursor) if film is None and not self.right.has_focus else film

    def action_stars(self, stars: float) -> None:
        self._rater.give_stars(self._under_cursor, stars)

    def action_half(self) -> None:
        self._rater.add_half()

    def action_no_stars(self) -> None:
        self._rater.line.say("Stars: 1 to 5. Screens: F1 to F6.", "bad")

    def action_nudge(self, by: int) -> None:
        self._rater.nudge(self._under_cursor, by)

    def action_remove(self) -> None:
        self._rater.remove(self._under_cursor)

    def action_undo(self) -> None:
        self._rater.undo()

    def action_profile(self) -> None:
        """Choose whose ratings these are; a name that is new begins a profile."""
        from mftui.tui.dialogs.pickers import pick_profile

        self.app.push_screen(pick_profile(self._store.name), self._profile_picked)

    def _profile_picked(self, name: str | None) -> None:
        if name is not None:
            self._about = None
            self._store.choose(name)

    def action_import(self) -> None:
        """Read ratings from a file, show how, and put them into the profile."""
        from mftui.tui.screens.you.import_ratings import import_ratings

        import_ratings(self, self._store)

    def action_leave_out(self, of: Of) -> None:
        """Say that the film under the cursor was not seen, or is not wanted; again: no longer."""
        self._rater.leave_out(self._under_cursor, of)

    # Why

    def on_table_moved(self, event: Table.Moved) -> None:
        focused = self.right if self.right.has_focus or not self.left.display else self.left
        if event.table is focused:
            self._explain()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._explain()

    def page_shown(self) -> None:
        self._explain()
        self._place()

    def action_why(self) -> None:
        """Show the page, which begins with why; or hide it."""
        self.action_page()

    def _explain(self) -> None:
        if self._shown is not None and self._now is not None and self.shows_page:
            self._why.explain(self._shown.factors, self._now, self.film(None if self.left.display else self.right))

    def _place(self) -> None:
        if self._shown is not None and self._now is not None and self.shows_page:
            self._why.place(self._shown.factors, self._now, self._about)

    # Actions

    def _filtered(self, answer: dict[str, Any] | None) -> None:
        self._about = None  # what is to be rated next is narrowed too
        super()._filtered(answer)

    def no_film(self) -> str:
        return self.told(NO_FILM)

    def action_search(self) -> None:
        """Type a title."""
        self.bring_list()
        super().action_search()

    def action_view(self) -> None:
        """Switch between what to rate next and what is rated."""
        self.bring_list()
        self.choose(view="rated" if self._choices.view == "next" and self._found is None else "next")
        self._clear_search()
        self._show_left()
        self.left.focus()

    def _clear_search(self) -> None:
        self._found = None
        self.query_one(SearchBox).value = ""

    def action_by(self) -> None:
        """Rank by the next of both, like, watch, safe bets and adventurous."""
        if self._shown is None:
            return
        factors = self._shown.factors
        now = self._choices.rank_for(factors)
        rank = rankings.next_rank(rankings.own_ranks(factors), now)
        self.shell.say(rankings.LISTS[rank] if rank != now else rankings.ONE_BLOCK)
        self.choose(rank=rank)
        self.again()

    def order_changed(self) -> None:
        self.choose(view="rated")
        self._clear_search()
        self._show_left()

    def action_go_back(self) -> None:
        """Go back from the recommendations to the list, then clear the search."""
        if self.right.has_focus:
            self.action_pane(-1)
        else:
            self._clear_search()
            self._show_left()
