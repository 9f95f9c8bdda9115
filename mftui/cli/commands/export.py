"""`mftui export`: write a model as other programs read it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mftui.cli.shared.completion import complete_run
from mftui.cli.shared.open_model import note_unfinished
from mftui.cli.shared.output import json_option, note, print_json, print_line, progress_bar
from mftui.errors import UsageError
from mftui.runs.results.export import KINDS, export_run
from mftui.runs.store.run import find_run
from mftui.runs.store.summary import human

_NEXT = {
    "savedmodel": "Serve it: tensorflow_model_server --rest_api_port=8501 --model_name=mftui "
    "--model_base_path={parent}",
    "projector": "Look at it: tensorboard --logdir {path}, then Projector.",
}


@click.command("export")
@click.argument("run", shell_complete=complete_run)
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Choice(KINDS), help="What to write.")
@click.option("-n", "n", type=click.IntRange(0), help="Recommendations for each user; 0 for none.  [default: 20]")
@click.option(
    "--rank", type=click.Choice(("like", "watch", "both")), help="How to rank them.  [default: both, or like]"
)
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@json_option
def export(run: str, destination: Path, to: Any, n: int | None, rank: Any, quiet: bool, as_json: bool) -> None:
    """Export the model of RUN to DEST.

    \b
    savedmodel  for TensorFlow and TensorFlow Serving: DEST/1 (then 2, …) with the signatures
                predict, recommend and similar; they take and return ids of your data
    projector   vectors and labels of the movies for TensorBoard's Embedding Projector
    csv         tables of movies and users (factors, biases) and recommendations for every user;
    parquet     in CSV, text that a spreadsheet would run as a formula begins with an apostrophe
    hdf5        the file DEST with the weights as in the 2019 post: U, M, bu, bm, bg,
                user_idx2id, movie_idx2id
    """
    if to not in ("csv", "parquet") and (n is not None or rank is not None):
        raise UsageError("-n and --rank only apply to csv and parquet.", hint="Leave them out.")
    found = find_run(run)
    with progress_bar(shown=not quiet and sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=1.0)
        done = export_run(
            found,
            destination,
            to,
            n=20 if n is None else n,
            rank=rank,
            on_progress=lambda what, share: bar.update(task, description=what, completed=share),
        )
    note_unfinished(done.run, done.state)
    if as_json:
        return print_json(asdict(done))
    for name, size in done.files.items():
        print_line(f"{human(size):>10}  {name}")
    print_line(f"in {done.path}" if done.files else done.path)
    if to in _NEXT:
        path = Path(done.path)
        note(_NEXT[to].format(path=shlex.quote(str(path)), parent=shlex.quote(str(path.parent))))
    return None
