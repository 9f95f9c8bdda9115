"""The checks of `mftui doctor` for the terminal and the shell."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from mftui.cli.commands.doctor.checks import OK, WARNING, Check
from mftui.engine.compute.machine import run_tool

MIN_COLUMNS, MIN_LINES = 80, 24


def terminal(environ: Mapping[str, str] | None = None) -> Iterator[Check]:
    """Check size, colours, characters, clipboard and completion."""
    env = os.environ if environ is None else environ
    yield from _screen(env)
    yield _colours(env)
    encoding = sys.stdout.encoding or "unknown"
    utf8 = encoding.lower().replace("-", "") == "utf8"
    advice = "" if utf8 else "Set a UTF-8 locale, such as LANG=C.UTF-8, or MFTUI_ASCII=on."
    yield Check.advised("terminal", "characters", "UTF-8" if utf8 else encoding, advice)
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        yield Check("terminal", "connection", "SSH: the app redraws less often by itself")
    yield _clipboard(env)
    yield _completion(env)


def _screen(env: Mapping[str, str]) -> Iterator[Check]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        advice = "The app needs a terminal. Without one, use the commands, such as `mftui train`."
        yield Check("terminal", "terminal", "none: input or output is redirected", WARNING, advice)
        return
    name = env.get("TERM", "")
    known, advice = name not in ("", "dumb", "unknown"), "Set TERM to what your terminal is, such as xterm-256color."
    yield Check.advised("terminal", "TERM", name or "not set", "" if known else advice)
    size = shutil.get_terminal_size()
    small = size.columns < MIN_COLUMNS or size.lines < MIN_LINES
    advice = f"Make it at least {MIN_COLUMNS}×{MIN_LINES}." if small else ""
    yield Check.advised("terminal", "size", f"{size.columns}×{size.lines}", advice)


def _colours(env: Mapping[str, str]) -> Check:
    if env.get("NO_COLOR"):
        return Check("terminal", "colours", "none, as NO_COLOR asks")
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Check("terminal", "colours", "16 million")
    if "256" in env.get("TERM", ""):
        return Check("terminal", "colours", "256")
    advice = "If the terminal can show more, set TERM=xterm-256color or COLORTERM=truecolor."
    return Check("terminal", "colours", "16", OK, advice)


def _clipboard(env: Mapping[str, str]) -> Check:
    if env.get("TMUX"):
        setting = run_tool("tmux", "show-options", "-gv", "set-clipboard") or run_tool(
            "tmux", "show-options", "-sv", "set-clipboard"
        )
        if setting != "on":
            advice = "To copy to your clipboard: tmux set-option -s set-clipboard on."
            return Check("terminal", "clipboard", f"tmux, set-clipboard {setting or 'unknown'}", WARNING, advice)
        return Check("terminal", "clipboard", "tmux, set-clipboard on")
    if env.get("STY"):
        advice = "GNU screen does not pass copying on; use tmux, or select with the mouse."
        return Check("terminal", "clipboard", "GNU screen", WARNING, advice)
    return Check("terminal", "clipboard", "by escape sequence (OSC 52), if the terminal allows it")


def _completion(env: Mapping[str, str]) -> Check:
    shell = Path(env.get("SHELL", "")).name
    lines = {
        "bash": 'eval "$(mftui completion bash)" in ~/.bashrc',
        "zsh": 'eval "$(mftui completion zsh)" in ~/.zshrc, after compinit',
        "fish": "mftui completion fish > ~/.config/fish/completions/mftui.fish",
    }
    if shell not in lines:
        return Check(
            "terminal", "completion", f"none for {shell or 'an unknown shell'}; there is one for bash, zsh and fish"
        )
    return Check("terminal", "completion", f"for {shell}: {lines[shell]}")
