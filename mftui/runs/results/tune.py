"""Search for better hyperparameters. Every trial is a run, and a killed search can be continued.

The study is Optuna's journal, one file that is only appended to. It knows validation RMSE alone: that of
ratings held out of the training part. Test ratings stay out of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mftui import paths
from mftui.data.storage.regular import is_own_file, make_own
from mftui.engine.recipes import Field, Recipe, find_recipe
from mftui.errors import RunError, UsageError
from mftui.runs.store import status as states
from mftui.runs.store.config import RunConfig
from mftui.runs.store.naming import MAX_NAME, is_name
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run, find_run
from mftui.runs.trainer.main import train
from mftui.runs.trainer.prepare import open_data, with_data
from mftui.runs.trainer.signals import Requests
from mftui.text import shell_word

FIXED = {"validation": 0.1, "audience": False}
"""What trials share unless it is given: a validation part large enough to compare by, and ratings alone."""


@dataclass(frozen=True)
class Trial:
    """Is one setting that has been tried."""

    number: int
    run: str
    valid_rmse: float
    hyper: Mapping[str, Any]
    """The fields that the search varies."""


def study_path(name: str) -> Path:
    """Return the path of a study's journal. Raises UsageError where its runs could not be named after it."""
    if not is_name(f"{name}-000000") or not all(c.isalnum() or c in "-_" for c in name):
        raise UsageError(
            f"invalid study name {name!r}.",
            hint=f"Use letters, digits, - and _, {MAX_NAME - 7} at most, and begin with a letter or digit.",
        )
    return paths.home() / "studies" / f"{name}.jsonl"


def log_path(name: str) -> Path:
    """Return the file for what TensorFlow and Optuna print; make its directory."""
    path = study_path(name).with_suffix(".log")
    _make_directory(path)
    return path


def searched(recipe: Recipe, given: Mapping[str, Any]) -> list[Field]:
    """Return the fields that a search varies: those with a range to search that are not given."""
    return [field for field in recipe.fields if field.search is not None and field.name not in given]


def tune(
    name: str,
    request: TrainRequest | None,
    trials: int,
    requests: Requests,
    on_trial: Callable[[Trial], None] = lambda trial: None,
) -> list[Trial]:
    """Try settings until the study has `trials` of them; return all that are finished, best first.

    Parameters
    ----------
    name: of the study. One that exists goes on where it stopped, with its own request.
    request: what to train; its hyperparameters stay fixed. None to go on.
    requests: the signal handlers; a stop ends the trial under way so that it can be gone on with.
    on_trial: told every trial that has just finished.

    Raises UsageError if the study or the extra `tune` is missing, or there is nothing to search.
    """
    study, asked = _open(name, request)
    fields = searched(find_recipe(asked.recipe), asked.hyper)
    for begun in [trial for trial in study.get_trials(deepcopy=False) if trial.state.name == "RUNNING"]:
        _go_on(study, begun, requests, on_trial)
    while len(_finished(study)) < trials and not requests.stop:
        trial = study.ask()
        hyper = {field.name: _suggest(trial, field) for field in fields}
        run = create_run(replace(asked, hyper={**asked.hyper, **hyper}, name=f"{name}-{trial.number}"))
        trial.set_user_attr("run", run.id)
        _train(study, trial.number, run, requests, on_trial)
    return sorted(_finished(study), key=lambda trial: trial.valid_rmse)


def study_request(name: str) -> TrainRequest:
    """Return the study's fixed settings. Raises UsageError if there is no such study."""
    return _open(name, None)[1]


def _open(name: str, request: TrainRequest | None) -> tuple[Any, TrainRequest]:
    """Return the study and its fixed settings. A new one tries the recipe's defaults first."""
    try:
        import optuna
        from optuna.storages.journal import JournalFileBackend
    except ImportError as error:
        raise UsageError("tuning needs Optuna.", hint="pip install 'mftui[tune]'") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path = study_path(name)
    if request is None and not path.exists():
        raise UsageError(f"no study named {name}.")
    if request is not None and path.exists():
        raise UsageError(f"study {name} already exists.", hint=f"Continue with: mftui tune --resume {shell_word(name)}")
    if request is not None and not searched(find_recipe(request.recipe), request.hyper):
        raise UsageError(f"recipe {request.recipe} has nothing left to search.", hint="Give fewer settings.")
    _make_directory(path)
    if os.path.lexists(path) and not is_own_file(path):  # Optuna would follow a link, and wait for a pipe
        raise UsageError(f"{path} is no file.", hint="Remove it, or take another name.")
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(path)))
    study = optuna.create_study(study_name=name, storage=storage, load_if_exists=True, direction="minimize")
    if request is not None:
        recipe = find_recipe(request.recipe)
        fixed = {key: value for key, value in FIXED.items() if any(field.name == key for field in recipe.fields)}
        request = replace(request, hyper={**fixed, **request.hyper}).checked()
        study.set_user_attr("request", request.to_dict())
        study.enqueue_trial(_defaults(recipe, request))
    asked = TrainRequest.from_dict(study.user_attrs["request"])
    study.sampler = optuna.samplers.TPESampler(seed=asked.seed + len(study.trials), n_startup_trials=8)
    return study, asked


def _make_directory(path: Path) -> None:
    try:
        make_own(path.parent)
    except OSError as error:
        raise UsageError(f"{path.parent}: cannot be used ({error.strerror}).", hint="Set MFTUI_HOME.") from error


def _defaults(recipe: Recipe, request: TrainRequest) -> dict[str, Any]:
    """Return the fields that are searched as the recipe chooses them for this data, within their ranges."""
    dataset, split = open_data(request, None)
    hyper = with_data(RunConfig.of(request), dataset, split).hyper
    ranges = {field.name: field.search for field in searched(recipe, request.hyper) if field.search}
    return {name: type(hyper[name])(min(max(hyper[name], low), high)) for name, (low, high) in ranges.items()}


def _suggest(trial: Any, field: Field) -> Any:
    assert field.search is not None
    low, high = field.search
    if field.type is int:
        return trial.suggest_int(field.name, int(low), int(high), log=low > 0)
    return trial.suggest_float(field.name, low, high, log=low > 0)


def _train(study: Any, number: int, run: Run, requests: Requests, on_trial: Callable[[Trial], None]) -> None:
    """Train and tell the study; a run that was stopped stays under way, one that diverged has failed."""
    state = run.state
    if state not in (states.FINISHED, states.DIVERGED):
        state = train(run, resume=True, requests=requests)["state"]
    if state == states.STOPPED:
        return
    valid = [line["valid_rmse"] for line in run.curve() if line.get("valid_rmse") is not None]
    if state == states.DIVERGED or not valid:
        _fail(study, number)
        return
    study.tell(number, min(valid))
    on_trial(next(trial for trial in _finished(study) if trial.number == number))


def _go_on(study: Any, trial: Any, requests: Requests, on_trial: Callable[[Trial], None]) -> None:
    """Finish a trial that was killed or stopped; one whose run is deleted has failed."""
    try:
        run = find_run(trial.user_attrs.get("run", ""))
    except RunError:
        _fail(study, trial.number)
        return
    _train(study, trial.number, run, requests, on_trial)


def _fail(study: Any, number: int) -> None:
    from optuna.trial import TrialState

    study.tell(number, state=TrialState.FAIL)


def _finished(study: Any) -> list[Trial]:
    found = (trial for trial in study.get_trials(deepcopy=False) if trial.state.name == "COMPLETE")
    return [Trial(t.number, t.user_attrs["run"], float(t.value), dict(t.params)) for t in found]
