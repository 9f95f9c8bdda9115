"""What the app shows, compared with texts that are kept in `tests/tui/dumps`."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from helpers.screens import redrawn, shown, until, until_still
from textual.pilot import Pilot

from mftui.tui.base.display import Display

_DUMPS = Path(__file__).resolve().parents[1] / "tui" / "dumps"
LOOKS = {
    "80x24": ((80, 24), Display()),
    "120x40": ((120, 40), Display()),
    "160x50": ((160, 50), Display()),
    "80x24-ascii": ((80, 24), Display(ascii=True)),
    "40x12": ((40, 12), Display()),
}
each_look = pytest.mark.parametrize(
    "look", [pytest.param(look, marks=[pytest.mark.long] * (look != "80x24")) for look in LOOKS]
)


async def looks_as_kept(pilot: Pilot[Any], scene: str, look: str) -> None:
    """Fail where what is shown is not what is kept of a scene in a look; MFTUI_WRITE_DUMPS keeps it anew."""
    app, (size, how) = pilot.app, LOOKS[look]
    file = _DUMPS / f"{scene}-{look}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    await app.workers.wait_for_complete()
    await until_still(pilot)
    await redrawn(pilot)
    with suppress(AssertionError):  # a screen below a dialog may be drawn late; below, the two are compared
        await until(pilot, lambda: shown(app) + "\n" == kept, scene, patience_s=5)
    await until_still(pilot)
    text = shown(app) + "\n"
    assert all(len(line) <= size[0] for line in text.splitlines())
    if how.ascii:
        assert not [line for line in text.splitlines() if not line.isascii()]
    if os.environ.get("MFTUI_WRITE_DUMPS"):
        file.write_text(kept := text, encoding="utf-8")
    assert text == kept
