"""`mftui report`: a run as one HTML page."""

from __future__ import annotations

from pathlib import Path

import click

from mftui.cli.shared.completion import complete_run
from mftui.cli.shared.open_model import note_unfinished
from mftui.cli.shared.output import force_option, json_option, print_json, print_line
from mftui.runs.results.report import write_report
from mftui.runs.store.run import find_run


@click.command("report")
@click.argument("run", shell_complete=complete_run)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="The file to write.  [default: RUN-ID.html]"
)
@force_option
@json_option
def report(run: str, output: Path | None, force: bool, as_json: bool) -> None:
    """Write one HTML page about RUN: learning curves, errors next to the baselines, calibration of the predictions,
    axes, a map of films, neighbours of well-known films, and settings.

    The page is self-contained: it loads nothing and has no scripts.
    """
    found = find_run(run)
    state = found.state
    file = write_report(found, output or Path(f"{found.id}.html"), force=force)
    note_unfinished(found.id, state)
    if as_json:
        return print_json({"run": found.id, "state": state, "file": str(file), "bytes": file.stat().st_size})
    return print_line(str(file))
