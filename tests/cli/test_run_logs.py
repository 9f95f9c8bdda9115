"""`mftui runs logs`, and settings as columns of `mftui runs ls`."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.command import call
from helpers.models import toy_run

from mftui.cli.commands.runs.logs import bar_of
from mftui.runs.store import log
from mftui.runs.store.status import FINISHED, RUNNING, Status, write_status

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


def test_the_log_of_the_newest_run_is_printed_harmless(home: Path, capfd: Capture) -> None:
    toy_run(home, name="earlier").log_path.write_text("old\n")
    toy_run(home, name="later").log_path.write_text("one\n\x1b[31mtwo\nthree")
    assert call(capfd, "runs", "logs").out == "one\n␛[31mtwo\nthree\n"
    assert call(capfd, "runs", "logs", "latest", "-n", "1").out == "three\n"
    assert call(capfd, "runs", "logs", "earlier").out == "old\n"
    document = call(capfd, "runs", "logs", "earlier", "--json").document
    assert document["lines"] == ["old"] and document["state"] == FINISHED
    assert call(capfd, "runs", "logs", "-f", "--json").code == 2


def test_following_prints_what_comes_until_the_training_ends(
    home: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = toy_run(home, state=RUNNING)
    status = run.status()
    run.log_path.write_text("begun\nhalf a")
    looked = threading.Event()
    poll = log.LogTail.poll

    def poll_and_tell(tail: log.LogTail, *, ended: bool = True) -> list[str]:
        lines = poll(tail, ended=ended)
        if not looked.is_set():
            assert lines == ["begun"]
            with run.log_path.open("a") as file:
                file.write(" line\nthe end")
            write_status(run.path, replace(status, state=FINISHED))
            looked.set()
        return lines

    monkeypatch.setattr(log.LogTail, "poll", poll_and_tell)
    assert call(capfd, "runs", "logs", "--follow").out == "begun\nhalf a line\nthe end\n"


def test_settings_are_columns_where_they_are_asked_for(home: Path, capfd: Capture) -> None:
    toy_run(home)
    assert "learning rate" not in call(capfd, "runs", "ls").out
    assert "learning rate" in call(capfd, "runs", "ls", "--columns", "learning-rate, epochs").out
    assert "hyper" in call(capfd, "runs", "ls", "--json").document["runs"][0]
    wrong = call(capfd, "runs", "ls", "--columns", "lerning_rate")
    assert wrong.code == 2 and "learning_rate" in wrong.err


def test_how_far_a_training_is_is_told_within_an_epoch_and_nothing_of_it_in_a_pipe(home: Path, capfd: Capture) -> None:
    status = Status(state=RUNNING, epoch=1, epochs=3, step=2_500, steps=10_000)
    assert bar_of(status) == {"description": "running  epoch 1/3  step 2,500/10,000", "completed": 0.25}
    toy_run(home).log_path.write_text("one\n")
    assert call(capfd, "runs", "logs", "-f").out == "one\n"


def test_groups_alone_list_what_there_is(home: Path, capfd: Capture) -> None:
    toy_run(home, name="earlier")
    assert call(capfd, "runs").out == call(capfd, "runs", "ls").out
    assert call(capfd, "data").out == call(capfd, "data", "ls").out
    assert call(capfd, "ratings").out == call(capfd, "ratings", "ls").out
    assert "post2019" in call(capfd, "recipes").out
    listed = call(capfd, "recipes", "--json").document["recipes"]
    assert listed[0]["recipe"] == "biased" and "post" in listed[1]["presets"]
