"""Draw charts as inline SVG, with classes of the page's stylesheet so that they follow light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from mftui.text import visible

Points = Sequence[tuple[float, float]]
MAX_POINTS = 400
_LABEL = 15
"""Height of a line of labels."""
_LETTER = 5.9
"""Width of a letter of a label on the map."""


@dataclass(frozen=True)
class Line:
    """Is one line of a chart, named at its end."""

    name: str
    points: Points
    style: str
    """Class: `one`, `two`, `level` (a dashed reference)."""


@dataclass(frozen=True)
class Dot:
    """Is one point of a map."""

    x: float
    y: float
    radius: float
    colour: int
    title: str
    """Shown when pointed at; "" for none."""
    label: str = ""


def text(value: object) -> str:
    """Escape anything as HTML text, also for attributes."""
    return escape(visible(str(value)), quote=True)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers from `low` to `high`."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    step = 10.0 ** math.floor(math.log10(raw))
    step *= next(m for m in (1, 2, 2.5, 5, 10) if m * step >= raw)
    return [round(k * step, 12) for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


class _Frame:
    """Turn numbers into positions in a picture, and draw its grid and axes."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float], size: tuple[int, int], right: int) -> None:
        self.size, self._x, self._y = size, x, y
        self.left, self.top, self.right, self.bottom = 52, 14, size[0] - right, size[1] - 42

    def x(self, value: float) -> float:
        low, high = self._x
        return round(self.left + (value - low) / ((high - low) or 1) * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        low, high = self._y
        return round(self.bottom - (value - low) / ((high - low) or 1) * (self.bottom - self.top), 1)

    def path(self, points: Points) -> str:
        return "M" + "L".join(f"{self.x(x)},{self.y(y)}" for x, y in points)

    def grid(self, x_name: str, y_name: str) -> str:
        parts = [
            f'<path class="grid" d="M{self.left},{self.y(v)}H{self.right}"/>'
            f'<text class="tick" x="{self.left - 8}" y="{self.y(v)}" dy=".32em" text-anchor="end">{v:g}</text>'
            for v in ticks(*self._y)
        ]
        parts += [
            f'<text class="tick" x="{self.x(v)}" y="{self.bottom + 18}" text-anchor="middle">{v:g}</text>'
            for v in ticks(*self._x)
        ]
        middle = (self.left + self.right) / 2
        parts.append(f'<path class="axis" d="M{self.left},{self.bottom}H{self.right}"/>')
        parts.append(f'<text class="name" x="{middle:g}" y="{self.size[1] - 4}" text-anchor="middle">{text(x_name)}')
        parts.append(f'</text><text class="name" x="0" y="{self.top - 3}">{text(y_name)}</text>')
        return "".join(parts)

    def svg(self, body: str, said: str) -> str:
        width, height = self.size
        return f'<svg viewBox="0 -8 {width} {height + 8}" role="img" aria-label="{text(said)}">{body}</svg>'


def line_chart(
    lines: Sequence[Line], x_name: str, y_name: str, said: str, *, size: tuple[int, int] = (540, 300)
) -> str:
    """Draw lines over a common x, each named at its end. `said`: the description for screen readers."""
    lines = [Line(one.name, _thinned(one.points), one.style) for one in lines if one.points]
    xs, ys = zip(*(point for line in lines for point in line.points), strict=True)
    pad = (max(ys) - min(ys)) * 0.06 or 0.1
    frame = _Frame((min(xs), max(xs)), (min(ys) - pad, max(ys) + pad), size, 118)
    body = frame.grid(x_name, y_name)
    body += "".join(f'<path class="line {line.style}" d="{frame.path(line.points)}"/>' for line in lines)
    ends = sorted(((frame.y(line.points[-1][1]), line) for line in lines), key=lambda end: end[0])
    lowest = -math.inf
    for y, line in ends:
        lowest = max(y, lowest + _LABEL)
        body += f'<text class="label {line.style}" x="{frame.right + 8}" y="{lowest:g}" dy=".32em">{text(line.name)}'
        body += "</text>"
    return frame.svg(body, said)


def against_chart(points: Points, x_name: str, y_name: str, said: str, *, size: tuple[int, int] = (440, 400)) -> str:
    """Draw points that should lie on the diagonal."""
    low, high = (pick(value for point in points for value in point) for pick in (min, max))
    pad = (high - low) * 0.06 or 0.1
    ends = low - pad, high + pad
    frame = _Frame(ends, ends, size, 14)
    body = frame.grid(x_name, y_name)
    body += f'<path class="line level" d="{frame.path([(ends[0], ends[0]), (ends[1], ends[1])])}"/>'
    body += f'<path class="line one" d="{frame.path(points)}"/>'
    body += "".join(
        f'<circle class="dot one" cx="{frame.x(x)}" cy="{frame.y(y)}" r="4.5"><title>{x:.2f} → {y:.2f}</title></circle>'
        for x, y in points
    )
    return frame.svg(body, said)


def map_chart(dots: Sequence[Dot], said: str, *, size: tuple[int, int] = (1080, 640)) -> str:
    """Draw points with a title each, and as many labels as have room, first ones first."""
    at = np.array([(dot.x, dot.y) for dot in dots])
    (left, low), (right, high) = at.min(axis=0), at.max(axis=0)
    frame = _Frame((left, right), (low, high), size, 20)
    frame.left, frame.bottom = 20, size[1] - 20
    places = [(frame.x(dot.x), frame.y(dot.y)) for dot in dots]
    drawn = [
        f'<circle class="c{dot.colour}" cx="{x:g}" cy="{y:g}" r="{dot.radius:g}">'
        + (f"<title>{text(dot.title)}</title>" if dot.title else "")
        + "</circle>"
        for dot, (x, y) in zip(dots, places, strict=True)
    ]
    taken: list[tuple[float, float, float, float]] = []
    for dot, (x, y) in zip(dots, places, strict=True):
        if not dot.label:
            continue
        half = len(dot.label) * _LETTER / 2
        middle = min(max(x, half), size[0] - half)
        box = (middle - half, y - dot.radius - _LABEL, middle + half, y - dot.radius - 1)
        if box[1] < 0 or any(_overlap(box, other) for other in taken):
            continue
        taken.append(box)
        drawn.append(
            f'<text class="film" x="{middle:.1f}" y="{box[3] - 3:.1f}" text-anchor="middle">{text(dot.label)}</text>'
        )
    return frame.svg("".join(drawn), said)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _thinned(points: Points) -> Points:
    """Thin to at most MAX_POINTS, keeping the ends."""
    if len(points) <= MAX_POINTS:
        return points
    return [points[round(at)] for at in np.linspace(0, len(points) - 1, MAX_POINTS)]
