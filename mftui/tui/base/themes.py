"""The app's own colours: few, and each with one meaning."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

from mftui.tui.base.display import Display

DARK = Theme(
    "mftui-dark", dark=True, primary="#7fb0d6", secondary="#8f9bb3", accent="#e2b05e", success="#8ec07c",
    warning="#e2b05e", error="#e5786d", foreground="#d4d8df", background="#15181e", surface="#1b1f27", panel="#232833",
)  # fmt: skip
LIGHT = Theme(
    "mftui-light", dark=False, primary="#1f6391", secondary="#5b6678", accent="#a05a00", success="#3d7a2d",
    warning="#a05a00", error="#b3372c", foreground="#23272e", background="#fbfaf7", surface="#f1efe9", panel="#e6e3da",
)  # fmt: skip
ANSI = Theme(
    "mftui-ansi", dark=True, ansi=True, primary="ansi_cyan", secondary="ansi_blue", accent="ansi_yellow",
    success="ansi_green", warning="ansi_yellow", error="ansi_red", foreground="ansi_default", background="ansi_default",
    surface="ansi_default", panel="ansi_default", boost="ansi_default",
    variables=BUILTIN_THEMES["ansi-dark"].variables
    | {"text-muted": "ansi_default", "text-disabled": "ansi_default", "text": "ansi_default"},
)  # fmt: skip
"""The terminal's own colours, on its own background: a tenth of the bytes, and right on 16 colours."""

THEMES = (DARK, LIGHT, ANSI)


def default_theme(terminal: Display) -> str:
    """Return the theme to start with."""
    return ANSI.name if terminal.plain_colors else DARK.name
