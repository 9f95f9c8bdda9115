"""Why a user is predicted and recommended what they are: the shares of their own ratings. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.model.audience import targets
from mftui.engine.query.fold_in import audience_weights, design_of, leaning_weights, solve_taste, usual_audience
from mftui.engine.query.recommend import LEANING_SHARE, Rank, best_rank

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

ROUNDING = 0.005
"""A smaller difference between two ratings is not shown."""


@dataclass(frozen=True)
class Because:
    """What m predictions are made of, for one user of n ratings: a row solved from them (`fold_in`).

    On the linear scale (logits; with a linear link ratings) the prediction is

        logits = mean + movie_bias + user_bias + contributions summed over the user's ratings

    The solved row is a ridge regression, linear in the ratings as the link sees them at the solution: the share of a
    rating is how far it lies beyond what the biases say, times what it weighs for this movie.
    """

    movies: Indices
    """(m,) movie indices."""
    rated: Indices
    """(n,) movie indices."""
    ratings: Floats
    """(n,)."""
    contributions: Doubles
    """(m, n) what each own rating adds through the factors."""
    mean: float
    """The global bias."""
    movie_bias: Doubles
    """(m,) b_m, and what the mean user thinks of the movie where that is not 0 (`UserPrior.mean`)."""
    user_bias: float
    logits: Doubles
    """(m,) of the folded-in row."""
    predicted: Floats
    """(m,) ratings, clipped to the scale."""
    trained: Floats | None
    """(m,) what the trained row predicts, for users of the data."""
    placed: Doubles | None
    """(m, n) what each own rating adds to the score by which lists are ranked, beside the predicted rating: by
    "watch" the shares of the audience score, by "both" also those of the leaning; None by "like"."""
    usual: Doubles | None
    """(m,) what is added to that score because most people watch the movie, to that of somebody folded in."""

    def difference(self) -> Floats | None:
        """(m,) trained less folded-in prediction; None for somebody who was not trained."""
        return None if self.trained is None else self.trained - self.predicted

    def strongest(self, at: int, n: int = 3, *, placed: bool = False) -> Indices:
        """Positions (≤ n,) in `rated` of the largest shares, for or against, in the prediction of movie `at`, or, with
        `placed`, in its place on the list; those without a share are left out."""
        shares = self.contributions if not placed or self.placed is None else self.placed
        order = np.argsort(-np.abs(shares[at]), kind="stable")[:n]
        return np.asarray(order[shares[at, order] != 0])


def explain(
    model: Factors,
    movies: NDArray[Any],
    rated: NDArray[Any],
    ratings: NDArray[Any],
    *,
    rank: Rank | None = None,
    folded: bool = True,
) -> Because:
    """Why somebody with these ratings is predicted what they are for `movies`.

    Parameters
    ----------
    movies: (m,) movie indices. rated: (n,) movie indices, each once. ratings: (n,) on the model's scale.
    rank: what the list is ranked by; None for the model's best.
    folded: whether the list is one for a user folded in, whose leaning counts.
    """
    movies, rated = np.asarray(movies, dtype=np.int64), np.asarray(rated, dtype=np.int64)
    ratings = np.asarray(ratings, dtype=np.float32)
    p, taste, rank = model.parameters, solve_taste(model, rated, ratings), best_rank(model, rank)
    design = design_of(model, movies)
    weights = taste.solution.weights()
    shares = np.mean(design[..., :-1] @ weights[:, :-1], axis=0)
    bias = float(taste.rows[:, -1].mean())
    movie_bias = p.movie_bias[movies] + np.mean(design[..., :-1] @ taste.prior_mean[:-1], axis=0)
    logits = p.global_bias + movie_bias + bias + shares.sum(1)
    return Because(
        movies=movies,
        rated=rated,
        ratings=ratings,
        contributions=shares,
        mean=p.global_bias,
        movie_bias=movie_bias,
        user_bias=bias,
        logits=logits,
        predicted=model.shown(logits),
        trained=None,
        placed=_placed(model, movies, rated, ratings, bias, rank, folded),
        usual=model.audience.factors[movies] @ usual_audience(model, len(rated)) if folded and rank != "like" else None,
    )


def explain_user(model: Factors, user: int, movies: NDArray[Any], *, rank: Rank | None = None) -> Because:
    """The same for a user of the data: by folding in their training ratings, beside what training found."""
    history = model.history.of_user(user)
    known = ~history.held_out
    because = explain(model, movies, history.movies[known], history.ratings[known], rank=rank, folded=False)
    trained = model.predict(np.full(len(because.movies), user), because.movies)
    return replace(because, trained=trained)


def _placed(
    model: Factors, movies: Indices, rated: Indices, ratings: Floats, bias: float, rank: Rank, folded: bool
) -> Doubles | None:
    """(m, n)."""
    q = model.parameters.audience_movie_factors
    if rank == "like" or q is None:
        return None
    rows = np.asarray(q[movies], dtype=np.float64)
    shares = (rows @ audience_weights(model, rated)) * targets(ratings, model.scale)
    if rank == "both" and folded:
        weights, beyond = leaning_weights(model, rated, ratings, bias)
        shares += LEANING_SHARE * (rows * model.audience.to_unit[movies][:, None]) @ weights * beyond
    return np.asarray(shares)
