"""What a completion script is answered: kind, word and description of each thing to offer, with NUL behind each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

import click
from click.shell_completion import ShellComplete

from mftui.cli.shells.bash_words import parse
from mftui.cli.shells.scripts import SCRIPTS, script_for
from mftui.text import is_plain, visible

_KINDS = {"plain": "word", "file": "file", "dir": "dir"}
_MAX_HELP = 60


def answer(group: click.Group, asked: str, given: list[str], arguments_of: Callable[[list[str]], list[str]]) -> int:
    """Answer a completion script, or print it; return the exit code.

    Parameters
    ----------
    asked: "bash_complete" for the words, "bash_source" for the script; so for each of SCRIPTS.
    given: what the script says of the command line.
    arguments_of: makes of the words behind the command the arguments that mftui would get.
    """
    shell, _, what = asked.partition("_")
    if shell not in SCRIPTS or what not in ("source", "complete"):
        return 1
    if what == "source":
        sys.stdout.write(script_for(shell))
        return 0
    try:
        found = "".join(f"{part}\0" for one in _offers(group, shell, given, arguments_of) for part in one)
        sys.stdout.buffer.write(os.fsencode(found))
        sys.stdout.buffer.flush()
    except Exception:  # noqa: BLE001  # a shell that waits for words is told nothing else
        return 1
    return 0


def _offers(
    group: click.Group, shell: str, given: list[str], arguments_of: Callable[[list[str]], list[str]]
) -> Iterable[tuple[str, str, str]]:
    """Yield kind, word and description. What a terminal would obey or hide is not offered: it could not be typed."""
    if shell == "bash":
        line = parse(*given)
        words, current = [*line.words], line.current
    else:
        line = None
        *words, current = given
        current = parse(current, "").current if shell == "fish" else current
    option = current[: current.index("=") + 1] if current.startswith("-") and "=" in current else ""
    completion = ShellComplete(group, {}, "mftui", "_MFTUI_COMPLETE")
    for item in completion.get_completions(arguments_of(words[1:]), current):
        kind, value = _KINDS.get(item.type, "word"), f"{option}{item.value}"
        if kind == "word" and is_plain(value):
            word = line.replacement(value) if line else value
            if word is not None:
                yield kind, word, visible(item.help or "")[:_MAX_HELP]
        elif kind != "word":
            yield kind, "", ""
