"""A sweep of recipe `bayes` as one program for `gpu_step.py`, and the largest part of it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import tensorflow as tf
from gpu_dump import SIZES, Program, problem_of, who_rated
from gpu_step import Argument, drawn

from mftui.data.dataset import Ratings
from mftui.engine.alternating import chain, gaussian_rows, hyperprior
from mftui.engine.alternating.features import side_information
from mftui.engine.alternating.sides import Alternation
from mftui.engine.recipes.bayes import FACTORS
from mftui.engine.training.recipe import NONE

P = FACTORS + 1
"""Numbers of a row."""
SUMMED = P * (P + 1) // 2 + 2 * (P + 1)
"""Numbers that a rating adds to the sums of its user, and of its movie."""
GATHERED = 1 << 16
"""Ratings whose rows are held at once while they are summed."""


@dataclass(frozen=True)
class Cells:
    """A sparse matrix as XLA can have it: its cells, sorted by row."""

    rows: Any
    columns: Any
    values: Any
    """None where all of them are 1."""
    shape: list[int]


def product(a: Cells, b: Any) -> Any:
    """Multiply by a table: what `SparseMatrixMatMul` does, as rows that are gathered and added up."""

    def added(sums: Any, own: slice) -> Any:
        found = tf.gather(b, a.columns[own])
        found = found if a.values is None else found * a.values[own, None]
        return tf.tensor_scatter_nd_add(sums, a.rows[own, None], found)

    n, sums = a.rows.shape[0], tf.zeros([a.shape[0], b.shape[1]])
    whole = n // GATHERED
    if whole:
        (_, sums) = tf.while_loop(
            lambda i, _: i < whole,
            lambda i, sums: (i + 1, added(sums, slice(i * GATHERED, (i + 1) * GATHERED))),
            (tf.constant(0), sums),
        )
    return added(sums, slice(whole * GATHERED, n)) if n % GATHERED else sums


def numbers(users: int, movies: int, ratings: int) -> list[Argument]:
    """How the random numbers of a sweep are drawn, in the order in which it asks for them: as large as they are."""
    found = []
    for n in (users, movies):
        found += [
            Argument("normal", (P, P), low=-1.7, high=1.7),
            Argument("gamma", (P,), low=0.49 * n, high=0.51 * n),
            Argument("normal", (P, 1), low=-1.7, high=1.7),
            Argument("normal", (n, P), low=-1.7, high=1.7),
        ]
    return [*found, Argument("gamma", (), low=0.49 * ratings, high=0.51 * ratings)]


@contextmanager
def chosen_numbers(given: list[Any]) -> Iterator[None]:
    """Give a sweep these as its random numbers: XLA draws others than TensorFlow does, and no gamma at all."""
    following = iter(given)

    def normal(shape: Any, _: Any) -> Any:
        found = next(following)
        assert tuple(found.shape) == tuple(shape)
        return found

    def gamma(shape: Any, _: Any, *, alpha: Any, beta: Any = 1.0) -> Any:
        found = next(following)
        assert tuple(found.shape) == tuple(shape)
        return found / beta

    with ExitStack() as patches:
        for patched in (
            patch.object(tf.random, "stateless_normal", normal),
            patch.object(tf.random, "stateless_gamma", gamma),
            patch.object(hyperprior, "_draw", hyperprior._drawn),  # not as compiled with other numbers
            patch.object(chain, "_draw_precision", chain._precision_of),
        ):
            patches.enter_context(patched)
        yield


def chain_of(size: str, arguments: list[Argument], *, sparse: bool) -> chain.Chain:
    """Return a chain of the ratings that the first arguments are; with Cells in place of matrices unless `sparse`."""
    users, movies, _ = SIZES[size]
    problem = replace(problem_of(size), train=Ratings(*drawn(arguments[:3])))
    csr = gaussian_rows._csr if sparse else lambda places, values, shape: Cells(len(places), None, None, shape)
    with patch.object(gaussian_rows, "_csr", csr):
        sides = Alternation(problem, FACTORS, latent=True)  # the ratings as they are: they are centred already
    return chain.Chain(sides, side_information(NONE, problem), (users, movies), FACTORS, 0, 0)


def swept(drawn_by: chain.Chain, n_ratings: int, given: list[Any]) -> list[Any]:
    """Return the rows, the precision of the noise and the squared error after a sweep from (rows, precision, …)."""
    drawn_by._of_users.rows, drawn_by._of_movies.rows, drawn_by._precision, *random = given
    with chosen_numbers(random):
        error = drawn_by.sweep(0, n_ratings)
    return [drawn_by.users, drawn_by.movies, drawn_by._precision, error]


def sweep(size: str) -> Program:
    """Return a sweep: users, movies, what they are believed to be like, the noise."""
    users, movies, n = SIZES[size]
    ratings = [*who_rated((n,), users, movies), Argument("values", (n,), low=-2.25, high=2.25)]
    by_movie = [Argument(ratings[i].name, (n,), ratings[i].dtype, again=(i, 1)) for i in (1, 0, 2)]
    state = [Argument("users", (users, P)), Argument("movies", (movies, P)), Argument("noise", (), low=0.8, high=1.2)]
    arguments = [*ratings, *by_movie, *state, *numbers(users, movies, n)]
    traced = chain_of(size, arguments, sparse=False)
    sides = traced._sides._of_users, traced._sides._of_movies
    parts = [side._parts for side in sides]

    def compiled(*given: Any) -> Any:
        for side, known, columns in zip(sides, parts, (given[:3], given[3:6]), strict=True):
            side._parts, side._solve = list(parts_of(known, columns)), gaussian_rows._solve
        with patch.object(tf.raw_ops, "SparseMatrixMatMul", product):
            return swept(traced, n, list(given[6:]))

    def itself(*given: Any) -> Any:
        return swept(chain_of(size, arguments, sparse=True), n, list(given[6:]))

    moved = 4 * 2 * SUMMED * 2 * n + 4 * (2 * SUMMED + 5 * P * P) * (users + movies)
    return Program(f"bayes-{size}", compiled, arguments, n, moved, itself=itself)


def parts_of(known: list[Any], columns: Any) -> Iterator[Any]:
    """Yield the parts of a side with their ratings out of its three columns."""
    first = 0
    for part in known:
        last = first + part.which.rows
        rows, others, values = (column[first:last] for column in columns)
        cells = Cells(rows - part.rows.start, others, values, part.which.shape)
        squares, counts = part.squares.numpy(), part.counts.numpy()  # constants of the program
        yield replace(part, which=replace(cells, values=None), values=cells, squares=squares, counts=counts)
        first = last


def rows_alone(size: str) -> Program:
    """Return the solution of as many users as are solved at once: their matrices are written and read, and the roots
    written and read twice. The sums are small beside the prior, so that all matrices have a root."""
    users, _, ratings = SIZES[size]
    p, starts = P, np.arange(users + 1) * (ratings // users)
    n = gaussian_rows._end_of_part(starts, 0, p)
    shapes = {"sums": (n, p * (p + 1) // 2 + p + 1), "weighted": (n, p + 1), "squares": (n,), "counts": (n,)}
    arguments = [
        Argument(name, shape, low=0.0 if len(shape) == 1 else -0.5, high=0.5) for name, shape in shapes.items()
    ]
    arguments += [
        Argument("weight", (), low=0.5, high=1.5),
        Argument("precision", (p, p), high=10.0, written="diagonal"),
        Argument("mean", (p,)),
        Argument("noise", (n, p), low=-2.0, high=2.0),
    ]

    def solve(*given: Any) -> Any:
        *sums, precision, mean, noise = given
        return gaussian_rows._solve(*sums, gaussian_rows.Prior(precision, mean), noise)

    return Program(f"bayes-rows-{size}", solve, arguments, int(starts[n]), 4 * 5 * n * p * p)
