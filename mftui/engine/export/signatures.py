"""A trained model as a TensorFlow module with named signatures: the arithmetic of `factors`, raw ids in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mftui.data.ids import Ids
from mftui.engine.model.factors import Factors
from mftui.engine.query.neighbours import blocks_of
from mftui.engine.query.recommend import best_rank

_LEAST_LENGTH = 1e-12


def build(model: Factors) -> tuple[Any, dict[str, Callable[..., Any]]]:
    """Return (module, signatures) for `tf.saved_model.save`. Imports TensorFlow.

    `predict`: user_id (n,), movie_id (n,) → rating (n,), clipped to the scale, and known (n,): whether both ids are;
    of an id that is not, the mean and the bias of the other side remain.
    `recommend`: user_id (), k () → movie_id, score, rating (≤ k,): in the model's default ranking, what the user rated
    left out. `similar`: movie_id (), k () → movie_id, score (≤ k,): by the default neighbours, the film left out.
    Ids are int64 or strings, as the data has them; k is int64. An unknown id is an error of the last two that names it.
    """
    import tensorflow as tf

    module = tf.Module()
    users, movies = _Lookup(tf, module, model.user_ids, "user"), _Lookup(tf, module, model.movie_ids, "movie")
    numbers = _Numbers(tf, module, model)
    k_spec = tf.TensorSpec((), tf.int64, "k")

    def predict(user_id: Any, movie_id: Any) -> dict[str, Any]:
        u, user_known = users.find(user_id)
        m, movie_known = movies.find(movie_id)
        logits = numbers.pair_logits(u, m, tf.cast(user_known, tf.float32), tf.cast(movie_known, tf.float32))
        return {"rating": numbers.shown(logits), "known": user_known & movie_known}

    def recommend(user_id: Any, k: Any) -> dict[str, Any]:
        me = users.require(user_id)
        logits = numbers.user_logits(me)
        scores, n = numbers.without_rated(me, numbers.list_scores(me, logits))
        best, at = tf.math.top_k(scores, tf.cast(tf.clip_by_value(k, 0, n), tf.int32))
        return {"movie_id": movies.raw(at), "score": best, "rating": numbers.shown(tf.gather(logits, at))}

    def similar(movie_id: Any, k: Any) -> dict[str, Any]:
        scores, n = numbers.nearness(movies.require(movie_id))
        best, at = tf.math.top_k(scores, tf.cast(tf.clip_by_value(k, 0, n), tf.int32))
        return {"movie_id": movies.raw(at), "score": best}

    signatures = {
        "predict": tf.function(predict, input_signature=[users.spec((None,)), movies.spec((None,))]),
        "recommend": tf.function(recommend, input_signature=[users.spec(()), k_spec]),
        "similar": tf.function(similar, input_signature=[movies.spec(()), k_spec]),
    }
    for name, signature in signatures.items():
        setattr(module, name, signature)
    return module, signatures


class _Lookup:
    """Raw ids to indices and back, within the graph."""

    def __init__(self, tf: Any, module: Any, ids: Ids, what: str) -> None:
        self._tf, self._what, self._numeric, self._n = tf, what, ids.numeric, len(ids)
        self._dtype = tf.int64 if ids.numeric else tf.string
        values = np.asarray(ids.values) if ids.numeric else np.array(list(ids.values), dtype=object)
        self._values = _kept(tf, module, f"{what}_ids", values, self._dtype)
        if not ids.numeric:
            places = np.arange(len(ids), dtype=np.int64)
            pairs = tf.lookup.KeyValueTensorInitializer(tf.constant(values, tf.string), places)
            self._table = tf.lookup.StaticHashTable(pairs, -1)
            setattr(module, f"{what}_table", self._table)

    def spec(self, shape: tuple[int | None, ...]) -> Any:
        return self._tf.TensorSpec(shape, self._dtype, f"{self._what}_id")

    def raw(self, indices: Any) -> Any:
        return self._tf.gather(self._values, indices)

    def find(self, raws: Any) -> tuple[Any, Any]:
        """Return (n,) indices, and whether each id is known; the index of one that is not is 0."""
        tf = self._tf
        if self._numeric:
            at = tf.minimum(tf.searchsorted(self._values, raws, out_type=tf.int64), self._n - 1)
            known = tf.equal(tf.gather(self._values, at), raws)
        else:
            at = self._table.lookup(raws)
            known = at >= 0
        return tf.where(known, at, tf.zeros_like(at)), known

    def require(self, raw: Any) -> Any:
        """Return the index of one id; an error that names it where it is not known."""
        tf = self._tf
        at, known = self.find(raw[tf.newaxis])
        with tf.control_dependencies([tf.debugging.Assert(known[0], [f"unknown {self._what} id", raw])]):
            return tf.identity(at[0])


class _Numbers:
    """The parameters as variables, and what `Factors` computes of them."""

    def __init__(self, tf: Any, module: Any, model: Factors) -> None:
        self._tf, p = tf, model.parameters
        self._n_movies = model.n_movies

        def kept(name: str, array: Any, dtype: Any = tf.float32) -> Any:
            return _kept(tf, module, name, np.asarray(array), dtype)

        self._user_factors = kept("user_factors", p.user_factors)
        self._user_bias = kept("user_bias", p.user_bias)
        self._movie_factors = kept("movie_factors", p.movie_factors)
        self._movie_bias = kept("movie_bias", p.movie_bias)
        self._global_bias = np.float32(p.global_bias)
        self._lo, self._hi, self._response = np.float32(p.lo), np.float32(p.hi), p.response
        self._scale = np.float32(model.scale.lo), np.float32(model.scale.hi)
        self._rank = best_rank(model, None)
        self._audience = None
        blocks = blocks_of(model, None)
        self._blocks = [(self._movie_factors, blocks[-1][2])]
        self._support = np.float32(model.support)
        if model.has_audience:
            self._like_share = np.float32(model.audience.like_share)
            users = model.audience.rows(model.history, np.arange(model.n_users))
            self._audience = kept("audience_users", users), kept("audience_table", model.audience.table)
            self._blocks.insert(0, (kept("audience_movie_factors", p.audience_movie_factors), blocks[0][2]))
        self._offsets = kept("history_offsets", model.history.offsets, tf.int64)
        self._history = kept("history_movies", model.history.movies, tf.int32)
        self._counts = kept("movie_train_counts", model.movie_train_counts, tf.int32)

    def shown(self, logits: Any) -> Any:
        """Map logits to ratings, clipped to the scale."""
        return self._tf.clip_by_value(self._to_rating(logits), *self._scale)

    def _to_rating(self, logits: Any) -> Any:
        response, tf = self._response, self._tf
        if response.link == "linear":
            return logits
        if response.link == "sigmoid":
            return self._lo + (self._hi - self._lo) * tf.sigmoid(logits)
        cuts, steps = np.array(response.cuts, np.float32), np.diff(response.levels).astype(np.float32)
        above = tf.math.erfc((cuts - logits[..., None]) / np.float32(response.spread * np.sqrt(2))) / 2
        return np.float32(response.levels[0]) + tf.reduce_sum(above * steps, axis=-1)

    def pair_logits(self, users: Any, movies: Any, user_known: Any, movie_known: Any) -> Any:
        """Return (n,) logits of n pairs of indices; what is not known (0) adds nothing."""
        tf = self._tf
        dots = tf.reduce_sum(tf.gather(self._user_factors, users) * tf.gather(self._movie_factors, movies), axis=1)
        biases = tf.gather(self._user_bias, users) * user_known + tf.gather(self._movie_bias, movies) * movie_known
        return dots * user_known * movie_known + biases + self._global_bias

    def user_logits(self, me: Any) -> Any:
        """Return (n_movies,) logits of one user for every movie."""
        dots = self._tf.linalg.matvec(self._movie_factors, self._user_factors[me])
        return dots + self._movie_bias + self._user_bias[me] + self._global_bias

    def list_scores(self, me: Any, logits: Any) -> Any:
        """Return (n_movies,) what the default list of one user is ranked by."""
        if self._audience is None or self._rank == "like":
            return logits
        users, table = self._audience
        watch = self._tf.linalg.matvec(table, users[me])
        return watch + self._like_share * (self._to_rating(logits) - self._lo) / (self._hi - self._lo)

    def without_rated(self, me: Any, scores: Any) -> tuple[Any, Any]:
        """Return the scores with -inf for what the user rated, and how many movies are left."""
        tf = self._tf
        rated, _ = tf.unique(self._history[self._offsets[me] : self._offsets[me + 1]])
        gone = tf.fill(tf.shape(rated), np.float32(-np.inf))
        left = tf.cast(self._n_movies - tf.size(rated), tf.int64)
        return tf.tensor_scatter_nd_update(scores, rated[:, tf.newaxis], gone), left

    def nearness(self, me: Any) -> tuple[Any, Any]:
        """Return (n_movies,) cosines of the movie at index `me` with all, weighed by support, and how many have any."""
        tf = self._tf
        counts = tf.cast(self._counts, tf.float32)
        scores, total = tf.zeros_like(counts), np.float32(0)
        for factors, weight in self._blocks:
            norms = tf.maximum(tf.norm(factors, axis=1), _LEAST_LENGTH)
            scores += weight * tf.linalg.matvec(factors, factors[me]) / (norms[me] * norms)
            total += weight * tf.cast(norms[me] > _LEAST_LENGTH, tf.float32)
        scores *= counts / (counts + self._support) / tf.maximum(total, _LEAST_LENGTH)
        allowed = (counts > 0) & (total > 0) & (tf.range(self._n_movies, dtype=tf.int64) != me)
        return tf.where(allowed, scores, np.float32(-np.inf)), tf.math.count_nonzero(allowed)


def _kept(tf: Any, module: Any, name: str, array: Any, dtype: Any) -> Any:
    """Add a variable to the module: saved beside the graph, which may not outgrow 2 GB."""
    variable = tf.Variable(tf.convert_to_tensor(array, dtype), trainable=False, name=name)
    setattr(module, name, variable)
    return variable
