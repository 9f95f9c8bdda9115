"""The keys of dialogs, of the help, and of the lines that one types into; see `keys`."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from mftui.tui.base.keys import key

EDITOR: list[BindingType] = [
    key("editor.accept", "enter", "accept(0)", "Accept", show=True),
    key("editor.next", "down,tab", "accept(1)", "Accept, next"),
    key("editor.previous", "up,shift+tab", "accept(-1)", "Accept, previous"),
    key("editor.cancel", "escape", "cancel", "Cancel", show=True),
]

SEARCH: list[BindingType] = [
    key("search.accept", "enter", "screen.accept_search", "Accept", show=True),
    key("search.leave", "escape", "screen.leave_search", "To the list", show=True),
    key("search.list", "down", "screen.leave_search", "To the list"),
]

DIALOG: list[BindingType] = [key("dialog.close", "escape,q", "dismiss", "Close", show=True)]

ASK: list[BindingType] = [key("ask.close", "escape", "dismiss", "Close", show=True)]

HELP: list[BindingType] = [
    key("help.words", "tab", "words", "Keys or words", show=True, priority=True),
    key("help.down", "down", "list('move', 1)", "Down", priority=True),
    key("help.up", "up", "list('move', -1)", "Up", priority=True),
    key("help.page_down", "pagedown", "list('page', 1)", "Page down", priority=True),
    key("help.page_up", "pageup", "list('page', -1)", "Page up", priority=True),
    key("help.close", "escape", "dismiss", "Close", show=True, priority=True),
    key("help.enter", "enter", "dismiss", "Close", priority=True),
]
"""Before those of the line that is typed into."""

TYPED = (
    ("g 1 to g 6", "Go to a screen", "As the digit alone, but also on You, where 1 to 5 are stars; so do F1 to F6."),
    ("5 j", "Count", "A number typed at once before h, j, k, l, n, N, G or gg: five lines down, to line five. With any "
     "other letter right behind it, both do nothing. Not on You."),
)  # fmt: skip
"""What the help says of keys that mean something by the key before them (see `tui/prefix_keys.py`): keys, what they
do, sentence."""

FIELDS: list[BindingType] = [
    key("fields.accept", "enter", "screen.accept", "Accept", show=True),
    key("fields.next", "tab,down", "screen.step(1)", "Next", show=True),
    key("fields.previous", "up,shift+tab", "screen.step(-1)", "Previous"),
    key("fields.clear", "ctrl+r", "screen.clear", "Clear all", show=True),
    key("fields.cancel", "escape", "screen.dismiss", "Cancel", show=True),
]

FETCH: list[BindingType] = [
    key("fetch.begin", "enter,y", "fetch", "Fetch", show=True),
    key("fetch.leave", "escape,n,q", "leave", "Cancel", show=True),
]

PICK: list[BindingType] = [
    key("pick.choose", "enter", "choose", "Choose", show=True),
    key("pick.search", "slash", "search", "Type", show=True),
    key("pick.close", "escape,q", "dismiss", "Close", show=True),
]

READING: list[BindingType] = [
    key("reading.take", "enter", "take", "Take", show=True),
    key("reading.user", "u", "role('user')", "User", show=True),
    key("reading.movie", "m", "role('movie')", "Movie", show=True),
    key("reading.rating", "r", "role('rating')", "Rating", show=True),
    key("reading.time", "t", "role('timestamp')", "Time", show=True),
    key("reading.unused", "x", "role('')", "Unused", show=True),
    key("reading.found", "d", "found", "Reset", show=True),
    key("reading.close", "escape,q", "dismiss", "Leave", show=True),
    key("reading.missing", "n", "missing", "Not rated"),
    key("reading.counts", "c", "counts", "Counts"),
    key("reading.wide", "w", "wide", "Matrix"),
    key("reading.table", "s", "table", "Sheet or table"),
    *(key(f"reading.answer_{n}", str(n), f"answer({n})", f"Answer {n}") for n in range(1, 7)),
    key("reading.scroll", "space", "scroll", "Scroll"),
]
"""The dialog itself names those that its key bar does not."""
READING_IDS = tuple(binding.id for binding in READING if isinstance(binding, Binding) and binding.id)
