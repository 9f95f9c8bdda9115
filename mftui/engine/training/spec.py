"""What a training is to learn, and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mftui.data.dataset import Ratings, Scale
from mftui.engine.compute.device import Computing
from mftui.engine.training.memory import Sizes
from mftui.engine.training.problem import SideInfo
from mftui.engine.training.recipe import Hyper, Recipe


@dataclass(frozen=True)
class TrainingSpec:
    """All that determines a training; the same spec on the same machine gives the same bits.

    Parameters
    ----------
    hyper: complete hyperparameters (`Recipe.check`); what they leave to rules is chosen here.
    ratings: the training part alone; validation ratings are taken out of it, by `seed`.
    n_users, n_movies: sizes of the vocabularies.
    seed: of everything random.
    side_info: what is known of users and movies, for recipes that learn from it.
    stream_in: directory of a file that keeps the ratings while they are learned from; None: in memory.
    computing: what to compute on, already set up; None: set up from `hyper`.
    """

    recipe: Recipe
    hyper: Hyper
    ratings: Ratings
    n_users: int
    n_movies: int
    scale: Scale
    seed: int
    side_info: SideInfo | None = None
    stream_in: Path | None = None
    computing: Computing | None = None

    def __post_init__(self) -> None:
        sizes = sizes_of(len(self.ratings), self.n_users, self.n_movies, self.scale, self.side_info)
        object.__setattr__(self, "hyper", self.recipe.sized(self.hyper, sizes))


def sizes_of(n_train: int, n_users: int, n_movies: int, scale: Scale, side_info: SideInfo | None) -> Sizes:
    """Return what a recipe's rules choose by: how many ratings are trained on, of whom, and of what kind."""
    features = None if side_info is None else side_info.features
    return Sizes(n_users, n_movies, n_train, levels=scale.levels, features=features)
