"""The numbers of a trained model. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Floats
from mftui.engine.model.gladness import Gladness
from mftui.engine.model.response import Link, Response

DAY = 86_400
"""Seconds."""


def days_of(timestamps: NDArray[Any]) -> NDArray[np.int32]:
    """Return (n,) days since 1970, by UTC, of seconds since then."""
    return np.asarray(np.clip(np.asarray(timestamps) // DAY, -(1 << 31), (1 << 31) - 1), dtype=np.int32)


@dataclass(frozen=True)
class DateEffects:
    """How much higher or lower than predicted without it a user rated on a day, as logits: n pairs, sorted by user and
    then day."""

    users: NDArray[np.int32]
    """(n,) user indices."""
    days: NDArray[np.int32]
    """(n,) days since 1970."""
    effects: Floats
    """(n,)."""

    @cached_property
    def _keys(self) -> NDArray[np.int64]:
        return user_days(self.users, self.days)

    def of(self, users: NDArray[Any], timestamps: NDArray[Any]) -> Floats:
        """Return (n,) what n ratings (user indices, seconds since 1970) differ by; 0 on a day that is not known."""
        places, known = places_in(self._keys, user_days(users, days_of(timestamps)))
        return np.asarray(self.effects[places] * known, dtype=np.float32)


def user_days(users: NDArray[Any], days: NDArray[Any]) -> NDArray[np.int64]:
    """Return (n,) one number for each pair of a user and a day, rising by user and then day."""
    return np.asarray((users.astype(np.int64) << 32) + (np.asarray(days, dtype=np.int64) + (1 << 31)))


def places_in(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return (n,) the place of each wanted key among those that rise, and whether it is there; 0 where it is not."""
    places = np.searchsorted(keys, wanted)
    places[places == len(keys)] = 0
    known = keys[places] == wanted
    return places * known, known


@dataclass(frozen=True)
class Parameters:
    """A trained model as NumPy arrays, float32: what the formula needs and nothing else."""

    user_factors: Floats
    """(n_users, k): members side by side, each scaled by 1/sqrt(members), so that the dot product
    over all columns is the mean of the members' dot products."""
    movie_factors: Floats
    """(n_movies, k)."""
    user_bias: Floats
    """(n_users,)."""
    movie_bias: Floats
    """(n_movies,)."""
    global_bias: float
    lo: float
    """Lower end of the output range."""
    hi: float
    """Upper end of the output range."""
    unit: float = 1.0
    """Of the ratings, in the units that were learned in: what the priors of logits were is in those."""
    link: Link = "sigmoid"
    levels: tuple[float, ...] = ()
    """Of a probit link, with `cuts` and `spread`: see `Response`."""
    cuts: tuple[float, ...] = ()
    spread: float = 1.0
    members: int = 1
    member_user_bias: Floats | None = None
    """(n_users, members), where there are several."""
    member_movie_bias: Floats | None = None
    """(n_movies, members), where there are several."""
    member_global_bias: tuple[float, ...] = ()
    member_noise: tuple[float, ...] = ()
    """Standard deviation of the ratings around each member's prediction, where the members are draws from a
    posterior; empty where they are not."""
    knows_cold: tuple[bool, bool] = (False, False)
    """(users, movies): whether rows without a training rating are known, by what else is known of them."""
    dates: DateEffects | None = None
    """What the day of a rating adds to its logit, where that was learned."""
    audience_movie_factors: Floats | None = None
    """(n_movies, k of the audience block): whom a movie attracts; None where there is no such block."""
    audience_movie_weights: Floats | None = None
    """(n_movies,): see `SummedAudience`."""
    audience_gladness: Gladness | None = None
    """How gladly users watched what they rated; None in runs of 0.1."""
    audience_user_factors: Floats | None = None
    """(n_users, k of the audience block): in runs of 0.1 alone, see `EarlierAudience`."""

    @property
    def response(self) -> Response:
        """Return the map from logits to ratings."""
        return Response(self.link, self.lo, self.hi, self.levels, self.cuts, self.spread)
