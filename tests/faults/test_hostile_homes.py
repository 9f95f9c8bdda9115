"""A home that somebody handed over can do nothing but be read.

Each file of a home is replaced by a link, a pipe, a device, a directory, a file without end, another type, another
range, another version: no command changes anything outside, hangs, fills the memory or fails with a crash report.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import chance
from helpers.hostile import hostilities, wrong

PARTS = 12
QUICK = 320
"""Every so many homes in the short form."""


def test_every_kind_of_file_is_replaced(whole: Path) -> None:
    names = {Path(hostility.file).name for hostility in hostilities(whole)}
    assert names >= {
        "config.json", "status.json", "result.json", "notes.json", "metrics.jsonl", "train.log", "lock", "factors.json",
        "user_factors.npy", "history_movies.npy", "state.json", "000.npy", "dataset.json", "users.npy", "me.csv",
        ".me.undo.json", ".me.not_seen.csv", ".me.not_interested.csv", ".current", "config.toml", "mftui.log",
        "search.jsonl", "search.log", ".search.lock",
    }  # fmt: skip


def test_no_command_does_more_than_read_a_hostile_home(whole: Path, tmp_path: Path) -> None:
    if not chance.LONG:
        assert wrong(whole, tmp_path / "aside", 7, QUICK) == ""


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_no_command_does_more_than_read_any_hostile_home(whole: Path, tmp_path: Path, part: int) -> None:
    assert wrong(whole, tmp_path / "aside", part, PARTS) == ""
