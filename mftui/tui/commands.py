"""What the command palette offers: every action that has a key, every pane, then themes and the like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen

from mftui.tui.base import keys
from mftui.tui.base.panes import PANES


def commands(
    app: App[Any], screen: Screen[object], go_to_pane: Callable[[str], Awaitable[None]]
) -> Iterable[SystemCommand]:
    """Return the commands that work on `screen`, now."""
    done = set()
    for key, (_, binding, enabled, tooltip) in screen.active_bindings.items():
        if enabled and binding.id and binding.id not in done:
            done.add(binding.id)
            press = partial(app.simulate_key, key)
            yield SystemCommand(f"{binding.description} ({keys.sign(key)})", tooltip, press)
    for pane in PANES:
        yield SystemCommand(f"Go to {pane}", "A pane of a screen", partial(go_to_pane, pane))
    yield SystemCommand("Theme: light, dark", "Change the colours", app.action_change_theme)
