"""What the trainer asks of a training: the engine's `Training`, or a stand-in that fulfils the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from mftui.data.dataset import Ratings, Scale
from mftui.engine.training.program import Arrays, Known, Parameters
from mftui.engine.training.recipe import Hyper, Recipe
from mftui.engine.training.training import Tick


class Trainable(Protocol):
    """A training that can be stopped after any step and gone on with elsewhere."""

    outcome: str
    seconds: dict[str, float]

    @property
    def step(self) -> int: ...
    @property
    def n_train(self) -> int: ...
    @property
    def n_valid(self) -> int: ...
    @property
    def n_steps(self) -> int: ...
    @property
    def n_epochs(self) -> int: ...
    @property
    def epoch(self) -> int: ...
    @property
    def trained_seconds(self) -> float: ...
    @property
    def block_seconds(self) -> dict[str, float]: ...
    @property
    def ratings_learned(self) -> int: ...
    def prepare(self) -> None: ...
    def __iter__(self) -> Iterator[Tick]: ...
    def state(self) -> tuple[Arrays, dict[str, Any]]: ...
    def restore(self, arrays: Arrays, numbers: dict[str, Any]) -> None: ...
    def parameters(self, best: bool = True) -> Parameters: ...


class MakeTraining(Protocol):
    """Builds one, as `Training(...)` does."""

    def __call__(
        self,
        recipe: Recipe,
        hyper: Hyper,
        ratings: Ratings,
        n_users: int,
        n_movies: int,
        scale: Scale,
        seed: int,
        known: Known | None = None,
        stream_in: Path | None = None,
    ) -> Trainable: ...
