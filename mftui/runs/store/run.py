"""Make, read and find run directories, by id, prefix or name."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mftui import paths
from mftui.data.storage.documents import Of, in_range, shaped
from mftui.data.storage.regular import RESULT_BYTES, list_own, remove_tree
from mftui.data.storage.writing import sweep
from mftui.errors import MftuiError, RunError
from mftui.runs.store import status as states
from mftui.runs.store.config import FILE, RunConfig, read_config, write_config
from mftui.runs.store.lock import list_lock
from mftui.runs.store.log import LogTail
from mftui.runs.store.metrics import MetricsTail
from mftui.runs.store.naming import (
    LATEST,
    base_id,
    is_directory_name,
    is_run_id,
    local_time,
    make_directory,
    short_names,
    without_date,
)
from mftui.runs.store.notes import Notes, read_notes
from mftui.runs.store.process import Process
from mftui.runs.store.publish import published, read_json, read_published, require_links
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.status import Status
from mftui.version import __version__

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

T = TypeVar("T")

RESULT = "result.json"
_HALF_MADE_S = 60.0
_RESULT_SHAPE = {
    **dict.fromkeys(("run", "run_dir", "state", "recipe", "dataset", "split", "outcome", "first", "last"), str),
    **dict.fromkeys(("n_users", "n_movies", "n_train", "n_test", "factors", "steps"), int),
    **dict.fromkeys(("epochs", "ratings_per_second", "train_rmse", "test_rmse", "test_mae", "peak_rss_mb"), float),
    "baseline_rmse": Of(float),
    "seconds": Of(float),
    "warnings": [str],
}


@dataclass(frozen=True)
class Run:
    """Is one training, by its directory. Every call reads the files again."""

    path: Path

    @property
    def id(self) -> str:
        """Return the name of the directory."""
        return self.path.name

    @property
    def factors_path(self) -> Path:
        """Return the path of the trained model: a symlink that moves on as training goes on."""
        return self.path / "factors"

    @property
    def checkpoint_path(self) -> Path:
        """Return the path of the state to resume from: a symlink, too."""
        return self.path / "checkpoint"

    @property
    def metrics_path(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def log_path(self) -> Path:
        return self.path / "train.log"

    @property
    def events_path(self) -> Path:
        """Return the directory of event files and the embedding for TensorBoard, if asked for."""
        return self.path / "tensorboard"

    @property
    def has_factors(self) -> bool:
        """Return whether there is a model to load."""
        return published(self.factors_path) is not None

    @property
    def factors_version(self) -> str | None:
        """Return a text that changes whenever a newer model has been published."""
        now = published(self.factors_path)
        return None if now is None else now.name

    def load_factors(self) -> Factors:
        """Load the newest model. Raises RunError if there is none yet, FormatError if it is damaged."""
        from mftui.engine.model.store import load_factors
        from mftui.engine.recipes import row_priors

        return self.read_published(self.factors_path, partial(load_factors, priors_of=row_priors))

    def read_published(self, link: Path, read: Callable[[Path], T]) -> T:
        """Return `read` of the directory that `link` points to, as `publish.read_published` does."""
        return read_published(link, read, lambda: self.state)

    def config(self) -> RunConfig:
        """Read `config.json`. Raises RunError (missing) or FormatError (damaged, other version)."""
        return read_config(self.path)

    def known_config(self) -> RunConfig:
        """Read `config.json`; return an empty one if it is missing or damaged."""
        try:
            return self.config()
        except MftuiError:
            return RunConfig()

    def notes(self) -> Notes:
        """Read the name, note and tags that a user gave it."""
        return read_notes(self.path)

    @property
    def name(self) -> str:
        """Return the name that its user gave it, last or when it was trained; "" for none."""
        return self.notes().name_over(self.known_config().name)

    def request(self) -> TrainRequest:
        """Read what was asked for, from `config.json`."""
        return self.config().train_request()

    def status(self) -> Status:
        """Read `status.json`; the state is "crashed" if its trainer has died."""
        return states.read_status(self.path)

    @property
    def state(self) -> str:
        """Return the state alone; "unreadable" if `status.json` is missing or damaged."""
        return states.state_of(self.path)

    def result(self) -> dict[str, Any] | None:
        """Read `result.json`; None if the run has not ended."""
        path = self.path / RESULT
        if not os.path.lexists(path):
            return None
        return dict(shaped(in_range(read_json(path, RESULT_BYTES)), _RESULT_SHAPE))

    def known_result(self) -> dict[str, Any]:
        """Read `result.json`; return an empty one if the run has not ended, or the file is damaged."""
        try:
            return self.result() or {}
        except MftuiError:
            return {}

    def metrics(self) -> list[dict[str, Any]]:
        """Read all complete lines of `metrics.jsonl`."""
        return MetricsTail(self.metrics_path).poll()

    def curve(self) -> list[dict[str, Any]]:
        """Read those lines of `metrics.jsonl` that show the curve: all, or of many thousands some."""
        return MetricsTail(self.metrics_path, thinned=True).poll()

    def log_tail(self, n: int = 20) -> list[str]:
        """Read the last `n` lines of `train.log`, as `LogTail` does."""
        return LogTail(self.log_path).poll()[-n:]


def create_run(request: TrainRequest) -> Run:
    """Make a run directory with `config.json`, in state "starting". Raises UsageError for a wrong request."""
    request = request.checked()
    config = RunConfig.of(request)
    parent = paths.runs_dir().absolute()
    with list_lock(parent):
        sweep(paths.home())
        _remove_half_made(parent)
        return _created(request, config, parent)


def _created(request: TrainRequest, config: RunConfig, parent: Path) -> Run:
    """Make the directory; the list is locked, so that no other run gets the same number or is called the same."""
    made = None
    try:
        made = make_directory(parent, base_id(request.recipe, config.hyper.get("factors"), request.name), _ids())
        run = Run(require_links(made))
        states.write_status(made, Status(process=Process.current(), launching=True, heartbeat=time.time()))
        config = replace(
            config,
            run=run.id,
            sequence=1 + max((other.known_config().sequence for other in _directories()), default=0),
            started=local_time().isoformat(timespec="seconds"),
            versions={"mftui": __version__, "python": platform.python_version()},
        )
        write_config(made, config)
    except OSError as error:
        if made is not None:
            remove_tree(made, ignore_errors=True)
        raise RunError(
            f"{parent}: cannot create a run directory ({error.strerror}).",
            hint="Make room, or set MFTUI_HOME to a writable directory.",
        ) from error
    return run


def _remove_half_made(parent: Path) -> None:
    """Remove the runs that a process was killed over before they had their settings; the list is locked."""
    for entry in entries_of(parent):
        with suppress(OSError):
            if not is_run_id(entry.name) or _is_run(entry) or time.time() - entry.stat().st_mtime < _HALF_MADE_S:
                continue
            if all(file.name == states.FILE or file.name.startswith(".") for file in list_own(entry)):
                remove_tree(entry)


def list_runs() -> list[Run]:
    """Return all runs, newest first (in the order in which they were made, whatever the clock said)."""
    return [run for run, _ in runs_and_configs()]


def runs_and_configs() -> list[tuple[Run, RunConfig]]:
    """Return all runs, as `list_runs`, each with its config, an empty one if that is missing or damaged."""
    found = [(run, run.known_config()) for run in _directories()]
    return sorted(found, key=lambda one: (one[1].sequence, one[0].id), reverse=True)


def run_of(run_id: str) -> Run:
    """Return the run with this id, whether or not its directory is there."""
    return Run(paths.runs_dir().absolute() / run_id)


def names_of(found: Sequence[tuple[Run, RunConfig]]) -> dict[str, str]:
    """Return what each run is called where it is shown, by id; `found`: all, as `runs_and_configs` returns them."""
    return short_names([(run.id, run.notes().name_over(config.name)) for run, config in reversed(found)])


def find_run(text: str) -> Run:
    """Return the run whose id or name is `text`, or the only one whose id begins with it; "latest" is the newest run.

    The name may be the one that the app shows. Only compares: `text` never becomes part of a path. Raises RunError for
    none or several.
    """
    there = [run for run in _directories() if run.id == text]
    if there:  # no other has to be opened
        return there[0]
    listed = runs_and_configs()
    runs = [run for run, _ in listed]
    if not runs:
        raise RunError("there are no runs yet.", hint="Start one with `mftui train`.")
    found = only_match(text, [run for run in runs if text and run.id.startswith(text)], runs[:1] * (text == LATEST))
    if found is not None:
        return found
    own = {run.id: run.notes().name_over(config.name) for run, config in reversed(listed)}
    shown = short_names(own.items())
    found = only_match(
        text,
        [run for run in runs if text and own[run.id] == text],
        [run for run in runs if shown[run.id] == text],
        [run for run in runs if without_date(run.id) == text],
        shown=shown,
    )
    if found is not None:
        return found
    newest = ", ".join(run.id for run in runs[:3])
    raise RunError(f"no run named {text!r}.", hint=f"Newest: {newest}. `mftui runs ls` lists all.")


def only_match(text: str, *groups: Sequence[Run], shown: Mapping[str, str] | None = None) -> Run | None:
    """Return the run of the first group that is not empty; None if all are. Raises RunError if it has several, with
    the names that they have by `shown`, else with their ids."""
    for group in groups:
        if len(group) > 1:
            listed = ", ".join((shown or {}).get(run.id, run.id) for run in group[:5])
            hint = "Give one of these names." if shown else "Give more of the id."
            raise RunError(f"several runs match {text!r}: {listed}.", hint=hint)
        if group:
            return group[0]
    return None


def find_usable(text: str | None) -> Run:
    """Return the run that `text` means, as `find_run`; None and "latest" mean the newest one with a model."""
    return newest_usable() if text in (None, LATEST) else find_run(text or "")


def newest_usable() -> Run:
    """Return the newest run with a model. Raises RunError if there is none."""
    newest = next((run for run in list_runs() if run.has_factors), None)
    if newest is None:
        raise RunError("no run has a trained model yet.", hint="Train one with `mftui train`.")
    return newest


def _ids() -> list[str]:
    """Return the id of every run, of those in the trash, too: they may come back."""
    found = []
    with suppress(MftuiError):
        found += [run.id for run in _directories()]
        moments = [entry for entry in entries_of(paths.trash_dir().absolute()) if entry.is_dir()]
        found += [run.name for moment in moments for run in entries_of(moment)]
    return found


def _directories() -> list[Run]:
    """Return every directory that is a run, in no order, without those still being made."""
    found = entries_of(paths.runs_dir().absolute())
    return [Run(entry) for entry in found if is_directory_name(entry.name) and _is_run(entry)]


def misnamed() -> list[str]:
    """Return the names of directories that hold a run under a name that no run has: they are told, and never opened."""
    found = entries_of(paths.runs_dir().absolute())
    return sorted(entry.name for entry in found if not is_directory_name(entry.name) and _is_run(entry))


def entries_of(directory: Path) -> list[Path]:
    """Return what is in a directory, in no order; nothing if there is none. Raises RunError if it cannot be read."""
    try:
        return list_own(directory)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"{directory}: cannot be read ({error.strerror}).") from error


def _is_run(entry: Path) -> bool:
    if entry.name.startswith(".") or entry.is_symlink():
        return False
    try:
        return os.path.lexists(entry / FILE)
    except OSError:  # somebody else's, and not for us to read
        return is_run_id(entry.name)
