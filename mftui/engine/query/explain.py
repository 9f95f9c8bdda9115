"""Why a user is predicted and recommended what they are: the shares of their own ratings. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.model.user_prior import everybody
from mftui.engine.query.fold_in import FoldedIn, design_of, fold_in
from mftui.engine.query.place import STAR_DIGITS, ListedBy, Place, place_of, rounded
from mftui.engine.query.recommend import Bound

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

ROUNDING = 0.005
"""A smaller difference between two ratings is not shown."""
TINY = 1e-9
PARTS = ("everybody", "film", "user", "ratings", "training", "limit")
"""What a prediction is made of."""


@dataclass(frozen=True)
class Because:
    """What m predictions are made of, for one user of n ratings: a row solved from them (`fold_in`).

    In rating units,

        predicted = everybody + movie + user + contributions summed over the user's ratings + training + limit

    The solved row is a ridge regression on the linear scale, before the link: there, the share of a rating is how far
    it lies beyond what the biases say, times what it weighs for this movie. Through the link, each part is how much
    further the prediction comes with it than with those before it, in this order; the ratings share theirs as on that
    scale.
    """

    movies: Indices
    """(m,) movie indices."""
    rated: Indices
    """(n,) movie indices."""
    ratings: Floats
    """(n,)."""
    contributions: Doubles
    """(m, n) what each own rating adds through the factors."""
    everybody: float
    """What somebody of whom nothing is known would rate a movie of average bias: about the mean rating."""
    movie: Doubles
    """(m,) what b_m adds to that, and what the mean user thinks of the movie where that is not 0 (`UserPrior.mean`)."""
    user: Doubles
    """(m,) what the user's bias adds, beyond that of somebody of whom nothing is known."""
    training: Doubles
    """(m,) for users of the data, how far what their trained row predicts is beyond that: training saw all users."""
    limit: Doubles
    """(m,) what is cut off at the ends of the scale."""
    logits: Doubles
    """(m,) of the row that predicts: trained, or folded in."""
    predicted: Floats
    """(m,) ratings, clipped to the scale, as they are shown everywhere."""
    place: Place | None
    """How the films come to their places on the list; None where it is ranked by the predicted rating alone."""

    def parts(self, at: int) -> dict[str, float]:
        """Return what adds up to the prediction of movie `at`, by name: PARTS."""
        values = (
            self.everybody,
            self.movie[at],
            self.user[at],
            self.contributions[at].sum(),
            self.training[at],
            self.limit[at],
        )
        return {name: float(value) for name, value in zip(PARTS, values, strict=True)}

    def shown_parts(self, at: int) -> tuple[dict[str, float], list[float]]:
        """Return those that there are, and what each own rating adds, rounded so that what is shown adds up to the
        prediction as it is shown, to the last of STAR_DIGITS."""
        always = PARTS[:4] if len(self.rated) else PARTS[:3]
        parts = {name: x for name, x in self.parts(at).items() if name in always or abs(x) >= ROUNDING}
        everybody = round(parts.pop("everybody"), STAR_DIGITS)
        rest = rounded([*parts.values()], round(float(self.predicted[at]), STAR_DIGITS) - everybody)
        shown = {"everybody": everybody} | dict(zip(parts, rest, strict=True))
        return shown, rounded(self.contributions[at].tolist(), shown.get("ratings", 0.0))

    def shares(self, *, ranked: bool) -> Doubles:
        """Return (m, n) what each own rating adds to the prediction or, if `ranked` and lists are ranked by more than
        that, to the rest of the score."""
        return (
            self.contributions if not ranked or self.place is None or self.place.shares is None else self.place.shares
        )

    def strongest(self, at: int, n: int = 3, *, ranked: bool = False) -> Indices:
        """Return positions (≤ n,) in `rated` of the largest shares, for or against, in the prediction of movie `at` or,
        if `ranked`, in its place on the list; those without a share in either are left out."""
        predicted, shares = np.abs(self.contributions[at]), np.abs(self.shares(ranked=ranked)[at])
        order = np.lexsort((-predicted, -shares))
        return np.asarray(order[(shares + predicted)[order] != 0][:n])

    @property
    def least(self) -> float:
        """Return the smallest share in what ranks the list that is not shown as 0."""
        return float(
            0.5 * 10 ** -(STAR_DIGITS if self.place is None or self.place.shares is None else self.place.digits)
        )

    def named(self, at: int, stars: list[float], n: int) -> list[int]:
        """Return the positions (at most n) in `rated` of the largest shares in the place of movie `at`, without those
        that are shown as 0 there and in `stars`, which `shown_parts` gave."""
        shares = np.abs(self.shares(ranked=True)[at])
        order = self.strongest(at, len(self.rated), ranked=True)
        return [own for own in order.tolist() if stars[own] or shares[own] >= self.least][:n]


def explain(
    model: Factors,
    person: FoldedIn,
    movies: NDArray[Any],
    *,
    rank: ListedBy | None = None,
    bound: Bound | None = None,
    discover: float = 0.0,
) -> Because:
    """Explain what a person is predicted for some movies by the ratings that they were folded in from.

    Parameters
    ----------
    movies: (m,) movie indices.
    rank: what the list is ranked by; None for the model's best.
    bound, discover: as for `recommend`.

    Raises UsageError for a ranking that the model lacks.
    """
    because, linear = _prediction(model, person, movies)
    logits, row = because.logits, person.row
    place = place_of(model, person, row, because.movies, logits, linear, rank=rank, bound=bound, discover=discover)
    return replace(because, place=place)


def explain_user(
    model: Factors,
    user: int,
    movies: NDArray[Any],
    *,
    rank: ListedBy | None = None,
    bound: Bound | None = None,
    discover: float = 0.0,
) -> Because:
    """Explain the same for a user of the data (an index), folded in from their training ratings, beside what training
    found."""
    history = model.history.of_user(user)
    person = fold_in(model, history.movies[~history.held_out], history.ratings[~history.held_out])
    because, linear = _prediction(model, person, movies)
    users = np.full(len(because.movies), user)
    trained = model.logits(users, because.movies).astype(np.float64)
    rating, predicted = model.parameters.response.rating, model.predict(users, because.movies)
    row = model.rows_of(np.array([user]))
    place = place_of(model, person, row, because.movies, trained, linear, rank=rank, bound=bound, discover=discover)
    training, limit = rating(trained) - rating(because.logits), predicted - rating(trained)
    return replace(because, training=training, limit=limit, logits=trained, predicted=predicted, place=place)


def _prediction(model: Factors, person: FoldedIn, movies: NDArray[Any]) -> tuple[Because, Doubles]:
    """Return what the predictions are made of, and (m, n) what each own rating adds to the logits."""
    movies = np.asarray(movies, dtype=np.int64)
    p, taste = model.parameters, person.taste
    design, rating = design_of(model, movies), p.response.rating
    shares = np.mean(design[..., :-1] @ taste.solution.weights()[:, :-1], axis=0)
    bias = float(taste.rows[:, -1].mean())
    movie_bias = p.movie_bias[movies] + np.mean(design[..., :-1] @ taste.prior_mean[:-1], axis=0)
    before = p.global_bias + movie_bias + bias
    summed = shares.sum(1)
    logits = before + summed
    usual = everybody(model)
    of_everybody = float(rating(np.array(p.global_bias + sum(usual))))
    of_movie, of_user = rating(before - bias + usual[0]), rating(before)
    total, little = rating(logits), np.abs(summed) < TINY
    slope = np.where(little, p.response.slope(before), (total - of_user) / np.where(little, 1.0, summed))
    predicted = model.shown(logits)
    because = Because(
        movies=movies,
        rated=person.movies,
        ratings=person.ratings,
        contributions=shares * slope[:, None],
        everybody=of_everybody,
        movie=of_movie - of_everybody,
        user=of_user - of_movie,
        training=np.zeros(len(movies)),
        limit=predicted - total,
        logits=logits,
        predicted=predicted,
        place=None,
    )
    return because, shares
