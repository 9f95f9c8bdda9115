"""Trainings on planted ratings, prepared."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.planted import SCALE, planted_ratings

from mftui.data.dataset import Ratings
from mftui.engine.recipes import find_recipe
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.training import Training

N_USERS, N_MOVIES = 120, 80


def planted_training(
    recipe: str, ratings: Ratings | None = None, seed: int = 0, stream_in: Path | None = None, **given: object
) -> Training:
    """A training of `recipe` on planted ratings (120 users and 80 movies), its step compiled."""
    chosen = find_recipe(recipe)
    learned = planted_ratings() if ratings is None else ratings
    training = Training(
        TrainingSpec(chosen, chosen.check(given), learned, N_USERS, N_MOVIES, SCALE, seed, stream_in=stream_in)
    )
    training.prepare()
    return training


def keep_ratings(patch: pytest.MonkeyPatch) -> None:
    """Let trainings that have ended keep their ratings and optimizers, so that they can be put back to the start."""
    from mftui.engine.audience_block.audience_learner import AudienceLearner
    from mftui.engine.descent.minibatch import MinibatchLearner

    for learner in (MinibatchLearner, AudienceLearner):
        patch.setattr(learner, "release", lambda _: None)
