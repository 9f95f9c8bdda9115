"""Runs, opened from Python."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from mftui.api.model import Model
from mftui.errors import ArgumentError, RunError
from mftui.runs.store.run import Run, find_usable
from mftui.runs.store.status import FINISHED
from mftui.text import visible


def open_run(run: str | os.PathLike[str] | None = None) -> Model:
    """Open the model of a run.

    Parameters
    ----------
    run: the id of a run, the beginning of one, its name, or its directory; by default, or with "latest", the newest
        run with a model.

    Returns
    -------
    Model
        The run's best model so far; where the run has not finished, a warning says so.

    Raises
    ------
    RunError
        Where there is no such run, or it has no model yet.

    Examples
    --------
    >>> import mftui
    >>> model = mftui.open_run()
    >>> model.movies.title[0]
    'Toy Story (1995)'
    """
    found = find_usable(None) if run is None else _run_at(run)
    model = Model(found.load_factors(), found)
    if found.state != FINISHED:
        warnings.warn(visible(f"Run {found.id} is {found.state}: this is its best model so far."), stacklevel=2)
    return model


def _run_at(run: str | os.PathLike[str]) -> Run:
    if not isinstance(run, str | os.PathLike):
        raise ArgumentError(f"a run cannot be of the type {type(run).__name__}.", hint="Give its id or its directory.")
    if isinstance(run, str) and os.sep not in run and run not in (".", ".."):
        return find_usable(run)
    directory = Path(
        os.path.realpath(Path(run).expanduser())
    )  # a link that a user names is followed; none within a run is
    if not (directory / "config.json").is_file():
        raise RunError(f"{directory} is no run.", hint="A run's directory has a config.json.")
    return Run(directory)
