"""How far the members of a model disagree: a first, honest ± for its predictions. NumPy only."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Floats
from mftui.engine.model.parameters import Parameters

MAX_CELLS = 1_000_000
"""Numbers held at once: 4 MB."""


def member_logits(p: Parameters, factors: Floats, biases: Floats, movies: NDArray[Any]) -> Floats:
    """Return (n, members) logits of n movies (indices), their mean over the members being the model's own logit.

    A member's factors are its block of columns, scaled by sqrt(members) back to what they were.

    Parameters
    ----------
    factors, biases: (n, k) and (n, members) rows of n users, or (1, k) and (1, members) of one.
    """
    if p.member_movie_bias is None:
        raise ValueError("the model has one member: nothing to compare.")
    products = factors * p.movie_factors[movies]
    dots = products.reshape(len(movies), p.members, -1).sum(2) * p.members
    return np.asarray(dots + biases + p.member_movie_bias[movies] + np.array(p.member_global_bias), dtype=np.float32)


def member_std(p: Parameters, factors: Floats, biases: Floats | None, movies: NDArray[Any]) -> Floats | None:
    """Return (n,) standard deviation of the members' predictions, in rating units, unclipped; see `member_logits`.

    It says how much the start of the training matters for a prediction, not how much people's ratings
    scatter around it. None for a model of one member.
    """
    if biases is None:
        return None
    found = np.empty(len(movies), dtype=np.float32)
    step = max(1, MAX_CELLS // p.movie_factors.shape[1])
    for at in range(0, len(movies), step):
        part = slice(at, at + step)
        rows = (factors, biases) if len(factors) == 1 else (factors[part], biases[part])
        found[part] = p.response.of_member.rating(member_logits(p, *rows, movies[part])).std(1, ddof=1)
    return found


def some_members(p: Parameters, n: int) -> Parameters:
    """Return the model of n of the members, evenly spaced; the same one if it has no more."""
    if p.members <= n or p.member_user_bias is None or p.member_movie_bias is None:
        return p
    chosen = np.linspace(0, p.members - 1, n).round().astype(int)
    shrink = np.float32(math.sqrt(p.members / n))

    def of(table: Floats) -> Floats:
        by_member = table.reshape(len(table), p.members, -1)[:, chosen]
        return np.asarray(by_member.reshape(len(table), -1) * shrink, dtype=np.float32)

    users, movies, means = p.member_user_bias[:, chosen], p.member_movie_bias[:, chosen], p.member_global_bias
    return replace(
        p,
        user_factors=of(p.user_factors),
        movie_factors=of(p.movie_factors),
        user_bias=users.mean(1),
        movie_bias=movies.mean(1),
        global_bias=float(np.mean([means[i] for i in chosen])),
        members=n,
        member_user_bias=users,
        member_movie_bias=movies,
        member_global_bias=tuple(means[i] for i in chosen),
        member_noise=tuple(p.member_noise[i] for i in chosen) if p.member_noise else (),
    )


def side_by_side(
    users: Floats, movies: Floats, user_bias: Floats, movie_bias: Floats, global_bias: NDArray[Any], **more: Any
) -> Parameters:
    """Put members together: the logits of the model are the mean of theirs.

    Parameters
    ----------
    users, movies: (n, members · k) factors. user_bias, movie_bias: (n, members). global_bias: (members,).
    more: the other fields of Parameters.
    """
    members = len(global_bias)
    shrink = np.float32(1 / math.sqrt(members))
    if members > 1:
        more |= {"member_user_bias": user_bias, "member_movie_bias": movie_bias}
        more["member_global_bias"] = tuple(map(float, global_bias))
    means = user_bias.mean(1), movie_bias.mean(1), float(global_bias.mean())
    return Parameters(users * shrink, movies * shrink, *means, members=members, **more)
