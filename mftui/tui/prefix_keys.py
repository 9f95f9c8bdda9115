"""Keys that mean something by the key before them: `5 j`, as in vim, and `g 2` for the second screen."""

from __future__ import annotations

from typing import Any

from textual import actions, events
from textual.app import App
from textual.widget import Widget

from mftui.tui.base.panes import TITLES
from mftui.tui.widgets.table import Table

COUNTED = ("j", "k", "h", "l", "g", "G", "down", "up", "left", "right", "n", "N")
"""Keys that a number may come before."""
_COUNT_S = 0.3
"""Between a digit and what it counts at most: whoever looks at the screen that the digit leads to takes longer."""
_PREFIX_S = 1.0
"""Between `g` and a digit at most."""
_MAX_COUNT = 9_999
_MOST_DIGITS = 9
_MODES = tuple(TITLES)


class PrefixKeys:
    """Looks at each key before it is handled. A digit leads to its screen at once; if it turns out to be a count, the
    app goes back to where it was, and moves there. Any other key is for the screen to which the digit has led."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._number = ""
        self._from = ""
        """The mode on which the number was begun."""
        self._at = 0.0
        """When the key before this one came."""
        self._after_g: tuple[Widget | None, int] | None = None
        """What had the keys when `g` came, and its line; None where the key before was not `g`."""

    def handle(self, event: events.Key) -> bool:
        """Return whether the key has been handled."""
        pause, self._at = event.time - self._at, event.time
        after_g, self._after_g = self._after_g, None
        number = self._number if pause <= _COUNT_S else ""
        self._number = ""
        key = event.key
        focused = self._app.focused
        if len(self._app.screen_stack) != 1 or (
            focused is not None and focused.check_consume_key(key, event.character)
        ):
            return False
        if key.isdecimal() and len(key) == 1:
            return self._digit(key, number, after_g if pause <= _PREFIX_S else None)
        if number and key in COUNTED:
            self._app.run_worker(self._count(key, min(int(number[:_MOST_DIGITS]), _MAX_COUNT)), group="count")
            self._after_g = (None, 0) if key == "g" else None
            return True
        if key == "g":
            if after_g is not None and after_g[0] is None and pause <= _COUNT_S:
                return True  # the second of `5gg`
            self._after_g = focused, focused.line if isinstance(focused, Table) else 0
        return False

    def _digit(self, key: str, number: str, after_g: tuple[Widget | None, int] | None) -> bool:
        mode = self._app.current_mode
        if after_g is not None and 1 <= int(key) <= len(_MODES):
            table, line = after_g
            if isinstance(table, Table):
                table.go_to_line(line)  # from where `g` alone has moved it
            self._app.switch_mode(_MODES[int(key) - 1])
            return True
        if mode == "you" and not number:
            return False  # stars
        if not number:
            self._from = mode
        self._number = number + key if number or key != "0" else ""
        return bool(number) and (mode == "you" or key == "0")

    async def _count(self, key: str, n: int) -> None:
        """Do what `key` does `n` times, where the number was begun; nothing where it does not move there."""
        app = self._app
        if app.current_mode != self._from:
            await app.switch_mode(self._from)
        active = app.screen.active_bindings.get(key)
        if active is None:
            return
        _, name, parameters = actions.parse(active.binding.action)
        numbers = [value for value in parameters if isinstance(value, int)]
        if isinstance(active.node, Table) and name in ("first", "last"):
            active.node.go_to_line(n - 1)
        elif name in ("move", "cursor", "metric", "match"):
            await app.run_action(f"{name}({numbers[0] * n})", active.node)
        elif name in ("step", "nudge", "pane"):
            for _ in range(min(n, max(app.size))):
                await app.run_action(active.binding.action, active.node)
