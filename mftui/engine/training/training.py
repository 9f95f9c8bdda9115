"""A training: the ratings' block by its recipe, then the audience block. Writes nothing, draws nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np

from mftui.data.dataset import Ratings
from mftui.engine.compute.device import CPU, set_up
from mftui.engine.model.parameters import Parameters
from mftui.engine.training.block import BlockTrainer, Tick
from mftui.engine.training.draws import n_validated, validated
from mftui.engine.training.learner import (
    Arrays,
    AudienceBlockLearner,
    Block,
    RatingsLearner,
    with_prefix,
    without_prefix,
)
from mftui.engine.training.problem import Problem
from mftui.engine.training.spec import TrainingSpec
from mftui.engine.training.units import Units
from mftui.errors import TrainingError

_EARLIER_AUDIENCE = "00_users"
"""A table that the audience block of mftui 0.1 had in its checkpoints."""


class Training:
    """Train what a spec asks for: prepare, perhaps restore, then iterate; stop by no longer iterating.

    Attributes
    ----------
    n_train, n_valid: ratings that the ratings' block learns from, and those held out to choose the best epoch.
    outcome: "finished", "early-stop" or "diverged", once iteration has ended by itself.
    seconds: of importing TensorFlow, and of compiling.
    """

    def __init__(self, spec: TrainingSpec) -> None:
        self._spec = spec
        self.n_valid = n_validated(spec.hyper, len(spec.ratings))
        self.n_train = len(spec.ratings) - self.n_valid
        self._computing = CPU
        self._units = Units.of(spec.scale) if spec.recipe.any_units else Units()
        self._learner: RatingsLearner
        self._blocks: list[BlockTrainer] = []
        self.outcome = ""
        self.seconds = {"import": 0.0, "compile": 0.0}

    def prepare(self) -> None:
        """Import TensorFlow, build the learners and compile the first, leaving its variables as they start."""
        began = time.perf_counter()
        recipe, hyper, ratings = self._spec.recipe, self._spec.hyper, self._spec.ratings
        self._computing = self._spec.computing or set_up(hyper)
        imported = time.perf_counter()
        patience = int(hyper.get("patience", 0)) or math.inf
        self._learner = recipe.build(self._problem(*self._held_out(), self._units), hyper)
        steps = self._learner.n_epochs * self._learner.steps_per_epoch
        self._blocks = [BlockTrainer(Block("taste", lambda: self._learner, steps), patience)]
        if recipe.audience and hyper.get("audience"):
            nothing = ratings.where(np.zeros(len(ratings), dtype=bool))
            audience = recipe.audience(self._problem(ratings, nothing, Units()), hyper)  # any units are alike to it
            self._blocks.append(BlockTrainer(audience, math.inf))
        self._taste.prepare()
        self.seconds = {"import": imported - began, "compile": time.perf_counter() - imported}

    def prepare_later_blocks(self) -> None:
        """Build and compile what else is to be trained, which otherwise waits until its turn has come."""
        for block in self._blocks[1:]:
            self.seconds["compile"] += block.prepare()

    def _problem(self, train: Ratings, valid: Ratings, units: Units) -> Problem:
        s, scale = self._spec, units.learned_scale(self._spec.scale)
        train, valid = units.learned(train), units.learned(valid).whole()
        return Problem(train, valid, s.n_users, s.n_movies, scale, s.seed, self._computing, s.side_info, s.stream_in)

    def _held_out(self) -> tuple[Ratings, Ratings]:
        """Split the training ratings into those to learn from and those to validate on: seeded, each in file order."""
        ratings = self._spec.ratings
        held_out = validated(self._spec.hyper, len(ratings), self._spec.seed)
        return ratings.where(~held_out), ratings.where(held_out)

    @property
    def _taste(self) -> BlockTrainer:
        if not self._blocks:
            raise TrainingError("the training has not been prepared.")
        return self._blocks[0]

    # -- how far it is -----------------------------------------------------------------------

    @property
    def n_epochs(self) -> int:
        """Count the epochs of the taste block."""
        return self._learner.n_epochs

    @property
    def steps_per_epoch(self) -> int:
        """Count the steps of the taste block in an epoch."""
        return self._learner.steps_per_epoch

    @property
    def n_steps(self) -> int:
        """Count the steps of all blocks, if nothing stops them."""
        return sum(block.n_steps for block in self._blocks)

    @property
    def step(self) -> int:
        """Count the steps done, over all blocks."""
        return sum(block.step for block in self._blocks)

    @property
    def epoch(self) -> int:
        """Count the completed epochs of the taste block."""
        return self._taste.epoch

    @property
    def trained_seconds(self) -> float:
        """Return the seconds spent in steps and validations, over all blocks and all sessions of this run."""
        return sum(block.seconds for block in self._blocks)

    @property
    def block_seconds(self) -> dict[str, float]:
        """Return the same by block: "taste", and "audience" where there is one."""
        return {block.name: block.seconds for block in self._blocks}

    @property
    def ratings_learned(self) -> int:
        """Count the ratings that went through the taste block's steps."""
        return self._taste.step * self._learner.ratings_per_step

    @property
    def best_epoch(self) -> int | None:
        """Return the epoch whose model is kept so far, by validation."""
        return self._taste.kept.epoch

    @property
    def best_rmse(self) -> float:
        """Return its validation RMSE; infinite where there is none."""
        return self._units.unit * self._taste.kept.rmse

    # -- going on ----------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Tick]:
        for block in self._blocks:
            if self._taste.outcome == "diverged":
                break
            if block.outcome:
                continue
            self.seconds["compile"] += block.prepare()
            before = self.step - block.step, self.trained_seconds - block.seconds
            for tick in block:
                yield self._moved(tick, *before)
        diverged = any(block.outcome == "diverged" for block in self._blocks)
        self.outcome = "diverged" if diverged else self._taste.outcome

    def parameters(self, best: bool = True) -> Parameters:
        """Return the model of the epoch that validation keeps so far, or (without validation) as it is now.

        Raises TrainingError after a divergence before there was a model to keep.
        """
        arrays = self._taste.snapshot(best)
        if arrays is None:
            raise TrainingError(
                f"diverged at step {self.step}, before there was a model to keep.", hint=self._spec.recipe.remedy
            )
        parameters = self._units.given(self._learner.parameters(arrays), self._spec.scale)
        for block in self._blocks[1:]:
            if block.step and (audience := block.snapshot(best)) is not None:
                parameters = cast(AudienceBlockLearner, block.learner).added_to(parameters, audience)
        return parameters

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return arrays, and numbers that JSON can hold: all that `restore` needs to continue exactly from here."""
        arrays: Arrays = {}
        numbers: dict[str, Any] = {"outcome": self.outcome, "units": [self._units.unit, self._units.offset]}
        for block in self._blocks:
            if block.step or block is self._taste:
                found, numbers[block.name] = block.state()
                arrays |= with_prefix(f"{block.name}.", found)
        return arrays, numbers

    def restore(self, arrays: Arrays, numbers: dict[str, Any]) -> None:
        """Go on from what `state` gave, after `prepare`; an audience block that mftui 0.1 began is begun anew."""
        units = Units(*numbers.get("units", ()))
        if units != self._units:  # a run that was begun before there were units goes on with its ratings as given
            self._units = units
            self.prepare()
        self.outcome = str(numbers["outcome"])
        for block in self._blocks:
            found = without_prefix(f"{block.name}.", arrays)
            if block.name in numbers and _EARLIER_AUDIENCE not in found:
                block.restore(found, numbers[block.name])

    def _moved(self, tick: Tick, steps: int, seconds: float) -> Tick:
        """Return `tick` with its steps and seconds counted from the start of the training, and errors in rating
        units."""
        metrics = tick.metrics
        if metrics is not None:
            metrics = replace(metrics, step=metrics.step + steps, seconds=metrics.seconds + seconds)
            metrics = metrics.in_units(self._units.unit)
        return Tick(tick.step + steps, tick.epoch, metrics)
