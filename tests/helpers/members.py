"""A toy model of several members, made by hand: draws from a posterior, or members that are no draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from helpers.models import trained_by

from mftui.engine.model.factors import Factors


def with_members(model: Factors, n: int = 8, *, noise: float = 0.0, spread: float = 0.2, seed: int = 0) -> Factors:
    """`model` as the mean of `n` members that differ by `spread`; with `noise` of ratings they count as draws."""
    p, random = model.parameters, np.random.default_rng(seed)

    def side(factors: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        apart = random.normal(0, spread, (len(bias), n))
        apart -= apart.mean(1, keepdims=True)
        wide = np.tile(factors, n) / np.sqrt(n)
        return wide.astype(np.float32), (bias[:, None] + apart).astype(np.float32)

    users, user_bias = side(p.user_factors, p.user_bias)
    movies, movie_bias = side(p.movie_factors, p.movie_bias)
    wide = replace(
        p,
        user_factors=users,
        movie_factors=movies,
        members=n,
        member_user_bias=user_bias,
        member_movie_bias=movie_bias,
        member_global_bias=(p.global_bias,) * n,
        member_noise=(noise,) * n if noise else (),
        link="linear" if noise else p.link,
        global_bias=p.global_bias,
    )
    if noise:
        centre = float((model.scale.lo + model.scale.hi) / 2)
        wide = replace(wide, global_bias=centre, member_global_bias=(centre,) * n)
    return trained_by(model.with_parameters(wide), meta=model.meta | {"recipe": "bayes" if noise else "biased"})
