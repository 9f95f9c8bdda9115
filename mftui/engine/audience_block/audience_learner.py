"""The audience block: who watched what, and how gladly, by gradient descent on the whole-data squared loss."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import tensorflow as tf

from mftui.engine.audience_block.audience_start import orthonormal, start
from mftui.engine.audience_block.group_input import GroupInput
from mftui.engine.audience_block.user_groups import UserGroups
from mftui.engine.descent.accumulate import Gradients, accumulate
from mftui.engine.descent.batches import parts_on_cpu
from mftui.engine.descent.optimizers import make_optimizer
from mftui.engine.model.gladness import Gladness
from mftui.engine.model.parameters import Parameters
from mftui.engine.training.audience_size import STARTS, audience_size
from mftui.engine.training.learner import Arrays, KeepMode
from mftui.engine.training.problem import Problem
from mftui.engine.training.recipe import Hyper
from mftui.engine.training.variables import VariableLearner

EPSILON = 1e-12
"""Adam's: the loss being a mean, gradients are small."""


class AudienceLearner(VariableLearner):
    """Movie vectors A and output weights w, a user being the sum of what they rated.

    With x how gladly each movie was watched, 0 where it was not, P_u = Σ x_ui a_i and C = w A, what is descended is

        Σ all pairs (x_ui - s_ui)² + λ Σ i≠j (w_j a_i·a_j)²,  s_ui = w_i (P_u·a_i - x_ui |a_i|²)

    so that no rating predicts itself: the objective of EASE (Steck 2019) in k factors, the tied one of ELSA (Vančura
    and others 2022) with weights; sums of movie vectors for users are Paterek's (2007) and Kabbur's (FISM, 2013). The
    sum over all pairs is that of the product of PᵀP and CᵀC, k² numbers, and what differs from it where x is not 0:
    the time grows with ratings times k, never with users times movies. λ is `audience_ridge` times the root of the
    ratings of a movie: the same strength for all sizes, by inner splits of two data sets.

    The first STARTS epochs find where it starts; their steps have no loss.
    """

    keep_mode: KeepMode = "last"

    def __init__(self, problem: Problem, hyper: Hyper) -> None:
        ratings, n_movies, self._devices = problem.train, problem.n_movies, problem.computing.devices
        size = audience_size(hyper, len(ratings), problem.n_users, n_movies)
        self.gladness, means = Gladness.of_training(ratings, problem.n_users)
        per_step, replicas = math.ceil(len(ratings) / size.steps), self._devices.replicas
        on_cpu = problem.computing.device == "cpu"
        parts = max(1, parts_on_cpu(per_step, size.factors)) if on_cpu else replicas
        self._groups = UserGroups(
            ratings,
            lambda piece: self.gladness(piece.values, means[piece.users]),
            problem.n_users,
            parts * size.steps,
            size.steps,
            problem.seed,
            problem.stream_in,
        )
        self._squares = self._groups.squares(n_movies)
        self._input = GroupInput(
            self._groups, size.steps, self._devices, problem.seed, streamed=problem.stream_in is not None
        )
        self._n = len(ratings)
        self._ridge = float(hyper["audience_ridge"]) * math.sqrt(len(ratings) / n_movies)
        self.steps_per_epoch, self.n_epochs = size.steps, STARTS + size.epochs
        self.ratings_per_step = len(ratings) // size.steps
        self._epoch = 0
        shape = [n_movies, size.factors]
        with self._devices.scope():
            self._movies = tf.Variable(tf.random.stateless_normal(shape, [problem.seed, 4]), name="movies")
            self._weights = tf.Variable(tf.ones([n_movies]), name="weights")
        self._sums: Any = tf.zeros(shape)
        self._peak_rate = size.rate / math.sqrt(n_movies)
        decay = tf.keras.optimizers.schedules.CosineDecay(self._peak_rate, max(1, size.epochs * size.steps))
        self._model_variables = [self._movies, self._weights]
        with self._devices.scope():
            self._optimizer = make_optimizer(str(hyper.get("optimizer", "adam")), decay, epsilon=EPSILON)
            self._optimizer.build(self._model_variables)
        self._sum_part, self._gradients = self._input.compiled(self._add_pass), self._input.compiled(self._slopes)
        self._pass, self._update = self._input.call(self._sum_part), self._input.call(self._descend)

    # -- what is compiled ----------------------------------------------------------------------

    def _add_pass(self, sums: Any, *columns: Any) -> Any:
        """Return this device's part of `sums` and XᵀX A of its users."""
        table = self._movies.value()

        def of(places: Any, movies: Any, glad: Any) -> Gradients:
            rows = self._user_sums(tf.gather(table, movies), places, glad)
            return [tf.IndexedSlices(glad[:, None] * tf.gather(rows, places), movies)], []

        (found,), _ = accumulate(of, columns, self._input.parts, ([sums / self._devices.replicas], []))
        return found

    def _user_sums(self, vectors: Any, places: Any, glad: Any) -> Any:
        return tf.math.unsorted_segment_sum(glad[:, None] * vectors, places, self._groups.users)

    def _descend(self, *columns: Any) -> Any:
        """One step; the optimizer adds up what several devices find."""
        gradients, loss = self._gradients(*columns)
        self._optimizer.apply(gradients, self._model_variables)
        return loss

    def _slopes(self, *columns: Any) -> tuple[list[Any], Any]:
        """Return this device's part of the gradients and of the loss; written out, as they share sums."""
        movies, weights, share = self._movies.value(), self._weights.value(), float(self.steps_per_epoch)
        own, outputs = tf.reduce_sum(movies**2, 1), movies * weights[:, None]
        gram = tf.matmul(outputs, outputs, transpose_a=True)
        zeros = [tf.zeros_like(movies), tf.zeros_like(weights), tf.zeros_like(own)]

        def of(places: Any, rated: Any, glad: Any) -> Gradients:
            vectors, weight, length = (tf.gather(table, rated) for table in (movies, weights, own))
            users = self._user_sums(vectors, places, glad)
            rows = tf.gather(users, places)
            near = tf.reduce_sum(rows * vectors, 1)
            score = weight * near  # with what the rating says of itself
            error = glad - score + glad * weight * length
            by_score, by_own = -2 * (error + score), 2 * error * glad
            pull = (by_score * weight)[:, None]
            by_users = tf.math.unsorted_segment_sum(pull * vectors, places, self._groups.users)
            by_users += 2 * tf.matmul(users, gram)
            by_vectors = pull * rows + glad[:, None] * tf.gather(by_users, places)
            found = [by_vectors, by_score * near + by_own * length, by_own * weight]
            loss = tf.reduce_sum(error**2 - score**2)
            return [tf.IndexedSlices(one, rated) for one in found], [tf.matmul(users, users, transpose_a=True), loss]

        (by_movies, by_weights, by_own), (users, loss) = accumulate(
            of, columns, self._input.parts, (zeros, [tf.zeros_like(gram), tf.constant(0.0)])
        )
        inner, ridge = tf.matmul(movies, movies, transpose_a=True), self._ridge / self._devices.replicas
        everywhere = share * users + ridge * inner
        by_outputs = 2 * tf.matmul(outputs, everywhere)
        by_own = share * by_own - 2 * ridge * own * weights**2
        by_movies = share * by_movies + 2 * ridge * tf.matmul(movies, gram)
        by_movies += by_outputs * weights[:, None] + 2 * movies * by_own[:, None]
        by_weights = share * by_weights + tf.reduce_sum(by_outputs * movies, 1) - 2 * ridge * own**2 * weights
        held = tf.reduce_sum(everywhere * gram) - ridge * tf.reduce_sum((own * weights) ** 2)
        return [by_movies / self._n, by_weights / self._n], (share * loss + held) / self._n

    # -- steps ---------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Compile what the steps need."""
        for epoch in (0, STARTS):
            self.begin_epoch(epoch)
            self.step(0)

    def begin_epoch(self, epoch: int) -> None:
        """Shuffle the groups, seeded by the epoch."""
        self._epoch = epoch
        self._input.begin_epoch(epoch)

    def step(self, index: int) -> tuple[Any, Any]:
        """One step on some groups of users: (loss, None), or (None, None) while the start is sought."""
        columns = self._input.columns(index)
        if self._epoch >= STARTS:
            return self._update((), columns), None
        self._sums = self._pass((self._sums,), columns)
        if index == self.steps_per_epoch - 1:
            self._end_pass()
        return None, None

    def _end_pass(self) -> None:
        """Turn what the pass has found into the next basis or, after the last, into where the descent starts."""
        sums = self._sums.numpy()
        if self._epoch < STARTS - 1:
            self._movies.assign(self._devices.from_chief(orthonormal(sums)))
        else:
            movies, weights = start(self._movies.numpy(), sums, self._squares, self._ridge)
            self._movies.assign(self._devices.from_chief(movies))
            self._weights.assign(self._devices.from_chief(weights))
        self._sums = tf.zeros_like(self._sums)

    def learning_rate(self, step: int) -> float:
        """The rate of that step, on its cosine; 0 while the start is sought."""
        done, total = step - STARTS * self.steps_per_epoch, (self.n_epochs - STARTS) * self.steps_per_epoch
        return 0.0 if done < 0 else self._peak_rate * 0.5 * (1 + math.cos(math.pi * done / total))

    # -- going on ------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Copy all variables, and what a pass has found so far."""
        return super().state() | ({"sums": self._sums.numpy()} if self._epoch < STARTS and self._groups else {})

    def restore(self, arrays: Arrays) -> None:
        """Set all from what `state` gave."""
        super().restore(arrays)
        if self._groups:
            self._sums = tf.constant(arrays["sums"]) if "sums" in arrays else tf.zeros_like(self._sums)

    def release(self) -> None:
        """Let go of the optimizer and of the ratings."""
        super().release()
        self._groups, self._input, self._sums = None, None, None  # type: ignore[assignment]
        del self._pass, self._update, self._sum_part, self._gradients

    def added_to(self, parameters: Parameters, arrays: Arrays) -> Parameters:
        """Return a model of ratings with this block, as it was in a `snapshot`."""
        movies, weights = (arrays[name] for name in sorted(arrays))
        return replace(
            parameters,
            audience_movie_factors=movies,
            audience_movie_weights=weights,
            audience_gladness=self.gladness,
        )
