"""The screens and the panes that one can go to, by name; what makes a screen stands in `tui/registry.py`."""

from __future__ import annotations

TITLES = {mode: mode.title() for mode in ("train", "movies", "users", "you", "map", "runs")}
"""The title of each screen by its mode, in the order of their keys; the binding of a screen is `mode('MODE')`."""

PANES: dict[str, tuple[str, str]] = {
    "Train: settings": ("train", "FormView"),
    "Train: chart": ("train", "Chart"),
    "Train: log": ("train", "LogPane"),
    "Movies: search": ("movies", "#search"),
    "Movies: list": ("movies", "#results"),
    "Movies: page": ("movies", "#page"),
    "Movies: neighbours": ("movies", "#neighbours"),
    "Users: id": ("users", "#search"),
    "Users: ratings": ("users", "#rated"),
    "Users: page": ("users", "#page"),
    "Users: recommendations": ("users", "#recommended"),
    "You: search": ("you", "#search"),
    "You: films to rate": ("you", "#own"),
    "You: why": ("you", "#page"),
    "You: recommendations": ("you", "#recommended"),
    "Map: search": ("map", "#search"),
    "Map: map": ("map", "#map"),
    "Map: films": ("map", "#films"),
    "Map: factors": ("map", "#axes"),
    "Runs: search": ("runs", "#search"),
    "Runs: table": ("runs", "#runs"),
    "Runs: curves": ("runs", "#curves"),
    "Runs: calibration": ("runs", "#calibration"),
    "Runs: settings": ("runs", "#settings"),
}
"""The panes by name: (mode, selector within that screen)."""
