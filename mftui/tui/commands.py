"""What the command palette offers: every action that has a key, every pane, then themes and the like."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from mftui.tui.base import keys
from mftui.tui.registry import PANES

if TYPE_CHECKING:
    from mftui.tui.app import MftuiApp


def commands(app: MftuiApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    """Those that work on `screen`, now."""
    done = set()
    for key, (_, binding, enabled, tooltip) in screen.active_bindings.items():
        if enabled and binding.id and binding.id not in done:
            done.add(binding.id)
            press = partial(app.simulate_key, key)
            yield SystemCommand(f"{binding.description} ({keys.sign(key)})", tooltip, press)
    for pane in PANES:
        yield SystemCommand(f"Go to {pane}", "A pane of a screen", partial(app.go_to_pane, pane))
    yield SystemCommand("Theme", "Change the colours", app.action_change_theme)
    yield SystemCommand("Screenshot", "Save this screen as SVG", app.deliver_screenshot)
