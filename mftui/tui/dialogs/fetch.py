"""Fetch a data set from its publisher: how large it is and whose licence it has, then how far the download is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from mftui.errors import MftuiError
from mftui.tui.base import dialog_keys
from mftui.tui.base.display import display_of
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from mftui.data.sources.catalogue import Entry


_BAR = 30


class _Cancelled(Exception):  # no error: what was asked for
    """Ends a download from within."""


class FetchDialog(ModalScreen[bool]):
    """Gives True once the data set is there, None or False where it is not fetched."""

    BINDINGS = dialog_keys.FETCH

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry
        self._under_way = self._cancelled = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose(*self._about())
            yield Prose(("text", ""), classes="told")
        yield KeyBar()

    def on_unmount(self) -> None:
        self._cancelled = True

    def _about(self) -> list[tuple[str, str]]:
        e = self._entry
        sizes = (
            f"{e.n_ratings:,} ratings by {e.n_users:,} users of {e.n_movies:,} movies, a download of {e.size_mb:g} MB."
        )
        return [
            ("title", f"Fetch {e.name}"), ("text", ""), ("text", f"{e.title}. {sizes}"), ("dim", f"From {e.url}"),
            ("text", ""), ("text", f"Licence: {e.licence}"), ("text", ""),
        ]  # fmt: skip

    def action_fetch(self) -> None:
        """Begin, or try again."""
        if not self._under_way:
            self._under_way = True
            self._tell("text", "Downloading. If it is interrupted, it goes on there next time.")
            self.run_worker(self._fetch, thread=True)

    def action_leave(self) -> None:
        """Close; a download under way ends with its next piece."""
        self._cancelled = True
        self.dismiss(False)

    def _fetch(self) -> None:
        """Download, in a thread."""
        from mftui.data.sources.download import fetch

        call, entry, shown = self.app.call_from_thread, self._entry, -1

        def progress(done: int, total: int | None) -> None:
            nonlocal shown
            if self._cancelled:
                raise _Cancelled
            share = min(1.0, done / (total or max(entry.size_mb * 1e6, done, 1)))
            if round(100 * share) != shown:
                shown = round(100 * share)
                call(self._far, share, done)

        try:
            fetch(entry.name, progress=progress)
        except _Cancelled:
            return
        except MftuiError as error:
            call(self._failed, error)
        else:
            call(self._ended)

    def _far(self, share: float, done: int) -> None:
        glyphs, full = display_of(self).glyphs, round(share * _BAR)
        bar = glyphs.full * full + glyphs.empty * (_BAR - full)
        self._tell("text", f"{bar} {share:.0%} {done / 1e6:,.1f} MB")

    def _failed(self, error: MftuiError) -> None:
        self._under_way = False
        self._tell("bad", f"{error.message} {error.hint}".strip())

    def _ended(self) -> None:
        if self.is_current:
            self.dismiss(True)

    def _tell(self, kind: str, text: str) -> None:
        if not self.is_current:
            return
        told = self.query_one(".told", Prose)
        told.show((kind, text))
        told.refresh(layout=True)


def fetch_first(app: App[Any], data: str, go_on: Callable[[], object]) -> None:
    """Go on with a data set, once it has been fetched where it is one of the catalogue's that is not here."""
    from mftui.data.sources.catalogue import CATALOGUE, SAMPLE, fetched

    entry = CATALOGUE.get(data)
    if entry is None or entry is SAMPLE or fetched(data) is not None:
        go_on()
    else:

        def decided(there: bool | None) -> None:
            if there:
                go_on()

        app.push_screen(FetchDialog(entry), decided)
