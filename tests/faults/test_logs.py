"""One log for the app, rotated; and for a fault that nobody foresaw, a report and one screen of words."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.command import call
from helpers.models import toy_run
from helpers.terminal import Terminal

from mftui import applog, reports
from mftui.applog import start_log
from mftui.reports import report_crash

RATING = 4.731


@pytest.fixture(autouse=True)
def only_this_log() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers)
    root.handlers = [handler for handler in before if not isinstance(handler, applog._AppLog)]
    yield
    root.handlers = before
    logging.getLogger("mftui").setLevel(logging.NOTSET)
    applog._events.clear()


def crash(depth: int = 0) -> None:
    rating_of_the_user = {"user": 42, "rating": RATING}
    if depth:
        return crash(depth - 1)
    raise KeyError(f"no place for {rating_of_the_user}")


def broken(monkeypatch: pytest.MonkeyPatch, error: Any) -> None:
    def fails() -> Any:
        raise error

    monkeypatch.setattr("mftui.cli.commands.runs.runs.summaries", fails)


def test_the_log_is_rotated_and_keeps_three_older_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applog, "MAX_BYTES", 500)
    start_log()
    for number in range(100):
        logging.getLogger("mftui.test").info("event %03d", number)
    names = sorted(path.name for path in home.glob("mftui.log*"))
    assert names == ["mftui.log", "mftui.log.1", "mftui.log.2", "mftui.log.3"]
    assert all(path.stat().st_size < 700 for path in home.glob("mftui.log*"))
    assert "event 099" in (home / "mftui.log").read_text()


def test_debug_logs_more(home: Path) -> None:
    logger = logging.getLogger("mftui.test")
    start_log()
    logger.debug("hidden")
    start_log(debug=True)
    logger.debug("shown")
    text = (home / "mftui.log").read_text()
    assert "hidden" not in text and "shown" in text and "(debug)" in text


def test_a_log_line_cannot_forge_another_or_reach_a_terminal(home: Path) -> None:
    start_log()
    logging.getLogger("mftui.test").warning("title \x1b[31m\r\u202e")
    assert not set((home / "mftui.log").read_text()) & {"\x1b", "\r", "\u202e"}


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", "/proc/mftui")
    start_log()
    logging.getLogger("mftui.test").error("still %s", "there")
    assert "still there" in applog.last_events()[-1]


def test_a_fault_in_a_command_is_a_report_and_a_few_lines(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    broken(monkeypatch, KeyError(f"rating {RATING}"))
    answer = call(capfd, "runs", "ls")
    assert answer.code == 1 and answer.out == "" and answer.err.count("\n") == 1 and len(answer.err) < 80 * 10
    (report,) = (home / "crashes").iterdir()
    assert str(report) in answer.err and "Traceback" not in answer.err and str(RATING) not in answer.err
    text = report.read_text()
    assert "in fails" in text and "mftui.cli" not in answer.out
    assert str(RATING) not in text and "KeyError: 'rating #'" in text
    assert re.search(r"python 3\.\d+", text) and "tensorflow 2." in text and "textual" in text


def test_a_report_holds_no_ratings_locals_nor_arguments(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["mftui", "rate", "Secret Film", str(RATING), "--run=mine", "-n", "7"])
    try:
        try:
            crash(60)
        except KeyError as error:
            raise ValueError("while looking") from error
    except ValueError as error:
        found = report_crash(error)
    assert found.report is not None
    text = found.report.read_text()
    assert str(RATING) not in text and "Secret" not in text and "mine" not in text
    assert "command rate --run -n" in text
    assert text.index("KeyError") < text.index("which led to:") < text.index("ValueError: while looking")
    assert "more …" in text or text.count("in crash") < 60


def test_only_the_last_ten_reports_are_kept(home: Path) -> None:
    directory = home / "crashes"
    directory.mkdir(parents=True)
    for number in range(15):
        (directory / f"20250101-0000{number:02d}-1.txt").write_text("old")
    found = report_crash(ValueError("new"))
    assert found.report in list(directory.iterdir()) and len(list(directory.iterdir())) == 10


def test_without_a_place_for_the_report_the_fault_is_still_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MFTUI_HOME", "/proc/mftui")
    broken(monkeypatch, KeyError("x"))
    answer = call(capfd, "runs", "ls")
    assert answer.code == 1 and "No report could be written (No such file or directory)" in answer.err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "/some/file"), "mftui: /some/file: No space left on device."),
        (PermissionError(13, "Permission denied"), "mftui: Permission denied."),
        (MemoryError(), "mftui: out of memory."),
    ],
)
def test_what_the_machine_refuses_is_no_fault_of_ours(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], error: BaseException, said: str
) -> None:
    broken(monkeypatch, error)
    answer = call(capfd, "runs", "ls")
    assert answer.code == 1 and answer.err.startswith(said)
    assert not (home / "crashes").exists()


class Unshowable(Exception):  # what a library may raise
    def __str__(self) -> str:
        raise RuntimeError("not even this")


def test_an_error_that_cannot_be_shown_is_reported_all_the_same(home: Path) -> None:
    found = report_crash(Unshowable())
    assert found.report is not None and "Unshowable: (cannot be shown)" in found.report.read_text()
    assert reports._MAX_REPORTS == 10


def test_the_app_with_debug_says_more_in_its_log(home: Path) -> None:
    toy_run(home)
    with Terminal((sys.executable, "-m", "mftui", "--debug"), {}) as terminal:
        terminal.until("Train")
        terminal.press("q")
        assert terminal.until_exit() == 0
    assert "begins (debug)" in (home / "mftui.log").read_text()
