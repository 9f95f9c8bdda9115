"""What a run's model is worth on the ratings that it held out."""

from __future__ import annotations

from typing import Any

from mftui.runs.store.run import Run


def evaluation_of(run: Run, k: int = 10) -> dict[str, Any] | None:
    """All measures of its model beside the baselines (`engine.evaluation.evaluate`), with the `dataset`, its
    `fingerprint` and the `split` that they were made on; takes seconds.

    None where there is no model, or nothing was held out. Raises FormatError for a damaged model.
    """
    from mftui.engine.evaluation.evaluate import evaluate

    if not run.has_factors:
        return None
    factors = run.load_factors()
    measures = evaluate(factors, k=k)
    if not measures["n_test"]:
        return None
    named = {"dataset": "unknown data", "fingerprint": None, "split": "unknown split"}
    return {name: factors.meta.get(name, unknown) for name, unknown in named.items()} | measures
