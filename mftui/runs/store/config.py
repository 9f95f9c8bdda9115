"""`config.json`: what a run is, so that it can be repeated and compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mftui.data.storage.documents import Of, in_range, shaped
from mftui.data.storage.regular import CONFIG_BYTES
from mftui.engine.recipes import find_recipe
from mftui.errors import FormatError
from mftui.runs.store.publish import read_json, write_json
from mftui.runs.store.request import TrainRequest

if TYPE_CHECKING:
    from mftui.data.reading.options import ReadOptions

FORMAT_VERSION = 1
FILE = "config.json"
IN_MEMORY, IN_FILE = "memory", "file"
"""Where the ratings are while they are learned from."""


@dataclass(frozen=True)
class RunConfig:
    """Describe a run: what was asked for, the data it learns from, what it is computed on.

    The fields from `dataset` on are None until the trainer knows them.
    """

    run: str = ""
    """The run's id."""
    name: str = ""
    sequence: int = 0
    """Runs are listed in this order, whatever the clock said."""
    started: str = ""
    """ISO 8601 with the offset."""
    recipe: str = ""
    hyper: Mapping[str, Any] = field(default_factory=dict)
    """Every hyperparameter of the recipe."""
    seed: int = 0
    request: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for, as `train_request` reads it."""
    versions: Mapping[str, Any] = field(default_factory=dict)
    dataset: Mapping[str, Any] | None = None
    split: Mapping[str, Any] | None = None
    device: str | None = None
    precision: str | None = None
    strategy: str | None = None
    replicas: int | None = None
    ratings_in: str | None = None
    """IN_MEMORY or IN_FILE."""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    """What other versions wrote; kept in the file."""

    @classmethod
    def of(cls, request: TrainRequest) -> Self:
        """Describe the training that `request` asks for. Raises UsageError for wrong hyperparameters."""
        hyper = request.complete_hyper()
        return cls(name=request.name, recipe=request.recipe, hyper=hyper, seed=request.seed, request=request.to_dict())

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Read `config.json`'s object; a part of a wrong type counts as missing."""
        document = shaped(in_range(dict(document)), _SHAPE)
        known = {name: document[name] for name, kind in _TYPES.items() if type(document.get(name)) is kind}
        return cls(**known, unknown={k: v for k, v in document.items() if k not in {"format_version", *_TYPES}})

    def to_dict(self) -> dict[str, Any]:
        """Return the object for `config.json`."""
        known = {name: kind(value) for name, kind in _TYPES.items() if (value := getattr(self, name)) is not None}
        return {"format_version": FORMAT_VERSION, **known, **self.unknown}

    def complete_hyper(self) -> dict[str, Any]:
        """Return every hyperparameter; a run of mftui 0.1 lacks the fields of today's audience block."""
        return find_recipe(self.recipe).stored(self.hyper)

    def train_request(self) -> TrainRequest:
        """Return what was asked for. Raises FormatError where it is damaged."""
        if not self.request:
            raise FormatError("config.json: its request is damaged.")
        return TrainRequest.from_dict(self.request)

    def how(self) -> ReadOptions:
        """Return how later files for this run are to be read: as those that it was trained on."""
        from mftui.data.reading.options import ReadOptions

        if not self.request:
            return ReadOptions()
        return ReadOptions.later(self.train_request().how.document(), (self.dataset or {}).get("read_as"))

    @property
    def dataset_label(self) -> str | None:
        """Return the name of the data set; before it has been read, as it was asked for."""
        from mftui.data.sources.catalogue import SAMPLE

        asked = self.request.get("data")
        return _text(self.dataset, "label") or (SAMPLE.label if asked == SAMPLE.name else _text(self.request, "data"))

    @property
    def fingerprint(self) -> str | None:
        """Return the digest of the ratings that it learns from."""
        return _text(self.dataset, "fingerprint")

    @property
    def split_label(self) -> str | None:
        """Return how the test ratings were chosen, in words."""
        return _text(self.split, "label")

    @property
    def tested_on(self) -> tuple[str, str]:
        """Return what is the same for runs whose measures can be compared: the data, and which part was tested on."""
        split = {**(self.split or {}), "file": self.request.get("test")}
        return self.fingerprint or self.dataset_label or "", json.dumps(split, sort_keys=True, default=str)


_KINDS = {"str": str, "int": int, "Mapping[str, Any]": dict}
_TYPES: dict[str, type] = {
    f.name: _KINDS[str(f.type).removesuffix(" | None")] for f in fields(RunConfig) if f.name != "unknown"
}
"""The file's keys in their order, each with its type."""
_SIZES = dict.fromkeys(("n_users", "n_movies", "n_ratings"), int)
_SHAPE = {
    "versions": Of(str),
    "dataset": {
        **dict.fromkeys(("name", "label", "source", "fingerprint"), str),
        **_SIZES,
        "scale": [float],
        "repairs": [str],
        "read_as": {"sentence": str, "warnings": [str]},
    },
    "split": {"label": str, "kind": str},
}
"""What lies deeper in it."""


def read_config(run: Path) -> RunConfig:
    """Read a run's config. Raises RunError (missing), FormatError (damaged, unknown version)."""
    return RunConfig.from_dict(read_json(run / FILE, CONFIG_BYTES, version=FORMAT_VERSION))


def write_config(run: Path, config: RunConfig) -> None:
    """Replace the config of the run in directory `run`."""
    write_json(run / FILE, config.to_dict(), durable=True, seal=True)


def _text(part: Mapping[str, Any] | None, name: str) -> str | None:
    value = (part or {}).get(name)
    return value if isinstance(value, str) else None


def how_read(dataset: Mapping[str, Any]) -> list[str]:
    """Return how the data of a run was read, and what was left out, a sentence each.

    `dataset`: `RunConfig.dataset`; of a run of mftui 0.1 it says only what was repaired.
    """
    read_as = dataset.get("read_as") or {}
    return [
        text for text in (read_as.get("sentence"), *dataset.get("repairs", ()), *read_as.get("warnings", ())) if text
    ]
