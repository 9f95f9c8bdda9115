"""The audience block: who watched what, and how gladly, by gradient descent on the whole-data squared loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from mftui.engine.descent.accumulate import Gradients, accumulate
from mftui.engine.descent.batches import parts_on_cpu
from mftui.engine.descent.optimizers import make_optimizer
from mftui.engine.model.audience import row_weights, targets
from mftui.engine.training.learner import KeepMode
from mftui.engine.training.problem import Problem
from mftui.engine.training.recipe import Hyper
from mftui.engine.training.variables import VariableLearner

INIT_STDDEV = 0.3
"""Length of a row at the start."""
BATCHES = (16_384, 500_000)
"""Ratings in a step: one sixtieth of them all, within these bounds."""


@dataclass(frozen=True)
class AudienceSteps:
    """How many steps there are, and how many ratings in each."""

    per_epoch: int
    epochs: int
    ratings: int

    @property
    def total(self) -> int:
        """Steps in all."""
        return self.per_epoch * self.epochs


def audience_steps(n: int, hyper: Hyper) -> AudienceSteps:
    """The steps over n ratings: about as many as the recipe says, in whole epochs."""
    batch = min(n, max(BATCHES[0], min(n // 60, BATCHES[1])))
    per_epoch = max(1, round(n / batch))
    return AudienceSteps(per_epoch, max(1, round(int(hyper["audience_steps"]) / per_epoch)), n // per_epoch)


class AudienceLearner(VariableLearner):
    """User vectors P and movie vectors Q, such that P·Q is near `target` where a movie was rated and near 0 elsewhere.

    The loss of Hu, Koren and Volinsky (2008), regularised as by Rendle et al. (2021):

        Σ observed (target - P·Q)² + a0 Σ all pairs (P·Q)² + λ Σ rows (count + a0 · others)^ν |row|²

    The sum over all pairs is the elementwise product of PᵀP and QᵀQ, summed: k² numbers, never
    n_users × n_movies. The target is 1 in their papers; here it is how far up the scale the rating is, so
    that a film which was watched and disliked says less about its audience.
    """

    keep_mode: KeepMode = "last"

    def __init__(self, problem: Problem, hyper: Hyper) -> None:
        n, k = len(problem.train), int(hyper["audience_factors"])
        steps = audience_steps(n, hyper)
        self._parts = max(1, parts_on_cpu(steps.ratings, k)) if problem.computing.in_parts else 1
        self.steps_per_epoch, self.n_epochs = steps.per_epoch, steps.epochs
        self.ratings_per_step = steps.ratings // self._parts * self._parts
        self._train, self._scale, self._seed = problem.train.whole(), problem.scale, problem.seed
        self._order = np.empty(0, dtype=np.int32)
        self._unobserved = float(hyper["audience_unobserved"])
        self._weights = [
            float(hyper["audience_prior"]) * row_weights(rows, size, others, self._unobserved)
            for rows, size, others in (
                (self._train.users, problem.n_users, problem.n_movies),
                (self._train.movies, problem.n_movies, problem.n_users),
            )
        ]
        draw, spread = tf.random.stateless_normal, INIT_STDDEV / math.sqrt(k)
        self._users = tf.Variable(draw([problem.n_users, k], [problem.seed, 3], stddev=spread), name="users")
        self._movies = tf.Variable(draw([problem.n_movies, k], [problem.seed, 4], stddev=spread), name="movies")
        self._peak_rate = float(hyper["audience_rate"])
        decay = tf.keras.optimizers.schedules.CosineDecay(self._peak_rate, self.n_epochs * self.steps_per_epoch)
        self._optimizer = make_optimizer(str(hyper.get("optimizer", "adam")), decay, epsilon=1e-8)
        self._model_variables = [self._users, self._movies]
        self._optimizer.build(self._model_variables)
        self._step = tf.function(self._update, jit_compile=True)

    def _update(self, users: Any, movies: Any, target: Any) -> Any:
        """One step on a batch. The gradients of all but the observed pairs are written out: they share the Grams."""
        n = len(self._train)
        sides = [self._users, self._movies]
        grams = [tf.matmul(rows, rows, transpose_a=True) for rows in sides]
        priors = [tf.constant(weight[:, None]) * rows for weight, rows in zip(self._weights, sides, strict=True)]
        unobserved = [
            2 * (self._unobserved * tf.matmul(rows, gram) + prior)
            for rows, gram, prior in zip(sides, reversed(grams), priors, strict=True)
        ]
        start = unobserved, [tf.constant(0.0)]
        gradients, (observed,) = accumulate(self._observed, (users, movies, target), self._parts, start)
        everywhere = self._unobserved * tf.reduce_sum(grams[0] * grams[1])
        held = sum(tf.reduce_sum(prior * rows) for prior, rows in zip(priors, sides, strict=True))
        self._optimizer.apply(gradients, sides)
        return (observed + everywhere + held) / n

    def _observed(self, users: Any, movies: Any, target: Any) -> Gradients:
        """Of the observed pairs: gradients and loss."""
        sides = [self._users, self._movies]
        with tf.GradientTape() as tape:
            scores = tf.reduce_sum(tf.gather(self._users, users) * tf.gather(self._movies, movies), 1)
            loss = tf.reduce_sum((target - scores) ** 2) * (len(self._train) / self.ratings_per_step)
        return tape.gradient(loss, sides), [loss]

    def begin_epoch(self, epoch: int) -> None:
        """Shuffle, seeded by the epoch."""
        places = np.arange(len(self._train), dtype=np.int32)
        self._order = np.random.default_rng([self._seed, 5, epoch]).permutation(places)

    def step(self, index: int) -> tuple[Any, Any]:
        """One step on a batch: (loss, None): it predicts no ratings."""
        rows = self._order[index * self.ratings_per_step : (index + 1) * self.ratings_per_step]
        t = self._train
        target = targets(t.values[rows], self._scale)
        return self._step(tf.constant(t.users[rows]), tf.constant(t.movies[rows]), tf.constant(target)), None

    def learning_rate(self, step: int) -> float:
        """The rate of that step, on its cosine."""
        return self._peak_rate * 0.5 * (1 + math.cos(math.pi * step / (self.n_epochs * self.steps_per_epoch)))
