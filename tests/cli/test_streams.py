"""Standard streams that are closed, full or not read: the answer is the same, or the loss is told."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mftui.errors import MachineError, machine_fault, raise_if_machine
from mftui.runs.store.run import Run
from mftui.streams import forget_absurd_sizes

COMMANDS = (
    "runs ls", "runs ls --json", "runs show latest", "runs logs latest", "similar Matrix", "recommend 1",
    "recommend --ratings @", "user 1", "suggest", "rate nothing-like-it 4", "ratings ls", "factors", "map",
    "predict {pairs}", "export latest {new} --to csv", "report latest -o {new}", "evaluate", "data ls",
    "paths", "doctor", "--help", "no-such-command", "--version",
)  # fmt: skip
LOST = "standard output cannot be written"


def shell(command: str, redirections: str = "", *, timeout_s: float = 100, **options: object) -> tuple[int, str, str]:
    """Run `mftui COMMAND` with redirections of the shell."""
    line = f"{shlex.quote(sys.executable)} -P -m mftui {command} {redirections}"
    done = subprocess.run(  # type: ignore[call-overload]
        ["bash", "-c", line], capture_output=True, text=True, timeout=timeout_s, check=False, **options
    )
    out = re.sub(r"[\d.]+ GB free", "? GB free", done.stdout)  # it changes from one call to the next
    return done.returncode, out, done.stderr


def same_in_all(command: str) -> None:
    """The command's code and output are the same with each stream closed, and with a full standard error."""
    code, out, _ = shell(command)
    for redirections in ("2>&-", "<&-", "2>/dev/full", "2</dev/null"):
        assert shell(command, redirections)[:2] == (code, out), redirections
    assert shell(command, ">&- 2>&- <&-") == (code, "", "")
    for full in (">/dev/full", "1</dev/null"):
        code, _, err = shell(command, full)
        assert (code, LOST in err) == (1, True) or not out, err
        assert "should not have happened" not in err and "Traceback" not in err and "Exception" not in err


def test_an_answer_is_the_same_with_any_stream_closed_or_full(run: Run) -> None:
    same_in_all("runs ls")


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_minds_its_streams(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "pairs.csv").write_text("userId,movieId\n1,1\n")
    same_in_all(command.format(pairs=tmp_path / "pairs.csv", new="/dev/null"))


def test_a_reader_that_goes_away_is_not_complained_about(run: Run) -> None:
    code, _, err = shell("runs ls --json", "| true; exit ${PIPESTATUS[0]}")
    assert code in (0, 1) and err == ""


def test_what_is_opened_later_never_takes_the_number_of_a_closed_stream() -> None:
    program = "from mftui.streams import open_streams; open_streams(); print('x', open('/etc/passwd').fileno())"
    program += "; import sys; assert sys.stdin.read() == '' and sys.stderr.write('y') == 1"
    line = f"{shlex.quote(sys.executable)} -P -c {shlex.quote(program)} "
    assert subprocess.run(line + "<&- 2>&-", shell=True, capture_output=True, check=True).stdout.split()[1] > b"2"
    assert subprocess.run(line + ">&- 2>&- <&-", shell=True, check=True).returncode == 0


def test_a_reader_that_is_slow_gets_all_also_where_the_pipe_does_not_block() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    program = "from mftui.streams import open_streams; open_streams(); print('x' * 300_000)"
    with subprocess.Popen([sys.executable, "-P", "-c", program], stdout=write, stderr=subprocess.PIPE) as process:
        os.close(write)
        with os.fdopen(read, "rb") as reader:
            assert reader.read() == b"x" * 300_000 + b"\n"
        assert process.wait() == 0


def test_lines_go_out_at_once_where_that_is_asked_for() -> None:
    program = "from mftui.streams import open_streams; open_streams(); print('first'); input()"
    command = [sys.executable, "-P", "-u", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"first\n"
        process.communicate(b"\n")


@pytest.mark.long
def test_a_working_directory_that_was_deleted_is_needed_only_for_files_in_it(run: Run, tmp_path: Path) -> None:
    for command, code in (
        ("runs ls", 0),
        ("doctor", 0),
        (f"report latest -o {tmp_path}/r.html", 0),
        ("report latest", 1),
    ):
        gone = tmp_path / "gone"
        gone.mkdir()
        found, _, err = shell(f"{command}", cwd=gone, preexec_fn=gone.rmdir)
        assert found == code or command == "doctor", err
        assert ("working directory has been deleted" in err) == (code == 1) and "should not" not in err


@pytest.mark.parametrize("size", ["", "0", "-5", "abc", "3.5", "100000", "9" * 6000])
def test_a_size_that_no_terminal_has_does_not_count(size: str) -> None:
    environ = {"COLUMNS": size, "LINES": "24", "TERM": "xterm"}
    forget_absurd_sizes(environ)
    assert environ == {"LINES": "24", "TERM": "xterm"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(24, "Too many open files", "/x"), "/x: Too many open files. Let a process open more files: ulimit -n"),
        (OSError(5, "Input/output error"), "Input/output error. The disk"),
        (OSError(116, "Stale file handle"), "network file system"),
        (OSError(36, "File name too long", "/x"), "/x: File name too long. Give a shorter name."),
        (MemoryError(), "out of memory"),
        (ImportError("libx.so: cannot open shared object file: Too many open files"), "Too many open files"),
        (ImportError("libx.so: failed to map segment from shared object"), "out of memory"),
        (OSError("no number"), ""),
        (ValueError("3"), ""),
        (FileNotFoundError(2, "No such file or directory", "/x"), ""),
    ],
)
def test_what_the_machine_refuses_is_told_as_what_it_is(error: Exception, words: str) -> None:
    assert words in machine_fault(error) and bool(machine_fault(error)) == bool(words)
    if words:
        with pytest.raises(MachineError, match="not damaged"):
            raise_if_machine(error, "/model")


def test_a_library_that_hides_what_the_machine_refused_below_its_own_words() -> None:
    error = ImportError("Importing the numpy C-extensions failed.")
    error.__cause__ = ImportError("libgfortran.so: failed to map segment from shared object")
    assert "out of memory" in machine_fault(error)


@pytest.mark.long
def test_a_model_is_not_called_damaged_for_want_of_descriptors_or_memory(run: Run) -> None:
    for limit in ("-n 12", "-n 16", "-n 20"):
        code, out, err = shell("similar Matrix", f"2>&1; ulimit {limit}; {sys.executable} -P -m mftui similar Matrix")
        assert "damaged (" not in out + err and "Train again" not in out + err
        assert code == 0 or "Too many open files" in out + err, out + err
