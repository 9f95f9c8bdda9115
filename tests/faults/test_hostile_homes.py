"""A home that somebody handed over can do nothing but be read.

Each file of a home is replaced by a link, a pipe, a device, a directory, a file without end, another type, another
range, another version: no command changes anything outside, hangs, fills the memory or fails with a crash report.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import chance
from helpers.hostile import hostilities, whole_home
from helpers.runs import TESTS

PARTS = 12
QUICK = 320
"""Every so many homes in the short form."""
SCREENS_EVERY = 8


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("whole") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFTUI_HOME", str(home))
        whole_home(home)
    return home


def wrong(whole: Path, aside: Path, part: int, parts: int, *more: str) -> str:
    """Go through a part of all hostile homes in a process of its own; return what went wrong."""
    command = [sys.executable, "-m", "helpers.hostile_worker", str(whole), str(aside), str(part), str(parts), *more]
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=2_000, check=False)
    return (
        done.stdout if done.returncode == 0 else f"{done.stdout}\nended with {done.returncode}\n{done.stderr[-2000:]}"
    )


def test_every_kind_of_file_is_replaced(whole: Path) -> None:
    names = {Path(hostility.file).name for hostility in hostilities(whole)}
    assert names >= {
        "config.json", "status.json", "result.json", "notes.json", "metrics.jsonl", "train.log", "lock", "factors.json",
        "user_factors.npy", "history_movies.npy", "state.json", "000.npy", "dataset.json", "users.npy", "me.csv",
        ".me.undo.json", ".current", "config.toml", "mftui.log",
    }  # fmt: skip


def test_no_command_does_more_than_read_a_hostile_home(whole: Path, tmp_path: Path) -> None:
    if not chance.LONG:
        assert wrong(whole, tmp_path / "aside", 7, QUICK) == ""


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_no_command_does_more_than_read_any_hostile_home(whole: Path, tmp_path: Path, part: int) -> None:
    assert wrong(whole, tmp_path / "aside", part, PARTS) == ""


@pytest.mark.long
@pytest.mark.parametrize("part", range(2))
def test_no_screen_does_more_than_read_a_hostile_home(whole: Path, tmp_path: Path, part: int) -> None:
    assert wrong(whole, tmp_path / "aside", part * SCREENS_EVERY // 2, 2 * SCREENS_EVERY, "screens") == ""
