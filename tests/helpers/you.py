"""The screen You: going there, searching, and ratings from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.models import TITLES
from helpers.screens import shown, until, until_shown
from textual.pilot import Pilot

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.engine.model.factors import Factors
from mftui.tui.app import MftuiApp

SIZE = (160, 40)
MakeApp = Callable[..., MftuiApp]
MATRIX = TITLES.index("Matrix, The (1999)")


def given(name: str | None = None) -> dict[str, float]:
    """What is in the file."""
    return {row.title: row.stars for row in Profile(name).rows()}


def rate(factors: Factors, ratings: dict[int, float], name: str | None = None) -> None:
    """As another process would."""
    for at, (movie, rating) in enumerate(ratings.items()):
        Profile(name).rate(Matcher(factors), movie, rating, timestamp=at + 1)


def recommended(app: MftuiApp) -> str:
    return shown(app).split("Recommended to")[1]


async def opened(pilot: Pilot[Any]) -> None:
    await pilot.press("f4")
    await until_shown(pilot, "Recommended to")


async def find(pilot: Pilot[Any], text: str) -> None:
    """Search, and put the cursor on what was found."""
    await pilot.press("slash", *text)
    await until_shown(pilot, "Results")
    await until(pilot, lambda: "1/1" in shown(pilot.app), text)
    await pilot.press("enter")
