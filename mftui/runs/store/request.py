"""Describe a training as it is asked for: data, split, recipe, seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.errors import FormatError, UsageError

if TYPE_CHECKING:
    from mftui.data.reading.options import ReadOptions
    from mftui.data.splits import SplitSpec

SPLITS = ("random", "temporal", "leave-last", "none")
STORES = ("float32", "float16")


@dataclass(frozen=True)
class TrainRequest:
    """Is a training as asked for; `config.json` keeps it, so that it can be repeated."""

    data: str = "sample"
    """Name of a data set, or a path."""
    columns: Mapping[str, str] | None = None
    """Column names of the user's file by meaning: user, movie, rating, timestamp."""
    missing: Sequence[str] = ()
    counts: bool = False
    wide: str = ""
    table: str = ""
    accept: Sequence[str] = ()
    """With `columns`, how the files are to be read: see `ReadOptions`."""
    test: str | None = None
    """An explicit file of test ratings; then `split` is not used."""
    split: str = ""
    """One of SPLITS; empty: "random", or "none" where the recipe holds nothing out by itself."""
    test_fraction: float = 0.1
    """Share of the ratings held out, above 0 and below 1."""
    split_seed: int = 0
    recipe: str = ""
    """A recipe's name or alias, kept as its name; empty: the default."""
    hyper: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters that differ from the recipe's defaults."""
    seed: int = 0
    name: str = ""
    """A word of the user's own for the run."""
    checkpoint_seconds: float = 20.0
    """How often a state to resume from is saved."""
    tensorboard: bool = False
    """Whether to write event files, too."""
    store: str = "float32"
    """One of STORES: what the model's factors are kept in on disk."""

    def __post_init__(self) -> None:
        from mftui.engine.recipes import recipe_name

        object.__setattr__(self, "recipe", recipe_name(self.recipe))

    def checked(self) -> TrainRequest:
        """Check every part and return the request with absolute paths. Raises UsageError, DataError."""
        if self.split and self.split not in SPLITS:
            raise UsageError(f"no split named {self.split!r}.", hint=f"Choose one of {', '.join(SPLITS)}.")
        if not 0.0 < self.test_fraction < 1.0:
            raise UsageError(f"--test-fraction must be between 0 and 1 (got {self.test_fraction:g}).")
        if not 0 <= self.seed < 2**31 or not 0 <= self.split_seed < 2**31:
            raise UsageError("seeds must be between 0 and 2147483647.")
        if self.store not in STORES:
            raise UsageError(f"cannot store factors as {self.store!r}.", hint=f"Choose one of {', '.join(STORES)}.")
        if not self.checkpoint_seconds > 0:
            raise UsageError("--checkpoint-seconds must be above 0.")
        self.complete_hyper()
        from mftui.data.sources.locate import locate
        from mftui.runs.store.naming import checked_name

        path = Path(self.test or "").expanduser().absolute()
        test = str(path) if path.is_file() else self.test  # else beside the ratings or within their archive
        data = locate(self.data, self.how, self.test).source
        return replace(self, data=data, test=test, name=checked_name(self.name))

    @property
    def how(self) -> ReadOptions:
        """Return how the files are to be read. Raises UsageError for an option that there is not."""
        from mftui.data.reading.options import ReadOptions

        said = {name: getattr(self, name) for name in ("missing", "counts", "wide", "table", "accept")}
        return ReadOptions(self.columns or {}, **said).checked()

    def same_training(self, other: TrainRequest) -> bool:
        """Return whether both ask for the same training, however the run is called and whatever is kept of it."""
        kept = {name: getattr(other, name) for name in ("name", "checkpoint_seconds", "tensorboard", "store")}
        return replace(self, **kept).to_dict() == other.to_dict()

    def complete_hyper(self) -> dict[str, Any]:
        """Return every hyperparameter: the recipe's defaults, overridden by `hyper`. Raises UsageError."""
        from mftui.engine.recipes import find_recipe

        return find_recipe(self.recipe).check(dict(self.hyper))

    @property
    def split_kind(self) -> str:
        """Return one of SPLITS, or "file": what is meant where nothing is said of it, too."""
        from mftui.engine.recipes import find_recipe

        usual = "random" if find_recipe(self.recipe).holds_out else "none"
        return "file" if self.test is not None else self.split or usual

    @property
    def split_spec(self) -> SplitSpec:
        """Return the split for `make_split`."""
        from mftui.data.splits import SplitSpec

        return SplitSpec(kind=self.split_kind, fraction=self.test_fraction, seed=self.split_seed)

    def to_dict(self) -> dict[str, Any]:
        """Return the object for `config.json`."""
        columns = None if self.columns is None else dict(self.columns)
        lists = {"missing": list(self.missing), "accept": list(self.accept)}
        return {**asdict(self), "columns": columns, "hyper": dict(self.hyper), **lists}

    @classmethod
    def from_dict(cls, document: Any) -> TrainRequest:
        """Read a request of `config.json`. Raises FormatError if it is damaged."""
        if not isinstance(document, dict):
            raise FormatError("config.json: its request is damaged.")
        unknown = sorted(set(document) - {f.name for f in fields(cls)})
        if unknown:
            raise FormatError(f"config.json: its request has an unknown part {unknown[0]!r}.")
        sample = cls()
        for name, value in document.items():
            if not _fits(getattr(sample, name), name, value):
                raise FormatError(f"config.json: its request has a damaged part {name!r}.")
        lists = {name: tuple(document[name]) for name in ("missing", "accept") if name in document}
        return cls(**{**document, **lists})


def _fits(default: Any, name: str, value: Any) -> bool:
    if name == "test":
        return value is None or isinstance(value, str)
    if name == "columns":
        return value is None or (isinstance(value, dict) and all(isinstance(v, str) for v in value.values()))
    if name in ("missing", "accept"):
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(default)) and not isinstance(value, bool)
