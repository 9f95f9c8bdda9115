"""Runs that have ended, as a training leaves them: settings, measures, a curve."""

from __future__ import annotations

from pathlib import Path

from helpers.live_run import log_metrics
from helpers.models import toy_run

from mftui.data.splits import SplitSpec
from mftui.engine.model.factors import Factors
from mftui.runs.store.publish import write_json
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run


def make_run(
    home: Path,
    name: str,
    number: int,
    *,
    state: str = "finished",
    rmse: float | None = 0.8,
    model: Factors | None = None,
) -> Run:
    """A run that has ended with this test RMSE, of `number` factors, with a curve."""
    run = toy_run(home, model, name=name, state=state)
    config = run.config().to_dict() | {
        "sequence": number,
        "hyper": {"factors": number, "epochs": 7},
        "seed": 0,
        "dataset": {"label": "toy (made by a test)", "fingerprint": "toy"},
        "split": {"label": SplitSpec("random", 0.1).label},
        "started": f"2026-11-24T09:{number:02}:00+01:00",
        "request": TrainRequest(hyper={"factors": number}, name=name).to_dict(),
    }
    write_json(run.path / "config.json", config)
    write_json(run.path / "result.json", {"test_rmse": rmse, "test_mae": 0.6, "seconds": {"train": 1.5 * number}})
    log_metrics(run, *({"step": s, "train_rmse": 2 - s / 100, "train_loss": 1 / s} for s in range(1, 101)))
    return run
