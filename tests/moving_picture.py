"""Make the moving picture of the README: the real app trains on the sample and is driven by keys, frame by frame.

Run: `.venv/bin/python tests/moving_picture.py` (writes `docs/mftui.svg`, one animated SVG that loads nothing).

A line of the terminal that stays the same is stored once, however many frames show it. `--frames DIR` also writes
every frame as an SVG of its own, to be looked at one by one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from screenshots import DOCS, FONT, make_app, prepare, text_of, until
from textual.pilot import Pilot
from textual.strip import Strip

from mftui.tui.app import MftuiApp

COLUMNS, LINES = 100, 28
CELL_WIDTH, LINE_HEIGHT, FONT_SIZE = 8.4, 18, 14
MARGIN, CAPTION_HEIGHT = 10, 34
WIDTH = round(COLUMNS * CELL_WIDTH) + 2 * MARGIN
HEIGHT = LINES * LINE_HEIGHT + CAPTION_HEIGHT + 2 * MARGIN
FOREGROUND, BACKGROUND = "#e0e0e0", "#121212"
TRAINED = "[t] … done: test RMSE says how far off predictions are, in stars"
MAX_CURVE_FRAMES = 14
TYPED_S, CURVE_S, LOOK_S, READ_S = 0.14, 0.35, 0.9, 2.8
"""How long a frame stays: after a typed letter, of a growing curve, after a step, where there is much to read."""


@dataclass(frozen=True)
class Frame:
    """What the terminal shows at one moment, and for how long."""

    lines: tuple[str, ...]
    """SVG of each line, drawn as if it were the first."""
    caption: str
    seconds: float


@dataclass
class Film:
    """The frames so far, and the colours that they use."""

    frames: list[Frame] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    """CSS of a text's style → its class."""

    def shoot(self, app: MftuiApp, caption: str, seconds: float) -> None:
        """Add what `app` shows now; a frame like the last one makes the last one longer."""
        lines = tuple(self._line(strip) for strip in app.screen._compositor.render_strips())
        frame = Frame(lines, caption, seconds)
        if self.frames and (self.frames[-1].lines, self.frames[-1].caption) == (lines, caption):
            frame = replace(frame, seconds=seconds + self.frames.pop().seconds)
        self.frames.append(frame)

    def _line(self, strip: Strip) -> str:
        """One line of the terminal as SVG."""
        grounds, texts, column = [], [], 0
        for text, style in _runs(strip):
            width = cell_len(text)
            front, back = _colors(style)
            if back != BACKGROUND:
                grounds.append(
                    f'<path fill="{back}" d="M{column * CELL_WIDTH:.4g} 0h{width * CELL_WIDTH:.4g}'
                    f'v{LINE_HEIGHT}h-{width * CELL_WIDTH:.4g}z"/>'
                )
            if words := text.strip():
                start = column + cell_len(text) - cell_len(text.lstrip())
                css = f"fill:{front}" + (";font-weight:bold" if style.bold else "")
                css += ";text-decoration:underline" if style.underline else ""
                name = self.classes.setdefault(css, f"c{len(self.classes)}")
                texts.append(
                    f'<text class="{name}" x="{start * CELL_WIDTH:.4g}" y="{FONT_SIZE}" '
                    f'textLength="{cell_len(words) * CELL_WIDTH:.4g}">{escape(words, quote=False)}</text>'
                )
            column += width
        return "".join(grounds + texts)

    def svg(self, frames: Sequence[Frame] | None = None) -> str:
        """The whole film, which starts again at its end; or only `frames` of it."""
        frames = self.frames if frames is None else frames
        total = sum(frame.seconds for frame in frames)
        numbers: dict[str, int] = {}
        pages, moves, at = [], [], 0.0
        for i, frame in enumerate(frames):
            moves.append(f"{at / total * 100:.5g}%{{transform:translateY(-{i * HEIGHT}px)}}")
            at += frame.seconds
            uses = "".join(
                f'<use href="#l{numbers.setdefault(line, len(numbers))}" y="{y * LINE_HEIGHT}"/>'
                for y, line in enumerate(frame.lines)
                if line
            )
            caption = f'<text class="caption" x="0" y="{LINES * LINE_HEIGHT + 24}">{_caption(frame.caption)}</text>'
            pages.append(f'<g transform="translate({MARGIN} {MARGIN + i * HEIGHT})">{uses}{caption}</g>')
        defined = "\n".join(f'<g id="l{number}">{line}</g>' for line, number in numbers.items())
        styles = "\n".join(f".{name}{{{css}}}" for css, name in self.classes.items())
        return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">
<title>mftui: training on the sample, then its screens</title>
<style>
text{{font-family:{FONT};font-size:{FONT_SIZE}px;white-space:pre}}
.caption{{font-family:system-ui,sans-serif;font-size:16px;fill:#fff}}
.key{{font-weight:bold;fill:#ffb454}}
{styles}
#film{{animation:film {total:.2f}s steps(1,end) infinite}}
@keyframes film{{{"".join(moves)}}}
@media (prefers-reduced-motion:reduce){{#film{{animation:none}}}}
</style>
<defs>
{defined}
</defs>
<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{BACKGROUND}"/>
<g id="film">
{chr(10).join(pages)}
</g>
</svg>
"""


def _runs(strip: Strip) -> list[tuple[str, Style]]:
    """Neighbouring segments that look the same, joined."""
    runs: list[tuple[str, Style]] = []
    for segment in strip:
        style = segment.style or Style()
        same = runs and _look(runs[-1][1]) == _look(style)
        runs[-1:] = [(runs[-1][0] + segment.text, style)] if same else [*runs[-1:], (segment.text, style)]
    return runs


def _look(style: Style) -> tuple[object, ...]:
    return (*_colors(style), bool(style.bold), bool(style.underline))


def _colors(style: Style) -> tuple[str, str]:
    """Text and background as `#rrggbb`."""
    front, back = _hex(style.color, FOREGROUND), _hex(style.bgcolor, BACKGROUND)
    return (back, front) if style.reverse else (front, back)


def _hex(color: Color | None, default: str) -> str:
    return default if color is None or color.is_default else color.get_truecolor().hex


def _caption(text: str) -> str:
    """`[t] trains`, what stands in brackets being drawn as a key."""
    head, _, rest = text.partition("] ")
    if not head.startswith("["):
        return escape(text, quote=False)
    return f'<tspan class="key">{escape(head[1:])}</tspan><tspan dx="10">{escape(rest, quote=False)}</tspan>'


class Camera:
    """Presses keys in the app and films what follows."""

    def __init__(self, app: MftuiApp, pilot: Pilot[Any], film: Film) -> None:
        self._app, self._pilot, self._film = app, pilot, film

    async def type(self, caption: str, *keys: str) -> None:
        """Press `keys` one after the other, a short frame after each."""
        for key in keys:
            await self._pilot.press(key)
            await self._pilot.pause(0.15)
            self._film.shoot(self._app, caption, TYPED_S)

    async def show(self, caption: str, seconds: float, *texts: str) -> None:
        """Wait until the screen has all of `texts`, and film it for that long."""
        await until(self._pilot, lambda: all(text in text_of(self._app) for text in texts))
        await self._pilot.pause(0.3)
        self._film.shoot(self._app, caption, seconds)

    async def follow(self, captions: Mapping[str, str], done: Callable[[], bool]) -> None:
        """Film several times a second until `done`; the caption is that of the first text that is on the screen."""
        first = len(self._film.frames)
        while not done():
            await self._pilot.pause(0.1)
            text = text_of(self._app)
            self._film.shoot(self._app, next((captions[word] for word in captions if word in text), ""), CURVE_S)
        frames = self._film.frames[first:]
        waiting = [frame for frame in frames if frame.caption == captions["starting"]]
        curve = [replace(frame, seconds=CURVE_S) for frame in frames if frame not in waiting]
        self._film.frames[first:] = [replace(waiting[-1], seconds=READ_S / 2), *_evenly(curve, MAX_CURVE_FRAMES)]


def _evenly(frames: list[Frame], most: int) -> list[Frame]:
    """At most `most` of `frames`, at even distances, the first and the last among them."""
    if len(frames) <= most:
        return frames
    return [frames[round(i * (len(frames) - 1) / (most - 1))] for i in range(most)]


async def make_film() -> Film:
    """Train, look for movies like one, open a user, rate three movies, look at the map."""
    app, film = make_app(), Film()
    async with app.run_test(size=(COLUMNS, LINES), notifications=False) as pilot:
        camera = Camera(app, pilot, film)
        await camera.show("[1] Train: what mftui does, and how to begin", READ_S, "a tour of two minutes")
        captions = {
            "starting": "[t] starts a training",
            "audience loss": "[t] … then the model learns who watches what",
            "finished": TRAINED,
            "": "[t] … the error falls while the model learns from the ratings",
        }
        await pilot.press("t")
        await camera.follow(captions, lambda: "finished" in text_of(app) and app.model is not None)
        await camera.show(TRAINED, READ_S, "finished")
        caption = "[2] Movies: find a movie, and see those most like it"
        await camera.type(caption, "2")
        await camera.show(caption, LOOK_S, "Cosine")
        await camera.type(caption, "slash", *"matrix", "enter")
        await camera.show(caption, LOOK_S, "Results", "Matrix")
        await camera.type(caption, "l")
        await camera.show(caption, READ_S, "Results", "Matrix")
        caption = "[3] Users: ratings beside predictions, and what to recommend"
        await camera.type(caption, "3", "slash", "7", "enter")
        await camera.show(caption, LOOK_S, "Recommended to user 7")
        await camera.type(caption, "l", "j", "j")
        await camera.show(caption, READ_S, "Recommended to user 7")
        caption = "[4] You: rate movies, and your own list follows at once"
        await camera.type(caption, "4")
        await camera.show(caption, LOOK_S, "You")
        for title, stars in (("matrix 1999", "5"), ("alien 1979", "5"), ("titanic 1997", "2")):
            await camera.type(caption, "slash", *title)
            await pilot.press("enter")
            await camera.show(caption, 0.5, "Results")
            await pilot.press(stars)
            await camera.show(caption, LOOK_S, " saved ")
        await camera.type(caption, "l", "j")
        await camera.show(caption, READ_S, "Recommended to")
        caption = "[F5] Map: every movie is a point; movies that are alike are near"
        await pilot.press("f5")
        await camera.show(caption, LOOK_S, "films by genre")
        await camera.type(caption, "slash", *"toy story 2")
        await pilot.press("enter", "enter")
        await camera.show(caption, READ_S, "Toy Story 2")
    return film


def main() -> None:
    """Film in a home of its own, so that nothing but the sample can be seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, help="also write every frame, as an SVG of its own, into this directory")
    asked = parser.parse_args()
    with TemporaryDirectory() as home:
        os.environ["MFTUI_HOME"] = home
        prepare()
        film = asyncio.run(make_film())
    (DOCS / "mftui.svg").write_text(film.svg(), encoding="utf-8")
    size, seconds = (DOCS / "mftui.svg").stat().st_size / 1024, sum(frame.seconds for frame in film.frames)
    print(f"docs/mftui.svg: {size:.0f} KB, {len(film.frames)} frames, {seconds:.0f} s")
    if asked.frames:
        asked.frames.mkdir(parents=True, exist_ok=True)
        for i, frame in enumerate(film.frames):
            (asked.frames / f"{i:03}.svg").write_text(film.svg([frame]), encoding="utf-8")


if __name__ == "__main__":
    main()
