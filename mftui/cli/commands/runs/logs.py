"""`mftui runs logs`: what a training wrote into its log, and what it writes now."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import Any

import click

from mftui.cli.shared.completion import complete_run
from mftui.cli.shared.output import json_option, note, print_json, print_line, progress_bar
from mftui.errors import MftuiError, UsageError
from mftui.runs.store.log import LogTail
from mftui.runs.store.naming import LATEST
from mftui.runs.store.run import find_run
from mftui.runs.store.status import ACTIVE, Status

_POLL_S = 0.2


@click.command()
@click.argument("run", default=LATEST, metavar="[RUN]", shell_complete=complete_run)
@click.option("-f", "--follow", is_flag=True, help="Also print what comes, until the training ends or Ctrl+C.")
@click.option("-n", "n", type=click.IntRange(0), help="Only the last N lines of what is there.  [default: all]")
@json_option
def logs(run: str, follow: bool, n: int | None, as_json: bool) -> None:
    """Print the log of RUN: what its training says, and all that TensorFlow prints. Without RUN, of the newest run.

    On a terminal, -f also shows in a last line how far the training is.
    """
    if follow and as_json:
        raise UsageError("--follow and --json exclude each other: one JSON document has an end.")
    found = find_run(run)
    tail = LogTail(found.log_path)
    state = found.state
    lines = tail.poll(ended=state not in ACTIVE)
    lines = lines if n is None else lines[len(lines) - min(n, len(lines)) :]
    if as_json:
        return print_json({"run": found.id, "state": state, "lines": lines})
    note(f"Run {found.id} is {state}; its log is {found.log_path}")
    bar = progress_bar(shown=follow and state in ACTIVE and sys.stdout.isatty() and sys.stderr.isatty())
    with bar:
        task = bar.add_task("", total=1)
        while True:
            for line in lines:
                print_line(line)
            sys.stdout.flush()
            if not follow or state not in ACTIVE:
                break
            with suppress(MftuiError):  # a run that has just been removed
                bar.update(task, **bar_of(found.status()))
            time.sleep(_POLL_S)
            state = found.state
            lines = tail.poll(ended=state not in ACTIVE)
    return note(f"Run {found.id} is {state}.") if follow else None


def bar_of(status: Status) -> dict[str, Any]:
    """Return the words and the share of a bar for a training under way."""
    words = [status.state]
    if status.epochs:
        words.append(f"epoch {status.epoch:,}/{status.epochs:,}")
    if status.steps and status.steps != status.epochs:
        words.append(f"step {status.step:,}/{status.steps:,}")
    return {"description": "  ".join(words), "completed": status.progress}
