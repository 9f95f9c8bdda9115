"""The post's training: mean squared error over the dense matrix, full batch, RMSprop."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.preprocessing import MaxAbsScaler

from mftui.data.dataset import Ratings
from mftui.engine.descent.network import MatrixFactorization, MatrixFactorizer
from mftui.engine.descent.scaling import predicted, scaled
from mftui.engine.model.parameters import Parameters
from mftui.engine.training.learner import Arrays
from mftui.engine.training.problem import Problem
from mftui.engine.training.recipe import Hyper
from mftui.engine.training.variables import VariableLearner


class DenseLearner(VariableLearner):
    """sigmoid(U Mᵀ + b_u + b_m + b) against the matrix of ratings scaled by each movie's maximum."""

    def __init__(self, problem: Problem, hyper: Hyper) -> None:
        self.n_epochs, self.steps_per_epoch = int(hyper["epochs"]), 1
        self.ratings_per_step = len(problem.train)
        self._problem = problem
        self._rate = float(hyper["learning_rate"])
        self._target = tf.constant(scaled_matrix(problem.train, problem.n_users, problem.n_movies))
        self.model = MatrixFactorization(*self._start(int(hyper["factors"])), 1, 0.0, problem.computing.precision)
        self._unit = MatrixFactorizer(self.model, 0.0, 1.0)
        self._optimizer = tf.keras.optimizers.RMSprop(self._rate, rho=0.9, momentum=float(hyper["momentum"]))
        self._model_variables = self.model.parameters
        self._optimizer.build(self._model_variables)
        self._step = tf.function(self._update, jit_compile=True, autograph=False)
        self._scaling = str(hyper["scaling"])

    def _start(self, k: int) -> tuple[Any, Any]:
        glorot = tf.keras.initializers.GlorotUniform
        users = glorot(seed=self._problem.seed * 2 + 1)((self._problem.n_users, k))
        return users, glorot(seed=self._problem.seed * 2 + 2)((self._problem.n_movies, k))

    def _update(self) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self._target - self._unit.dense()) ** 2)
        self._optimizer.apply(tape.gradient(loss, self._model_variables), self._model_variables)
        return loss

    def _errors(self, r: Ratings) -> NDArray[np.float32]:
        scale = self._problem.scale
        return np.asarray((np.clip(predicted(self.parameters(), r), scale.lo, scale.hi) - r.values) ** 2)

    def step(self, index: int) -> tuple[Any, Any]:
        return self._step(), None

    def training_mse(self) -> float:
        return float(np.mean(self._errors(self._problem.train)))

    def learning_rate(self, step: int) -> float:
        return self._rate

    def validation_errors(self) -> NDArray[np.float32] | None:
        return self._errors(self._problem.valid) if len(self._problem.valid) else None

    def parameters(self, arrays: Arrays | None = None) -> Parameters:
        users, movies, user_bias, movie_bias, bias = (arrays or self.snapshot()).values()
        shares = Parameters(users, movies, user_bias[:, 0], movie_bias[:, 0], float(bias[0]), lo=0.0, hi=1.0)
        return scaled(shares, self._scaling, self._problem.train, self._problem.scale)


def scaled_matrix(ratings: Ratings, n_users: int, n_movies: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the dense matrix (n_users, n_movies) of the post: missing is 0, each column divided by its maximum."""
    matrix = np.zeros((n_users, n_movies), dtype=np.float32)
    matrix[ratings.users, ratings.movies] = ratings.values
    return np.asarray(MaxAbsScaler().fit_transform(matrix), dtype=np.float32)
