"""Which trained model a command asks: `--run`, and what is said about a run that is not finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mftui.cli.shared.output import note

if TYPE_CHECKING:
    import numpy as np

    from mftui.engine.model.factors import Factors
    from mftui.runs.store.run import Run

F = TypeVar("F", bound=Callable[..., Any])


def run_option(command: F) -> F:
    """Add `--run`, as the parameter `run_text`."""
    return click.option(
        "--run", "run_text", metavar="RUN", help="Id, beginning of an id, or name of a run [default: the newest]."
    )(command)


def open_model(run_text: str | None) -> tuple[Run, Factors]:
    """The run asked for, or the newest usable one, with its model.

    Says on standard error where the run has not finished. Raises RunError where there is none.
    """
    from mftui.runs.store.run import find_run, newest_usable
    from mftui.runs.store.status import FINISHED

    run = newest_usable() if run_text is None else find_run(run_text)
    factors = run.load_factors()
    if run.state != FINISHED:
        note(f"Run {run.id} is {run.state}, not finished: this is its best model so far.")
    return run, factors


def run_document(run: Run) -> dict[str, Any]:
    """For JSON: which run answers, and in what state it is; other than "finished" it is its best model so far."""
    return {"run": run.id, "state": run.state}


def model_label(run: Run, factors: Factors) -> str:
    """Which model answers, for a heading."""
    from mftui.runs.store.status import FINISHED

    state = run.state
    unfinished = "" if state == FINISHED else f" ({state}, not finished)"
    return f"{factors.meta.get('dataset', 'unknown data')}, run {run.id}{unfinished}"


def cold(factors: Factors, users: Any, movies: Any) -> Any:
    """(n,) True where the user or the movie (indices) has no training rating, so that nothing is known of it."""
    return (factors.user_train_counts[users] == 0) | (factors.movie_train_counts[movies] == 0)


def find_movie(factors: Factors, text: str) -> int:
    """The index of the movie that `text` names (an id or words of a title); raises TitleError."""
    from mftui.data.titles.search import TitleIndex

    index = factors.movie_ids.find(text.strip())
    if index is not None:
        return index
    return TitleIndex(factors.movies.titles, factors.movie_ids, factors.movie_counts).resolve(text)


def movie_document(factors: Factors, movie: int | np.integer) -> dict[str, Any]:
    """A movie for JSON: movie_id, title, genres, year, n_ratings."""
    return asdict(factors.row(movie))
