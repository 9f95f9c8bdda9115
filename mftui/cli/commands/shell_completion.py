"""`mftui completion`: the script that has a shell complete commands, options, runs, data sets and titles."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mftui.cli.shared.output import print_file
from mftui.cli.shells.scripts import SCRIPTS, script_for
from mftui.errors import UsageError


@click.command()
@click.argument("shell", required=False, type=click.Choice([*SCRIPTS]))
def completion(shell: str | None) -> None:
    """Print the script that completes mftui in SHELL; without SHELL, in yours.

    \b
    bash, in ~/.bashrc:                  eval "$(mftui completion bash)"
    zsh, in ~/.zshrc, after compinit:    eval "$(mftui completion zsh)"
    fish, once:  mftui completion fish > ~/.config/fish/completions/mftui.fish
    """
    yours = Path(os.environ.get("SHELL", "")).name
    if shell is None and yours not in SCRIPTS:
        raise UsageError("your shell is not known.", hint=f"Name it: mftui completion {' or '.join(SCRIPTS)}.")
    print_file(script_for(shell or yours))
