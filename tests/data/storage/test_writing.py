"""Temporary names, and what is swept of those that killed processes have left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mftui.data.profiles.store import Profile
from mftui.data.storage.files import replace_directory
from mftui.data.storage.writing import aside_of, cut_torn_line, sweep

DIES = """
import os, signal, sys
from pathlib import Path
from mftui.data.storage import files, regular, writing
place = Path(sys.argv[1])
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "file":
    os.replace = die
    writing.write_text(place / "me.csv", "private", private=True)
files.replace_directory(place / "made", die)
"""


def test_what_a_process_was_killed_over_is_swept_and_what_one_writes_is_left(tmp_path: Path) -> None:
    for what in ("file", "directory"):
        died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path), what], check=False)
        assert died.returncode < 0 and len(list(tmp_path.iterdir())) == 1  # the second sweeps what the first left
    written = tmp_path / aside_of("me.csv")  # by this process, which lives
    written.touch()
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [written]


@pytest.mark.parametrize(
    ("name", "age_s", "swept"),
    [
        (".me.csv.4194999.tmp", 120, True),  # of mftui 0.1, of a process that no longer lives
        (".me.csv.4194999.tmp", 0, False),
        (".me.csv.MINE.tmp", 120, False),
        (".me.csv.MINE.tmp", 90_000, True),
        (".new-0123456789abcdef", 120, False),
        (".new-0123456789abcdef", 90_000, True),
        (".me.csv.4194999-00000000-0123456789abcdef.tmp", 3_600, False),  # of another machine
        (".me.csv.4194999-00000000-0123456789abcdef.tmp", 90_000, True),
        (".me.csv.tmp", 90_000, False),
        ("me.csv.4194999.tmp", 90_000, False),
        (".config.4194999", 90_000, False),
        (".new-plans", 90_000, False),
    ],
)
def test_of_others_what_is_old_is_swept_and_what_has_another_name_never(
    tmp_path: Path, name: str, age_s: float, swept: bool
) -> None:
    left = tmp_path / name.replace("MINE", str(os.getpid()))
    left.touch()
    os.utime(left, (time.time() - age_s,) * 2)
    sweep(tmp_path)
    assert left.exists() is not swept


def test_commands_sweep_where_they_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    ratings = Profile().path.parent
    left = [ratings / ".me.csv.4194999.tmp", tmp_path / "cache" / ".new-0123456789abcdef"]
    for entry in left:
        entry.mkdir(parents=True)
        os.utime(entry, (0, 0))
    Profile().undo()
    replace_directory(tmp_path / "cache" / "made", lambda directory: None)
    assert not any(entry.exists() for entry in left)


@pytest.mark.parametrize("length", [0, 1, 70_000, 200_000])
def test_a_torn_line_is_cut(tmp_path: Path, length: int) -> None:
    file = tmp_path / "lines"
    for whole in (b"", b"one\n", b"one\n" * 30_000):
        file.write_bytes(whole + b"x" * length)
        cut_torn_line(file)
        assert file.read_bytes() == whole
