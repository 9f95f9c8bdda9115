"""The numbers of a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mftui.engine.model.arrays import Floats
from mftui.engine.model.gladness import Gladness
from mftui.engine.model.response import Link, Response


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
    audience_movie_factors: Floats | None = None
    """(n_movies, k of the audience block): whom a movie attracts; None where there is no such block."""
    audience_movie_weights: Floats | None = None
    """(n_movies,): see `SummedAudience`."""
    audience_gladness: Gladness | None = None
    """How gladly users watched what they rated; None in runs of 0.1."""
    audience_user_factors: Floats | None = None
    """(n_users, k of the audience block): in runs of 0.1 alone, see `EarlierAudience`."""

    @property
    def spread_of(self) -> Literal["draws", "members"] | None:
        """Return what a ± is the spread of: draws from a posterior, or other members; None with one member."""
        return None if self.members == 1 else "draws" if self.member_noise else "members"

    @property
    def response(self) -> Response:
        """Return the map from logits to ratings."""
        return Response(self.link, self.lo, self.hi, self.levels, self.cuts, self.spread)
