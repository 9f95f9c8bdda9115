"""Measure a finished run, and cross-validate it: train again on folds of its data, test each on what it left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.reading.options import ReadOptions
from mftui.data.splits import Split, SplitSpec, make_split
from mftui.engine.evaluation.evaluate import evaluate
from mftui.engine.evaluation.paired import PairedDifference, paired_difference
from mftui.engine.training.training import Training
from mftui.errors import UsageError
from mftui.runs.store.config import RunConfig
from mftui.runs.store.run import Run
from mftui.runs.trainer.logs import quiet_tensorflow
from mftui.runs.trainer.prepare import assembler, open_data, training_spec

MEASURES = ("rmse", "mae", "ndcg@{k}", "recall@{k}", "coverage", "mean_popularity")
JUDGED = ("calibration", "uncertainty")
BASELINES = ("global_mean", "bias", "popularity")


def evaluation_of(run: Run, k: int = 10) -> dict[str, Any] | None:
    """Measure a run's model beside the baselines (`engine.evaluation.evaluate`); takes seconds.

    Returns the measures with the `dataset`, its `fingerprint` and the `split` that they were made on; None if there is
    no model, or nothing was held out. Raises FormatError for a damaged model.
    """
    if not run.has_factors:
        return None
    factors = run.load_factors()
    measures = evaluate(factors, k=k)
    if not measures["n_test"]:
        return None
    named = {"dataset": "unknown data", "fingerprint": None, "split": "unknown split"}
    return {name: factors.meta.get(name, unknown) for name, unknown in named.items()} | measures


def differences_from(first: Run, others: Sequence[Run]) -> list[PairedDifference | None]:
    """Return how much smaller or larger the RMSE of each of the other runs is than that of the first, rating by rating
    (`engine.evaluation.paired`); None where one has no model, or they did not hold out the same ratings."""
    if not first.has_factors:
        return [None] * len(others)
    base = first.load_factors()
    return [paired_difference(run.load_factors(), base) if run.has_factors else None for run in others]


class Fold(NamedTuple):
    """Is one way to split the data."""

    label: str
    """What is tested on, for people."""
    dataset: Dataset
    split: Split


def random_folds(dataset: Dataset, folds: int, seed: int) -> Iterator[Fold]:
    """Yield folds that test each rating once: `default_rng(seed).permutation(n)`, cut into equal parts."""
    n = len(dataset.ratings)
    if not 2 <= folds <= n:
        raise UsageError(
            f"cannot make {folds} folds of {n:,} ratings.", hint="Use at least 2, and at most one per rating."
        )
    parts = np.array_split(np.random.default_rng(seed).permutation(n), folds)
    for number, part in enumerate(parts, 1):
        test = np.sort(part)
        train = np.setdiff1d(np.arange(n), test, assume_unique=True)
        label = f"fold {number} of {folds} (seed {seed})"
        yield Fold(label, dataset, Split.of(SplitSpec("random", 1 / folds, seed), n, train, test))


def given_folds(directory: Path, pattern: str, how: ReadOptions) -> Iterator[Fold]:
    """Yield a fold for each training file, such as u1.base, with u1.test beside it; `how` says how they are read."""
    try:
        files = sorted(directory.glob(pattern))
    except (NotImplementedError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{pattern[:60]} is no pattern of names in {directory}.", hint="Write it as u*.base."
        ) from error
    if not files:
        raise UsageError(f"{directory}: no file matches {pattern}.")
    for file in files:
        test = file.with_suffix(".test")
        if not test.is_file() or test == file:
            raise UsageError(f"{file}: the test file {test.name} is missing beside it.")
        dataset = open_dataset(file, how=how, test=str(test))
        yield Fold(test.name, dataset, make_split(dataset, SplitSpec("file")))


def cross_validate(
    run: Run, folds: int | None, pattern: str | None, k: int, on_fold: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Train as `run` was trained, once for each fold, and measure.

    Parameters
    ----------
    folds: how many random folds; or None, and `pattern` names the training files of given folds.
    k: length of the lists that are judged.
    on_fold: told the measures of each fold.

    Returns `dataset` and `split` in words, `folds` (the measures of each), `mean` and `std` over the folds,
    the means of `calibration` by bins, of `uncertainty` (see `calibration.uncertainty`), and of the `baselines`.
    Raises RunError if the data has changed since the run was trained, UsageError if there are no such folds.
    """
    quiet_tensorflow()
    config = run.config()
    request = config.train_request()
    if pattern is None:
        data, _ = open_data(replace(request, split="none"), config.fingerprint)
        n = folds or 5
        source, split = data.label, f"{n} random folds (seed {request.split_seed})"
        parts = random_folds(data, n, request.split_seed)
    else:
        place = Path(request.data)
        directory = place if place.is_dir() else place.parent
        source, split, parts = directory.name, f"given folds {pattern}", given_folds(directory, pattern, config.how())
    found = []
    for fold in parts:
        found.append(_measured(fold, config, k))
        on_fold(found[-1])
    means, spreads = _over_folds(found)
    bases = {name: _over_folds([one["baselines"][name] for one in found])[0] for name in BASELINES}
    words = {"dataset": source, "split": split, "n_folds": len(found), "k": k}
    judged = {
        "calibration": _mean_rows([one["calibration"] for one in found]),
        "uncertainty": _mean_uncertainty([one["uncertainty"] for one in found]),
    }
    return words | {"mean": means, "std": spreads} | judged | {"baselines": bases, "folds": found}


def _measured(fold: Fold, config: RunConfig, k: int) -> dict[str, Any]:
    """Train on a fold and measure the model."""
    training = Training(training_spec(config, fold.dataset, fold.split))
    training.prepare()
    for _ in training:
        pass
    document = evaluate(assembler(config, fold.dataset, fold.split)(training.parameters()), k=k)
    kept = {name: document.get(name) for name in [*(name.format(k=k) for name in MEASURES), *JUDGED]}
    bases = {name: document["baselines"][name] for name in BASELINES}
    sizes = {"n_train": fold.split.n_train, "n_test": fold.split.n_test}
    return {"split": fold.label} | sizes | kept | {"baselines": bases}


def _over_folds(found: list[dict[str, Any]]) -> tuple[dict[str, float], dict[str, float]]:
    """Return mean and standard deviation of every measure that all folds have."""
    names = [name for name, value in found[0].items() if isinstance(value, float)]
    columns = {name: [one[name] for one in found] for name in names if all(one.get(name) is not None for one in found)}
    spread = {name: float(np.std(values, ddof=1)) if len(values) > 1 else 0.0 for name, values in columns.items()}
    return {name: float(np.mean(values)) for name, values in columns.items()}, spread


def _mean_uncertainty(folds: list[dict[str, Any] | None]) -> dict[str, Any] | None:
    """Return `calibration.uncertainty` over all folds; None if the models have no uncertainty."""
    known = [one for one in folds if one is not None]
    if len(known) < len(folds):
        return None
    rows = {name: _mean_rows([one[name] for one in known]) for name in ("coverage", "by_spread")}
    return {"n": sum(one["n"] for one in known)} | rows


def _mean_rows(folds: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return, row by row, each number's mean over the folds; for `n`, the sum."""
    return [
        {
            name: sum(one[name] for one in rows) if name == "n" else float(np.mean([one[name] for one in rows]))
            for name in rows[0]
        }
        for rows in zip(*folds, strict=False)
    ]
