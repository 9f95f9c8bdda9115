"""Training from Python: in this process, in memory or as a run."""

from __future__ import annotations

import difflib
import inspect
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex

from mftui import paths
from mftui.api.datasets import Dataset, read_ratings
from mftui.api.in_memory import train_in_memory
from mftui.api.model import Model
from mftui.api.progress import Progress, how_far, progress_for
from mftui.data.storage.files import replace_directory
from mftui.engine.recipes import RECIPES, Recipe, Value, find_recipe, recipe_name, recipe_with
from mftui.errors import ArgumentError, MftuiError, TrainingError
from mftui.runs.store import status as states
from mftui.runs.store.naming import slug
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import create_run
from mftui.runs.trainer.logs import library_output_in
from mftui.runs.trainer.main import train as train_run
from mftui.runs.trainer.result import measure_beside_mean, worse_than_mean
from mftui.runs.trainer.signals import interruptible
from mftui.text import visible

if TYPE_CHECKING:
    import pandas as pd

OnMetrics = Callable[[dict[str, Any]], None]


def train(
    ratings: pd.DataFrame | str | os.PathLike[str] | Dataset,
    recipe: str | None = None,
    *,
    name: str | None = None,
    seed: SupportsIndex = 0,
    preset: str | None = None,
    test: pd.DataFrame | str | os.PathLike[str] | None = None,
    test_fraction: float | None = None,
    split: str = "",
    split_seed: SupportsIndex = 0,
    movies: pd.DataFrame | None = None,
    columns: Mapping[str, str] | None = None,
    missing: Sequence[str | float] | str | float = (),
    counts: bool = False,
    wide: str = "",
    table: str = "",
    accept: Sequence[str] = (),
    callback: OnMetrics | None = None,
    progress: bool | None = None,
    **fields: Any,
) -> Model:
    """Train a model on ratings, in this process.

    Without a `name` the model is in memory, and nothing is written anywhere. Ctrl+C (in a notebook: interrupt) stops
    the training after the step under way; the best model so far is returned, with a warning.

    Parameters
    ----------
    ratings, movies, test, columns, missing, counts, wide, table, accept: as for `mftui.read_ratings`.
    recipe: the way of training: "biased" (where nothing is said), "post2019", "funk", "fastai", "pmf", "als" or
        "bayes".
    name: keep the model as a run of this name, which the app and the commands see too.
    seed: of everything random; the same seed on the same machine gives the same numbers.
    preset: settings of the recipe under one word, such as "fast" or "best" (of recipe "bayes"); `fields` outrank it.
    test_fraction, split, split_seed: which ratings are held out for the test, where `test` is not given: this share of
        them (0.1), "random" (by `split_seed`) or the latest ("temporal"); each user's last one ("leave-last"); or
        "none". Where nothing is said, a random tenth; with the recipe "post2019" none, as in the post.
    callback: called with each line of metrics, a dict with the keys of `metrics.jsonl`.
    progress: show a progress bar; by default in a terminal and in a notebook.
    **fields: fields of the recipe, such as `factors=32`, `epochs=20`, `learning_rate=0.01`; `mftui train --help` lists
        them. Those that are not given are chosen by the size of the data; "auto" says so, "2*auto" twice that.

    Returns
    -------
    Model

    Raises
    ------
    ArgumentError
        For a field that the recipe does not have: a TypeError, which names those most like it.
    UsageError, DataError
        For a value out of range, and for ratings that cannot be used: ValueErrors.
    TrainingError
        Where training fails, or diverges before there is a model to keep.

    Examples
    --------
    >>> import mftui
    >>> curve = []
    >>> model = mftui.train("sample", factors=4, members=1, epochs=1, audience=False, callback=curve.append)
    >>> model.movie_factors.shape
    (1711, 4)
    >>> curve[-1]["epoch"]
    1.0
    """
    chosen = find_recipe(recipe or recipe_with(preset, recipe_name("")))
    given = {} if preset is None else dict(chosen.preset(preset).values)
    if preset is not None and (renaming := chosen.renaming(preset)):
        warnings.warn(visible(renaming), stacklevel=2)
    request = TrainRequest(
        recipe=chosen.name,
        hyper=given | _parsed(chosen, fields),
        split=split or ("" if test_fraction is None else "random"),
        test_fraction=0.1 if test_fraction is None else float(test_fraction),
        split_seed=index(split_seed),
        seed=index(seed),
        name=name or "",
    ).checked()
    how: dict[str, Any] = {
        "columns": columns,
        "missing": missing,
        "counts": counts,
        "wide": wide,
        "table": table,
        "accept": accept,
    }
    if name is None:
        dataset = read_ratings(ratings, movies=movies, test=test, **how, cache=False)
        return _in_memory(dataset, request, callback, progress)
    dataset = read_ratings(ratings, movies=movies, test=test, **how)
    return _as_run(_kept(dataset, request), callback, progress)


def _parsed(recipe: Recipe, fields: Mapping[str, Any]) -> dict[str, Value]:
    """Parse the given fields to the recipe's types. Raises ArgumentError for one that the recipe does not have."""
    known = [field.name for field in recipe.fields]
    for name in fields:
        if name not in known:
            others = [other.name for other in RECIPES.values() if any(field.name == name for field in other.fields)]
            near = difflib.get_close_matches(name, [*known, *inspect.signature(train).parameters], 3)
            hint = f"Near: {', '.join(near)}." if near else f"It has: {', '.join(known)}."
            hint = f"These recipes have it: {', '.join(others)}." if others else hint
            raise ArgumentError(f"recipe {recipe.name} has no field {name}.", hint=hint)
    return {name: recipe.field(name).parse(value) for name, value in fields.items()}


def _in_memory(dataset: Dataset, request: TrainRequest, callback: OnMetrics | None, progress: bool | None) -> Model:
    if dataset.data.test_rows is not None:
        request = replace(request, test="given")
    with progress_for(progress) as shown, interruptible() as requests:
        model, training = train_in_memory(dataset.data, request, requests, _both(shown, callback), shown)
    if training.outcome == "diverged":
        _warn_diverged(request)
    elif not training.outcome:
        _warn_interrupted(training.epoch, training.n_epochs)
    if worse := worse_than_mean(model, {"recipe": request.recipe, **measure_beside_mean(model)}):
        warnings.warn(visible(worse), stacklevel=3)
    return Model(model)


def _as_run(request: TrainRequest, callback: OnMetrics | None, progress: bool | None) -> Model:
    run = create_run(request)
    with library_output_in(run.log_path), progress_for(progress) as shown, interruptible() as requests:
        shown.follow(lambda: how_far(run.status()))
        try:
            train_run(run, requests=requests, on_metrics=_both(shown, callback), on_phase=shown.phase)
        except KeyboardInterrupt:
            requests.interrupted = True
    if not run.has_factors and run.state == states.DIVERGED:
        raise TrainingError("diverged before there was a model to keep.", hint=find_recipe(request.recipe).remedy)
    if not run.has_factors:
        raise KeyboardInterrupt
    if run.state == states.DIVERGED:
        _warn_diverged(request)
    elif run.state != states.FINISHED:
        _warn_interrupted(run.status().epoch, run.status().epochs)
    for warning in run.status().warnings:
        warnings.warn(visible(warning), stacklevel=3)
    return Model(run.load_factors(), run)


def _both(shown: Progress, callback: OnMetrics | None) -> OnMetrics:
    def on_metrics(line: dict[str, Any]) -> None:
        shown.metrics(line)
        if callback is not None:
            callback(dict(line))

    return on_metrics


def _warn_interrupted(epoch: float, epochs: int) -> None:
    warnings.warn(
        visible(f"Interrupted after epoch {epoch:g} of {epochs}: this is the best model so far."), stacklevel=4
    )


def _warn_diverged(request: TrainRequest) -> None:
    remedy = find_recipe(request.recipe).remedy
    warnings.warn(
        visible(f"The loss is no longer a number: this is the last good model. {remedy}".strip()), stacklevel=4
    )


def _kept(dataset: Dataset, request: TrainRequest) -> TrainRequest:
    """Return the request to train on this data set, read from where it came from, or from files written for it.

    Raises MftuiError where they cannot be written.
    """
    if dataset.read_again:
        return replace(request, **dataset.read_again)
    data = dataset.data
    place = paths.downloads_dir() / f"{slug(request.name)}-{data.fingerprint[:8]}"
    try:
        if not place.is_dir():
            replace_directory(place, lambda directory: _write(dataset, directory))
    except OSError as error:
        raise MftuiError(
            f"{place}: the ratings cannot be kept ({error.strerror or error}).", hint="Leave `name` out."
        ) from error
    return replace(request, data=str(place), test=None if data.test_rows is None else "test.parquet")


def _write(dataset: Dataset, directory: Path) -> None:
    frame, test = dataset.to_frame(), dataset.data.test_rows
    if test is not None:
        frame[frame.index.isin(test)].to_parquet(directory / "test.parquet", index=False)
        frame = frame[~frame.index.isin(test)]
    frame.to_parquet(directory / "ratings.parquet", index=False)
    if dataset.data.movies.titled:
        dataset.movies.to_csv(directory / "movies.csv", index=False)
