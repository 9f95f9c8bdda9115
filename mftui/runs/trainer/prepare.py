"""Prepare a training: open its data, check that it has not changed, split it, and describe the training."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, replace
from functools import cache
from typing import Any, Protocol

from mftui import paths
from mftui.data.allocator import importing
from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.loading.people import people_of
from mftui.data.shuffles import shuffle_ahead
from mftui.data.splits import Split, make_split
from mftui.engine.compute.device import Computing
from mftui.engine.compute.keras_settings import OWN_KERAS
from mftui.engine.compute.machine import resident_bytes
from mftui.engine.model.factors import Factors
from mftui.engine.model.parameters import Parameters
from mftui.engine.recipes import find_recipe, row_priors
from mftui.engine.training.block import Tick
from mftui.engine.training.learner import Arrays
from mftui.engine.training.memory import Sizes
from mftui.engine.training.problem import SideInfo
from mftui.engine.training.spec import TrainingSpec, sizes_of
from mftui.errors import RunError
from mftui.runs.store.config import IN_FILE, RunConfig
from mftui.runs.store.request import TrainRequest
from mftui.runs.trainer.logs import quiet_tensorflow, without_keras_file, without_wrappers
from mftui.runs.trainer.programs import KeptPrograms, use_kept_programs


class Trainable(Protocol):
    """Is what the trainer needs of a training: it can stop after any step and be resumed in another process."""

    outcome: str
    seconds: dict[str, float]

    @property
    def step(self) -> int: ...
    @property
    def n_steps(self) -> int: ...
    @property
    def n_epochs(self) -> int: ...
    @property
    def epoch(self) -> int: ...
    @property
    def trained_seconds(self) -> float: ...
    @property
    def block_seconds(self) -> dict[str, float]: ...
    @property
    def ratings_learned(self) -> int: ...
    def prepare(self) -> None: ...
    def prepare_later_blocks(self) -> None: ...
    def __iter__(self) -> Iterator[Tick]: ...
    def state(self) -> tuple[Arrays, dict[str, Any]]: ...
    def restore(self, arrays: Arrays, numbers: dict[str, Any]) -> None: ...
    def parameters(self, best: bool = True) -> Parameters: ...


MakeTraining = Callable[[TrainingSpec], Trainable]
"""Builds a training, as `Training(spec)` does."""


def open_data(request: TrainRequest, fingerprint: str | None) -> tuple[Dataset, Split]:
    """Open the data that is asked for, and split it.

    Parameters
    ----------
    fingerprint: of the data when the run began; None for a new run.

    Raises
    ------
    DataError: the data cannot be used.
    RunError: the data has changed since the run began.
    """
    dataset = open_dataset(request.data, how=request.how, test=request.test)
    if fingerprint not in (None, dataset.fingerprint):
        raise RunError(
            f"the data at {request.data} has changed since this run began.", hint="Restore it, or start a new run."
        )
    split = make_split(dataset, request.split_spec)
    if split.spec.kind == "random":
        shuffle_ahead(split.spec.seed, dataset.n_ratings)
    return dataset, split


def with_data(config: RunConfig, dataset: Dataset, split: Split) -> RunConfig:
    """Return `config` with what it says of the data, and with the hyperparameters that rules choose by it."""
    same = ("name", "label", "source", "fingerprint", "n_users", "n_movies", "n_ratings")
    described = {name: getattr(dataset, name) for name in same}
    described |= {"scale": [dataset.scale.lo, dataset.scale.hi, dataset.scale.step], "repairs": list(dataset.repairs)}
    described |= {"read_as": dataset.reading.document()}
    sizes = {"n_train": split.n_train, "n_test": split.n_test}
    shape = dataset.n_users, dataset.n_movies, dataset.scale
    hyper = find_recipe(config.recipe).sized(
        config.complete_hyper(), sizes_of(split.n_train, *shape, _side_info(dataset))
    )
    described_split = asdict(split.spec) | {"label": split.spec.label} | sizes
    return replace(config, hyper=hyper, dataset=described, split=described_split)


def how_long(config: RunConfig) -> str:
    """Return a sentence on how long learning takes, once `with_data` has been asked; "" where that is not long."""
    dataset, split = config.dataset or {}, config.split or {}
    sizes = Sizes(dataset.get("n_users", 0), dataset.get("n_movies", 0), split.get("n_train", 0))
    return find_recipe(config.recipe).how_long(sizes, config.complete_hyper())


def training_spec(
    config: RunConfig, dataset: Dataset, split: Split, computing: Computing | None = None
) -> TrainingSpec:
    """Return the training of a run, or of a fold, on the training part of its data."""
    return TrainingSpec(
        find_recipe(config.recipe),
        config.complete_hyper(),
        dataset.ratings.where(split.trained),
        dataset.n_users,
        dataset.n_movies,
        dataset.scale,
        config.seed,
        _side_info(dataset),
        paths.cache_dir() if config.ratings_in == IN_FILE else None,
        computing,
    )


def _side_info(dataset: Dataset) -> SideInfo:
    return SideInfo(dataset.movies, lambda: people_of(dataset), dataset.ratings.timed)


def assembler(config: RunConfig, dataset: Dataset, split: Split) -> Callable[[Parameters], Factors]:
    """Return a function that makes a model of parameters, with the data and the run that they come from."""
    meta = {
        "run": config.run or None,
        "recipe": config.recipe,
        "hyper": config.hyper,
        "seed": config.seed,
        "dataset": dataset.label,
        "source": dataset.source,
        "fingerprint": dataset.fingerprint,
        "read_as": dataset.reading.document(),
        "read_options": config.how().document(),
        "split": split.spec.label,
    }

    def assemble(parameters: Parameters) -> Factors:
        return Factors.assemble(parameters, dataset, split, priors=row_priors(meta, parameters), meta=meta)

    return assemble


@cache
def kept_programs() -> KeptPrograms | None:
    """Return the compiled programs that this process uses; asked for the first time before TensorFlow is imported."""
    return use_kept_programs()


@cache
def import_tensorflow(own_process: bool = False, /) -> int:
    """Import TensorFlow, which takes seconds. Returns the bytes of memory that it took.

    `own_process`: nobody else uses Keras here, so what it imports for other libraries is left out, and what others set
    for it does not count.
    """
    before = resident_bytes()
    quiet_tensorflow()
    if own_process:
        os.environ.update(OWN_KERAS)
        kept_programs()
    with importing(), without_keras_file(), without_wrappers() if own_process else nullcontext():
        import tensorflow  # noqa: F401

    return resident_bytes() - before
