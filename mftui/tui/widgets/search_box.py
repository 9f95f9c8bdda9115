"""One line to type into; what its keys lead to is the screen's: `accept_search`, `leave_search`."""

from __future__ import annotations

from textual.geometry import Region

from mftui.tui.base import dialog_keys
from mftui.tui.base.display import display_of
from mftui.tui.widgets.text_box import TextBox


class SearchBox(TextBox):
    """An Input without a frame."""

    BINDINGS = dialog_keys.SEARCH

    def __init__(self, what: str, *, id: str | None = None) -> None:
        super().__init__(placeholder=f"/ {what}", id=id, compact=True, select_on_focus=True)
        self.leaves = ""
        """A key that is left to the screen, though it is a letter."""

    def on_mount(self) -> None:
        self.cursor_blink = not display_of(self).low_bandwidth

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key != self.leaves and super().check_consume_key(key, character)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> SearchBox:
        """Never lay out the whole screen for another letter, as an Input does: its place is the same."""
        super().refresh(*regions, repaint=repaint or layout, recompose=recompose)
        return self
