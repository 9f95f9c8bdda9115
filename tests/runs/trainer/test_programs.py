"""Compiled programs are kept between trainings: whole ones only, of this machine only, and not too many."""

from __future__ import annotations

import os
import shutil
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.command import answer_of, launch

from mftui.runs.trainer import programs
from mftui.runs.trainer.programs import KeptPrograms, use_kept_programs


def names(store: Path) -> set[str]:
    return {file.stem for file in store.iterdir() if file.is_file()}


def test_what_one_process_compiled_the_next_one_has(tmp_path: Path) -> None:
    first = KeptPrograms(tmp_path)
    (first.directory / "a.pb").write_bytes(b"program")
    assert not list(KeptPrograms(tmp_path).directory.iterdir()), "nothing is seen before it is published"
    assert (first.publish(), first.publish()) == (1, 0)
    second = KeptPrograms(tmp_path)
    assert (second.directory / "a.pb").read_bytes() == b"program"
    assert second.publish() == 0
    first.close()
    assert not first.directory.exists() and (second.directory / "a.pb").exists()


def test_a_damaged_program_is_thrown_away(tmp_path: Path) -> None:
    first = KeptPrograms(tmp_path)
    (first.directory / "a.pb").write_bytes(b"program")
    first.publish()
    first.close()
    (kept,) = [file for file in tmp_path.iterdir() if file.is_file()]
    kept.write_bytes(b"prog")
    assert not list(KeptPrograms(tmp_path).directory.iterdir()) and not kept.exists()


def test_the_oldest_of_too_many_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_MOST_BYTES", 25)
    mine = KeptPrograms(tmp_path)
    for age, name in enumerate(("new", "older", "oldest")):
        file = mine.directory / name
        file.write_bytes(name.encode().ljust(10))
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    assert mine.publish() == 3
    assert names(tmp_path) == {"new", "older"}


@pytest.mark.parametrize(("free", "kept"), [(1 << 30, True), (1 << 20, False)])
def test_on_a_disk_that_is_nearly_full_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, kept: bool
) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TF_XLA_FLAGS", "")  # so that what is set here is taken back
    monkeypatch.delenv("TF_XLA_FLAGS")
    monkeypatch.setattr(programs, "_GPU", tmp_path / "missing")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    mine = use_kept_programs()
    assert (mine is not None) == ("TF_XLA_FLAGS" in os.environ) == kept
    if mine is not None:
        mine.close()
    assert not [*(tmp_path / "home").rglob(".process-*")]


def test_a_cache_that_is_emptied_meanwhile_costs_the_programs_alone(tmp_path: Path) -> None:
    mine = KeptPrograms(tmp_path / "store")
    (mine.directory / "new").write_bytes(b"x")
    shutil.rmtree(tmp_path / "store")
    assert mine.publish() == 0
    mine.close()


def test_where_nothing_can_be_kept_the_training_goes_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    monkeypatch.setattr(programs, "_CPU", tmp_path / "missing")
    assert use_kept_programs() is None and "TF_XLA_FLAGS" not in os.environ
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_persistent_cache_directory=mine")
    assert use_kept_programs() is None, "who asks XLA for a cache has it"


def test_a_process_does_not_use_the_directory_of_the_one_that_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_auto_jit=0")
    parent, child = use_kept_programs(), use_kept_programs()
    assert parent is not None and child is not None and parent.directory != child.directory
    flags = os.environ["TF_XLA_FLAGS"].split()
    assert flags[0] == "--tf_xla_auto_jit=0" and str(child.directory) in flags[1] and len(flags) == 3
    parent.close()
    child.close()


@pytest.mark.long
def test_the_second_training_compiles_nothing_and_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    few = ("train", "--members", "1", "--epochs", "1", "--no-audience", "--json")
    first = answer_of(launch(*few))
    kept = sorted(file.name for file in (tmp_path / "cache" / "programs").glob("*/*"))
    second = answer_of(launch(*few))
    assert kept and kept == sorted(file.name for file in (tmp_path / "cache" / "programs").glob("*/*"))
    assert first.document["test_rmse"] == second.document["test_rmse"]


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    lives, killed = KeptPrograms(tmp_path), KeptPrograms(tmp_path)
    killed._lock.close()  # what the kernel does when a process is killed
    for one in (lives, killed):
        os.utime(one.directory, (0, 0))
    KeptPrograms(tmp_path)
    assert lives.directory.exists() and not killed.directory.exists()


def test_nothing_is_removed_where_there_are_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "exclusive", lambda _: nullcontext())
    other = KeptPrograms(tmp_path)
    os.utime(other.directory, (0, 0))
    KeptPrograms(tmp_path)
    assert other.directory.exists()


def test_a_program_that_came_with_a_home_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "giver"))
    theirs = KeptPrograms(tmp_path / "store")
    (theirs.directory / "a.pb").write_bytes(b"whatever the giver likes")
    theirs.publish()
    theirs.close()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "me"))
    mine = KeptPrograms(tmp_path / "store")
    assert not list(mine.directory.iterdir())
    assert (tmp_path / "me" / "mftui" / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "store" / "linked.0").symlink_to("/dev/zero")
    assert not list(KeptPrograms(tmp_path / "store").directory.iterdir())
