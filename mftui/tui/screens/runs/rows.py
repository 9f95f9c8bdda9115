"""The table of runs: its columns, what it is narrowed to and sorted by; and the table of what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from mftui.engine.training.recipe import label_of, written
from mftui.runs.store.status import DIVERGED, FAILED, RUNNING
from mftui.runs.store.summary import MEASURE_NAMES, Summary, human
from mftui.text import duration, fold
from mftui.tui.lists.choices import only_known
from mftui.tui.widgets.columns import Cell, Column, Mark

COLUMNS = (
    Column("", 1),
    Column("Run", has_titles=True),
    Column("State", 9),
    Column("Recipe", least=7),
    Column("Data"),
    Column("k", 3, right=True),
    Column("Test RMSE", 9, right=True),
    Column("MAE", 6, right=True),
    Column("Split", least=11),
    Column("Learning", 8, right=True),
    Column("Size", 7, right=True),
    Column("Started", 11),
    Column("Tags"),
    Column("Id", for_files=True),
    Column("Note", for_files=True),
)
_BEFORE_FIELDS = 1 + [column.title for column in COLUMNS].index("k")
_SETTING_CELLS = 6
"""What a column of a setting has at least, if it needs as much."""
HEADS = {
    "run": "name", "state": "state", "recipe": "recipe", "data": "data", "k": "k", "test rmse": "RMSE",
    "learning": "learning", "size": "size", "started": "age",
}  # fmt: skip
"""What an order is called, by the title of its column."""
SORTS = ("", "name", "state", "recipe", "data", "k", "RMSE", "learning", "size")
"""By what runs can be sorted; "" is the newest first."""
_VALUES: dict[str, Callable[[Summary], Any]] = {
    "name": lambda row: fold(row.called),
    "state": lambda row: row.state,
    "recipe": lambda row: row.recipe,
    "data": lambda row: row.dataset and fold(row.dataset),
    "k": lambda row: row.factors,
    "RMSE": lambda row: row.test_rmse,
    "learning": lambda row: row.seconds,
    "size": lambda row: row.size_bytes,
}
_DESCENDING = ("", "k", "learning", "size")
_AS_IN_THE_TABLE = tuple(MEASURE_NAMES[name] for name in ("test_rmse", "test_mae", "train_rmse"))
"""Measures with as many digits as in the table above."""
_BAD = (FAILED, DIVERGED, "crashed", "unreadable")


@dataclass(frozen=True)
class RunFilter:
    """What the table is narrowed to, beside the words typed; "" lets everything pass."""

    recipe: str = ""
    dataset: str = ""
    state: str = ""
    tag: str = ""

    @property
    def label(self) -> str:
        """Describe the filter for a caption."""
        return ", ".join(part for part in astuple(self) if part)

    def passes(self, row: Summary) -> bool:
        """Return whether a run has all that is asked for; case does not matter."""
        pairs = ((self.recipe, row.recipe), (self.dataset, row.dataset), (self.state, row.state))
        named = all(fold(wanted) in fold(found or "") for wanted, found in pairs if wanted)
        return named and (not self.tag or fold(self.tag) in row.tags)


@dataclass(frozen=True)
class RunChoices:
    """What is chosen on the Runs screen, and remembered."""

    sort: str = ""
    reverse: bool = False
    narrowed: RunFilter = field(default_factory=RunFilter)
    settings: bool = False
    """Whether the settings are shown where there is no room for them beside the curves."""
    calibration: bool = False
    """Whether the calibration is shown in place of the curves."""
    columns: str = ""
    """Settings of the recipes that are columns, too: their names, with commas between."""

    def valid(self) -> RunChoices:
        """Return these choices, without a sort order that this version does not know."""
        return only_known(self, sort=SORTS)

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the settings that are columns."""
        return tuple(filter(None, self.columns.split(",")))

    @property
    def descending(self) -> bool:
        """Return whether the highest value comes first."""
        return (self.sort in _DESCENDING) != self.reverse


def choose(rows: Sequence[Summary], words: str, choices: RunChoices) -> list[Summary]:
    """Choose the runs that have all `words` in name, id, recipe, data, state, tags or note and pass the filter, in
    order. Runs without a value to sort by come last."""
    wanted = fold(words).split()
    found = [row for row in rows if choices.narrowed.passes(row) and all(word in _text(row) for word in wanted)]
    if not choices.sort:
        return found[::-1] if choices.reverse else found
    value = _VALUES[choices.sort]
    known = [row for row in found if value(row) is not None]
    return sorted(known, key=value, reverse=choices.descending) + [row for row in found if value(row) is None]


def columns(fields: Sequence[str]) -> list[Column]:
    """Return COLUMNS, and those of settings of the recipes behind the number of factors."""
    own = [Column(label_of(field), least=_SETTING_CELLS) for field in fields]
    return [*COLUMNS[:_BEFORE_FIELDS], *own, *COLUMNS[_BEFORE_FIELDS:]]


def facts(shown: int, n_all: int, n_marked: int, choices: RunChoices, arrow: str, misnamed: Sequence[str] = ()) -> str:
    """Return what stands beside the caption: order, filter, how many, and what is misnamed."""
    order = f"by {choices.sort or 'age'} {arrow}" if choices.sort or choices.reverse else "the newest first"
    told = [
        order,
        f"{shown:,} of {n_all:,}" if shown < n_all else "",
        f"{n_marked} marked" if n_marked else "",
        f"only {choices.narrowed.label}" if choices.narrowed.label else "",
        f"not opened for its name: {misnamed[0]}" if len(misnamed) == 1 else "",
        f"{len(misnamed)} not opened for their names: first {misnamed[0]}" if len(misnamed) > 1 else "",
    ]
    return ", ".join(fact for fact in told if fact)


def cells(row: Summary, mark: str, fields: Sequence[str] = ()) -> Sequence[Cell]:
    """Return a run's cells of `columns(fields)`."""
    state = f"at {row.progress:.0%}" if row.state == RUNNING and row.progress else row.state
    kind = "bad" if row.state in _BAD else "strong" if row.active else "dim"
    started = row.started or ""
    return (
        Mark(mark, "strong"),
        Mark(row.called, "", row.name or ""),
        Mark(state, kind, row.state),
        row.recipe or "",
        row.dataset or "",
        _figure(row.factors, "d"),
        *(_setting(row.hyper.get(field)) for field in fields),
        _figure(row.test_rmse, ".4f"),
        _figure(row.test_mae, ".4f"),
        Mark((row.split or "").split(" (")[0], "dim", row.split),
        Mark("" if row.seconds is None else duration(row.seconds), "", row.seconds),
        Mark(human(row.size_bytes), "", row.size_bytes),
        Mark(started[5:16].replace("T", " "), "dim", started),
        Mark(" ".join(row.tags), "dim"),
        row.run,
        row.note,
    )


def compared(documents: Sequence[Mapping[str, Any]], keys: Iterable[str]) -> list[Sequence[Cell]]:
    """Return a row for each of `keys`: its name, then its value in each document."""
    return [(Mark(key, "dim"), *(_value(document.get(key), key) for document in documents)) for key in keys]


def _value(value: Any, key: str) -> Mark:
    if isinstance(value, float) and key in _AS_IN_THE_TABLE:
        return _figure(value, ".4f")
    if isinstance(value, bool):
        return Mark("yes" if value else "no")
    if isinstance(value, float):
        return Mark(f"{value:.6g}", "", value)
    if isinstance(value, int):
        return Mark(f"{value:,}" if abs(value) >= 10_000 else str(value), "", value)
    return Mark("", "") if value is None else Mark(str(value))


def _setting(value: Any) -> Mark:
    return Mark("") if value is None else Mark(written(value), "", value if isinstance(value, int | float) else None)


def _figure(value: float | None, form: str) -> Mark:
    return Mark("") if value is None else Mark(format(value, form), "", value)


def _text(row: Summary) -> str:
    parts = (row.run, row.name, row.state, row.recipe, row.dataset, row.split, row.note, *row.tags)
    return fold(" ".join(part for part in parts if part))
