"""A training in this process that writes nothing."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mftui.api.progress import Progress
from mftui.data.dataset import Dataset
from mftui.data.splits import make_split
from mftui.engine.compute.cluster import require_alone
from mftui.engine.model.factors import Factors
from mftui.engine.training.training import Training
from mftui.runs.store.config import RunConfig
from mftui.runs.store.request import TrainRequest
from mftui.runs.trainer.logs import library_output_in
from mftui.runs.trainer.memory_budget import choose_location
from mftui.runs.trainer.prepare import Trainable, assembler, import_tensorflow, training_spec, with_data
from mftui.runs.trainer.signals import Requests


def train_in_memory(
    dataset: Dataset,
    request: TrainRequest,
    requests: Requests,
    on_metrics: Callable[[dict[str, Any]], None],
    shown: Progress,
) -> tuple[Factors, Trainable]:
    """Train what `request` asks for on a data set.

    Parameters
    ----------
    requests: a stop ends the training after the step under way.
    on_metrics: called with each line of metrics.
    shown: shows the phases, and how far it is.

    Returns the model and the training, whose `outcome` is "" where it was stopped.
    Raises TrainingError where there is no model to keep, KeyboardInterrupt where it was interrupted before the first
    step.
    """
    require_alone("a training in memory")
    split = make_split(dataset, request.split_spec)
    config = with_data(RunConfig.of(request), dataset, split)
    location = choose_location(config, dataset.n_users, dataset.n_movies, dataset.n_ratings)
    config = replace(config, ratings_in=location)
    with library_output_in(None), without_bytecode():
        shown.phase("import")
        import_tensorflow()
        shown.phase("compile")
        training = Training(training_spec(config, dataset, split))
        training.prepare()
        shown.follow(lambda: (training.step, training.n_steps, training.n_epochs))
        shown.phase("train")
        with contextlib.suppress(KeyboardInterrupt):
            for tick in training:
                if tick.metrics is not None:
                    on_metrics(tick.metrics.as_dict())
                if requests.stop:
                    break
    if not training.step:
        raise KeyboardInterrupt
    return assembler(config, dataset, split)(training.parameters()), training


@contextlib.contextmanager
def without_bytecode() -> Iterator[None]:
    """Keep TensorFlow's AutoGraph from leaving bytecode of what it generates in the temporary directory."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
