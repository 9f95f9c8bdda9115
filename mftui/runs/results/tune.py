"""Search for better hyperparameters. Every trial is a run, and a killed search can be continued.

The study is Optuna's journal, one file that is only appended to. It knows validation RMSE alone: that of
ratings held out of the training part. Test ratings stay out of it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui import paths
from mftui.data.storage.regular import STUDY_BYTES, is_own_file, make_own, seen_own
from mftui.data.storage.writing import aside_of, cut_torn_line, exclusive, replace_own, sweep, sync_directory
from mftui.engine.recipes import Field, Recipe, find_recipe
from mftui.errors import RunError, UsageError, raise_if_machine
from mftui.runs.store import status as states
from mftui.runs.store.config import RunConfig
from mftui.runs.store.metrics import best_validation
from mftui.runs.store.naming import MAX_NAME, is_name, is_run_id
from mftui.runs.store.publish import reason
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run, find_run, list_runs, run_of
from mftui.runs.trainer.main import train
from mftui.runs.trainer.prepare import open_data, with_data
from mftui.runs.trainer.signals import Requests
from mftui.text import shell_word

if TYPE_CHECKING:
    from mftui.data.dataset import Dataset

FIXED = {"validation": 0.1, "audience": False}
"""What trials share unless it is given: a validation part large enough to compare by, and ratings alone."""
FAILED_AT_MOST = 10
"""So many trials without a result, one after another, end a search: it would go on for ever."""


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

    Raises UsageError if the study or the extra `tune` is missing, or there is nothing to search; RunError if another
    process works on it, its data have changed, or it cannot be written.
    """
    path = study_path(name)
    if request is None:
        _require_study(name)
    _make_directory(path)
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(path.with_name(f".{name}.lock")))
        except BlockingIOError as error:
            raise RunError(f"study {name} is being worked on by another process.", hint="Wait for it.") from error
        except OSError as error:
            raise RunError(f"{path.parent}: cannot be written ({error.strerror}).") from error
        try:
            return _tune(name, request, trials, requests, on_trial)
        except OSError as error:
            again = f"mftui tune --resume {shell_word(name)}" if os.path.lexists(path) else "begin the study again."
            hint = f"Make room or correct the permissions, then: {again}"
            raise RunError(f"{path}: cannot be written ({reason(error)}).", hint=hint) from error


def _tune(
    name: str, request: TrainRequest | None, trials: int, requests: Requests, on_trial: Callable[[Trial], None]
) -> list[Trial]:
    """Do what `tune` does; the study is locked."""
    from optuna.trial import Trial as Ask

    if request is not None:
        _begin(name, request)
    else:
        cut_torn_line(study_path(name))
        with suppress(OSError):  # Optuna's lock, of a process that was killed: ours is held
            study_path(name).with_suffix(".jsonl.lock").unlink()
    study, asked = _open(name)
    data = _fingerprint(study)
    if request is None and data not in (None, open_data(asked, None)[0].fingerprint):
        raise _changed(name)
    for begun in [trial for trial in study.get_trials(deepcopy=False) if trial.state.name == "RUNNING"]:
        if begun.user_attrs.get("run"):
            _go_on(study, begun, data, requests, on_trial)
        else:  # killed before it had a run
            _try(name, study, Ask(study, begun._trial_id), asked, data, requests, on_trial)
    failed = 0
    while (there := len(_finished(study))) < trials and not requests.stop:
        if failed == FAILED_AT_MOST:
            raise _all_failed(name, there)
        _try(name, study, study.ask(), asked, data, requests, on_trial)
        failed = 0 if len(_finished(study)) > there else failed + 1
    return sorted(_finished(study), key=lambda trial: trial.valid_rmse)


def study_request(name: str) -> TrainRequest:
    """Return the study's fixed settings. Raises UsageError if there is no such study."""
    _require_study(name)
    return _open(name)[1]


def _require_study(name: str) -> None:
    path = study_path(name)
    if not os.path.lexists(path):
        raise UsageError(f"no study named {name}.")
    if not is_own_file(path):  # Optuna would follow a link, and wait for a pipe
        raise UsageError(f"{path} is no file.", hint="Remove it, or take another name.")
    if (size := seen_own(path).st_size) > STUDY_BYTES:
        raise UsageError(f"{path} has {size / 1e6:,.0f} MB: it is no study.", hint="Remove it, or take another name.")


def _begin(name: str, request: TrainRequest) -> None:
    """Make a study that tries the recipe's defaults first. It has its name once all of it is on the disk."""
    path = study_path(name)
    if os.path.lexists(path):
        raise UsageError(f"study {name} already exists.", hint=f"Continue with: mftui tune --resume {shell_word(name)}")
    recipe = find_recipe(request.recipe)
    if not searched(recipe, request.hyper):
        raise UsageError(f"recipe {request.recipe} has nothing left to search.", hint="Give fewer settings.")
    fixed = {key: value for key, value in FIXED.items() if any(field.name == key for field in recipe.fields)}
    request = replace(request, hyper={**fixed, **request.hyper}).checked()
    dataset, defaults = _defaults(recipe, request)
    sweep(path.parent)
    aside = path.with_name(aside_of(path.name))
    try:
        study = _optuna().create_study(study_name=name, storage=_journal(aside), direction="minimize")
        study.set_user_attr("request", request.to_dict())
        study.set_user_attr("data", dataset.fingerprint)
        study.enqueue_trial(defaults)
        replace_own(aside, path)
        sync_directory(path.parent)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def _open(name: str) -> tuple[Any, TrainRequest]:
    """Return the study and its fixed settings."""
    optuna = _optuna()
    path = study_path(name)
    begin_anew = f"Remove it, and begin the study anew: mftui tune --name {shell_word(name)} …"
    try:
        study = optuna.load_study(study_name=name, storage=_journal(path))
        asked = TrainRequest.from_dict(study.user_attrs["request"])
        _require_sound(study, searched(find_recipe(asked.recipe), asked.hyper))
    except OSError as error:
        raise_if_machine(error, path)
        raise RunError(f"{path}: cannot be read ({error.strerror}).", hint=begin_anew) from error
    except MemoryError:
        raise
    except Exception as error:  # Optuna's own, of any kind: it trusts the file
        why = "it was never begun as a whole" if isinstance(error, KeyError) else "damaged"
        raise RunError(f"{path}: {why}.", hint=begin_anew) from error
    study.sampler = optuna.samplers.TPESampler(seed=asked.seed + len(study.trials), n_startup_trials=8)
    return study, asked


def _require_sound(study: Any, fields: Sequence[Field]) -> None:
    """Raise ValueError where a trial is not what a search by these fields makes."""
    ranges = {field.name: field.search for field in fields if field.search is not None}
    for trial in study.get_trials(deepcopy=False):
        run, first = trial.user_attrs.get("run"), trial.system_attrs.get("fixed_params", {})
        numbers = [*trial.params.values(), *first.values()]
        if trial.state.name == "COMPLETE":
            numbers.append(trial.value)
        known = all(
            (kind.low, kind.high) == ranges[name] and ranges[name][0] <= trial.params[name] <= ranges[name][1]
            for name, kind in trial.distributions.items()
        )
        sound = known and all(type(number) in (int, float) and math.isfinite(number) for number in numbers)
        if not sound or first.keys() - ranges or (run is not None and not (isinstance(run, str) and is_run_id(run))):
            raise ValueError(f"trial {trial.number} is none of this search")
        if trial.state.name == "COMPLETE" and (run is None or trial.params.keys() != ranges.keys()):
            raise ValueError(f"trial {trial.number} lacks its run, or a setting")


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise UsageError("tuning needs Optuna.", hint="pip install 'mftui[tune]'") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _journal(path: Path) -> Any:
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return JournalStorage(JournalFileBackend(str(path)))


def _fingerprint(study: Any) -> str | None:
    """Return that of the data that the study began with; of one by mftui 0.1, that of its first run."""
    known = study.user_attrs.get("data")
    runs = [trial.user_attrs.get("run") for trial in study.get_trials(deepcopy=False)]
    found = (run_of(run).known_config().fingerprint for run in runs if run and is_run_id(run))
    return known if isinstance(known, str) else next((one for one in found if one), None)


def _make_directory(path: Path) -> None:
    try:
        make_own(path.parent)
    except OSError as error:
        raise UsageError(f"{path.parent}: cannot be used ({error.strerror}).", hint="Set MFTUI_HOME.") from error


def _defaults(recipe: Recipe, request: TrainRequest) -> tuple[Dataset, dict[str, Any]]:
    """Return the data, and the fields that are searched as the recipe chooses them for it, within their ranges."""
    dataset, split = open_data(request, None)
    hyper = with_data(RunConfig.of(request), dataset, split).hyper
    ranges = {field.name: field.search for field in searched(recipe, request.hyper) if field.search}
    return dataset, {name: type(hyper[name])(min(max(hyper[name], low), high)) for name, (low, high) in ranges.items()}


def _suggest(trial: Any, field: Field) -> Any:
    assert field.search is not None
    low, high = field.search
    if field.type is int:
        return trial.suggest_int(field.name, int(low), int(high), log=low > 0)
    return trial.suggest_float(field.name, low, high, log=low > 0)


def _try(
    name: str,
    study: Any,
    trial: Any,
    asked: TrainRequest,
    data: str | None,
    requests: Requests,
    on_trial: Callable[[Trial], None],
) -> None:
    """Make a run for a trial, or take the one that it was killed with before the study knew, and train it."""
    fields = searched(find_recipe(asked.recipe), asked.hyper)
    hyper = {field.name: _suggest(trial, field) for field in fields}
    wanted = replace(asked, hyper={**asked.hyper, **hyper}, name=f"{name}-{trial.number}")
    made = (run for run in list_runs() if run.known_config().name == wanted.name and run.state == states.CRASHED)
    run = next((run for run in made if run.request() == wanted.checked()), None) or create_run(wanted)
    trial.set_user_attr("run", run.id)
    _train(study, trial.number, run, data, requests, on_trial)


def _train(
    study: Any, number: int, run: Run, data: str | None, requests: Requests, on_trial: Callable[[Trial], None]
) -> None:
    """Train and tell the study; a run that was stopped stays under way, one that diverged has failed."""
    state = run.state
    if state not in (states.FINISHED, states.DIVERGED):
        state = train(run, resume=True, requests=requests)["state"]
    if state == states.STOPPED:
        return
    if data is not None and run.config().fingerprint not in (data, None):
        _fail(study, number)
        raise _changed(study.study_name)
    valid = best_validation(run.metrics_path)
    if state == states.DIVERGED or valid is None:
        _fail(study, number)
        return
    study.tell(number, valid)
    on_trial(next(trial for trial in _finished(study) if trial.number == number))


def _changed(name: str) -> RunError:
    return RunError(
        f"the data have changed since study {name} began: its trials cannot be compared with new ones.",
        hint="Restore them, or begin a new study.",
    )


def _all_failed(name: str, found: int) -> RunError:
    shown = f" What was found: mftui tune --resume {shell_word(name)} --trials {found}" if found else ""
    return RunError(
        f"the last {FAILED_AT_MOST} trials of study {name} have diverged: the search has been ended.",
        hint=f"Begin a new study with other fixed settings, such as a lower learning rate.{shown}",
    )


def _go_on(study: Any, trial: Any, data: str | None, requests: Requests, on_trial: Callable[[Trial], None]) -> None:
    """Finish a trial that was killed or stopped; one whose run is deleted has failed."""
    try:
        run = find_run(trial.user_attrs["run"])
    except RunError:
        _fail(study, trial.number)
        return
    _train(study, trial.number, run, data, requests, on_trial)


def _fail(study: Any, number: int) -> None:
    from optuna.trial import TrialState

    study.tell(number, state=TrialState.FAIL)


def _finished(study: Any) -> list[Trial]:
    found = (trial for trial in study.get_trials(deepcopy=False) if trial.state.name == "COMPLETE")
    return [Trial(t.number, t.user_attrs["run"], float(t.value), dict(t.params)) for t in found]
