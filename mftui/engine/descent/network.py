"""The model: factors and biases give logits; a scaled sigmoid makes them ratings."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from mftui.engine.model.response import Link

Tensor = Any  # TensorFlow ships no usable types


class MatrixFactorization(tf.Module):
    """U·M + b_u + b_m + b, for `members` models side by side that share the tables' rows.

    A member is one complete model of `k` factors. Its columns are a block of the tables, so that
    one gather of a row serves all members. Dot products, and their gradients, are computed in `precision`
    ("float32" or "bfloat16"); variables and logits are float32 always.

    Attributes
    ----------
    user_factors, movie_factors: (n_users, members * k) and (n_movies, members * k).
    user_bias, movie_bias: (n_users, members) and (n_movies, members).
    global_bias: (members,).
    """

    def __init__(
        self, user_factors: Tensor, movie_factors: Tensor, members: int, global_bias: float, precision: str = "float32"
    ) -> None:
        """Start from the given factors, zero user and movie biases, and `global_bias` for every member."""
        super().__init__()
        self.members = members
        self._precision = precision
        self.user_factors = tf.Variable(user_factors, name="user_factors")
        self.movie_factors = tf.Variable(movie_factors, name="movie_factors")
        self.user_bias = tf.Variable(tf.zeros([user_factors.shape[0], members]), name="user_bias")
        self.movie_bias = tf.Variable(tf.zeros([movie_factors.shape[0], members]), name="movie_bias")
        self.global_bias = tf.Variable(tf.fill([members], float(global_bias)), name="global_bias")

    def __call__(self, users: Tensor, movies: Tensor) -> Tensor:
        """Return logits (n, members) of n pairs of user and movie indices."""
        products = self._cast(tf.gather(self.user_factors, users)) * self._cast(tf.gather(self.movie_factors, movies))
        dot = tf.reduce_sum(tf.reshape(products, [-1, self.members, products.shape[-1] // self.members]), -1)
        biases = tf.gather(self.user_bias, users) + tf.gather(self.movie_bias, movies) + self.global_bias
        return tf.cast(dot, tf.float32) + biases

    def dense(self) -> Tensor:
        """Return logits (n_users, n_movies) of every pair, for a model of one member.

        One product: a bias is a factor whose partner is 1. So its gradient is part of a product too.
        """
        users = tf.concat([self.user_factors, self.user_bias + self.global_bias, tf.ones_like(self.user_bias)], 1)
        movies = tf.concat([self.movie_factors, tf.ones_like(self.movie_bias), self.movie_bias], 1)
        return tf.cast(tf.matmul(self._cast(users), self._cast(movies), transpose_b=True), tf.float32)

    def _cast(self, factors: Tensor) -> Tensor:
        """Cast gathered factors (not the tables, so that gradients of the same row are summed in float32)."""
        return tf.cast(factors, self._precision)

    @property
    def parameters(self) -> list[Tensor]:
        """Return the five variables, in the order of the formula."""
        return [self.user_factors, self.movie_factors, self.user_bias, self.movie_bias, self.global_bias]


class MatrixFactorizer(tf.Module):
    """The scaled sigmoid on top: lo + (hi - lo) · sigmoid(logits); or, with a linear link, the logits themselves."""

    def __init__(self, factorization: MatrixFactorization, lo: float, hi: float, link: Link = "sigmoid") -> None:
        super().__init__()
        self.factorization = factorization
        self.lo, self.hi, self.link = lo, hi, link

    def __call__(self, users: Tensor, movies: Tensor) -> Tensor:
        """Predict ratings (n, members) of n pairs."""
        return self.rating(self.factorization(users, movies))

    def rating(self, logits: Tensor) -> Tensor:
        """Map logits of any shape to ratings."""
        return logits if self.link == "linear" else self.lo + (self.hi - self.lo) * tf.sigmoid(logits)

    def dense(self) -> Tensor:
        """Predict ratings (n_users, n_movies) of every pair."""
        return self.rating(self.factorization.dense())
