"""What a recipe builds: a program that the training loop steps through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Movies, Ratings, Scale
from mftui.engine.compute.device import CPU, Computing
from mftui.engine.model.output import Link, Output

if TYPE_CHECKING:
    from mftui.data.people import People

Arrays = dict[str, NDArray[Any]]
Later = Literal["judged", "preferred", "kept"]
"""What is kept of the model of a later epoch: see `KeptEpoch`."""


@dataclass(frozen=True)
class Known:
    """What is known of movies and users beside their ratings."""

    movies: Movies
    people: Callable[[], People | None]
    """Reads it; None where the data has nothing of the kind."""


@dataclass(frozen=True)
class Problem:
    """What is to be learned from.

    `train` and `valid` are disjoint parts of the training ratings; test ratings are not here at all.
    """

    train: Ratings
    valid: Ratings
    n_users: int
    n_movies: int
    scale: Scale
    seed: int
    computing: Computing = CPU
    known: Known | None = None
    """What is known of users and movies beside the ratings, for recipes that learn from it."""
    stream_in: Path | None = None
    """Where to keep the training ratings in a file and read them from there; None: in memory."""


@dataclass(frozen=True)
class Parameters:
    """A trained model as NumPy arrays, float32: what the formula needs and nothing else."""

    user_factors: NDArray[np.float32]
    """(n_users, k): members side by side, each scaled by 1/sqrt(members), so that the dot product
    over all columns is the mean of the members' dot products."""
    movie_factors: NDArray[np.float32]
    """(n_movies, k)."""
    user_bias: NDArray[np.float32]
    """(n_users,)."""
    movie_bias: NDArray[np.float32]
    """(n_movies,)."""
    global_bias: float
    lo: float
    """Lower end of the output range."""
    hi: float
    """Upper end of the output range."""
    link: Link = "sigmoid"
    levels: tuple[float, ...] = ()
    """Of a probit link, with `cuts` and `spread`: see `Output`."""
    cuts: tuple[float, ...] = ()
    spread: float = 1.0
    members: int = 1
    member_user_bias: NDArray[np.float32] | None = None
    """(n_users, members), where there are several."""
    member_movie_bias: NDArray[np.float32] | None = None
    """(n_movies, members), where there are several."""
    member_global_bias: tuple[float, ...] = ()
    member_noise: tuple[float, ...] = ()
    """Standard deviation of the ratings around each member's prediction, where the members are draws from a
    posterior; empty where they are not."""
    knows_cold: tuple[bool, bool] = (False, False)
    """(users, movies): whether rows without a training rating are known, by what else is known of them."""
    audience_user_factors: NDArray[np.float32] | None = None
    """(n_users, k of the audience block): whom a user watches with; None where there is no such block."""
    audience_movie_factors: NDArray[np.float32] | None = None
    """(n_movies, k of the audience block): whom a movie attracts."""

    @property
    def output(self) -> Output:
        """From logits to ratings."""
        return Output(self.link, self.lo, self.hi, self.levels, self.cuts, self.spread)


class Steps(Protocol):
    """One block's training under way: variables, a compiled step, and how many steps there are."""

    n_epochs: int
    steps_per_epoch: int
    ratings_per_step: int
    later: Later
    """"preferred" where the steps get ever smaller, "kept" where every epoch only adds to the model."""

    def begin_epoch(self, epoch: int) -> None:
        """Put the ratings into the order of this epoch; the same epoch has the same order always."""

    def step(self, index: int) -> tuple[Any, Any]:
        """Step `index` of the epoch. Returns (loss, training MSE in rating units), not awaited.

        A program that has `steps_per_call` makes all steps up to the next multiple of it, and returns their means.
        """

    def learning_rate(self, step: int) -> float:
        """The rate of that step, counted over all epochs."""

    def validation_errors(self) -> NDArray[np.float32] | None:
        """(n_valid,) squared errors of the clipped predictions on the validation ratings; None where there are none."""

    def state(self) -> Arrays:
        """Copies of all variables: parameters and optimizer."""

    def snapshot(self) -> Arrays:
        """Copies of the model's own variables, the first of `state`."""

    def restore(self, arrays: Arrays) -> None:
        """Set all variables from what `state` gave."""

    def release(self) -> None:
        """The last step is done: let go of all but the model; from here on `state` is that alone."""


class Program(Steps, Protocol):
    """What a recipe builds: steps that lead to a model of ratings."""

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        """The model now, or as it was in a `snapshot`."""
