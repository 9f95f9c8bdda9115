"""A home that somebody handed over can do nothing but be read, on every screen of the app; see test_hostile_homes."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.hostile import wrong

EVERY, PARTS = 16, 2
"""Of all hostile homes, those that the app is opened on; and how many tests share them."""


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_no_screen_does_more_than_read_a_hostile_home(whole: Path, tmp_path: Path, part: int) -> None:
    assert wrong(whole, tmp_path / "aside", part * EVERY // PARTS, PARTS * EVERY, "screens") == ""
