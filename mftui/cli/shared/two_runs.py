"""Two runs asked the same: `--run` given twice, which runs these are, and their answers as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.completion import complete_run
from mftui.cli.shared.movie_lists import genres_cell, print_list, without_year
from mftui.cli.shared.open_model import open_model, run_document
from mftui.cli.shared.output import Cell, note, print_line
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.api.two_models.answers import Answer, Models
    from mftui.runs.store.run import Run

runs_option = click.option(
    "--run",
    "run_texts",
    metavar="RUN",
    multiple=True,
    shell_complete=complete_run,
    help="Id, beginning of an id, or name of a run [default: latest, the newest]. Given twice: what both runs "
    "answer, in one table that says what is new, gone or moved.",
)


@dataclass(frozen=True)
class TwoRuns:
    """The runs, and their models."""

    runs: tuple[Run, Run]
    models: Models

    def document(self) -> dict[str, Any]:
        """Describe for JSON which runs answer, and how their movies are matched."""
        from mftui.engine.query.compare_lists import same_data
        from mftui.runs.store.summary import summarize

        rows = [summarize(run) for run in self.runs]
        about = [{"recipe": row.recipe, "factors": row.factors, "dataset": row.dataset} for row in rows]
        runs = [run_document(run) | one for run, one in zip(self.runs, about, strict=True)]
        return {"runs": runs, "same_data": same_data(self.models), "matched_by": "movie_id"}

    def print_heading(self, title: str) -> None:
        """Print what is listed, then which runs 1 and 2 are, and in what they differ."""
        from mftui.runs.store.summary import apart, described

        print_line(title)
        for side, run in enumerate(self.runs, 1):
            print_line(f"{side}: run {run.id}, {described(run)}")
        if different := apart(*self.runs):
            print_line(f"They differ in {different}.")


def open_two(run_texts: Sequence[str]) -> TwoRuns | None:
    """Open the two runs asked for, with their models; None where not more than one is asked for.

    Raises UsageError for more than two, or the same one twice; RunError for one that there is not.
    """
    if len(run_texts) < 2:
        return None
    if len(run_texts) > 2:
        raise UsageError(f"two runs can be compared, not {len(run_texts)}.", hint="Give --run twice.")
    (run, factors), (other, others) = (open_model(text) for text in run_texts)
    if run.path == other.path:
        raise UsageError(f"both are run {run.id}.", hint="Name two different runs.")
    return TwoRuns((run, other), (factors, others))


def only(run_texts: Sequence[str]) -> str | None:
    """Return the one run asked for; None for the newest."""
    return run_texts[0] if run_texts else None


def answer_document(answer: Answer, name: str) -> dict[str, Any]:
    """Return the rows for JSON, as `name`, and the notes."""
    return {name: [without_year(row) for row in answer.rows], "notes": [*answer.notes, *answer.examples]}


def print_answer(answer: Answer, number: str, label: str) -> None:
    """Print one list of two models: title, both places, what became of it, and a `number` of each, called `label`."""
    from mftui.api.two_models.answers import change_text

    rows: list[list[Cell]] = [
        [
            x["title"],
            *(_whole(x[f"place_{side}"]) for side in (1, 2)),
            change_text(x),
            *(x[f"{number}_{side}"] for side in (1, 2)),
            genres_cell(x),
            x["n_ratings"],
            str(x["movie_id"]),
        ]
        for x in answer.rows
    ]
    columns = ["title", "1", "2", "change", f"{label} 1", f"{label} 2", "genres", "ratings", "movie id"]
    print_list(columns, rows, "", "")
    for one in (*answer.notes, *answer.examples):
        note(one)


def print_rated(answer: Answer, n: int) -> None:
    """Print the first `n` ratings with both predictions."""
    from mftui.api.two_models.answers import test_text

    rows: list[list[Cell]] = [
        [
            x["title"], x["rating"], x["predicted_1"], x["predicted_2"], x["difference"], test_text(x),
            str(x["movie_id"]),
        ]
        for x in answer.rows[:n]
    ]  # fmt: skip
    columns = ["title", "rated", "predicted 1", "predicted 2", "difference", "test", "movie id"]
    more = f"{n} of {len(answer.rows)} ratings are shown; -n {len(answer.rows)} shows all."
    print_list(columns, rows, "", more if len(answer.rows) > n else "")
    for one in (*answer.notes, *answer.examples):
        note(one)


def _whole(place: int | None) -> str:
    return "" if place is None else str(place)
