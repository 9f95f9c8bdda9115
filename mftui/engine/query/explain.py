"""Why a user is predicted and recommended what they are: the shares of their own ratings. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.query.fold_in import FoldedIn, design_of, fold_in
from mftui.engine.query.recommend import Rank, best_rank, like_part

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
    rank_contributions: Doubles | None
    """(m, n) what each own rating adds to the score by which lists are ranked, through who watches what and through
    genres: with `usual` and `liked` they add up to it; None by "like"."""
    usual: Doubles | None
    """(m,) what is added to that score because most people watch the movie."""
    liked: Doubles | None
    """(m,) what the predicted rating adds to it: 0 by "watch"."""

    def difference(self) -> Floats | None:
        """Return (m,) trained less folded-in prediction; None for somebody who was not trained."""
        return None if self.trained is None else self.trained - self.predicted

    def shares(self, *, ranked: bool) -> Doubles:
        """Return (m, n) what each own rating adds to the prediction or, if `ranked` and lists are ranked by more than
        that, to the rest of the score."""
        return self.contributions if not ranked or self.rank_contributions is None else self.rank_contributions

    def strongest(self, at: int, n: int = 3, *, ranked: bool = False) -> Indices:
        """Return positions (≤ n,) in `rated` of the largest shares, for or against, in the prediction of movie `at` or,
        if `ranked`, in its place on the list; those without a share are left out."""
        shares = self.shares(ranked=ranked)[at]
        order = np.argsort(-np.abs(shares), kind="stable")[:n]
        return np.asarray(order[shares[order] != 0])


def explain(model: Factors, person: FoldedIn, movies: NDArray[Any], *, rank: Rank | None = None) -> Because:
    """Explain what a person is predicted for some movies by the ratings that they were folded in from.

    Parameters
    ----------
    movies: (m,) movie indices.
    rank: what the list is ranked by; None for the model's best.

    Raises UsageError for a ranking that the model lacks.
    """
    movies, rank = np.asarray(movies, dtype=np.int64), best_rank(model, rank)
    p, taste = model.parameters, person.taste
    design = design_of(model, movies)
    shares = np.mean(design[..., :-1] @ taste.solution.weights()[:, :-1], axis=0)
    bias = float(taste.rows[:, -1].mean())
    movie_bias = p.movie_bias[movies] + np.mean(design[..., :-1] @ taste.prior_mean[:-1], axis=0)
    logits = p.global_bias + movie_bias + bias + shares.sum(1)
    rank_contributions = usual = liked = None
    if rank != "like":
        table = np.asarray(model.audience.table[movies], dtype=np.float64)
        rank_contributions = table @ model.audience.entries(person.movies, person.ratings).T
        usual = table @ model.audience.usual(len(person.movies))
        both = rank == "both"
        liked = np.asarray(
            like_part(model, model.to_rating(logits)) if both else np.zeros(len(movies)), dtype=np.float64
        )
    return Because(
        movies=movies,
        rated=person.movies,
        ratings=person.ratings,
        contributions=shares,
        mean=p.global_bias,
        movie_bias=movie_bias,
        user_bias=bias,
        logits=logits,
        predicted=model.shown(logits),
        trained=None,
        rank_contributions=rank_contributions,
        usual=usual,
        liked=liked,
    )


def explain_user(model: Factors, user: int, movies: NDArray[Any], *, rank: Rank | None = None) -> Because:
    """Explain the same for a user of the data (an index), folded in from their training ratings, beside what training
    found."""
    history = model.history.of_user(user)
    person = fold_in(model, history.movies[~history.held_out], history.ratings[~history.held_out])
    because = explain(model, person, movies, rank=rank)
    users = np.full(len(because.movies), user)
    liked = because.liked
    if liked is not None and best_rank(model, rank) == "both":
        liked = like_part(model, model.to_rating(model.logits(users, because.movies))).astype(np.float64)
    return replace(because, trained=model.predict(users, because.movies), liked=liked)
