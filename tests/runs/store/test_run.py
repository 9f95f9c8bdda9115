"""Run directories: made uniquely, listed in order, found by id, prefix or name, read whatever their state."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.runs import request

from mftui import paths
from mftui.errors import DataError, FormatError, RunError, UsageError
from mftui.runs.control.signal_run import stop_run
from mftui.runs.store import naming
from mftui.runs.store.config import RunConfig, read_config
from mftui.runs.store.process import Process
from mftui.runs.store.publish import publish
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run, find_run, list_runs, misnamed, newest_usable
from mftui.runs.store.status import Status, write_status
from mftui.runs.store.summary import summaries
from mftui.runs.store.trash import remove_run


def new(ratings: Path, name: str = "", **status: object) -> Run:
    run = create_run(request(ratings, name=name))
    if status:
        write_status(run.path, replace(Status(state="finished"), **status))  # type: ignore[arg-type]  # any field
    return run


def test_a_new_run_is_starting_and_holds_the_request_completed(ratings: Path) -> None:
    run = new(ratings)
    assert run.state == "starting"
    assert run.path.parent == paths.runs_dir()
    assert run.request() == request(ratings)
    assert run.config().hyper == request(ratings).complete_hyper()
    assert run.result() is None and run.metrics() == [] and run.log_tail() == [] and not run.has_factors
    assert naming.is_run_id(run.id) and run.id.endswith("-biased")  # its factors follow the data


def test_runs_made_at_the_same_moment_get_different_ids(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = time.localtime()
    monkeypatch.setattr(time, "localtime", lambda _=None: moment)
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: new(ratings), range(16)))
    assert len({run.id for run in runs}) == 16
    assert {run.id for run in runs} >= {f"{min(run.id for run in runs)}-{n}" for n in range(2, 17)}


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "..", "a/../../b", "/abs", "x\x00y", "x\x1b[31mred", "a" * 300, "-rf a", "a$(touch X)"),
        *(
            "a`b`",
            "a*",
            "it's",
            'a "b"',
            "a;b",
            "a|b",
            "a&b",
            "a<b",
            "a\u202eb",
            "a\x9bb",
            "a\ufeffb",
            "a\udcffb",
            "~a",
        ),
    ],
)
def test_what_a_shell_or_a_terminal_would_obey_is_no_name(ratings: Path, name: str) -> None:
    with pytest.raises(UsageError):
        new(ratings, name)
    with pytest.raises(UsageError):
        naming.checked_name(name)
    assert not paths.runs_dir().exists() or not list(paths.runs_dir().iterdir())


@pytest.mark.parametrize("name", ["a b", "ünï 映画", "हिन्दी 2", "k=32, lr 0.1", "a:b", "50%", "a@b-c_d+e"])
def test_a_name_of_any_script_is_kept(ratings: Path, name: str) -> None:
    run = new(ratings, name)
    assert run.path.parent == paths.runs_dir()
    assert naming.is_run_id(run.id) and len(os.fsencode(run.id)) < 255
    assert run.config().name == name
    assert find_run(name) == run


HOSTILE_DIRECTORIES = [
    b"zz-$(touch X)", b"zz`id`", b"zz*", b"zz a", b"zz'", b"zz\n20260101-000000-x", b"zz\xff", b"-zz", b"zz;id",
    b"zz\xe2\x80\xae", b"zz\x1b[31m", b"~zz",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_DIRECTORIES)
def test_a_directory_under_another_name_is_told_and_never_opened(ratings: Path, name: bytes) -> None:
    kept = new(ratings)
    text = os.fsdecode(name)
    shutil.copytree(kept.path, kept.path.parent / text)
    assert list_runs() == [kept] and misnamed() == [text]
    with pytest.raises(RunError):
        find_run(text)
    (kept.path.parent / text).rename(kept.path.parent / "zz.copy_2+x")
    assert misnamed() == [] and find_run("zz.copy_2+x").path.name == "zz.copy_2+x"


@pytest.mark.parametrize("text", ["../home", "..", ".", "/", "", "/etc", "../runs/x"])
def test_a_run_is_not_found_by_a_path(ratings: Path, text: str) -> None:
    new(ratings)
    with pytest.raises(RunError, match="no run"):
        find_run(text)


def test_the_newest_comes_first_even_when_the_clock_is_set_back(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = new(ratings)
    yesterday = time.localtime(time.time() - 86_400)
    monkeypatch.setattr(time, "localtime", lambda _=None: yesterday)
    second = new(ratings)
    assert second.id < first.id
    assert list_runs() == [second, first]


def test_a_run_is_found_by_id_by_its_beginning_and_by_name(ratings: Path) -> None:
    run, other = new(ratings, "Mine"), new(ratings)
    assert find_run(run.id) == find_run("Mine") == run
    assert find_run(other.id) == other
    with pytest.raises(RunError, match="several"):
        find_run(run.id[:4])
    new(ratings, "Mine")
    with pytest.raises(RunError, match="several"):
        find_run("Mine")


def test_each_run_is_opened_once_to_find_one_and_none_for_one_named_in_full(
    ratings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [new(ratings, name) for name in ("one", "two", "three")]
    read: list[Path] = []

    def counted(run: Path) -> RunConfig:
        read.append(run)
        return read_config(run)

    monkeypatch.setattr("mftui.runs.store.run.read_config", counted)
    assert find_run(runs[1].id) == runs[1] and not read
    assert find_run("two") == runs[1] and len(read) == len(runs)
    read.clear()
    assert [row.run for row in summaries()] == [run.id for run in reversed(runs)] and len(read) == len(runs)


def test_the_newest_usable_run_is_the_newest_with_a_model(ratings: Path) -> None:
    with pytest.raises(RunError, match="mftui train"):
        newest_usable()
    usable = new(ratings)
    publish(usable.factors_path, lambda directory: None)
    new(ratings)
    assert newest_usable() == usable


def test_a_run_whose_trainer_is_gone_is_crashed(ratings: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    process = Process.of(gone.pid)
    gone.wait()
    assert new(ratings, state="running", process=process).state == "crashed"
    assert new(ratings, state="finished", process=process).state == "finished"


def test_a_zombie_is_gone(ratings: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    process = Process.of(child.pid)
    assert child.stdout is not None
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process.alive
    child.communicate()


def test_a_process_that_took_over_the_pid_is_not_the_trainer(ratings: Path) -> None:
    recycled = replace(Process.current(), start="another moment")
    run = new(ratings, state="running", process=recycled)
    assert run.state == "crashed"
    with pytest.raises(RunError, match="is crashed"):
        stop_run(run)


def test_a_trainer_on_another_machine_is_believed_while_its_heart_beats(ratings: Path) -> None:
    elsewhere = replace(Process.current(), host="elsewhere")
    now = time.time()
    assert new(ratings, state="running", process=elsewhere, heartbeat=now).state == "running"
    assert new(ratings, state="running", process=elsewhere, heartbeat=now - 600).state == "crashed"
    assert new(ratings, state="running", process=elsewhere, heartbeat=now + 60).state == "running"
    assert new(ratings, state="running", process=elsewhere, heartbeat=now + 600).state == "crashed"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"format_version": 2, "state": "running"}',
        b"[" * 100_000,
        b'{"format_version": 1, "state": "levitating"}',
        b'{"format_version": 1, "state": ["running"]}',
    ],
)
def test_a_damaged_status_is_said_and_lists_go_on(ratings: Path, content: bytes) -> None:
    run = new(ratings)
    (run.path / "status.json").write_bytes(content)
    with pytest.raises(FormatError, match=r"status\.json"):
        run.status()
    assert run.state == "unreadable"
    assert list_runs() == [run]


def test_parts_of_a_wrong_type_count_as_missing(ratings: Path) -> None:
    run = new(ratings)
    document = {"format_version": 1, "state": "finished", "step": "many", "epoch": 1e400, "seconds": None}
    (run.path / "status.json").write_text(json.dumps(document))
    assert run.status() == Status(state="finished")


def test_an_unknown_format_version_is_named(ratings: Path) -> None:
    run = new(ratings)
    (run.path / "config.json").write_text(json.dumps({**run.config().to_dict(), "format_version": 99}))
    with pytest.raises(FormatError, match=r"config\.json: format version 99, and this mftui knows 1"):
        run.config()


@pytest.mark.parametrize("part", [{"seed": "0"}, {"unknown": 1}, {"hyper": []}, {"columns": {"user": 1}}, 7])
def test_a_damaged_request_is_said(ratings: Path, part: object) -> None:
    run = new(ratings)
    asked = {**run.request().to_dict(), **part} if isinstance(part, dict) else part
    (run.path / "config.json").write_text(json.dumps({**run.config().to_dict(), "request": asked}))
    with pytest.raises(FormatError, match=r"damaged|unknown"):
        run.request()


def test_removing_a_run_leaves_the_others(ratings: Path) -> None:
    run, other = new(ratings, state="finished"), new(ratings, state="stopped")
    remove_run(run)
    assert list_runs() == [other]
    assert [entry for entry in paths.runs_dir().iterdir() if entry.is_dir()] == [other.path]


def test_a_home_that_cannot_be_written_is_said(ratings: Path, home: Path) -> None:
    home.write_text("in the way")
    with pytest.raises(RunError, match="MFTUI_HOME"):
        new(ratings)


def test_a_file_system_without_links_is_refused_before_a_training_begins(
    ratings: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "symlink", none)
    with pytest.raises(RunError, match=r"cannot create a run directory \(its file system has no symbolic links"):
        create_run(request(ratings))
    assert list_runs() == [] and [entry.name for entry in (home / "runs").iterdir()] == [".lock"]


def test_the_log_tail_copes_with_any_bytes(ratings: Path) -> None:
    run = new(ratings)
    run.log_path.write_bytes(b"one\r\ntwo \xff\nthree")
    assert run.log_tail(2) == ["two \N{REPLACEMENT CHARACTER}", "three"]


@pytest.mark.parametrize(
    "changes",
    [
        {"split": "sideways"},
        {"test_fraction": 0.0},
        {"test_fraction": float("nan")},
        {"seed": -1},
        {"recipe": "magic"},
        {"hyper": {"magic": 1}},
        {"checkpoint_seconds": 0.0},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        create_run(replace(TrainRequest(), **changes))  # type: ignore[arg-type]  # any field


def test_relative_paths_become_absolute_and_names_stay(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("r.csv", "t.csv"):
        shutil.copy(ratings, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert TrainRequest(data="r.csv", test="t.csv").checked() == TrainRequest(
        data=str(tmp_path / "r.csv"), test=str(tmp_path / "t.csv")
    )
    assert TrainRequest().checked().data == "sample"


def test_a_test_file_beside_the_ratings_keeps_its_name(ratings: Path, tmp_path: Path) -> None:
    for name in ("r.csv", "t.csv"):
        shutil.copy(ratings, tmp_path / name)
    assert TrainRequest(data=str(tmp_path / "r.csv"), test="t.csv").checked().test == "t.csv"


def test_data_that_is_not_there_makes_no_run() -> None:
    with pytest.raises(DataError, match="nowhere"):
        create_run(TrainRequest(data="nowhere"))
    assert list_runs() == []


def test_trainings_that_begin_at_once_share_neither_a_number_nor_what_they_are_called(ratings: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(lambda _: create_run(request(ratings)), range(8)))
    assert sorted(run.config().sequence for run in runs) == list(range(1, 9))
    assert len({naming.without_date(run.id) for run in runs}) == 8


def test_a_run_that_was_killed_before_it_had_settings_is_swept_by_the_next(ratings: Path) -> None:
    half, other = new(ratings).path, paths.runs_dir() / "20260101-000000-notes"
    (half / "config.json").unlink()
    other.mkdir()
    (other / "mine.txt").touch()
    for entry in (half, other):
        os.utime(entry, (0, 0))
    new(ratings, name="next")
    assert not half.exists() and (other / "mine.txt").exists()
