"""Runs that are deleted go into the trash, whole, and come back from it; what a person notes about a run."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.runs import same_model

from mftui import paths
from mftui.errors import FormatError, RunError, UsageError
from mftui.runs.store.lock import trainer_lock
from mftui.runs.store.naming import checked_name
from mftui.runs.store.notes import Notes, change_notes, checked_note, checked_tags, read_notes, write_notes
from mftui.runs.store.run import find_run, list_runs
from mftui.runs.store.summary import human, size_of, summarize
from mftui.runs.store.trash import deleted_runs, find_deleted, prune, remove_run, restore_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_deleted_run_is_gone_from_the_list_and_comes_back_as_it_was(home: Path) -> None:
    run, other = toy_run(home, name="one"), toy_run(home, name="two")
    deleted = remove_run(run)
    assert list_runs() == [other] and [one.run.id for one in deleted_runs()] == [run.id]
    assert same_model(deleted.run, other)
    assert restore_run(find_deleted(run.id[:-1])) == run
    assert set(list_runs()) == {run, other} and deleted_runs() == []
    assert list(paths.trash_dir().iterdir()) == []
    run.load_factors()


@pytest.mark.parametrize("state", ["starting", "running", "paused", "stopping"])
def test_a_run_that_is_being_trained_cannot_be_deleted(home: Path, state: str) -> None:
    run = toy_run(home, state=state)
    with pytest.raises(RunError, match=f"is {state}: it cannot be deleted. Stop it first"):
        remove_run(run)
    assert list_runs() == [run] and deleted_runs() == []


def test_a_run_that_a_trainer_holds_cannot_be_deleted_whatever_its_status_says(home: Path) -> None:
    run = toy_run(home, state="finished")
    with trainer_lock(run.path), pytest.raises(RunError, match="being trained by another process"):
        remove_run(run)
    assert list_runs() == [run]


def test_a_run_is_not_restored_over_another_of_its_id(home: Path) -> None:
    first = toy_run(home)
    deleted = remove_run(first)
    again = toy_run(home)
    with pytest.raises(RunError, match="already"):
        restore_run(deleted)
    newer = remove_run(again)
    assert find_deleted(first.id) == newer
    restore_run(newer)
    assert deleted_runs() == [deleted]


def test_a_run_that_is_removed_under_a_command_is_said_to_be(home: Path) -> None:
    run, other = toy_run(home, name="one"), toy_run(home, name="two")

    def read(directory: Path) -> None:
        remove_run(other)
        (directory / "factors.json").read_bytes()

    remove_run(run)
    for work in (run.load_factors, lambda: other.read_published(other.factors_path, read)):
        with pytest.raises(RunError, match=r"has been removed meanwhile\. `mftui runs trash`"):
            work()
    with pytest.raises(RunError, match="has been removed meanwhile"), trainer_lock(run.path):
        pass


def test_what_is_not_in_the_trash_is_said(home: Path) -> None:
    remove_run(toy_run(home))
    for text in ("../home", "nothing", ""):
        with pytest.raises(RunError, match="is in the trash"):
            find_deleted(text)


def test_prune_empties_the_trash_and_nothing_else(home: Path) -> None:
    kept, gone = toy_run(home, name="kept"), toy_run(home, name="gone")
    size = size_of(gone.path)
    remove_run(gone)
    assert prune(older_than_s=60) == []
    assert [(one.name, one.size >= size) for one in prune()] == [(gone.id, True)]
    assert deleted_runs() == [] and list_runs() == [kept]


def test_what_a_killed_deletion_of_mftui_0_1_left_is_in_the_trash(home: Path) -> None:
    run = toy_run(home)
    left = paths.trash_dir() / ".123456789012345678"
    left.mkdir(parents=True)
    run.path.rename(left / run.id)
    assert [one.run.id for one in deleted_runs()] == [run.id]
    restore_run(find_deleted(run.id)).load_factors()
    left.mkdir()
    copied = left / run.id  # killed while it was copied: the run has stayed
    copied.mkdir()
    assert deleted_runs() == [] and [one.name for one in prune()] == [run.id]
    assert list_runs() == [run] and list(paths.trash_dir().iterdir()) == []


def test_what_a_killed_prune_left_is_deleted_and_named(home: Path) -> None:
    deleted = remove_run(toy_run(home))
    deleted.run.path.parent.rename(paths.trash_dir() / f".going-{deleted.at_ns}-{deleted.run.id}")
    (paths.trash_dir() / "5").mkdir()
    assert deleted_runs() == []
    assert [one.name for one in prune(older_than_s=60)] == [deleted.run.id]
    assert [one.name for one in prune()] == ["5"] and list(paths.trash_dir().iterdir()) == []


@pytest.mark.parametrize(("number", "said"), [(errno.EXDEV, "on another file system"), (errno.ENOSPC, "No space left")])
def test_a_trash_on_another_disk_or_a_full_one_is_refused_before_anything_moves(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    run, deleted = toy_run(home), remove_run(toy_run(home, name="deleted"))
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(RunError, match=said):
        remove_run(run)
    with pytest.raises(RunError, match=said):
        restore_run(deleted)
    assert list_runs() == [run] and deleted_runs() == [deleted]
    assert [entry.name for entry in paths.trash_dir().iterdir()] == [str(deleted.at_ns)]


def test_prune_removes_checkpoints_that_a_killed_trainer_has_left_half_written(home: Path) -> None:
    run, trained = toy_run(home), toy_run(home, name="trained", state="running")
    for one in (run, trained):
        (one.path / ".checkpoint-000007").mkdir()
        (one.path / ".factors-000009").mkdir()
    prune()
    assert [entry.name for entry in run.path.glob(".*-0*")] == [".factors-000001"]
    assert len(list(trained.path.glob(".*-0*"))) == 3
    run.load_factors()


def test_a_trash_that_is_a_link_works(home: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    run = toy_run(home)
    paths.trash_dir().symlink_to(tmp_path / "elsewhere")
    assert restore_run(remove_run(run)) == run
    remove_run(run)
    assert [one.name for one in prune()] == [run.id] and list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_being_emptied_cannot_be_restored(home: Path) -> None:
    deleted = remove_run(toy_run(home))
    prune()
    with pytest.raises(RunError, match="no longer in the trash"):
        restore_run(deleted)


def test_a_trash_that_cannot_be_written_leaves_the_run(home: Path) -> None:
    run = toy_run(home)
    paths.trash_dir().write_text("in the way")
    with pytest.raises(RunError, match="trash"):
        remove_run(run)
    assert list_runs() == [run]


def test_name_note_and_tags_are_kept_and_a_run_is_found_by_its_new_name(home: Path) -> None:
    run = toy_run(home, name="old")
    write_notes(run.path, Notes("The best so far", "more factors did not help", ("best", "k4")))
    assert find_run("The best so far") == run and run.name == "The best so far"
    with pytest.raises(RunError):
        find_run("old")
    row = summarize(run)
    assert (row.name, row.note, row.tags) == ("The best so far", "more factors did not help", ("best", "k4"))
    write_notes(run.path, Notes())
    assert run.name == "old"


@pytest.mark.parametrize("content", ["{", '{"format_version": 1, "name": 5, "note": [], "tags": "x"}', "[]", "\0"])
def test_damaged_notes_cost_the_notes_alone(home: Path, content: str) -> None:
    run = toy_run(home, name="still")
    (run.path / "notes.json").write_text(content)
    assert read_notes(run.path) == Notes() and run.name == "still"


def test_tags_given_at_once_are_all_kept(home: Path) -> None:
    run = toy_run(home)
    tags = [f"t{number}" for number in range(16)]

    def add(tag: str) -> None:
        change_notes(run.path, lambda notes: replace(notes, tags=(*notes.tags, tag)))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(add, tags))
    assert set(run.notes().tags) == set(tags)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\0", b"\xff"])
def test_damaged_notes_are_kept_aside(home: Path, content: bytes) -> None:
    run = toy_run(home)
    for number in (1, 2):
        (run.path / "notes.json").write_bytes(content)
        _, damaged = change_notes(run.path, lambda notes: replace(notes, note="new"))
        assert damaged == run.path / f"notes.damaged-{number}.json" and damaged.read_bytes() == content
    assert run.notes() == Notes(note="new") and change_notes(run.path, lambda notes: notes)[1] is None


def test_notes_of_a_later_version_are_left_alone(home: Path) -> None:
    run = toy_run(home)
    (run.path / "notes.json").write_text('{"format_version": 2, "note": "from the future"}')
    with pytest.raises(FormatError, match="version 2"):
        change_notes(run.path, lambda notes: notes)
    assert "future" in (run.path / "notes.json").read_text()


def test_names_notes_and_tags_that_make_no_sense_are_refused() -> None:
    assert checked_tags(["Best, k4", "best"]) == ("best", "k4") and checked_name("  a \n b ") == "a b"
    for wrong in (["/etc"], ["x" * 31], [f"t{n}" for n in range(21)]):
        with pytest.raises(UsageError):
            checked_tags(wrong)
    with pytest.raises(UsageError):
        checked_name("!!!")
    with pytest.raises(UsageError):
        checked_name("x" * 101)
    with pytest.raises(UsageError):
        checked_note("x" * 2_001)


def test_a_size_counts_a_file_of_two_names_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)
    os.link(tmp_path / "a", tmp_path / "b")
    assert size_of(tmp_path) == 1000
    assert [human(n) for n in (0, 999, 1000, 7_420_000, 999_600_000, 2e12)] == [
        "0 B", "999 B", "1.0 kB", "7.4 MB", "1.0 GB", "2.0 TB",
    ]  # fmt: skip
