"""Bayesian matrix factorization with biases by Gibbs sampling: every unknown drawn in turn, given all others."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.alternating.chain import Chain
from mftui.engine.alternating.convergence import Predictions
from mftui.engine.alternating.date_effects import LeftOver
from mftui.engine.alternating.feature_names import DATE
from mftui.engine.alternating.features import side_information
from mftui.engine.alternating.ordinal import Ordinal
from mftui.engine.alternating.posterior import PosteriorSamples, wide, with_cuts
from mftui.engine.alternating.sides import DEVICE, Alternation, HeldOutPredictor
from mftui.engine.model.parameters import Parameters
from mftui.engine.training.learner import Arrays, KeepMode, Learner, with_prefix, without_prefix
from mftui.engine.training.problem import Problem
from mftui.engine.training.recipe import NONE
from mftui.errors import TrainingError

SPREAD_FROM = 2_000
"""Ratings from which it is measured how uncertain logits are."""


@dataclass(frozen=True)
class GibbsSettings:
    """How long, and how much of it is kept."""

    factors: int
    sweeps: int
    """Draws of each chain in all."""
    burn_in: int
    """The first of them, which count for nothing."""
    keep: int
    """How many of the others, of all chains, are kept, evenly spaced; not more than there are."""
    chains: int = 1
    ordinal: bool = False
    """Ratings as steps of a scale: see `Ordinal`."""
    features: str = NONE
    """What is learned from beside the ratings: see `side_information`."""


class GibbsLearner(Learner):
    """An epoch is a step is a sweep of every chain: users' rows, movies' rows, what they are like, the noise.

    The state is a draw of each chain, the draws kept, and sums over all draws after the burn-in, for the
    validation ratings.
    """

    steps_per_epoch = 1
    keep_mode: KeepMode = "last"
    """The posterior mean gets better with every draw: no earlier one is worth keeping."""

    def __init__(self, problem: Problem, plan: GibbsSettings) -> None:
        self._plan, self._scale = plan, problem.scale
        self._sizes = sizes = problem.n_users, problem.n_movies
        self._n_ratings = len(problem.train)
        self.n_epochs, self.ratings_per_step = plan.sweeps, plan.chains * self._n_ratings
        information = side_information(plan.features, problem)
        self._information, self._knows_cold = information.digest, information.describes
        self._dates = LeftOver(problem.train) if DATE in plan.features.split(",") else None
        if self._dates is not None:
            self._information += self._dates.digest
            self._valid_days = self._dates.places(problem.valid)
        with tf.device(DEVICE):
            self._sides = Alternation(problem, plan.factors, latent=plan.ordinal)
            self._chains = [
                Chain(
                    self._sides,
                    information,
                    sizes,
                    plan.factors,
                    problem.seed,
                    number,
                    Ordinal(problem.train.values) if plan.ordinal else None,
                )
                for number in range(plan.chains)
            ]
            self._valid = HeldOutPredictor(problem.valid, self._sides.mean)
        self._n_cuts = len(self._chains[0].response.cuts)
        self._draws = PosteriorSamples(plan.keep, *sizes, plan.factors, self._n_cuts)
        shown = problem.valid if len(problem.valid) else problem.train
        self._shown = shown.take(np.arange(min(SPREAD_FROM, len(shown))))
        self._predictions = Predictions(plan.chains, len(problem.valid))
        self._sweep = 0

    # -- one sweep ---------------------------------------------------------------------------

    def begin_epoch(self, epoch: int) -> None:
        self._sweep = epoch

    def step(self, index: int) -> tuple[Any, Any]:
        with tf.device(DEVICE):
            try:
                errors = [self._swept(number, chain) for number, chain in enumerate(self._chains)]
            except tf.errors.InvalidArgumentError:  # Cholesky failed: parameters contain NaN or infinity
                return math.nan, math.nan
            mse = errors[0] / self._n_ratings if len(errors) == 1 else tf.add_n(errors) / self.ratings_per_step
        return mse, mse

    def _swept(self, number: int, chain: Chain) -> Any:
        """Draw a chain's next, and count it; returns the squared error."""
        error = chain.sweep(self._sweep, self._n_ratings)
        done, plan = self._sweep - self._plan.burn_in, self._plan
        logits = self._valid.predicted(chain.users, chain.movies)
        if self._dates is not None:
            if done >= 0:
                self._dates.see(*chain.residuals())
            places, known = self._valid_days
            logits += self._dates.effects()[places] * known
        self._predictions.see(number, chain.response.rating(logits), counts=done >= 0)
        seen, ahead = done * plan.chains + number + 1, (plan.sweeps - plan.burn_in) * plan.chains
        if done >= 0 and seen * plan.keep // ahead > self._draws.count:
            self._draws.keep(chain.draw())
        return error

    # -- what it leads to --------------------------------------------------------------------

    def validation_errors(self) -> NDArray[np.float32] | None:
        """Return the errors of the mean of all draws after burn-in; before that, of the current ones."""
        return self._valid.errors(self._predictions.mean(), self._scale.lo, self._scale.hi)

    def measures(self) -> dict[str, float]:
        """Return, on the validation ratings, the RMSE of the current draw alone, and with several chains R-hat."""
        errors = self._valid.errors(self._predictions.last[0], self._scale.lo, self._scale.hi)
        found = {} if errors is None else {"draw_valid_rmse": math.sqrt(float(np.mean(errors)))}
        disagreement = self._predictions.disagreement()
        return found if disagreement is None else found | {"r_hat": disagreement}

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        """Return the draws kept so far as one wide model; before there are any, the current one."""
        arrays = arrays or self.snapshot()
        draws = without_prefix("kept_", arrays)
        dates = None if self._dates is None else self._dates.table(arrays)
        model = replace(wide(draws, self._scale.lo, self._scale.hi), knows_cold=self._knows_cold, dates=dates)
        if not self._n_cuts:
            return model
        return with_cuts(model, draws["cuts"].mean(0), self._chains[0].response.levels, self._shown)

    # -- going on ----------------------------------------------------------------------------

    def snapshot(self) -> Arrays:
        kept = self._draws
        if not kept.count:
            kept = PosteriorSamples(1, *self._sizes, self._plan.factors, self._n_cuts)
            kept.keep(self._chains[0].draw())
        return with_prefix("kept_", kept.state()) | self._of_dates()

    def state(self) -> Arrays:
        arrays = with_prefix("kept_", self._draws.state()) | self._predictions.state() | self._of_dates()
        arrays["features"] = np.frombuffer(self._information.encode(), np.uint8)
        for number, chain in enumerate(self._chains):
            arrays |= with_prefix(f"chain{number}_", chain.state())
        return arrays

    def restore(self, arrays: Arrays) -> None:
        """Continue from what `state` gave. Raises TrainingError if the features of users or movies have changed."""
        if arrays["features"].tobytes() != self._information.encode():
            raise TrainingError("what is known of users or movies has changed since.", hint="Start a new run.")
        self._draws.restore(without_prefix("kept_", arrays))
        self._predictions.restore(arrays)
        if self._dates is not None:
            self._dates.restore(arrays)
        with tf.device(DEVICE):
            for number, chain in enumerate(self._chains):
                chain.restore(without_prefix(f"chain{number}_", arrays))

    def release(self) -> None:
        """Let go of the ratings."""
        for chain in self._chains:
            chain.release()
        if self._dates is not None:
            self._dates.release()
        del self._sides

    def _of_dates(self) -> Arrays:
        return {} if self._dates is None else self._dates.state()
