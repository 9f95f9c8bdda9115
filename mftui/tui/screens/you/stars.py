"""Ten keys for the ratings of any scale: whole stars, and half a star less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mftui.data.profiles.stars import TOP, from_stars

if TYPE_CHECKING:
    from mftui.data.dataset import Scale

WHOLE = tuple(float(star) for star in range(1, int(TOP) + 1))
HALF = 0.5
_STEPS_WITHOUT = 20
"""Into which a scale without steps is parted."""


def ratings_of_stars(scale: Scale) -> dict[float, float]:
    """What half and whole stars of five mean on `scale`, lowest first: the nearest rating that it has. A half is left
    out where it would be the same as a whole one."""
    whole = {star: nearest(from_stars(star, scale), scale) for star in WHOLE}
    halves = {star - HALF: nearest(from_stars(star - HALF, scale), scale) for star in WHOLE}
    taken = set(whole.values())
    return dict(sorted((whole | {star: r for star, r in halves.items() if r not in taken}).items()))


def nearest(rating: float, scale: Scale) -> float:
    """The rating of the scale that is nearest."""
    step = _step(scale)
    return round(min(max(scale.lo + round((rating - scale.lo) / step) * step, scale.lo), scale.hi), 6)


def nudged(rating: float, by: int, scale: Scale) -> float:
    """`by` steps of the scale further, as far as it goes."""
    return nearest(rating + by * _step(scale), scale)


def _step(scale: Scale) -> float:
    return scale.step or (scale.hi - scale.lo) / _STEPS_WITHOUT or 1.0
