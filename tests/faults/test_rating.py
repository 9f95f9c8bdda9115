"""One's own ratings: killed at any moment, on a full disk, in a home that cannot be written, no saved one is lost.

The long form, `pytest tests/faults --long`, kills 200 times.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import chance
from helpers.command import answer_of, call, launch
from helpers.deadly import MOMENTS
from helpers.models import toy_run
from helpers.runs import TESTS

from mftui.data.profiles.store import Profile

KILLS, LONG_KILLS = 10, 200
DEADLIEST_WRITE = 60


def stars() -> dict[str, float]:
    """What the profile holds now, by title."""
    return {row.title: row.stars for row in Profile().rows()}


@pytest.mark.long
def test_killed_within_any_write_it_has_all_that_was_saved(home: Path) -> None:
    chosen = random.Random(0)
    saved: dict[str, float] = {}
    for kill in range(LONG_KILLS if chance.LONG else KILLS):
        arguments = [str(kill), str(chosen.randrange(1, DEADLIEST_WRITE)), chosen.choice(MOMENTS)]
        died = subprocess.run(
            [sys.executable, "-m", "helpers.rater", *arguments],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert died.returncode < 0, died.stderr
        intent = saved
        for line in died.stdout.splitlines():
            document = json.loads(line)
            intent = document.get("intent", intent)
            saved = document.get("saved", saved)
        assert stars() in (saved, intent), arguments
        before = stars()
        Profile().undo()
        saved = stars()
        assert len({title for title, _ in before.items() ^ saved.items()}) <= 1, "more than one change was undone"
    assert saved


def test_killed_as_soon_as_it_says_saved_the_rating_is_there(home: Path) -> None:
    toy_run(home)
    for movie, title in ((1, "Toy Story (1995)"), (3, "Matrix, The (1999)")):
        rating = launch("rate", movie, 4.5)
        assert rating.stdout is not None
        assert "saved in profile me" in rating.stdout.readline()
        rating.kill()
        answer_of(rating)
        assert stars()[title] == 4.5


def test_on_a_full_disk_it_says_so_and_what_was_there_stays(
    small_disk: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    toy_run(small_disk)
    assert call(capfd, "rate", "toy story", "4.5").code == 0
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    refused = call(capfd, "rate", "heat", "2")
    assert refused.code == 1 and refused.out == ""
    assert "could not be saved (No space left on device). What was there before is untouched." in refused.err
    assert stars() == {"Toy Story (1995)": 4.5}
    filler.unlink()
    assert call(capfd, "rate", "heat", "2").code == 0
    assert stars() == {"Toy Story (1995)": 4.5, "Heat (1995)": 2}
    assert not list(Profile().path.parent.glob(".*.tmp"))


def test_a_home_that_cannot_be_written_is_named(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    toy_run(home)
    (home / "ratings").write_text("in the way")
    answer = call(capfd, "rate", "toy story", "4.5")
    assert answer.code == 1 and "could not be saved" in answer.err and str(home / "ratings") in answer.err
