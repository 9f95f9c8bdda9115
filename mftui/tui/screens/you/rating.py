"""A screen on which films are rated: one key gives the film under the cursor its stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from mftui.errors import MftuiError
from mftui.tui.base import keys
from mftui.tui.screens.recommended import AdviceScreen
from mftui.tui.screens.you.page import YouChoices
from mftui.tui.screens.you.ratings_store import OwnRatings
from mftui.tui.screens.you.star_line import StarLine
from mftui.tui.screens.you.stars import nudged, ratings_of_stars

if TYPE_CHECKING:
    from mftui.data.profiles.rows import Rated

_LOOK_S = 1.0
"""How often the file is looked at: another terminal may have rated."""
NOTHING = "No film is under the cursor. Press / and type a title, or t for films to rate next."


class RatingScreen(AdviceScreen[YouChoices]):
    """Subclasses say which film is under the cursor, and show what follows from the ratings."""

    def __init__(self) -> None:
        super().__init__()
        self._own = OwnRatings(self, self)
        self._stars = StarLine(id="stars")

    def on_mount(self) -> None:
        self.set_interval(_LOOK_S, self._look)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        self._look()

    def _look(self) -> None:
        """Whether another process has rated."""
        if self.is_current:
            self._own.look()

    def gone(self) -> Rated | None:
        """The rating under the cursor, where it is of a film that the model does not have."""
        raise NotImplementedError

    def ratings_changed(self) -> None:
        """Others than before are given."""
        raise NotImplementedError

    def ratings_saved(self) -> None:
        """The same, but more of them are on the disk."""
        raise NotImplementedError

    def ratings_unreadable(self, error: MftuiError) -> None:
        """The file cannot be used."""
        raise NotImplementedError

    def ratings_refused(self, error: MftuiError) -> None:
        """A change could not be made."""
        self.mftui.show_error(error, title="Not saved")

    def say(self, text: str, kind: str = "bad") -> None:
        """Beside the keys that rate."""
        self._stars.say(text, kind)

    def title_of(self, movie: int) -> str:
        """Of the movie at an index of the open model."""
        assert self._shown is not None
        return self._shown.factors.movies.titles[movie]

    def show_keys(self) -> None:
        """Which key is which rating of the open model's scale."""
        if self._shown is None:
            self._stars.show_keys(())
            return
        own, found = self.mftui.settings.keys, ratings_of_stars(self._shown.factors.scale)

        def named(star: float) -> tuple[str, str, str]:
            id = f"you.stars_{star:g}"
            return keys.key_of(id, own), f"{found[star]:g}", keys.pressed(id, own)

        whole, halves = [s for s in found if s == int(s)], [s for s in found if s != int(s)]
        shifted = all(named(s)[2] == keys.pressed(f"you.stars_{s + 0.5:g}", own).upper() for s in halves)
        less = f"shift {found[halves[-1]] - found[halves[-1] + 0.5]:+g}" if halves and shifted else ""
        step = f"{keys.key_of('you.more', own)} {keys.key_of('you.less', own)} a step"
        self._stars.show_keys([*map(named, whole)], [*map(named, halves)], less, step)

    # Actions

    def action_stars(self, stars: float) -> None:
        """Give the film under the cursor so many stars."""
        if self._shown is not None:
            rating = ratings_of_stars(self._shown.factors.scale).get(stars)
            if rating is None:
                self.say("This data has no half stars.")
            else:
                self._rate(rating)

    def action_nudge(self, by: int) -> None:
        """A step more or less for the film under the cursor."""
        movie, mine = self.film(), self._own.mine
        given = None if movie is None or mine is None else mine.by_movie.get(movie)
        if self._shown is None or given is None:
            self.say("Not rated yet: give it stars first.")
        elif (rating := nudged(given, by, self._shown.factors.scale)) == given:
            self.say(f"{rating:g} is as far as the scale goes.")
        else:
            self._rate(rating)

    def _rate(self, rating: float) -> None:
        movie = self.film()
        if movie is not None and self._own.mine is not None:
            self._own.rate(movie, rating, self.title_of(movie))
        else:
            self.say(NOTHING if self.gone() is None else "This model does not have that film.")

    def action_remove(self) -> None:
        """Take back the rating of the film under the cursor."""
        movie, mine, gone = self.film(), self._own.mine, self.gone()
        if gone is not None:
            self._own.remove_row(gone)
        elif movie is not None and mine is not None and movie in mine.by_movie:
            self._own.remove(movie, self.title_of(movie))
        else:
            self.say("Not rated: there is nothing to take back.")

    def action_undo(self) -> None:
        """Take back the last change, whoever made it."""
        if self._own.mine is not None:
            self._own.undo()

    def action_profile(self) -> None:
        """Choose whose ratings these are; a name that is new begins a profile."""
        from mftui.tui.dialogs.pickers import pick_profile

        self.app.push_screen(pick_profile(self._own.name), self.take_profile)

    def take_profile(self, name: str | None) -> None:
        """The ratings of this profile."""
        if name is not None:
            self._own.choose(name)
