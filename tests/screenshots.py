"""Make the pictures of the papers: the real app on the sample, driven by keys, each screen saved as SVG.

Run: `.venv/bin/python tests/screenshots.py` (writes `docs/*.svg`: train, movies, users, you, map, runs). The moving
picture is made by `tests/moving_picture.py`.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot

from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.base.session_state import SessionState

DOCS = Path(__file__).resolve().parent.parent / "docs"
SIZE = (110, 32)
PATIENCE_S = 120.0
FONT = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
_REMOTE_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def make_app() -> MftuiApp:
    """Return the app without its hints, which stays on Train when a training ends."""
    memory = SessionState()
    memory.put(hints=False)
    return MftuiApp(Display(), Settings(standby=False, after_training="stay"), session=memory)


def text_of(app: MftuiApp) -> str:
    """Return the text on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Let the app work until `condition` holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await pilot.pause(0.05)


def save(app: MftuiApp, name: str) -> None:
    """Write the screen as a small SVG that loads nothing from elsewhere."""
    svg = _REMOTE_FONT.sub("", app.export_screenshot(title="mftui", simplify=True))
    svg = svg.replace("Fira Code, monospace", FONT)
    svg = "\n".join(line.strip() for line in svg.splitlines() if line.strip()) + "\n"
    (DOCS / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(f"docs/{name}.svg: {len(svg) / 1024:.0f} KB")


async def take_pictures() -> None:
    """Train on the sample, look for Star Wars, open a user, rate four films, look at the map and at three runs."""
    app = make_app()
    async with app.run_test(size=SIZE, notifications=False) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: "finished" in text_of(app) and app.model is not None)
        save(app, "train")
        await pilot.press("2", "slash", *"star wars", "enter")
        await until(pilot, lambda: "Cosine" in text_of(app) and "Results" in text_of(app))
        await pilot.press("l")
        await pilot.pause(0.2)
        save(app, "movies")
        await pilot.press("3", "slash", "7", "enter")
        await until(pilot, lambda: "Recommended to user 7" in text_of(app))
        save(app, "users")
        await pilot.press("4")
        for title, stars in (("matrix 1999", "5"), ("alien 1979", "5"), ("titanic 1997", "2"), ("toy story 1995", "$")):
            await pilot.press("slash", *title, "enter")
            await until(pilot, lambda: "Results" in text_of(app))
            await pilot.pause(0.3)
            await pilot.press(stars)
            await until(pilot, lambda: " saved " in text_of(app))
        await pilot.press("t", "t", "l")
        await until(pilot, lambda: "because you gave" in text_of(app))
        await pilot.pause(0.3)
        save(app, "you")
        await pilot.press("f5")
        await until(pilot, lambda: "films by genre" in text_of(app))
        await pilot.press("slash", *"toy story 2", "enter", "enter")
        await until(pilot, lambda: "Neighbours" in text_of(app))
        await pilot.pause(0.3)
        save(app, "map")
        for options in (("--preset", "fast"), ("--recipe", "als")):
            command = [sys.executable, "-m", "mftui", "train", "--quiet", *options]
            await asyncio.to_thread(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)
        await pilot.press("6")
        await until(pilot, lambda: "als" in text_of(app) and text_of(app).count("finished") >= 3)
        await pilot.press("a")
        await pilot.pause(1)
        save(app, "runs")


def prepare() -> None:
    """Make the pictures independent of the terminal, and let TensorFlow say nothing about a missing GPU."""
    for name in ("NO_COLOR", "SSH_CONNECTION"):
        os.environ.pop(name, None)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    DOCS.mkdir(exist_ok=True)


def main() -> None:
    """Work in a home of its own, so that nothing but the sample can be seen."""
    with TemporaryDirectory() as home:
        os.environ["MFTUI_HOME"] = home
        prepare()
        asyncio.run(take_pictures())


if __name__ == "__main__":
    main()
