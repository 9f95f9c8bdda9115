"""Mini-batch gradient descent for an Objective, compiled by XLA, reading batches from an InputPipeline."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mftui.engine.descent.accumulate import Gradients, accumulate, dense
from mftui.engine.descent.batches import Batches
from mftui.engine.descent.input_pipeline import compiled, make_pipeline
from mftui.engine.descent.network import MatrixFactorization, MatrixFactorizer
from mftui.engine.descent.objective import Batch, Objective
from mftui.engine.model.members import side_by_side
from mftui.engine.model.parameters import Parameters
from mftui.engine.training.learner import Arrays
from mftui.engine.training.problem import Problem
from mftui.engine.training.variables import VariableLearner

FADED = 0.01
"""A schedule that ends below this share of its highest rate has settled: its last steps only refine."""


class MinibatchLearner(VariableLearner):
    """Gathers, dense gradients and the optimizer's update in one XLA call; an epoch shuffles the batches.

    A step makes one update, or several where the batches are small (`Batches.updates`). A call makes one
    step, or as many as `Batches.run` says where the device is better off with a loop (`Computing.loops`).
    A CPU learns from a batch part by part, each small enough for its caches: see `accumulate`.
    """

    def __init__(self, problem: Problem, objective: Objective) -> None:
        self._problem, self._objective, self._devices = problem, objective, problem.computing.devices
        columns = (objective.factors + 1) * objective.members if objective.adds_up and problem.computing.in_parts else 0
        self._batches = Batches(len(problem.train), objective.batch_size, problem.seed, columns)
        self._pipeline = make_pipeline(problem, self._batches)
        self.n_epochs, self.steps_per_epoch = objective.epochs, self._batches.steps
        self.steps_per_call = self._pipeline.steps_per_call
        self.ratings_per_step = self._batches.updates * self._batches.size
        with self._devices.scope():
            self.factorizer = self._start()
        self.model = self.factorizer.factorization
        self._model_variables = self.model.parameters
        self._learned = [getattr(self.model, name) for name in objective.learned]
        firsts = np.arange(self.n_epochs * self.steps_per_epoch) * self._batches.updates
        with self._devices.scope():
            self._optimizer, schedule = objective.descent(self.n_epochs * self.steps_per_epoch * self._batches.updates)
            self._optimizer.build(self._learned)
        self._rates = schedule(tf.constant(firsts)).numpy() if callable(schedule) else np.full(len(firsts), schedule)
        self.keep_mode = "one_standard_error" if self._rates[-1] < FADED * self._rates.max() else "best"
        v = problem.valid
        self._valid = [tf.constant(a) for a in (v.users, v.movies, v.values)]
        alone = self._devices.strategy is None  # the update of several devices' variables is no part of an XLA call
        self._descend = self._gradients if alone else tf.function(self._gradients, jit_compile=True, autograph=False)
        self._pipeline.compile(self._updates)
        self._validate = compiled(self._squared_errors)

    def _start(self) -> MatrixFactorizer:
        p, objective = self._problem, self._objective
        columns = objective.factors * objective.members
        users, movies = objective.draw((p.n_users, columns), 1), objective.draw((p.n_movies, columns), 2)
        model = MatrixFactorization(users, movies, objective.members, objective.global_bias, p.computing.precision)
        if objective.draw_biases:
            model.user_bias.assign(objective.draw((p.n_users, objective.members), 3))
            model.movie_bias.assign(objective.draw((p.n_movies, objective.members), 4))
        return MatrixFactorizer(model, objective.lo, objective.hi, objective.link)

    def _updates(self, data: Any, batches: Any) -> tuple[Any, Any]:
        """Make an update by each batch of these numbers; returns their mean loss and MSE."""
        if batches.shape[0] == 1:
            return self._update(*(tf.gather(column, batches[0]) for column in data))

        def more(sums: tuple[Any, Any], batch: Any) -> tuple[Any, Any]:
            loss, mse = self._update(*(tf.gather(column, batch) for column in data))
            return sums[0] + loss, sums[1] + mse

        loss, mse = tf.foldl(more, batches, (tf.constant(0.0), tf.constant(0.0)))
        n = tf.cast(tf.size(batches), tf.float32)
        return loss / n, mse / n

    def _update(self, users: Any, movies: Any, ratings: Any) -> tuple[Any, Any]:
        gradients, (loss, mse) = self._descend(users, movies, ratings)
        self._optimizer.apply(gradients, self._learned)
        return loss, mse

    def _gradients(self, users: Any, movies: Any, ratings: Any) -> Gradients:
        """Return gradients, loss and MSE of a batch, or this device's part: summed over all devices, the whole."""
        if self._batches.parts == 1:
            return dense(self._part_gradients(users, movies, ratings, priors=1 / self._devices.replicas))
        start = self._part_gradients(users[:0], movies[:0], ratings[:0], priors=1.0)
        return accumulate(
            partial(self._part_gradients, priors=0.0), (users, movies, ratings), self._batches.parts, start
        )

    def _part_gradients(self, users: Any, movies: Any, ratings: Any, priors: float) -> Gradients:
        share = self._batches.size / len(self._problem.train)
        with tf.GradientTape() as tape:
            logits = self.model(users, movies)
            error = self.factorizer.rating(logits) - ratings[:, None]
            loss = self._objective.loss(self.model, Batch(users, movies, error, share, priors))
        together = self.factorizer.rating(tf.reduce_mean(logits, 1)) - ratings
        return tape.gradient(loss, self._learned), [loss, tf.reduce_sum(together**2) / self._batches.size]

    def _squared_errors(self) -> Any:
        users, movies, ratings = self._valid
        scale = self._problem.scale
        predicted = self.factorizer.rating(tf.reduce_mean(self.model(users, movies), 1))
        return (tf.clip_by_value(predicted, scale.lo, scale.hi) - ratings) ** 2

    def begin_epoch(self, epoch: int) -> None:
        self._pipeline.begin_epoch(epoch)

    def step(self, index: int) -> tuple[Any, Any]:
        return self._pipeline.step(index)

    def learning_rate(self, step: int) -> float:
        return float(self._rates[step])

    def validation_errors(self) -> NDArray[np.float32] | None:
        return self._devices.from_chief(np.asarray(self._validate())) if len(self._problem.valid) else None

    def release(self) -> None:
        """Let go of the ratings, the compiled calls and the optimizer."""
        super().release()
        del self._problem, self._batches, self._pipeline, self._descend, self._valid, self._validate

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        o = self._objective
        return side_by_side(*(arrays or self.snapshot()).values(), lo=o.lo, hi=o.hi, link=o.link)
