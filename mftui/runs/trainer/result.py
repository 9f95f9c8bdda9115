"""Measure what a training led to, for `result.json`."""

from __future__ import annotations

import math
from typing import Any

from mftui.data.dataset import Dataset
from mftui.data.splits import Split
from mftui.engine.evaluation.baselines import BiasBaseline
from mftui.engine.evaluation.evaluate import baseline_errors, errors
from mftui.engine.model.factors import Factors
from mftui.engine.recipes import find_recipe
from mftui.runs.store.config import RunConfig
from mftui.runs.store.run import Run
from mftui.runs.trainer.prepare import Trainable


def describe_run(run: Run, config: RunConfig) -> dict[str, Any]:
    """Return what `result.json` says of the run itself."""
    return {
        "run": run.id,
        "run_dir": str(run.path),
        "state": "",
        "recipe": config.recipe,
        "dataset": (config.dataset or {}).get("label"),
        "split": config.split_label,
    }


def describe_data(dataset: Dataset, split: Split) -> dict[str, Any]:
    """Return the sizes of the data, and how it was read."""
    sizes = {"n_users": dataset.n_users, "n_movies": dataset.n_movies, "n_train": split.n_train, "n_test": split.n_test}
    reading = dataset.reading
    return sizes | {"read_as": reading.document(), "first": reading.first or None, "last": reading.last or None}


def describe_training(training: Trainable, config: RunConfig, loss: float | None) -> dict[str, Any]:
    """Return how far a training came, its last `loss` in the units that it learned in, and how it ended."""
    seconds = training.block_seconds["taste"]
    return {
        "factors": config.hyper.get("factors"),
        "epochs": training.epoch,
        "steps": training.step,
        "outcome": training.outcome or "stopped",
        "train_loss": loss if loss is None or math.isfinite(loss) else None,
        "ratings_per_second": round(training.ratings_learned / seconds) if seconds > 0 else None,
    }


def measure(model: Factors | None) -> dict[str, Any]:
    """Return RMSE and MAE in rating units, with the baselines on the same test ratings; None if unknown."""
    unknown: dict[str, Any] = {"train_rmse": None, "test_rmse": None, "test_mae": None, "baseline_rmse": None}
    if model is None:
        return unknown
    train, test = model.history.portion(held_out=False), model.history.part(held_out=True)
    measured = unknown | {"train_rmse": _rounded(errors(model, train)["rmse"])}
    if not len(test):
        return measured
    on_test = errors(model, test)
    bias = BiasBaseline.fit(train, model.n_users, model.n_movies)
    return measured | {
        "test_rmse": _rounded(on_test["rmse"]),
        "test_mae": _rounded(on_test["mae"]),
        "baseline_rmse": {
            name: _rounded(found["rmse"]) for name, found in baseline_errors(bias, test, model.scale).items()
        },
    }


def measure_beside_mean(model: Factors) -> dict[str, Any]:
    """Return as much of what `measure` does as `worse_than_mean` needs, in a fraction of the time."""
    train, test = (model.history.portion(held_out=held_out) for held_out in (False, True))
    if not len(test):
        return {"train_rmse": _rounded(errors(model, train)["rmse"]), "test_rmse": None, "baseline_rmse": None}
    of_mean = math.sqrt(test.variance() + (test.mean() - train.mean()) ** 2)
    found = {"test_rmse": _rounded(errors(model, test)["rmse"]), "baseline_rmse": {"global_mean": _rounded(of_mean)}}
    return {"train_rmse": None} | found


def worse_than_mean(model: Factors | None, document: dict[str, Any]) -> str:
    """Return a warning where the mean rating, for everything, would be a better prediction, on the test ratings, or
    without any on the training ratings; else "".

    `document`: with the recipe, and what `measure` or `measure_beside_mean` returned.
    """
    if model is None:
        return ""
    split, rmse, of_mean = "test", document["test_rmse"], (document["baseline_rmse"] or {}).get("global_mean")
    if of_mean is None:
        split, rmse = "training", document["train_rmse"]
        of_mean = round(math.sqrt(model.history.portion(held_out=False).variance()), 6)
    if rmse is None or rmse <= of_mean:
        return ""
    if caution := find_recipe(document["recipe"]).caution:
        return caution
    such = ", such as a lower learning rate" if find_recipe(document["recipe"]).has_rate else ""
    return (
        f"The model predicts worse than the plain mean of the ratings: {split} RMSE {rmse:.4f} against {of_mean:.4f}. "
        f"Use other settings{such}."
    )


def _rounded(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None
