"""A training: the taste block by its recipe, then the audience block. Writes nothing, draws nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mftui.data.dataset import Ratings, Scale
from mftui.data.splits import shuffled
from mftui.data.subset import Part
from mftui.engine.compute.device import CPU, set_up
from mftui.engine.training.block import Metrics, Stage, Tick
from mftui.engine.training.program import Arrays, Known, Parameters, Problem, Program
from mftui.engine.training.recipe import Hyper, Recipe
from mftui.errors import TrainingError

__all__ = ["Metrics", "Tick", "Training"]


class Training:
    """One training under way. Prepare, perhaps restore, then iterate; stop by no longer iterating.

    Parameters
    ----------
    recipe, hyper: which way, with complete hyperparameters (`recipe.check`).
    ratings: the training part alone. Validation ratings are taken out of it, seeded.
    n_users, n_movies: sizes of the vocabularies.
    seed: of everything random; the same seed on the same machine gives the same bits.
    known: what is known of users and movies, for recipes that learn from it.
    stream_in: where to keep the ratings in a file and read them from there; None: in memory.
    """

    def __init__(
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
    ) -> None:
        self._ratings, self._sizes, self._scale, self._seed = ratings, (n_users, n_movies), scale, seed
        self._recipe, self._hyper, self._known, self._stream_in = recipe, hyper, known, stream_in
        self.n_valid = int(len(ratings) * float(hyper.get("validation", 0)))
        """Ratings held out of training to choose the best epoch."""
        self.n_train = len(ratings) - self.n_valid
        """Ratings that the taste block learns from."""
        self._computing = CPU
        self._program: Program
        self._stages: list[Stage] = []
        self.outcome = ""
        """"finished", "early-stop" or "diverged", once iteration has ended by itself."""
        self.seconds = {"import": 0.0, "compile": 0.0}

    def prepare(self) -> None:
        """Import TensorFlow, build the programs and compile the first, leaving the variables as they start."""
        began = time.perf_counter()
        self._computing = set_up(self._hyper)
        imported = time.perf_counter()
        patience = int(self._hyper.get("patience", 0)) or math.inf
        self._program = self._recipe.build(self._problem(*self._held_out()), self._hyper)
        steps = self._program.n_epochs * self._program.steps_per_epoch
        self._stages = [Stage("taste", lambda: self._program, steps, patience)]
        if self._hyper.get("audience"):
            from mftui.engine.descent.audience_learner import AudienceProgram, audience_steps

            nothing = Part.where(self._ratings, np.zeros(len(self._ratings), dtype=bool))
            self._stages.append(
                Stage(
                    "audience",
                    lambda: AudienceProgram(self._problem(self._ratings, nothing), self._hyper),
                    audience_steps(len(self._ratings), self._hyper).total,
                    math.inf,
                )
            )
        self._taste.prepare()
        self.seconds = {"import": imported - began, "compile": time.perf_counter() - imported}

    def _problem(self, train: Ratings, valid: Ratings) -> Problem:
        computing, known, stream_in = self._computing, self._known, self._stream_in
        return Problem(train, valid, *self._sizes, self._scale, self._seed, computing, known, stream_in)

    def _held_out(self) -> tuple[Ratings, Ratings]:
        """The training ratings in two parts, to learn from and to validate on: seeded, each in file order."""
        held_out = np.zeros(len(self._ratings), dtype=bool)
        held_out[shuffled(np.random.default_rng([self._seed, 1]), len(held_out))[: self.n_valid]] = True
        return Part.where(self._ratings, ~held_out), Part.where(self._ratings, held_out).whole()

    @property
    def _taste(self) -> Stage:
        if not self._stages:
            raise TrainingError("the training has not been prepared.")
        return self._stages[0]

    # -- how far it is -----------------------------------------------------------------------

    @property
    def n_epochs(self) -> int:
        """Epochs of the taste block."""
        return self._program.n_epochs

    @property
    def steps_per_epoch(self) -> int:
        """Steps of the taste block in an epoch."""
        return self._program.steps_per_epoch

    @property
    def n_steps(self) -> int:
        """Steps of all blocks, if nothing stops them."""
        return sum(stage.n_steps for stage in self._stages)

    @property
    def step(self) -> int:
        """Steps done, over all blocks."""
        return sum(stage.step for stage in self._stages)

    @property
    def epoch(self) -> int:
        """Epochs of the taste block completed."""
        return self._taste.epoch

    @property
    def trained_seconds(self) -> float:
        """Time spent in steps and validations, over all blocks and all sessions of this run."""
        return sum(stage.seconds for stage in self._stages)

    @property
    def block_seconds(self) -> dict[str, float]:
        """The same, by block: "taste", and "audience" where there is one."""
        return {stage.block: stage.seconds for stage in self._stages}

    @property
    def ratings_learned(self) -> int:
        """Ratings that went through the taste block's steps."""
        return self._taste.step * self._program.ratings_per_step

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose model is kept so far, by validation."""
        return self._taste.kept.epoch

    @property
    def best_rmse(self) -> float:
        """Its validation RMSE; infinite where there is none."""
        return self._taste.kept.rmse

    # -- going on ----------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Tick]:
        for stage in self._stages:
            if self._taste.outcome == "diverged":
                break
            if stage.outcome:
                continue
            self.seconds["compile"] += stage.prepare()
            before = self.step - stage.step
            for tick in stage:
                yield _moved(tick, before)
        self.outcome = "diverged" if self._diverged else self._taste.outcome

    @property
    def _diverged(self) -> bool:
        return any(stage.outcome == "diverged" for stage in self._stages)

    def parameters(self, best: bool = True) -> Parameters:
        """The model of the epoch that validation keeps so far (where there is validation), or as it is now.

        Raises TrainingError after a divergence before there was a model to keep.
        """
        arrays = self._taste.snapshot(best)
        if arrays is None:
            raise TrainingError(
                f"diverged at step {self.step}, before there was a model to keep.", hint="Lower --learning-rate."
            )
        parameters = self._program.parameters(arrays)
        for stage in self._stages[1:]:
            if stage.step and (audience := stage.snapshot(best)) is not None:
                users, movies = audience.values()
                parameters = replace(parameters, audience_user_factors=users, audience_movie_factors=movies)
        return parameters

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that is needed to go on exactly from here: arrays, and numbers that JSON can hold."""
        arrays: Arrays = {}
        numbers: dict[str, Any] = {"outcome": self.outcome}
        for stage in self._stages:
            if stage.step or stage is self._taste:
                found, numbers[stage.block] = stage.state()
                arrays |= {f"{stage.block}.{name}": array for name, array in found.items()}
        return arrays, numbers

    def restore(self, arrays: Arrays, numbers: dict[str, Any]) -> None:
        """Go on from what `state` gave, after `prepare`."""
        self.outcome = str(numbers["outcome"])
        for stage in self._stages:
            if stage.block in numbers:
                own = f"{stage.block}."
                found = {name.removeprefix(own): a for name, a in arrays.items() if name.startswith(own)}
                stage.restore(found, numbers[stage.block])


def _moved(tick: Tick, steps: int) -> Tick:
    """`tick`, its steps counted from the start of the training."""
    metrics = tick.metrics and replace(tick.metrics, step=tick.metrics.step + steps)
    return Tick(tick.step + steps, tick.epoch, metrics)
