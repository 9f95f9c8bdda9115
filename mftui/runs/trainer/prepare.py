"""What a training needs before it begins: its data, proved to be the same as before, and its split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from mftui import paths
from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.loading.people import people_of
from mftui.data.splits import Split, make_split
from mftui.engine.model.factors import Factors
from mftui.engine.model.parameters import Parameters
from mftui.engine.recipes import find_recipe, row_priors
from mftui.engine.training.problem import SideInfo
from mftui.engine.training.spec import TrainingSpec
from mftui.errors import RunError
from mftui.runs.store.request import TrainRequest
from mftui.runs.trainer.logs import quiet_tensorflow, without_keras_file
from mftui.runs.trainer.memory_budget import held_bytes
from mftui.runs.trainer.protocol import MakeTraining, Trainable


def open_data(request: TrainRequest, before: Mapping[str, Any] | None) -> tuple[Dataset, Split]:
    """The data and its split. `before`: what `config.json` says of the data, where it has been read once.

    Raises DataError where it cannot be used, RunError where it is no longer what it was.
    """
    dataset = open_dataset(request.data, columns=request.columns, test=request.test)
    if before is not None and before.get("fingerprint") != dataset.fingerprint:
        raise RunError(
            f"the data at {request.data} has changed since this run began.",
            hint="Restore it, or start a new run.",
        )
    return dataset, make_split(dataset, request.split_spec)


def describe_dataset(dataset: Dataset, split: Split) -> dict[str, Any]:
    """For `config.json`."""
    return {
        "dataset": {
            "name": dataset.name,
            "label": dataset.label,
            "source": dataset.source,
            "fingerprint": dataset.fingerprint,
            "n_users": dataset.n_users,
            "n_movies": dataset.n_movies,
            "n_ratings": dataset.n_ratings,
            "scale": [dataset.scale.lo, dataset.scale.hi, dataset.scale.step],
            "repairs": list(dataset.repairs),
        },
        "split": {
            "kind": split.spec.kind,
            "fraction": split.spec.fraction,
            "seed": split.spec.seed,
            "label": split.spec.label,
            "n_train": split.n_train,
            "n_test": split.n_test,
        },
    }


def assembler(dataset: Dataset, split: Split, config: Mapping[str, Any]) -> Callable[[Parameters], Factors]:
    """Puts parameters together with data and origin into a model."""
    meta = {
        "run": config["run"],
        "recipe": config["recipe"],
        "hyper": config["hyper"],
        "seed": config["seed"],
        "dataset": dataset.label,
        "source": dataset.source,
        "fingerprint": dataset.fingerprint,
        "split": split.spec.label,
    }

    def assemble(parameters: Parameters) -> Factors:
        return Factors.assemble(parameters, dataset, split, priors=row_priors(meta, parameters), meta=meta)

    return assemble


@cache
def import_tensorflow() -> int:
    """The slow part, which a standby trainer does ahead of time. Returns the bytes that this process holds for it."""
    before = held_bytes()
    quiet_tensorflow()
    with without_keras_file():
        import tensorflow  # noqa: F401

    return held_bytes() - before


def make_training(make: MakeTraining, config: Mapping[str, Any], dataset: Dataset, split: Split) -> Trainable:
    """The training that `config.json` asks for, on the training part of the data: a run's, or a fold's."""
    return make(
        TrainingSpec(
            find_recipe(config["recipe"]),
            config["hyper"],
            dataset.ratings.where(split.trained),
            dataset.n_users,
            dataset.n_movies,
            dataset.scale,
            int(config["seed"]),
            SideInfo(dataset.movies, lambda: people_of(dataset)),
            paths.cache_dir() if config.get("ratings_in") == "file" else None,
        )
    )
