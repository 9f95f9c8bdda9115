"""Completion in real shells: what tab puts into the line is what enter hands over, and nothing else ever runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import pytest
from helpers.models import toy_run
from helpers.terminal import Terminal

from mftui.runs.store.notes import Notes, write_notes

SHELLS = {
    "bash": ("bash", "--noprofile", "--rcfile", "{home}/rc", "-i"),
    "zsh": ("zsh", "-d", "-i"),
    "fish": ("fish", "-i"),
}
SETUP = {
    "bash": "PS1='READY> '\nset +o history\n. ~/script\n",
    "zsh": "PS1='READY> '\nautoload -Uz compinit && compinit -u -D\n. ~/script\n",
    "fish": "function fish_prompt; echo 'READY> '; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n"
    "source ~/script\n",
}
RC = {"bash": "rc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
ODD = {
    "bash": "set -uefC\nset -o posix\nIFS=_\nshopt -s failglob nocaseglob\nalias mftui=mftui\n",
    "zsh": "alias -g to=XX\nIFS=_\nsetopt no_unset sh_word_split glob_subst noclobber null_glob\n"
    "setopt rc_expand_param ksh_glob err_return ksh_arrays\n",
    "fish": "set -g IFS _\nabbr -a ru runs\nalias mftui=mftui\n",
}
"""Settings under which a script that relies on the usual ones fails."""
LAUNCHER = """#!/bin/sh
if [ -n "$_MFTUI_COMPLETE" ] || [ "$1" = completion ]; then
    exec '{python}' -P -c 'import sys; from mftui.cli import main; sys.argv[0] = "{program}"; main()' "$@"
fi
printf '%s\\0' "$@" >'{home}/args.new'
mv '{home}/args.new' '{home}/args'
"""
OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""What fish asks for: that the terminal is that of its session."""
CLEAR = "\x05\x15"
"""Goes to the end of the line, and deletes all before it."""
HOSTILE_FILES = [
    b"a with  two spaces", b"b it's \"quoted\"", b"c$(touch X)", b"d`touch X`", b"e*?[x]", b"f\nmore\n", b"g\xff\xfe",
    b"h;touch X;#", b"i\xe2\x80\xae\xc2\x9b31m", b"j!!{1,2}~&|<>", b"k\\ \\n$HOME", b"l\x1b]0;title\x07",
]  # fmt: skip


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param}: apt-get install {request.param}")
    return str(request.param)


class Typing:
    """A shell in a directory of hostile files, with a program `mftui` that notes its arguments."""

    def __init__(self, shell: str, tmp_path: Path) -> None:
        self.home, self.here, programs = tmp_path / "home", tmp_path / "here", tmp_path / "bin"
        for directory in (self.home / ".config/fish", self.here, programs):
            directory.mkdir(parents=True, exist_ok=True)
        program = programs / "mftui"
        program.write_text(LAUNCHER.format(python=sys.executable, program=program, home=self.home))
        trap = self.here / "mftui"
        trap.write_text(f"#!/bin/sh\necho ran >{self.here}/X\n")
        for path in (program, trap):
            path.chmod(0o755)
        (self.home / RC[shell]).write_text(f"cd {self.here}\n{SETUP[shell]}")
        script = subprocess.run([program, "completion", shell], check=True, capture_output=True)
        (self.home / "script").write_bytes(script.stdout)
        self.environment = {
            "HOME": str(self.home), "ZDOTDIR": str(self.home), "XDG_CONFIG_HOME": str(self.home / ".config"),
            "MFTUI_HOME": str(self.home), "LC_ALL": "C.UTF-8", "PATH": f"{programs}:{os.environ['PATH']}",
        }  # fmt: skip
        self._command = [part.format(home=self.home) for part in SHELLS[shell]]

    @cached_property
    def terminal(self) -> Terminal:
        """The shell, which begins when it is first asked for."""
        return Terminal([sys.executable, "-c", OWN_TERMINAL, *self._command], self.environment, columns=120)

    def complete(self, line: str) -> list[bytes]:
        """Type `line`, tab and enter; return what mftui got."""
        args = self.home / "args"
        args.unlink(missing_ok=True)
        self.terminal.press(line, "tab", "enter")
        self.terminal.watch(args.exists, f"the arguments of {line!r}")
        return args.read_bytes().split(b"\0")[:-1]

    def touch(self) -> None:
        """Make the hostile files."""
        for name in HOSTILE_FILES:
            (self.here / os.fsdecode(name)).touch()

    @property
    def ran(self) -> bool:
        """Whether anything of a hostile name, or of the directory, has run."""
        return (self.here / "X").exists()


@pytest.fixture
def typing(shell: str, tmp_path: Path) -> Typing:
    home = tmp_path / "home"
    toy_run(home, name="toy")
    write_notes(toy_run(home, name="b").path, Notes(name="big, 64 factors"))
    for number, name in enumerate(HOSTILE_FILES[1:]):
        shutil.copytree(home / "runs/20260101-000000-biased-k4-toy", home / "runs" / os.fsdecode(b"zz" + name))
        write_notes(toy_run(home, name=f"n{number}").path, Notes(name="zz" + os.fsdecode(name)))
    return Typing(shell, tmp_path)


@pytest.mark.long
def test_what_tab_completes_is_what_mftui_gets(typing: Typing) -> None:
    typing.touch()
    with typing.terminal:
        typing.terminal.until("READY>")
        assert typing.complete("mftui ru") == [b"runs"]
        assert typing.complete("mftui runs show big") == [b"runs", b"show", b"big, 64 factors"]
        assert typing.complete("mftui similar --run=to") == [b"similar", b"--run=toy"]
        assert typing.complete("mftui runs show 'bi") == [b"runs", b"show", b"big, 64 factors"]
        for open_quote in ("", '"'):
            assert typing.complete(f"mftui data info {open_quote}c") == [b"data", b"info", b"c$(touch X)"]
        assert typing.complete("mftui runs show zz") == [b"runs", b"show", b"zz"]  # none of them is offered
    assert not typing.ran


@pytest.mark.long
@pytest.mark.parametrize("when", ["before the script", "after it"])
def test_a_shell_that_is_set_up_oddly_completes_as_any_other(typing: Typing, shell: str, when: str) -> None:
    typing.touch()
    rc = typing.home / RC[shell]
    setup = rc.read_text()
    rc.write_text(setup + ODD[shell] if when == "after it" else re.sub(r"(?m)^(?=.*~/script$)", ODD[shell], setup))
    with typing.terminal:
        typing.terminal.until("READY>")
        assert typing.complete("mftui ru") == [b"runs"]
        assert typing.complete("mftui runs show big") == [b"runs", b"show", b"big, 64 factors"]
        assert typing.complete("mftui data info c") == [b"data", b"info", b"c$(touch X)"]
        assert typing.complete("mftui data info a") == [b"data", b"info", b"a with  two spaces"]
    assert not typing.ran


@pytest.mark.long
def test_files_of_any_name_are_completed_whole_and_run_nothing(typing: Typing) -> None:
    typing.touch()
    with typing.terminal:
        typing.terminal.until("READY>")
        for name in HOSTILE_FILES:
            start = chr(name[0])
            assert typing.complete(f"mftui data info {start}") == [b"data", b"info", name]
        assert typing.complete("mftui data info ./c") == [b"data", b"info", b"./c$(touch X)"]
        assert typing.complete("mftui train --data=d") == [b"train", b"--data=d`touch X`"]
        assert typing.complete("echo a; mftui runs show to") == [b"runs", b"show", b"toy"]
        assert typing.complete("A=1 mftui runs show --js") == [b"runs", b"show", b"--json"]
        assert typing.complete("mftui --headless --fac") == [b"--headless", b"--factors"]
    assert not typing.ran


@pytest.mark.long
def test_tab_runs_nothing_of_the_directory(typing: Typing) -> None:
    """PATH names the working directory first, and in it is a program `mftui`."""
    typing.environment["PATH"] = f".::{typing.environment['PATH']}"
    with typing.terminal:
        typing.terminal.until("READY>")
        typing.terminal.press("mftui runs show bi", "tab")
        typing.terminal.until("64")
        typing.terminal.press(CLEAR, "./mftui runs show to", "tab")
        typing.terminal.press(CLEAR, "echo at the ''end", "enter")
        typing.terminal.until("at the end")
    assert not typing.ran
