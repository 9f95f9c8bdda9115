"""Completion in real shells: what tab puts into the line is what enter hands over, and nothing else ever runs."""

from __future__ import annotations

import os
import shutil
import sys
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
    "bash": "PS1='READY> '\nset +o history\neval \"$(mftui completion bash)\"\n",
    "zsh": "PS1='READY> '\nautoload -Uz compinit && compinit -u -D\neval \"$(mftui completion zsh)\"\n",
    "fish": "function fish_prompt; echo 'READY> '; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n"
    "mftui completion fish | source\n",
}
RC = {"bash": "rc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
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
            directory.mkdir(parents=True)
        program = programs / "mftui"
        program.write_text(LAUNCHER.format(python=sys.executable, program=program, home=self.home))
        trap = self.here / "mftui"
        trap.write_text(f"#!/bin/sh\necho ran >{self.here}/X\n")
        for path in (program, trap):
            path.chmod(0o755)
        (self.home / RC[shell]).write_text(f"cd {self.here}\n{SETUP[shell]}")
        env = {
            "HOME": str(self.home), "ZDOTDIR": str(self.home), "XDG_CONFIG_HOME": str(self.home / ".config"),
            "MFTUI_HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "PATH": f"{programs}:{os.environ['PATH']}",
        }  # fmt: skip
        command = [part.format(home=self.home) for part in SHELLS[shell]]
        self.terminal = Terminal([sys.executable, "-c", OWN_TERMINAL, *command], env, columns=120)

    def complete(self, line: str) -> list[bytes]:
        """Type `line`, tab and enter; return what mftui got."""
        args = self.home / "args"
        args.unlink(missing_ok=True)
        self.terminal.press(line, "tab", "enter")
        self.terminal.watch(args.exists, f"the arguments of {line!r}")
        return args.read_bytes().split(b"\0")[:-1]
