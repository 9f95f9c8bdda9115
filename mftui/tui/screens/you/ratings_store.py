"""The ratings of a profile under a model: read, watched and changed, without the event loop waiting for the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from mftui.errors import MftuiError
from mftui.tui.base.background import LatestWins, or_error
from mftui.tui.base.shell import shell_of
from mftui.tui.screens.you.ratings import ProfileRatings, ProfileWriter, read_profile

if TYPE_CHECKING:
    from pathlib import Path

    from textual.dom import DOMNode

    from mftui.data.incoming.incoming import Wanted
    from mftui.data.incoming.merge import Resolved
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.rated import Rated
    from mftui.data.profiles.store import Of, Profile
    from mftui.data.storage.string_column import StringColumn
    from mftui.engine.model.factors import Factors


class Listener(Protocol):
    """Who shows them."""

    def ratings_changed(self) -> None:
        """Respond to ratings that differ from those before."""

    def ratings_saved(self) -> None:
        """Respond to more of the same ratings being on the disk."""

    def ratings_unreadable(self, error: MftuiError) -> None:
        """Respond to a file that cannot be used."""


class ProfileStore:
    """What is asked for counts at once; it is said to be saved once it is on the disk."""

    def __init__(self, node: DOMNode, listener: Listener, say: Callable[[str, str], None]) -> None:
        """`say` is told what became of a change: a text, and "text" under way, "good" once it is on the disk, "bad"."""
        self._node, self._listener, self._say = node, listener, say
        self._titles: Sequence[str] | StringColumn = ()
        self._profile: Profile | None = None
        self._matcher: Matcher | None = None
        self._saved: ProfileRatings | None = None
        self._pending: dict[tuple[Of, int], tuple[int, float | None]] = {}
        """By what is said of which movie: which change it is, and the rating that is not on the disk yet (where a movie
        is left out, any); None: taken back."""
        self._changes = 0
        self._writer, self._files = ProfileWriter(node), LatestWins(node, "profile")

    @property
    def given(self) -> ProfileRatings | None:
        """Return the ratings, with those that are on their way to the disk; None until the file was read."""
        if self._saved is None:
            return None
        waiting: dict[str, dict[int, float | None]] = {}
        for (of, movie), (_, rating) in self._pending.items():
            waiting.setdefault(of, {})[movie] = rating
        given = self._saved.changed(waiting.pop("", {}))
        for what, films in waiting.items():
            given = given.leaving_out(what, {movie: rating is not None for movie, rating in films.items()})
        return given

    @property
    def name(self) -> str:
        """Return the profile's name, "" without a profile."""
        return "" if self._profile is None else self._profile.name

    def open(self, factors: Factors) -> None:
        """Read the profile as ratings of this model."""
        from mftui.data.profiles.match import Matcher
        from mftui.data.profiles.store import Profile

        self._titles = factors.movies.titles
        self._matcher, self._profile, self._saved = Matcher(factors), self._profile or Profile(), None
        self._pending.clear()
        self._read()

    def poll(self) -> None:
        """Read the file again where it is not as it was: another process has rated."""
        profile, saved = self._profile, self._saved
        if profile is not None and not self._writer.waiting:
            stamp_then = None if saved is None else saved.stamp
            self._files.ask(profile.stamp, lambda stamp: self._read_again() if stamp != stamp_then else None)

    def _read_again(self) -> None:
        if self._saved is not None:
            self._say("changed in another terminal", "text")
        self._read()

    def _read(self) -> None:
        profile, matcher = self._profile, self._matcher
        if profile is None or matcher is None:
            return

        def show(given: ProfileRatings | MftuiError) -> None:
            if matcher is not self._matcher or profile is not self._profile:
                return
            if isinstance(given, MftuiError):
                self._saved = None
                self._listener.ratings_unreadable(given)
            else:
                self._take(given, self.given)

        self._files.ask(or_error(lambda: read_profile(profile, matcher)), show)

    def _take(self, given: ProfileRatings, before: ProfileRatings | None) -> None:
        """Take the ratings as they are on the disk; tell the listener whether they differ from those given `before`."""
        self._saved = given
        now = self.given
        if before is None or now is None or not before.same_ratings(now):
            self._listener.ratings_changed()
        else:
            self._listener.ratings_saved()

    def rate(self, movie: int, rating: float) -> None:
        """Give the movie at an index a rating of the model's scale."""
        profile, matcher = self._ready()
        what = f"{self._titles[movie]}: {rating:g}"
        self._change(what, lambda: profile.rate(matcher, movie, rating), ("", movie), rating)

    def leave_out(self, movie: int, of: Of, *, back: bool) -> None:
        """Say that the movie at an index was not seen, or is not wanted; `back`: no longer."""
        profile, matcher = self._ready()
        said = f"{of.replace('_', ' ')}{' taken back' if back else ''}: {self._titles[movie]}"
        made = None if back else 1.0
        self._change(said, lambda: profile.leave_out(matcher, movie, of, back=back), (of, movie), made)

    def remove(self, movie: int) -> None:
        """Take its rating back."""
        profile, matcher = self._ready()
        what = f"{self._titles[movie]}: rating removed"
        self._change(what, lambda: profile.remove(matcher, movie), ("", movie))

    def remove_row(self, row: Rated) -> None:
        """Take back the rating of a film that the model does not have."""
        profile, _ = self._ready()
        self._change(f"{row.name}: rating removed", lambda: profile.remove_rows([row]))

    def undo(self) -> None:
        """Take back the last change, whoever made it."""
        profile, _ = self._ready()

        def undo() -> str:
            change = profile.undo()
            rows = () if change is None else change.before or change.after
            more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
            of = f" ({change.of.replace('_', ' ')})" if change is not None and change.of else ""
            return f"undone: {rows[0].name}{of}{more}" if rows else "There is nothing to undo."

        self._change("", undo)

    def read_file(self, file: Path, wanted: Wanted) -> Resolved:
        """Find the movies of the ratings in a file. Raises DataError, UsageError. Not for the event loop."""
        from mftui.data.incoming.incoming import read_incoming
        from mftui.data.incoming.merge import resolve

        return resolve(read_incoming(file, wanted), self._ready()[1])

    def bring(self, resolved: Resolved, unmatched: Path | None = None) -> None:
        """Put what was read into the profile; write what was not found to the file `unmatched`, if there is one."""
        from mftui.data.incoming.mend import as_mendable
        from mftui.data.incoming.merge import import_into
        from mftui.data.storage.results import write_result

        profile, matcher = self._ready()

        def bring() -> str:
            done = import_into(profile, resolved, matcher)
            if unmatched is not None:
                write_result(unmatched, as_mendable(resolved.unmatched, matcher), private=True)
            older = f"; {len(done.older):,} older than yours left out" if done.older else ""
            return f"imported {len(done.change.after):,} ratings{older}" + (f"; {unmatched}" if unmatched else "")

        self._change("imported ratings", bring)

    def choose(self, name: str) -> None:
        """Switch to another profile, for the command line as well."""
        from mftui.data.profiles.store import choose

        def show(found: Profile | MftuiError) -> None:
            if isinstance(found, MftuiError):
                shell_of(self._node).show_error(found, title="Not saved")
                return
            self._profile, self._saved = found, None
            self._pending.clear()
            self._say(f"ratings of {found.name}", "text")
            self._read()

        self._writer.ask(lambda: choose(name), show)

    def _ready(self) -> tuple[Profile, Matcher]:
        assert self._profile is not None and self._matcher is not None
        return self._profile, self._matcher

    def _change(
        self,
        what: str,
        make: Callable[[], object],
        about: tuple[Of, int] | None = None,
        rating: float | None = None,
    ) -> None:
        profile, matcher = self._ready()
        self._changes += 1
        change = self._changes
        if about is not None:
            self._pending[about] = change, rating
        self._say(f"saving {what}" if what else "undoing", "text")

        def work() -> tuple[object, ProfileRatings]:
            return make(), read_profile(profile, matcher)

        def show(result: tuple[object, ProfileRatings] | MftuiError) -> None:
            here = profile is self._profile and matcher is self._matcher
            if isinstance(result, MftuiError):
                self._forget(about, change)
                self._say(f"NOT saved: {what}", "bad")
                shell_of(self._node).show_error(result, title="Not saved")
                if here:
                    self._listener.ratings_changed()
                return
            said, given = result
            if change == self._changes:
                self._say(said if isinstance(said, str) else f"saved {what}", "good")
            if here:
                before = self.given
                self._forget(about, change)
                self._take(given, before)

        self._writer.ask(work, show)
        if about is not None:
            self._listener.ratings_changed()

    def _forget(self, about: tuple[Of, int] | None, change: int) -> None:
        """Forget a change that is no longer under way, unless a later one of the same film is."""
        if about is not None and self._pending.get(about, (0, None))[0] == change:
            del self._pending[about]
