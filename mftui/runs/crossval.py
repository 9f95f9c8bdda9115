"""Cross-validation: a run's own way of training, repeated on folds of its data, each judged on what it left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mftui.data.dataset import Dataset, Split, SplitSpec
from mftui.data.load import open_dataset
from mftui.engine.evaluation import evaluate
from mftui.engine.training import Training
from mftui.errors import UsageError
from mftui.runs.directory import Run
from mftui.runs.logs import quiet_tensorflow
from mftui.runs.preparation import assembler, make_training

MEASURES = ("rmse", "mae", "ndcg@{k}", "recall@{k}", "coverage", "mean_popularity")
BASELINES = ("global_mean", "bias")


def random_folds(dataset: Dataset, folds: int, seed: int) -> Iterator[tuple[Dataset, Split]]:
    """Each rating is tested on once: `default_rng(seed).permutation(n)`, cut into equal parts."""
    n = len(dataset.ratings)
    if not 2 <= folds <= n:
        raise UsageError(f"{folds} folds of {n:,} ratings.", hint="Take 2 at least, and no more than ratings.")
    for part in np.array_split(np.random.default_rng(seed).permutation(n), folds):
        test = np.sort(part)
        train = np.setdiff1d(np.arange(n), test, assume_unique=True)
        yield dataset, Split(SplitSpec("random", 1 / folds, seed), train, test)


def given_folds(directory: Path, pattern: str) -> Iterator[tuple[Dataset, Split]]:
    """Files such as u1.base to train on, each with its u1.test beside it."""
    from mftui.data.splits import make_split

    files = sorted(directory.glob(pattern))
    if not files:
        raise UsageError(f"{directory}: no file matches {pattern}.")
    for file in files:
        test = file.with_suffix(".test")
        if not test.is_file() or test == file:
            raise UsageError(f"{file}: it has no test file {test.name} beside it.")
        dataset = open_dataset(file, test=str(test))
        yield dataset, make_split(dataset, SplitSpec("file"))


def cross_validate(
    run: Run, folds: int | None, pattern: str | None, k: int, on_fold: Callable[[int, dict[str, Any]], None]
) -> dict[str, Any]:
    """Train as `run` was trained, once for each fold, and measure.

    Parameters
    ----------
    folds: how many random folds; or None, and `pattern` names the training files of given folds.
    k: length of the lists that are judged.
    on_fold: told number and measures of each fold.

    Returns `folds` (the measures of each), `mean` and `std` over the folds, and the same of the `baselines`.
    """
    quiet_tensorflow()
    request, config = run.request(), run.config()
    if pattern is None:
        data = open_dataset(request.data, columns=request.columns)
        parts = random_folds(data, folds or 5, request.split_seed)
    else:
        source = Path(request.data)
        parts = given_folds(source if source.is_dir() else source.parent, pattern)
    found = []
    for number, (dataset, split) in enumerate(parts):
        found.append(_measured(dataset, split, config, k))
        on_fold(number, found[-1])
    means, spreads = _over_folds(found)
    bases = {name: _over_folds([one["baselines"][name] for one in found])[0] for name in BASELINES}
    return {"n_folds": len(found), "k": k, "mean": means, "std": spreads, "baselines": bases, "folds": found}


def _measured(dataset: Dataset, split: Split, config: Mapping[str, Any], k: int) -> dict[str, Any]:
    """The measures of one fold's model."""
    training = make_training(Training, config, dataset, split)
    training.prepare()
    for _ in training:
        pass
    document = evaluate(assembler(dataset, split, config)(training.parameters()), k=k)
    kept = {name.format(k=k): document.get(name.format(k=k)) for name in MEASURES}
    bases = {name: document["baselines"][name] for name in BASELINES}
    return {"n_train": len(split.train_rows), "n_test": len(split.test_rows)} | kept | {"baselines": bases}


def _over_folds(found: list[dict[str, Any]]) -> tuple[dict[str, float], dict[str, float]]:
    """Mean and standard deviation of every measure that all folds have."""
    names = [name for name, value in found[0].items() if isinstance(value, float)]
    columns = {name: [one[name] for one in found] for name in names if all(one.get(name) is not None for one in found)}
    spread = {name: float(np.std(values, ddof=1)) if len(values) > 1 else 0.0 for name, values in columns.items()}
    return {name: float(np.mean(values)) for name, values in columns.items()}, spread
