"""Users' rows, solved from their ratings against fixed movie factors. No retraining, no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Doubles, Floats, Indices
from mftui.engine.model.audience import COUNT_POWER, targets
from mftui.engine.model.rows import UserRows
from mftui.engine.model.user_prior import user_prior
from mftui.engine.query.row_solver import RowProblem, RowSolution, solve_rows

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Ratings = tuple[NDArray[Any], NDArray[Any]]
"""One person's ratings: (n,) movie indices and (n,) ratings on the model's scale, each movie once."""
LEANING_PRIOR = 4.0
"""Ratings of the same audience it takes for a leaning to count as much as they do."""
USUAL = 1.0
"""Ratings from which the mean user counts less than half in an audience row. By NDCG@10 of users kept out, from 1 to 20
of their ratings, 2 would be as good or better; with 1, whoever rates a handful of films of a kind gets films of it."""
_CELLS = 4_000_000
"""Numbers of the designs that are held at once when many users are folded in: 32 MB."""


@dataclass(frozen=True)
class TasteSolution:
    """One user's rows of all members, side by side; see `RowSolution`."""

    solution: RowSolution
    prior_mean: Doubles
    """(k + 1,) what the solved rows are relative to."""

    @property
    def rows(self) -> Doubles:
        """(members, k + 1) factors and bias."""
        return self.solution.x + self.prior_mean


def fold_in(model: Factors, movies: NDArray[Any], ratings: NDArray[Any]) -> UserRows:
    """The row (all blocks and members) of a user with these ratings, as training would find it.

    Parameters
    ----------
    movies: (n,) movie indices, each once. ratings: (n,) on the model's scale.

    Returns rows for one user: of taste, the least of the objective that the recipe descends, the movies' rows being
    fixed; of the audience block, its closed form, and a share of the mean user. Movies without training ratings have
    zero factors and say nothing but of the user's bias. With no ratings, the row is the prior's mean: the mean user.
    Where the members are draws from a posterior, the row knows how uncertain each of them leaves it.
    """
    rows, noise = fold_in_users(model, [(movies, ratings)]), model.parameters.member_noise
    if not noise:
        return rows
    inverse = solve_taste(model, movies, ratings).solution.inverse
    return replace(rows, covariance=inverse * np.square(noise)[:, None, None])


def fold_in_users(model: Factors, users: Sequence[Ratings]) -> UserRows:
    """The rows of b users at once, each from its own (movie indices, ratings)."""
    p, members = model.parameters, model.parameters.members
    k = model.n_factors // members
    factors = np.empty((len(users), model.n_factors), dtype=np.float32)
    member_bias = np.empty((len(users), members), dtype=np.float32)
    for part in _parts(users, members * (k + 1)):
        solved = _taste(model, [users[i] for i in part]).x.reshape(len(part), members, k + 1) + user_prior(model).mean
        factors[part] = (solved[..., :k] / np.sqrt(members)).reshape(len(part), -1)
        member_bias[part] = solved[..., k]
    bias = member_bias.mean(1)
    audience = leaning = None
    if p.audience_movie_factors is not None:
        shape = len(users), p.audience_movie_factors.shape[1]
        audience, leaning = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.float32)
        for row, (movies, ratings) in enumerate(users):
            audience[row] = fold_in_audience(model, movies, ratings) + usual_audience(model, len(movies))
            weights, beyond = leaning_weights(model, movies, ratings, bias[row])
            leaning[row] = weights @ beyond
    return UserRows(factors, bias, audience, member_bias if members > 1 else None, leaning)


def with_new(model: Factors, user: int, movies: NDArray[Any], ratings: NDArray[Any]) -> Ratings:
    """The training ratings of a user (an index) and these: of a movie rated twice, the new one counts.

    For `fold_in`: a known user, refreshed.
    """
    old = model.history.of_user(user)
    kept = ~(old.held_out | np.isin(old.movies, movies))
    return (
        np.concatenate([old.movies[kept], movies]).astype(np.int64),
        np.concatenate([old.ratings[kept], ratings]).astype(np.float32),
    )


def solve_taste(model: Factors, movies: NDArray[Any], ratings: NDArray[Any]) -> TasteSolution:
    """One user's taste, with the linear system that it solves."""
    return TasteSolution(_taste(model, [(movies, ratings)]), user_prior(model).mean)


def audience_weights(model: Factors, movies: NDArray[Any]) -> Doubles:
    """(k, n) W such that W · targets is the audience row of one who rated these n movies: its loss is quadratic.

    W = A⁻¹ Sᵀ with A = SᵀS + a0 QᵀQ + λ. All but SᵀS is diagonal on the axes of QᵀQ, so that few ratings need a system
    of their own number only.
    """
    q, a0, (lengths, axes) = model.audience.factors, model.priors.unobserved, model.audience.axes
    held = a0 * lengths + model.priors.audience * (len(movies) + a0 * model.n_movies) ** COUNT_POWER
    seen = np.asarray(q[movies], dtype=np.float64) @ axes
    if len(movies) > len(held):
        return axes @ np.linalg.solve(seen.T @ seen + np.diag(held), seen.T)
    within = (seen / held) @ seen.T
    within[np.diag_indices_from(within)] += 1
    return axes @ np.linalg.solve(within, seen / held).T


def fold_in_audience(model: Factors, movies: NDArray[Any], ratings: NDArray[Any]) -> Doubles:
    """(k,) of the audience block, by these ratings alone: the solved row."""
    aims = targets(np.asarray(ratings, dtype=np.float32), model.scale)
    return np.asarray(audience_weights(model, np.asarray(movies, dtype=np.int64)) @ aims)


def usual_audience(model: Factors, n: int) -> Floats:
    """(k,) what the mean user adds to the audience row of somebody with n ratings: much of it while they are few."""
    return np.asarray(USUAL / (USUAL + n) * model.audience.usual, dtype=np.float32)


def leaning_weights(
    model: Factors, movies: NDArray[Any], ratings: NDArray[Any], bias: float
) -> tuple[Doubles, Doubles]:
    """((k, n) W, (n,) e) such that the leaning of one with these ratings is v = W · e; v · Q / |Q| tells of any movie
    how far it is liked beyond what is expected.

    Who watches what is not all that an audience has in common: whoever rates five films of a kind low is to be shown
    less of that kind, although they watched them. e is rating less what was expected of this user's bias and the
    movie's, as a share of the scale; v its ridge regression on the audience factors, all of length 1.
    """
    p = model.parameters
    assert p.audience_movie_factors is not None
    expected = model.to_rating(np.asarray(p.movie_bias[movies] + np.float32(p.global_bias + bias)))
    unit = np.asarray(p.audience_movie_factors[movies] * model.audience.to_unit[movies][:, None], dtype=np.float64)
    within = unit @ unit.T
    within[np.diag_indices_from(within)] += LEANING_PRIOR
    beyond = np.asarray(ratings - expected, dtype=np.float64) / (p.hi - p.lo)
    return np.asarray(np.linalg.solve(within, unit).T, dtype=np.float64), beyond


def design_of(model: Factors, movies: NDArray[Any]) -> Doubles:
    """(members, n, k + 1) what each member's row, its bias last, is multiplied with for n movies."""
    members = model.parameters.members
    table = np.asarray(model.parameters.movie_factors[movies], dtype=np.float64) * np.sqrt(members)
    factors = table.reshape(len(movies), members, table.shape[1] // members).swapaxes(0, 1)
    return np.concatenate([factors, np.ones((*factors.shape[:2], 1))], axis=2)


def _taste(model: Factors, users: Sequence[Ratings]) -> RowSolution:
    """b · members rows, the members of a user beside each other: each member's least squares, solved apart."""
    p, members, prior = model.parameters, model.parameters.members, user_prior(model)
    counts = np.array([len(movies) for movies, _ in users], dtype=np.int64)
    shape = (len(users), int(counts.max(initial=0)))
    movies, ratings = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for row, (own, given) in enumerate(users):
        movies[row, : len(own)], ratings[row, : len(own)] = own, given
    counted = (np.arange(shape[1]) < counts[:, None]).astype(np.float64)
    table = design_of(model, movies.ravel()).reshape(members, *shape, len(prior.mean)).swapaxes(0, 1)
    design = (table * counted[:, None, :, None]).reshape(members * len(users), shape[1], len(prior.mean))
    known = _known(model, movies).reshape(members * len(users), shape[1]) + design @ prior.mean
    return solve_rows(
        RowProblem(
            design,
            known,
            np.repeat(ratings, members, axis=0),
            np.repeat(counted, members, axis=0),
            np.repeat(prior.precisions(counts), members, axis=0),
            p.output.of_member,
        )
    )


def _known(model: Factors, movies: Indices) -> Doubles:
    """(b, members, n) what the logits of (b, n) movies are for a row of zeros: b_m + b of that member."""
    p = model.parameters
    if p.member_movie_bias is None:
        return np.asarray(p.movie_bias[movies] + p.global_bias, dtype=np.float64)[:, None]
    biases = p.member_movie_bias[movies] + np.array(p.member_global_bias)
    return np.asarray(biases, dtype=np.float64).swapaxes(1, 2)


def _parts(users: Sequence[Ratings], width: int) -> Iterator[list[int]]:
    """Indices of users of similar length, as many at once as their designs may take room."""
    part: list[int] = []
    for index in sorted(range(len(users)), key=lambda i: len(users[i][0])):
        if part and (len(part) + 1) * max(len(users[index][0]), 1) * width > _CELLS:
            yield part
            part = []
        part.append(index)
    if part:
        yield part
