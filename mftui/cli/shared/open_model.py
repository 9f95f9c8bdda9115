"""The trained model that a command asks: `--run`, remarks on a run that is not finished, and movies by id or title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.completion import complete_run
from mftui.cli.shared.output import note

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.runs.store.run import Run

run_option = click.option(
    "--run",
    "run_text",
    metavar="RUN",
    shell_complete=complete_run,
    help="Id, beginning of an id, or name of a run [default: latest, the newest].",
)


def open_model(run_text: str | None) -> tuple[Run, Factors]:
    """Open the run asked for, or the newest usable one, with its model; raises RunError if there is none."""
    from mftui.engine.recipes import caution_of
    from mftui.runs.store.run import find_usable

    run = find_usable(run_text)
    factors = run.load_factors()
    note_unfinished(run.id, run.state)
    if caution := caution_of(factors.meta):
        note(caution)
    return run, factors


def note_unfinished(run: str, state: str) -> None:
    """Say on standard error if a run is not finished."""
    from mftui.runs.store.status import FINISHED

    if state != FINISHED:
        note(f"Run {run} is {state}, not finished: this is its best model so far.")


def run_document(run: Run) -> dict[str, Any]:
    """Describe for JSON which run answers, its state (unless "finished", its model is the best so far), and what its
    predictions are counted in: "stars", or "rescaled", of which only the order counts."""
    from mftui.engine.recipes import unit_of

    return {"run": run.id, "state": run.state, "unit": unit_of({"recipe": run.config().recipe})}


def model_label(run: Run, factors: Factors) -> str:
    """Name the model that answers, for a heading."""
    from mftui.runs.store.status import FINISHED

    state = run.state
    unfinished = "" if state == FINISHED else f" ({state}, not finished)"
    return f"{factors.meta.get('dataset', 'unknown data')}, run {run.id}{unfinished}"
