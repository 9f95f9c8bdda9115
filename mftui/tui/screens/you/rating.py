"""Rate films by keys: one key gives the film under the cursor its stars, and a line says what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.tui.base import keys
from mftui.tui.base.shell import shell_of
from mftui.tui.screens.you.ratings_store import Listener, ProfileStore
from mftui.tui.screens.you.star_line import HALF, StarLine, nudged, ratings_of_stars

if TYPE_CHECKING:
    from textual.screen import Screen

    from mftui.data.profiles.rated import Rated
    from mftui.data.profiles.store import Of
    from mftui.engine.model.factors import Factors

_NOT_IN_MODEL = "This model does not have that film."
NO_FILM = "No film is under the cursor. Press {you.search} and type a title, or {you.view} for films to rate next."


class Rater:
    """Changes the ratings of a profile, shown by `listener`; `line` names the keys and says what became of the last.

    `film` is what a key is about: the index of a movie, a rating of a film that the model does not have, or nothing.
    """

    def __init__(self, screen: Screen[None], listener: Listener) -> None:
        self._screen = screen
        self.line = StarLine(id="stars")
        self.ratings = ProfileStore(screen, listener, self.line.say)
        self._factors: Factors | None = None
        self._last: int | None = None
        """The movie that was rated last."""

    def poll(self) -> None:
        """Look at the file, if the screen is shown."""
        if self._screen.is_current:
            self.ratings.poll()

    def open(self, factors: Factors) -> None:
        """Rate on the scale of this model from now on, and name the key of each rating."""
        self._factors, self._last = factors, None
        self.ratings.open(factors)
        own, found = shell_of(self._screen).settings.keys, ratings_of_stars(factors.scale)

        def named(star: float) -> tuple[str, str, str]:
            id = f"you.stars_{star:g}"
            return keys.key_of(id, own), f"{found[star]:g}", keys.pressed(id, own)

        whole, halves = [star for star in found if star == int(star)], [star for star in found if star != int(star)]
        more = f"{found[halves[-1]] - found[halves[-1] - HALF]:+g}" if halves else ""
        half = f"then {keys.key_of('you.half', own)} {more}" if halves else ""
        step = f"{keys.key_of('you.more', own)} {keys.key_of('you.less', own)} a step"
        self.line.show_keys([*map(named, whole)], [*map(named, halves)], half, step)

    @property
    def _no_film(self) -> str:
        return keys.written(NO_FILM, shell_of(self._screen).settings.keys)

    def give_stars(self, film: int | Rated | None, stars: float) -> None:
        """Give a film so many stars."""
        if self._factors is not None:
            rating = ratings_of_stars(self._factors.scale).get(stars)
            if rating is None:
                self.line.say("This data has no half stars.", "bad")
            else:
                self._rate(film, rating)

    def add_half(self) -> None:
        """Give the film that was rated last half a star more: its digit, and a half."""
        given, film = self.ratings.given, self._last
        rated = given.by_movie.get(film) if film is not None and given is not None else None
        if self._factors is None or rated is None:
            self.line.say("Nothing has been rated yet to which half a star could be added.", "bad")
            return
        found = ratings_of_stars(self._factors.scale)
        star = next((star for star, rating in found.items() if rating == rated), None)
        if star is None or star + HALF not in found:
            has_halves = any(star != int(star) for star in found)
            self.line.say(f"{rated:g} is as far as it goes." if has_halves else "This data has no half stars.", "bad")
        else:
            self._rate(film, found[star + HALF])

    def nudge(self, film: int | Rated | None, by: int) -> None:
        """Rate a film `by` steps of the scale higher."""
        given = self.ratings.given
        rated = given.by_movie.get(film) if isinstance(film, int) and given is not None else None
        if self._factors is None or rated is None:
            self.line.say("Not rated yet: give it stars first.", "bad")
        elif (rating := nudged(rated, by, self._factors.scale)) == rated:
            self.line.say(f"{rating:g} is as far as the scale goes.", "bad")
        else:
            self._rate(film, rating)

    def _rate(self, film: int | Rated | None, rating: float) -> None:
        if isinstance(film, int) and self.ratings.given is not None:
            self._last = film
            self.ratings.rate(film, rating)
        else:
            self.line.say(self._no_film if film is None or isinstance(film, int) else _NOT_IN_MODEL, "bad")

    def leave_out(self, film: int | Rated | None, of: Of) -> None:
        """Say that a film was not seen, or is not wanted; where that was said before, take it back."""
        given = self.ratings.given
        if not isinstance(film, int) or given is None:
            self.line.say(self._no_film if film is None else _NOT_IN_MODEL, "bad")
        elif of == "not_seen" and film in given.by_movie:
            self.line.say("You have rated this film, so it is not asked for.", "bad")
        else:
            self.ratings.leave_out(film, of, back=film in getattr(given, of))

    def remove(self, film: int | Rated | None) -> None:
        """Remove the rating of a film."""
        given = self.ratings.given
        if film is not None and not isinstance(film, int):
            self.ratings.remove_row(film)
        elif given is not None and film in given.by_movie:
            self.ratings.remove(film)
        else:
            self.line.say("Not rated: there is no rating to remove.", "bad")

    def undo(self) -> None:
        """Undo the last change, whoever made it."""
        if self.ratings.given is not None:
            self.ratings.undo()
