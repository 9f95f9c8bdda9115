"""The app as somebody meets it: a real process in a real pseudo-terminal, by keys alone."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest
from helpers.runs import runs_in
from helpers.terminal import Terminal

COMMAND = [sys.executable, "-m", "mftui"]


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.delenv("NO_COLOR", raising=False)
    return {"MFTUI_HOME": str(tmp_path), "SSH_CONNECTION": ""}


def leaves_the_terminal_as_it_was(terminal: Terminal) -> bool:
    """Normal screen, visible cursor, no mouse reports, echo on."""
    ends = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l")
    return all(end in terminal.written for end in ends) and terminal.modes_restored()


@pytest.mark.long
def test_train_on_the_sample_then_browse_movies_and_users_and_leave(env: dict[str, str], tmp_path: Path):
    with Terminal(COMMAND, env) as terminal:
        terminal.until("t: train on the sample")
        terminal.press("f")
        terminal.until("data set ")
        terminal.press("j", "j", "j", "enter", "4", "enter", "j", "enter", "3", "enter")
        terminal.until("epochs        3")
        terminal.press("t")
        terminal.until("training 0.")
        terminal.until("validation 0.")
        terminal.until("finished")
        terminal.press("2")
        terminal.until("Most rated movies")
        terminal.press("/")
        terminal.press("batman")
        terminal.until("Neighbours of Batman")
        terminal.press("enter", "enter", "j", "enter")
        terminal.until("1 back")
        terminal.press("3")
        terminal.until("type a user's id")
        terminal.press("/")
        terminal.press("7", "enter")
        terminal.until("User 7:")
        terminal.until("Recommended to user 7")
        terminal.press("q")
        assert terminal.until_exit() == 0
        assert leaves_the_terminal_as_it_was(terminal)
    assert runs_in(tmp_path)


@pytest.mark.long
def test_back_from_the_shell_the_whole_screen_is_drawn_again(env: dict[str, str]):
    with Terminal(COMMAND, env) as terminal:
        terminal.until("t: train on the sample")
        state = Path(f"/proc/{terminal.process.pid}/stat")
        terminal.press("\x1a")
        terminal.watch(lambda: state.read_text().rpartition(")")[2].split()[0] == "T", "it has stopped")
        terminal.wipe()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until("t: train on the sample")
        terminal.until("1 Train")


@pytest.mark.long
def test_a_training_that_was_detached_goes_on_and_is_found_again(env: dict[str, str]):
    with Terminal(COMMAND, env) as terminal:
        terminal.until("t: train on the sample")
        terminal.press("f")
        terminal.until("data set ")
        terminal.press("j", "l")
        terminal.until("5000")
        terminal.press("t")  # the post's 5,000 steps: long enough to be met again
        terminal.until("loss  ─ 0.")
        terminal.press("q")
        terminal.until("A training is under way.")
        terminal.press("y")
        assert terminal.until_exit() == 0
    with Terminal(COMMAND, env) as terminal:
        terminal.until("loss  ─ 0.")
        terminal.press("t")
        terminal.until("Stop it?")
        terminal.press("y")
        terminal.until("stopped")
        terminal.press("q")
        assert terminal.until_exit() == 0


def test_ascii_reaches_the_terminal_as_ascii(env: dict[str, str]):
    with Terminal(COMMAND, {**env, "MFTUI_ASCII": "1", "MFTUI_STANDBY": "0"}) as terminal:
        terminal.until("t: train on the sample")
        terminal.press("2", "1", "?")
        terminal.until("Keys")
        terminal.press("esc")
        terminal.until("Keys", gone=True)
        terminal.press("q")
        assert terminal.until_exit() == 0
        assert terminal.written.isascii()


def test_without_colour_no_colour_is_sent(env: dict[str, str]):
    with Terminal(COMMAND, {**env, "NO_COLOR": "1", "MFTUI_STANDBY": "0"}) as terminal:
        terminal.until("t: train on the sample")
        for key, sign in (("f2", "Pick a film"), ("f3", "A user's ratings"), ("f1", "t: train on the sample")):
            terminal.press(key)  # no digit: before q it would be a count
            terminal.until(sign)
        terminal.press("q")
        assert terminal.until_exit() == 0
        sent = terminal.written
        assert b"38;2;" not in sent and b"48;2;" not in sent and b"\x1b[36" not in sent


def test_variables_for_developers_of_textual_do_not_matter(env: dict[str, str], tmp_path: Path) -> None:
    odd = {
        "COLUMNS": "9" * 5000, "LINES": "-1", "TEXTUAL_DRIVER": "none:None", "TEXTUAL_COLOR_SYSTEM": "none",
        "TEXTUAL_SCREENSHOT": "0", "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path), "TEXTUAL_PRESS": "q",
        "TEXTUAL_FPS": "none", "TEXTUAL": "devtools",
    }  # fmt: skip
    with Terminal(COMMAND, env | odd) as terminal:
        terminal.until("t: train on the sample")
        terminal.press("q")
        assert terminal.until_exit() == 0
    assert not list(tmp_path.glob("*.svg"))
