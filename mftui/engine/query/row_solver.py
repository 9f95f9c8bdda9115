"""Rows of a factor model given the other side: penalised least squares through the link, many at once. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mftui.engine.model.arrays import Doubles
from mftui.engine.model.response import Response
from mftui.errors import FormatError

MAX_STEPS = 50
"""Gauss-Newton steps at most; a handful is enough."""
TOLERANCE = 1e-7
"""Change of a row at which it is solved."""


@dataclass(frozen=True)
class RowProblem:
    """Find for each of r rows the x that minimises

    Σ_i (rating(known_i + design_i · x) - ratings_i)² + Σ precision x²
    """

    design: Doubles
    """(r, n, d): what x is multiplied with, for each of n ratings."""
    known: Doubles
    """(r, n) logits of x = 0."""
    ratings: Doubles
    """(r, n)."""
    precision: Doubles
    """(r, d) precision of the prior of each number of x, around zero."""
    response: Response


@dataclass(frozen=True)
class RowSolution:
    """The solved rows, and the linear system that they are the exact solution of.

    At the solution x = inverse · slopedᵀ · working_response: a ridge regression, linear in the working responses, which
    are the ratings as the link sees them there.
    """

    x: Doubles
    """(r, d)."""
    sloped: Doubles
    """(r, n, d) the design times how fast the rating grows with the logit."""
    working_response: Doubles
    """(r, n) slope times the logit beyond `known`, plus rating given less predicted."""
    inverse: Doubles
    """(r, d, d) of slopedᵀ · sloped + precision: the covariance of x, in units of the noise of a rating."""

    def weights(self) -> Doubles:
        """Return (r, d, n) what each rating adds to each number of x: summed over the ratings they are x."""
        return np.asarray(self.inverse @ self.sloped.swapaxes(1, 2) * self.working_response[:, None, :])


def solve_rows(problem: RowProblem) -> RowSolution:
    """Solve all rows by Gauss-Newton from zero, halving a step until it no longer makes its row worse.

    Raises FormatError for factors out of all proportion, such as no training makes.
    """
    try:
        return _solved(problem)
    except np.linalg.LinAlgError as error:
        raise FormatError(
            f"the model's factors are damaged: nothing can be computed with them ({error}).", hint="Train again."
        ) from error


def _solved(problem: RowProblem) -> RowSolution:
    x = np.zeros(problem.precision.shape)
    loss = _loss(problem, x)
    for _ in range(MAX_STEPS):
        sloped, error = _linearised(problem, x)
        gradient = np.einsum("rnd,rn->rd", sloped, error) - problem.precision * x
        step = np.linalg.solve(_curvature(problem, sloped), gradient[..., None])[..., 0]
        after = _loss(problem, x + step)
        while (worse := (after > loss) & (np.abs(step).max(1) > TOLERANCE)).any():
            step[worse] /= 2
            after = _loss(problem, x + step)
        x, loss = x + step, after
        if not step.size or np.abs(step).max() <= TOLERANCE:
            break
    sloped, error = _linearised(problem, x)
    working_response = np.einsum("rnd,rd->rn", sloped, x) + error
    inverse = np.asarray(np.linalg.inv(_curvature(problem, sloped)), dtype=np.float64)
    return RowSolution(x, sloped, working_response, inverse)


def _logits(problem: RowProblem, x: Doubles) -> Doubles:
    return np.asarray(problem.known + (problem.design @ x[..., None])[..., 0])


def _loss(problem: RowProblem, x: Doubles) -> Doubles:
    """Return the (r,) penalised losses."""
    errors = (problem.response.rating(_logits(problem, x)) - problem.ratings) ** 2
    return np.asarray(errors.sum(1) + (problem.precision * x**2).sum(1))


def _linearised(problem: RowProblem, x: Doubles) -> tuple[Doubles, Doubles]:
    """Return ((r, n, d) design times slope, (r, n) rating given less predicted) at x."""
    logits = _logits(problem, x)
    slope, error = problem.response.slope(logits), problem.ratings - problem.response.rating(logits)
    return problem.design * slope[..., None], error


def _curvature(problem: RowProblem, sloped: Doubles) -> Doubles:
    """Return the (r, d, d) curvatures."""
    curvature = sloped.swapaxes(1, 2) @ sloped
    diagonal = np.arange(problem.precision.shape[1])
    curvature[:, diagonal, diagonal] += problem.precision
    return curvature
