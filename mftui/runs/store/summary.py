"""Summarize a run in one row, and compare runs. Reads a handful of small files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mftui.data.reading.reading import Reading
from mftui.engine.training.recipe import label_of, written
from mftui.errors import MftuiError
from mftui.runs.store.config import RunConfig
from mftui.runs.store.naming import short_names, without_date
from mftui.runs.store.run import Run, runs_and_configs
from mftui.runs.store.status import ACTIVE

METRICS = ("test_rmse", "test_mae", "train_rmse", "epochs", "steps", "ratings_per_second", "peak_rss_mb")

_NAMED_APART = 4
"""Settings that are named where many differ."""

MEASURE_NAMES = {
    "test_rmse": "test RMSE",
    "test_mae": "test MAE",
    "train_rmse": "training RMSE",
    "epochs": "epochs trained",
    "steps": "steps in all",
    "ratings_per_second": "mean ratings/s",
    "peak_rss_mb": "memory MB",
}
"""What measures are called in tables, where that is not their own name. "ratings/s" alone is the speed of the newest
steps, in a chart and beside a training; the mean is of all steps of the ratings' block."""


@dataclass(frozen=True)
class Summary:
    """Is one run's row; None for what is not known, or not readable."""

    run: str
    name: str | None
    called: str
    """What it is called where it is shown, and where a run is asked for: `named_apart` sees to it that no two runs are
    called the same."""
    state: str
    progress: float | None
    """Share of its steps that are done, while a trainer is at work on it."""
    recipe: str | None
    dataset: str | None
    factors: int | None
    test_rmse: float | None
    """On the test part of `split`, as all measures here but `train_rmse`."""
    test_mae: float | None
    train_rmse: float | None
    split: str | None
    started: str | None
    """ISO 8601 with the offset."""
    epochs: int | None
    seconds: float | None
    """Spent in training steps, of all blocks."""
    total_seconds: float | None
    """Of the session that ended it, from the start of the trainer."""
    size_bytes: int
    has_model: bool
    tags: tuple[str, ...]
    note: str
    hyper: Mapping[str, Any]
    """Every hyperparameter of its recipe."""
    tested_on: tuple[str, str]
    """Data and test part: see `RunConfig`."""

    @property
    def active(self) -> bool:
        """Return whether a trainer is at work on it."""
        return self.state in ACTIVE


def summarize(run: Run, config: RunConfig | None = None) -> Summary:
    """Summarize a run as it is now; of a damaged file all is None. `config`: its config, where that has been read."""
    config = run.known_config() if config is None else config
    result, notes = run.known_result(), run.notes()
    name = notes.name_over(config.name)
    try:
        status = run.status()
        state, progress = status.state, status.progress if status.active else None
    except MftuiError:
        state, progress = "unreadable", None
    seconds, total = learned(result)
    return Summary(
        run=run.id,
        name=name or None,
        called=name or without_date(run.id),
        state=state,
        progress=progress,
        recipe=config.recipe or None,
        dataset=config.dataset_label,
        factors=_whole(config.hyper.get("factors")),
        test_rmse=_number(result.get("test_rmse")),
        test_mae=_number(result.get("test_mae")),
        train_rmse=_number(result.get("train_rmse")),
        split=config.split_label,
        started=config.started or None,
        epochs=_whole(result.get("epochs")),
        seconds=seconds,
        total_seconds=total,
        size_bytes=size_of(run.path),
        has_model=run.has_factors,
        tags=notes.tags,
        note=notes.note,
        hyper=config.hyper,
        tested_on=config.tested_on,
    )


def summaries() -> list[Summary]:
    """Summarize all runs, the newest first."""
    return named_apart([summarize(run, config) for run, config in runs_and_configs()])


def named_apart(rows: Sequence[Summary]) -> list[Summary]:
    """Return the rows of all runs, the newest first, with a number behind what several are called."""
    names = short_names([(row.run, row.name or "") for row in reversed(rows)])
    return [row if row.called == names[row.run] else replace(row, called=names[row.run]) for row in rows]


def learned(result: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the seconds that a training spent in steps, of all blocks, and those of its last session in all."""
    seconds = result.get("seconds")
    if not isinstance(seconds, dict) or _number(seconds.get("train")) is None:
        return None, None
    return seconds["train"] + (_number(seconds.get("audience")) or 0.0), _number(seconds.get("total"))


def settings_of(run: Run) -> dict[str, Any]:
    """Return all settings of a run, by name. Raises RunError, FormatError."""
    config = run.config()
    reading = Reading.from_document((config.dataset or {}).get("read_as"))
    return {
        "recipe": config.recipe,
        "dataset": config.dataset_label,
        **({what: text or None for what, text in reading.parts()} if reading else {}),
        "fingerprint": config.fingerprint,
        "split": config.split_label,
        "test file": config.request.get("test"),
        "seed": config.seed,
        **config.hyper,
        "device": config.device,
        "ratings in": config.ratings_in,
        **{f"version of {name}": version for name, version in config.versions.items()},
    }


def described(run: Run) -> str:
    """Return recipe, factors and data of a run in words: "biased k=12 on ml-100k"."""
    config = run.known_config()
    factors = _whole(config.hyper.get("factors"))
    size = "" if factors is None else f" k={factors}"
    return f"{config.recipe or 'unknown recipe'}{size} on {config.dataset_label or 'unknown data'}"


def apart(first: Run, second: Run) -> str:
    """Return in words the settings of two runs that differ, the value of each: "factors (16, 24) and seed (0, 1)"; ""
    where none does. What stands in a heading anyway, recipe and data, is left out, as is what only one of them has."""
    configs = first.known_config(), second.known_config()
    chosen = [{"seed": one.seed, "split": one.split_label, **one.hyper} for one in configs]
    shared = chosen[0].keys() & chosen[1].keys()
    found = [
        f"{label_of(name)} ({', '.join(map(_said, values))})"
        for name, values in differing(chosen).items()
        if name in shared
    ]
    more = len(found) - _NAMED_APART
    named = [*found[:_NAMED_APART], f"{more} more settings"] if more > 1 else found
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))


def measures_of(run: Run) -> dict[str, Any]:
    """Return a run's measures, with the split that they were made on; None before it has ended."""
    result = run.known_result()
    return {key: result.get(key) for key in ("split", *METRICS)}


def named_measures(run: Run, row: Summary) -> dict[str, Any]:
    """Return `measures_of` a run under the names they have in tables, then what a person has noted."""
    found = measures_of(run)
    split = found.pop("split", None) or row.split
    noted = {"note": row.note, "tags": " ".join(row.tags)}
    named = {MEASURE_NAMES.get(key, key): value for key, value in found.items()}
    return {"tested on": split, **named, **{key: text for key, text in noted.items() if text}}


def differing(documents: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return what differs between `documents`: by name, the value in each (None if it has none)."""
    keys = dict.fromkeys(key for document in documents for key in document)
    columns = {key: [document.get(key) for document in documents] for key in keys}
    return {key: values for key, values in columns.items() if any(value != values[0] for value in values)}


def setting_name(key: str) -> str:
    """Return what a setting of `settings_of` is called in the form of the app."""
    return "data set" if key == "dataset" else label_of(key)


def tested_alike(parts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Return the places of those that are the same: runs that were tested on the same ratings, in order."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, part in enumerate(parts):
        groups.setdefault(part, []).append(place)
    return [*groups.values()]


def kept_apart(part: tuple[str, str], other: tuple[str, str]) -> str:
    """Return in two words why measures of two runs cannot be compared, "" where they can."""
    return "" if part == other else "other data" if part[0] != other[0] else "other split"


def size_of(directory: Path) -> int:
    """Return the bytes of all files below `directory`; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    folders: list[str | Path] = [directory]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    if not entry.is_dir():
                        stat = entry.stat(follow_symlinks=False)
                        seen[stat.st_dev, stat.st_ino] = stat.st_size
                    elif not entry.is_symlink():
                        folders.append(entry.path)
    return sum(seen.values())


def human(size: float) -> str:
    """Return bytes in words: 812 B, 7.4 MB."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 99.5 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _said(value: Any) -> str:
    return "none" if value is None else written(value)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
