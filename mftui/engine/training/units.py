"""In which units a training learns: ratings are mapped so that they are stars, and the model is mapped back.

So what is chosen for stars (priors, margins, steps, starting values) is right for ratings in any units. NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings, Scale
from mftui.engine.model.parameters import Parameters

STARS, HALF_STARS = (1.0, 5.0), (0.5, 5.0)
"""The scales that are learned; ratings of these are learned as they are."""

_WITH_UNIT = ("user_factors", "user_bias", "movie_bias", "member_user_bias", "member_movie_bias")
"""What a unit of ratings is in where logits are ratings."""


@dataclass(frozen=True)
class Units:
    """A rating as given is unit · rating as learned + offset. Without numbers: ratings are learned as given."""

    unit: float = 1.0
    offset: float = 0.0

    @classmethod
    def of(cls, scale: Scale) -> Units:
        """Return those in which a scale of ten steps is half stars, and any other 1 to 5; ratings that are all equal
        are 1."""
        lo, hi = _ends(scale)
        unit = (scale.hi - scale.lo) / (hi - lo) or 1.0
        return cls(unit, scale.lo - lo * unit)

    @property
    def as_given(self) -> bool:
        """Return whether nothing is mapped."""
        return self == Units()

    def learned_scale(self, scale: Scale) -> Scale:
        """Return the scale of the ratings as learned."""
        if self.as_given:
            return scale
        lo, hi = _ends(scale)
        return Scale(lo, hi if scale.hi > scale.lo else lo, scale.step / self.unit)

    def learned(self, ratings: Ratings) -> Ratings:
        """Return the ratings as learned, mapped piece by piece as they are read."""
        if self.as_given:
            return ratings

        def learned(values: NDArray[np.float32]) -> NDArray[np.float32]:
            return ((values.astype(np.float64) - self.offset) / self.unit).astype(np.float32)

        return ratings.with_values(learned)

    def given(self, p: Parameters, scale: Scale) -> Parameters:
        """Return the model of the ratings as given, of one of the ratings as learned. `scale`: of those given.

        With a linear link logits are ratings: the users' factors and all biases grow by the unit, the movies' factors
        stay. With the other links logits stay, and what they lead to changes.
        """
        if self.as_given:
            return p
        changed = replace(
            p,
            lo=self._given(p.lo),
            hi=self._given(p.hi),
            levels=tuple(_on_scale(self._given(level), scale) for level in p.levels),
            member_noise=tuple(self.unit * noise for noise in p.member_noise),
            unit=self.unit,
        )
        if p.link != "linear":
            return changed
        tables = {name: getattr(p, name) for name in _WITH_UNIT}
        return replace(
            changed,
            global_bias=self._given(p.global_bias),
            member_global_bias=tuple(self._given(bias) for bias in p.member_global_bias),
            dates=p.dates and replace(p.dates, effects=np.float32(self.unit) * p.dates.effects),
            **{name: np.float32(self.unit) * table for name, table in tables.items() if table is not None},
        )

    def _given(self, rating: float) -> float:
        return self.unit * rating + self.offset


def _ends(scale: Scale) -> tuple[float, float]:
    ten = scale.step > 0 and round((scale.hi - scale.lo) / scale.step) == 9
    return HALF_STARS if ten else STARS


def _on_scale(rating: float, scale: Scale) -> float:
    """Return the step of the scale that a rating is, but for rounding."""
    return scale.lo + round((rating - scale.lo) / scale.step) * scale.step if scale.step else rating
