"""A command in this process, whose words are taken."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout

from mftui.cli import run_command


def said_and_code(*arguments: str) -> tuple[str, int]:
    """What a command said on both streams, and how it ended."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = run_command(list(arguments))
    return said.getvalue(), code
