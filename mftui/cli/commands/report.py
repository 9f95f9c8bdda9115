"""`mftui report`: a run as one HTML page."""

from __future__ import annotations

from pathlib import Path

import click

from mftui.cli.shared.output import json_option, note, print_json, print_line
from mftui.runs.results.report import write_report
from mftui.runs.store.run import find_run
from mftui.runs.store.status import FINISHED


@click.command("report")
@click.argument("run")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Where to.  [default: its id, .html]"
)
@json_option
def report(run: str, output: Path | None, as_json: bool) -> None:
    """Write one self-contained HTML page about RUN: how it learned, what it is worth beside the baselines, whether its
    predictions are calibrated, its axes, a map of films, neighbours of well-known ones, and its settings.

    Nothing in the page is loaded from anywhere, and it has no script.
    """
    found = find_run(run)
    state = found.state
    file = write_report(found, output or Path(f"{found.id}.html"))
    if state != FINISHED:
        note(f"Run {found.id} is {state}, not finished: this is its best model so far.")
    if as_json:
        return print_json({"run": found.id, "state": state, "file": str(file), "bytes": file.stat().st_size})
    return print_line(str(file))
