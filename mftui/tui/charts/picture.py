"""What a chart shows, without how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mftui.tui.charts.points import Points


class Curve(NamedTuple):
    """A named series."""

    name: str
    points: Points
    dots: bool = False
    """Draw its points apart where colour cannot tell it from others, and never smooth it: for series that have few."""
    sign: str = ""
    """The character of these points, "" for the usual one."""
    style: int = 0
    """Its colour."""
    mark: str = ""
    """A letter that tells it apart without colour, "" for the training's own curves."""
    note: str = ""
    """What to know of its values, in two words."""


class Picture(NamedTuple):
    """What a chart shows."""

    title: str
    x_label: str
    of: str = ""
    """What the run is called, where that is said before the title."""
    curves: tuple[Curve, ...] = ()
    best: tuple[float, float] | None = None
    """The point to mark, (x, y)."""
    best_label: str = ""
    """Where that is, in words."""
    start: float = 0.0
    """Where the x axis begins."""
    unit: float = 1.0
    """About what lies between two points, on the x axis."""
    x_form: Callable[[float], str] = "{:,.0f}".format
    """How an x is written where values are read off."""
    total: float | None = None
    """Where the x axis ends when all is done, if known."""
    note: str = ""
    """What to know of its values, a sentence below the title."""
    marked: str = ""
    """What the curves with a mark show, all of them the same, where there are several kinds."""
    marked_why: str = ""
    """Why they show that, in words."""
    empty: str = ""
    """What to say while there is no point."""
    form: Callable[[float], str] = "{:.4f}".format
    """How its values are written."""
    short: Callable[[float], str] = "{:.3f}".format
    """The same where there is little room."""
