"""The app is killed while films are rated in it: what it had painted as saved is there."""

from __future__ import annotations

import random
import re
import signal
import sys
import time
from pathlib import Path

import pytest
from helpers import chance
from helpers.models import toy_run
from helpers.terminal import Terminal

from mftui.data.profiles.store import Profile

KILLS, LONG_KILLS = 3, 50
SAVED = re.compile(r"saved (.+?): [\d.]+")


@pytest.mark.long
def test_killed_at_any_moment_it_has_all_that_was_shown_as_saved(home: Path) -> None:
    toy_run(home)
    chosen = random.Random(0)
    for _ in range(LONG_KILLS if chance.LONG else KILLS):
        painted: set[str] = set()
        with Terminal((sys.executable, "-m", "mftui"), {}, columns=160, rows=40) as app:
            app.until("made by a test")
            app.press("4")
            app.until("Recommended to")
            app.press("/", "t", "enter")
            app.until("Results")
            life = time.monotonic() + chosen.uniform(0.05, 1.5)
            while time.monotonic() < life:
                app.press(chosen.choice("jkg"), chosen.choice("12345"))
                app._take(0.02)
                painted.update(SAVED.findall(app.text))
            app.process.send_signal(signal.SIGKILL)
            app.process.wait()
        there = {row.title for row in Profile().rows()}
        assert painted <= there, app.text
    assert Profile().rows(), app.text
