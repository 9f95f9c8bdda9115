"""You: rate films with one key each, watch your own list move, and read why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from textual import events
from textual.containers import Container, Vertical
from textual.widget import Widget
from textual.widgets import Input

from mftui.errors import MftuiError
from mftui.tui import blocks, keys, listing
from mftui.tui.latest import Latest
from mftui.tui.listing import Filter
from mftui.tui.memory import revived
from mftui.tui.mine import Mine, Writer, read_mine
from mftui.tui.screens.paged import PagedScreen
from mftui.tui.stars import nudged, ratings_of_stars
from mftui.tui.widgets.because_panel import BecausePanel
from mftui.tui.widgets.data_table import DataTable
from mftui.tui.widgets.search_box import SearchBox
from mftui.tui.widgets.star_line import StarLine
from mftui.tui.widgets.table import Column, Table
from mftui.tui.you_lists import Listed, found_list, keeping, mine_list, next_list
from mftui.tui.you_pages import MINE_SORTS, About, Compass, YouChoices, YouList, about, compass, why_you, you_list
from mftui.tui.you_rows import MINE_COLUMNS, recommended_columns, recommended_with_reasons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.store import Profile
    from mftui.tui.because import Why
    from mftui.tui.model import OpenModel

_LOOK_S = 1.0
"""How often the file is looked at: another terminal may have rated."""
_NOTHING = "No film is under the cursor. Press / and type a title, or t for films to rate next."
_NO_WHY = "Rate a film, and every prediction here says which of your ratings it comes from."


class YouScreen(PagedScreen):
    """One's own films on the left (above, where it is narrow), why and recommendations on the right."""

    MODE = "you"
    BINDINGS = keys.YOU
    SORTS = MINE_SORTS

    def __init__(self) -> None:
        super().__init__()
        self._shown: OpenModel | None = None
        self._matcher: Matcher | None = None
        self._profile: Profile | None = None
        self._saved: Mine | None = None
        """As it is on the disk."""
        self._pending: dict[int, tuple[int, float | None]] = {}
        """By movie: which change it is, and the rating that is not on the disk yet; None: taken back."""
        self._changes = 0
        self._now: YouList | None = None
        self._about: About | None = None
        self._found: NDArray[Any] | None = None
        self._listed = Listed()
        self._skipped: set[int] = set()
        """Movies that are not to be asked for, for as long as this model is open."""
        self._compass: Compass | None = None
        self._choices = YouChoices()
        self._writer = Writer(self)
        self._files, self._lists, self._abouts = Latest(self, "mine"), Latest(self, "list"), Latest(self, "about")
        self._searches, self._whys, self._axes = Latest(self, "search"), Latest(self, "why"), Latest(self, "axes")
        self.left = DataTable(MINE_COLUMNS, id="own", classes="left")
        self.right = DataTable((Column("Like", 4),), id="recommended")
        self._panel = BecausePanel(id="page")
        self._stars = StarLine(id="stars")

    def body(self) -> Iterable[Widget]:
        yield SearchBox("words of a title, to rate it", id="search")
        yield self._stars
        with Container(classes="panes"):
            yield self.left
            with Vertical(classes="right"):
                yield self._panel
                yield self.right

    def on_mount(self) -> None:
        self._choices = revived(YouChoices(), self.mftui.memory.get("you")).valid()
        self.set_interval(_LOOK_S, self._look)
        self.left.focus()

    def _choose(self, **changes: Any) -> None:
        """Other choices, remembered."""
        self._choices = replace(self._choices, **changes)
        self.mftui.remember(you=asdict(self._choices))

    # The model and the file

    def model_changed(self) -> None:
        model = self.mftui.model
        if model is None:
            self._stars.show_keys((), "")
            self.left.show((), caption="You", empty=self.no_model())
            self.right.show(())
        elif model is not self._shown:
            from mftui.data.profiles.match import Matcher
            from mftui.data.profiles.store import Profile

            if self._shown is None or self._shown.run.path != model.run.path:
                self._skipped.clear()
                self._found = None
            self._shown, self._matcher = model, Matcher(model.factors)
            self._profile = self._profile or Profile()
            self._saved = self._now = self._about = self._compass = None
            self._show_keys()
            self.right.set_columns(recommended_columns(model.factors))
            self._read()
            self._search()

    def _show_keys(self) -> None:
        """Which key is which rating of this model's scale."""
        assert self._shown is not None
        own = self.mftui.settings.keys
        found = ratings_of_stars(self._shown.factors.scale)
        pressed = [(f"you.stars_{star:g}", rating) for star, rating in found.items()]
        pressed.sort(key=lambda entry: entry[0].endswith(".5"))
        shown = [(keys.key_of(id, own), f"{rating:g}", keys.pressed(id, own)) for id, rating in pressed]
        self._stars.show_keys(shown, f"{keys.key_of('you.more', own)} {keys.key_of('you.less', own)} a step")

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        self._look()

    def _look(self) -> None:
        """Read the file again where it is not as it was: another process has rated."""
        profile, saved = self._profile, self._saved
        if profile is not None and saved is not None and self.is_current and not self._writer.waiting:
            self._files.ask(profile.stamp, lambda stamp: self._read() if stamp != saved.stamp else None)

    def _read(self) -> None:
        profile, matcher = self._profile, self._matcher
        if profile is None or matcher is None:
            return

        def work() -> Mine | MftuiError:
            try:
                return read_mine(profile, matcher)
            except MftuiError as error:
                return error

        def show(mine: Mine | MftuiError) -> None:
            if matcher is not self._matcher or profile is not self._profile:
                return
            if isinstance(mine, MftuiError):
                self.left.show((), caption=f"Ratings of {profile.name}", empty=f"{mine} {mine.hint or ''}")
                self.right.show(())
            else:
                self._take(mine)

        self._files.ask(work, show)

    def _take(self, mine: Mine) -> None:
        """The ratings as they are on the disk."""
        before, self._saved = self._saved, mine
        if before is None or not before.same_ratings(mine):
            self._again()
        else:
            self._show_left()

    @property
    def _mine(self) -> Mine | None:
        """One's ratings, with those that are on their way to the disk."""
        return None if self._saved is None else self._saved.changed({m: r for m, (_, r) in self._pending.items()})

    # What follows from the ratings

    def _again(self) -> None:
        """Fold in anew, and recommend."""
        model, mine, choices = self._shown, self._mine, self._choices
        if model is None or mine is None:
            return

        def work() -> YouList | MftuiError:
            try:
                return you_list(model.factors, mine, choices)
            except MftuiError as error:
                return error

        def show(result: YouList | MftuiError) -> None:
            if model is not self._shown:
                return
            if isinstance(result, YouList):
                self._show(model, result)
            elif choices.narrowed != Filter():  # a filter of another data set
                self.mftui.show_error(result)
                self._choose(narrowed=Filter())
                self._again()
            else:
                self.right.show((), caption="Recommended", empty=f"{result} {result.hint or ''}")

        self._lists.ask(work, show)

    def _show(self, model: OpenModel, now: YouList) -> None:
        keep = self._film(self.right) if self.right.has_focus else None
        self._now, listed = now, now.recommended
        places = {int(movie): at for at, movie in enumerate(listed.movies)}
        narrowed, n = self._choices.narrowed.label, len(now.mine)
        facts = (f"by {listed.ranked_by}", f"from {n:,} rating{'' if n == 1 else 's'}" if n else "for anybody",
                 f"only {narrowed}" if narrowed else "")  # fmt: skip
        self.right.show(
            recommended_with_reasons(model.factors, now),
            caption=f"Recommended to {now.mine.name}",
            detail=", ".join(fact for fact in facts if fact),
            empty=listed.note or "Nothing left to recommend.",
            note=f"No more: {listed.note}" if listed.note else "",
            cursor=places.get(keep, self.right.cursor) if keep is not None else 0,
        )
        self._show_left()
        self._ask_about(model, now)

    def _ask_about(self, model: OpenModel, now: YouList) -> None:
        import numpy as np

        choices, skipped = self._choices, np.array(sorted(self._skipped), dtype=np.int64)

        def show(result: About) -> None:
            if now is self._now:
                film = self._film(self.left) if self.left.has_focus and self._listed.view == "next" else None
                if film is not None and self._about is not None:
                    result = replace(result, suggested=keeping(result.suggested, self._about.suggested, film))
                self._about = result
                if self._listed.view == "next":
                    self._show_left()
                self._show_below()

        self._abouts.ask(lambda: about(model.factors, now, choices, skipped), show)

    # The list on the left

    def _show_left(self) -> None:
        """What was searched for, what to rate next, or what is rated; the cursor stays on its film."""
        model, now, mine = self._shown, self._now, self._mine
        if model is None or now is None or mine is None:
            return
        before, at = self._listed, self.left.cursor
        film = before.film(at)
        if self._found is not None:
            text = self.query_one(SearchBox).value
            self._listed = found_list(model.factors, now, mine, self._found, text)
        elif self._choices.view == "next":
            suggested = None if self._about is None else self._about.suggested
            self._listed = next_list(model.factors, now, suggested, {*self._skipped, *mine.by_movie})
        else:
            c = self._choices
            self._listed = mine_list(model.factors, now, mine, c.sort, reverse=c.reverse)
        new = self._listed
        if new.view != before.view:
            self.left.set_columns(new.columns)
        same_list = new.view == before.view and new.key == before.key
        self.left.show(
            new.rows,
            caption=new.caption,
            detail=new.detail,
            empty=new.empty,
            note=new.note,
            cursor=new.place(film, at) if same_list else 0,
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search()

    def _search(self) -> None:
        model, text = self._shown, self.query_one(SearchBox).value
        if model is None:
            return
        if not text.strip():
            self._searches.ask(lambda: None, lambda _: self._show_found(None))
            return
        choices = listing.MovieChoices()
        self._searches.ask(lambda: listing.list_movies(model, text, choices)[0], self._show_found)

    def _show_found(self, found: NDArray[Any] | None) -> None:
        self._found = found
        self._show_left()

    # Rating

    def _film(self, table: DataTable | None = None) -> int | None:
        """The movie under the cursor of the list that has the keys."""
        table = table or (self.right if self.right.has_focus else self.left)
        if table is self.left:
            return self._listed.film(self.left.cursor)
        if self._now is None or not len(self._now.recommended.movies):
            return None
        return int(self._now.recommended.movies[self.right.cursor])

    def _title(self, movie: int) -> str:
        assert self._shown is not None
        return self._shown.factors.movies.titles[movie]

    def action_stars(self, stars: float) -> None:
        """Give the film under the cursor so many stars."""
        if self._shown is None:
            self.mftui.say(self.no_model(), warn=True)
            return
        rating = ratings_of_stars(self._shown.factors.scale).get(stars)
        if rating is None:
            self._stars.say("This data has no half stars.", "bad")
        else:
            self._rate(rating)

    def action_nudge(self, by: int) -> None:
        """A step more or less for the film under the cursor."""
        movie, mine = self._film(), self._mine
        given = None if movie is None or mine is None else mine.by_movie.get(movie)
        if self._shown is None or given is None:
            self._stars.say("Not rated yet: give it stars first.", "bad")
            return
        rating = nudged(given, by, self._shown.factors.scale)
        if rating == given:
            self._stars.say(f"{rating:g} is as far as the scale goes.", "bad")
        else:
            self._rate(rating)

    def _rate(self, rating: float) -> None:
        movie, profile, matcher = self._film(), self._profile, self._matcher
        if movie is None or profile is None or matcher is None or self._saved is None:
            gone = self._listed.missing(self.left.cursor) is not None and not self.right.has_focus
            self._stars.say("This model does not have that film." if gone else _NOTHING, "bad")
            return
        what = f"{self._title(movie)}: {rating:g}"
        self._change(movie, rating, what, lambda: profile.rate(matcher, movie, rating))

    def action_remove(self) -> None:
        """Take back the rating of the film under the cursor."""
        movie, profile, matcher = self._film(), self._profile, self._matcher
        if profile is None or matcher is None or self._mine is None:
            return
        gone = None if self.right.has_focus else self._listed.missing(self.left.cursor)
        if gone is not None:
            self._change(None, None, f"{gone.name}: taken back", lambda: profile.remove_rows([gone]))
        elif movie is None or movie not in self._mine.by_movie:
            self._stars.say("Not rated: there is nothing to take back.", "bad")
        else:
            what = f"{self._title(movie)}: taken back"
            self._change(movie, None, what, lambda: profile.remove(matcher, movie))

    def action_undo(self) -> None:
        """Take back the last change, whoever made it."""
        profile = self._profile
        if profile is None or self._saved is None:
            return

        def undo() -> str:
            change = profile.undo()
            if change is None:
                return "There is nothing to undo."
            rows = change.before or change.after
            return f"Undone: {rows[0].name}" + (f" and {len(rows) - 1:,} more" if len(rows) > 1 else "")

        self._change(None, None, "", undo)

    def _change(self, movie: int | None, rating: float | None, what: str, make: Any) -> None:
        """Show a change at once, make it in the writer's thread, and say that it is saved once it is on the disk."""
        profile, matcher = self._profile, self._matcher
        assert profile is not None and matcher is not None
        self._changes += 1
        change = self._changes
        if movie is not None:
            self._pending[movie] = change, rating
        self._stars.say(f"saving {what}" if what else "undoing")

        def work() -> tuple[object, Mine]:
            return make(), read_mine(profile, matcher)

        def show(result: tuple[object, Mine] | MftuiError) -> None:
            if movie is not None and self._pending.get(movie, (0, None))[0] == change:
                del self._pending[movie]
            if isinstance(result, MftuiError):
                self._stars.say(f"NOT saved: {what}", "bad")
                self.mftui.show_error(result, title="Not saved")
                self._again()
                return
            said, mine = result
            if change == self._changes:
                self._stars.say(said if isinstance(said, str) else f"saved {what}", "good")
            if profile is self._profile and matcher is self._matcher:
                self._take(mine)

        self._writer.ask(work, show)
        if movie is not None:
            self._show_left()
            self._again()

    def action_skip(self) -> None:
        """Leave the film under the cursor out of what is asked for."""
        movie = self._film(self.left)
        if self._listed.view != "next" or movie is None or self._shown is None or self._now is None:
            self._stars.say("Only films to rate next can be left out: press t.", "bad")
            return
        self._skipped.add(movie)
        self._stars.say(f"not seen: {self._title(movie)}")
        self._show_left()
        self._ask_about(self._shown, self._now)

    # Why

    def on_table_moved(self, event: Table.Moved) -> None:
        focused = self.right if self.right.has_focus or not self.left.display else self.left
        if event.table is focused:
            self._explain()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._explain()

    def page_shown(self) -> None:
        self._explain()
        self._show_below()

    def _explain(self) -> None:
        """Why the film under the cursor is predicted what it is."""
        model, now = self._shown, self._now
        movie = self._film(None if self.left.display else self.right)
        if model is None or now is None or not self.shows_page:
            return
        if movie is None or not len(now.mine):
            self._panel.show(None, _NO_WHY)
            return
        rank = now.recommended.ranked_by

        def show(found: Why) -> None:
            if now is self._now:
                self._panel.show(found)

        self._whys.ask(lambda: why_you(model.factors, now, movie, rank), show)

    def _show_below(self) -> None:
        """The users most alike, and one's place on the axes."""
        if not self.shows_page or self._now is None or self._shown is None:
            return
        below: list[tuple[str, str]] = []
        if self._about is not None and self._about.alike:
            alike = ", ".join(f"{user} ({cosine:.2f})" for user, cosine in self._about.alike)
            below.append(("alike", f"users {alike}"))
        if len(self._now.mine) and self._compass is not None:
            below += [("place" if not at else "", text) for at, text in enumerate(self._compass.places(self._now.row))]
        self._panel.show_below(below)
        if self._compass is None:
            model = self._shown

            def work() -> Compass | MftuiError:
                try:
                    return compass(model.factors)
                except MftuiError as error:
                    return error

            def show(found: Compass | MftuiError) -> None:
                if isinstance(found, Compass) and model is self._shown:
                    self._compass = found
                    self._show_below()

            self._axes.ask(work, show)

    # Actions

    async def on_table_chosen(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        """Go to the film under the cursor, on Movies; escape there comes back."""
        movie = self._film()
        if movie is None:
            self._stars.say(_NOTHING, "bad")
        else:
            await self.mftui.open_movie(movie)

    def action_search(self) -> None:
        """Type a title."""
        self.bring_list()
        self.query_one(SearchBox).focus()

    def action_accept_search(self) -> None:
        """From the search to what it found."""
        (self.left if self.left.display else self.right).focus()

    action_leave_search = action_accept_search

    def action_view(self) -> None:
        """From what to rate next to what is rated, and back."""
        self.bring_list()
        self._choose(view="rated" if self._choices.view == "next" and self._found is None else "next")
        self._clear_search()
        self._show_left()
        self.left.focus()

    def _clear_search(self) -> None:
        self._found = None
        self.query_one(SearchBox).value = ""

    def action_by(self) -> None:
        """Rank by the next of both, like and watch."""
        if self._shown is None:
            return
        factors = self._shown.factors
        rank = blocks.next_own_rank(factors, self._choices.rank_for(factors))
        self.mftui.say(blocks.LISTS[rank] if factors.has_audience else blocks.ONE_BLOCK)
        self._choose(rank=rank)
        self._again()

    @property
    def order(self) -> tuple[str, bool]:
        return self._choices.sort, self._choices.reverse

    def sort_by(self, column: str, *, reverse: bool = False) -> None:
        self.bring_list()
        self._choose(sort=column, reverse=reverse, view="rated")
        self._clear_search()
        self._show_left()

    def action_filter(self) -> None:
        """Ask for filters of what is recommended and of what is to be rated."""
        from mftui.tui.screens.filters import user_filters

        if self._shown is not None:
            c = self._choices
            self.app.push_screen(user_filters(self._shown.factors, c.narrowed, c.many), self._filtered)

    def _filtered(self, answer: dict[str, Any] | None) -> None:
        if answer is not None:
            narrowed = Filter(answer["genre"], answer["years"], answer["min_ratings"])
            self._choose(narrowed=narrowed, many=answer["many"])
            self._about = None
            self._again()

    def action_profile(self) -> None:
        """Choose whose ratings these are; a name that is new begins a profile."""
        from mftui.tui.screens.choices import pick_profile

        if self._profile is not None:
            self.app.push_screen(pick_profile(self._profile.name), self._profile_picked)

    def _profile_picked(self, name: str | None) -> None:
        from mftui.data.profiles.store import choose

        if name is None:
            return

        def show(found: Profile | MftuiError) -> None:
            if isinstance(found, MftuiError):
                self.mftui.show_error(found)
                return
            self._profile, self._saved, self._about = found, None, None
            self._skipped.clear()
            self._stars.say(f"ratings of {found.name}")
            self._read()

        self._writer.ask(lambda: choose(name), show)

    def action_go_back(self) -> None:
        """From the recommendations to the list, then no search."""
        if self.right.has_focus:
            self.action_pane(-1)
        else:
            self._clear_search()
            self._show_left()
