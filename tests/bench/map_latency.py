"""The map with 90,000 films: how soon its first picture is there, and how soon a pan or a zoom is repainted.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/map_latency.py [presses] [starts]`. The app runs in a real
pseudo-terminal of 120×40. Processor time does not depend on what else the machine does; the rest does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app_latency import report, titles
from helpers.models import toy_factors, toy_run
from terminal import App, Key

N_MOVIES, N_FACTORS = 90_000, 64
MAP = (1, 72)
KEYS = "LHKJ+-++--LKHJ"


def painted(lines: list[str]) -> bool:
    """Whether points are on the screen."""
    dots = sum(0x2800 < ord(c) < 0x2900 for line in lines for c in line)
    return dots > 300 and any("films by genre" in line for line in lines)


def start(home: str) -> App:
    """The app on its first screen, not on the one that it remembers."""
    (Path(home) / "state.json").unlink(missing_ok=True)
    return App(home)


def first_picture(home: str) -> Key:
    """From the key 5, once the model is open, to the points."""
    app = start(home)
    try:
        app.until("made by a test")
        app.settle(2)
        return app.press_for("5", painted)
    finally:
        app.close()


def moving(home: str, presses: int) -> dict[str, list[Key]]:
    """Pans and zooms one after the other, then single steps of the cursor."""
    app = start(home)
    try:
        app.until("made by a test")
        app.settle(1)
        app.press_for("5", painted)
        app.settle(2)
        found = {"pan or zoom": [app.press(KEYS[i % len(KEYS)], MAP) for i in range(presses)]}
        app.press("0", MAP)
        found["cursor by a cell"] = [app.press("lljhhk"[i % 6], MAP) for i in range(presses // 2)]
        return found
    finally:
        app.close()


def main() -> None:
    presses, starts = (int(text) for text in [*sys.argv[1:], "100", "5"][:2])
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with TemporaryDirectory() as home:
        toy_run(Path(home), toy_factors(titles(N_MOVIES), n_users=40, k=N_FACTORS))
        report(f"first picture of {N_MOVIES:,} films", [first_picture(home) for _ in range(starts)], "1000 ms")
        for name, keys in moving(home, presses).items():
            report(f"{name}, {N_MOVIES:,} films", keys, "80 ms 95%")


if __name__ == "__main__":
    main()
