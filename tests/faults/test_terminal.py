"""However the app dies, the terminal is as it was, and what is printed fits on one screen."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.runs import TESTS
from helpers.terminal import Terminal

APP = (sys.executable, "-m", "mftui")
ENV = {"PYTHONPATH": str(TESTS)}
READY = "Train"
MODES = {
    "1049": "alternate screen",
    "1000": "mouse",
    "1002": "mouse",
    "1003": "mouse",
    "2004": "paste",
    "1004": "focus",
}


def broken(fault: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "helpers.broken_app", fault)


def assert_sane(terminal: Terminal) -> None:
    """Alternate screen left, cursor shown, no mouse or paste codes, echo and line mode on again."""
    assert terminal.modes_restored()
    said = terminal.written
    for number, what in MODES.items():
        switched = re.findall(rb"\x1b\[\?(?:\d+;)*%s(?:;\d+)*([hl])" % number.encode(), said)
        assert not switched or switched[-1] == b"l", f"{what} is still on"
    cursor = re.findall(rb"\x1b\[\?25([hl])", said)
    assert not cursor or cursor[-1] == b"h", "the cursor is hidden"


def after_the_app(terminal: Terminal) -> str:
    """What was printed once the alternate screen was left."""
    text = terminal.written.rsplit(b"\x1b[?1049l", 1)[-1].decode()
    return re.sub(r"\x1b\[[0-9;?<>=]*[a-zA-Z]", "", text)


@pytest.mark.long
@pytest.mark.parametrize("fault", ["render", "compose", "timer", "worker", "message", "before the first paint"])
def test_a_fault_ends_the_app_with_a_report_and_a_sane_terminal(home: Path, fault: str) -> None:
    with Terminal(broken(fault), ENV) as terminal:
        assert terminal.until_exit() == 1
        assert_sane(terminal)
        said = after_the_app(terminal)
    assert "this should not have happened: ValueError in broken_app.py, line" in said
    assert len(said) < 80 * 20, "it fits on one screen"
    assert "4.731" not in said and "Traceback" not in said
    (report,) = (home / "crashes").iterdir()
    assert report.name in said.replace("\r\n", "").replace("\n", "")
    text = report.read_text()
    assert "in _fail" in text and "4.731" not in text and "ValueError: rating # of user #" in text
    assert "last events:" in text and "begins" in text


def test_a_fault_in_a_thread_of_its_own_is_no_reason_to_end(home: Path) -> None:
    with Terminal(broken("thread"), ENV) as terminal:
        terminal.until(READY)
        terminal.press("q")
        assert terminal.until_exit() == 0
        assert_sane(terminal)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_app_in_order(home: Path, number: signal.Signals) -> None:
    toy_run(home)
    with Terminal(APP, {}) as terminal:
        terminal.until(READY)
        terminal.process.send_signal(number)
        assert terminal.until_exit() == 128 + number
        assert_sane(terminal)
        assert after_the_app(terminal).strip() == ""
    assert not (home / "crashes").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGBUS])
def test_an_app_that_the_system_ends_leaves_a_sane_terminal_and_a_word(home: Path, number: signal.Signals) -> None:
    toy_run(home)
    with Terminal(APP, ENV) as terminal:
        terminal.until(READY)
        terminal.process.send_signal(number)
        assert terminal.until_exit() == -number
        terminal.watch(lambda: b"Start it again: mftui" in terminal.written, "the word of the keeper")
        assert_sane(terminal)
        assert "ended from outside" in after_the_app(terminal)


def test_a_model_that_is_cut_short_under_the_app_does_not_end_it(home: Path) -> None:
    run = toy_run(home)
    with Terminal(APP, ENV) as terminal:
        terminal.until(READY)
        terminal.press("f2")
        terminal.until("Toy Story")
        for file in run.path.rglob("*.npy"):
            os.truncate(file, 0)
        terminal.press("down", "down", "f3", "]")
        terminal.until("the model's predictions")
        terminal.until("Toy Story")
        terminal.press("f1")
        terminal.until("Settings")
        terminal.press("q")
        assert terminal.until_exit() == 0
        assert_sane(terminal)
    assert not (home / "crashes").exists()


def test_a_signal_ends_the_app_also_where_it_is_stuck() -> None:
    with Terminal(broken("blocked by a signal"), ENV) as terminal:
        assert terminal.until_exit() == 128 + signal.SIGTERM
        assert_sane(terminal)


def test_sys_exit_within_the_app_leaves_a_sane_terminal() -> None:
    with Terminal(broken("exit"), ENV) as terminal:
        terminal.until_exit()
        assert_sane(terminal)


def test_an_app_whose_terminal_is_gone_ends(home: Path) -> None:
    with Terminal(("sh", "-c", 'trap "" HUP; exec "$0" -m mftui', sys.executable), {}) as terminal:
        terminal.until(READY)
        terminal.hang_up()
        assert terminal.process.wait(timeout=30) == 128 + signal.SIGHUP
    assert "ended by SIGHUP" in (home / "mftui.log").read_text()
    assert not (home / "crashes").exists()
