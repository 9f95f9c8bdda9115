"""Stars, in which people's own ratings are kept, and the scale of a model."""

from __future__ import annotations

from mftui.data.dataset import Scale
from mftui.errors import UsageError

TOP = 5.0
"""The most stars."""
_CLOSE = 1e-4


def to_stars(rating: float, scale: Scale) -> float:
    """Convert a rating on `scale` to stars out of five: the same share of the best, so that 7 of 10 is 3.5 of 5.

    A scale that goes below zero is moved up to begin at zero first.
    """
    zero, span = _span(scale)
    return (rating - zero) / span * TOP


def from_stars(stars: float, scale: Scale) -> float:
    """Convert stars to a rating on `scale`, within its ends; the inverse of `to_stars`.

    Not rounded to the step of the scale: 3.5 stars say more than 3 or 4.
    """
    zero, span = _span(scale)
    rating = min(max(zero + stars / TOP * span, scale.lo), scale.hi)
    step = scale.step or _CLOSE
    nearest = scale.lo + round((rating - scale.lo) / step) * step
    return nearest if abs(nearest - rating) < _CLOSE * step else rating


def check_rating(rating: float, scale: Scale) -> float:
    """Return `rating` if it is a value of the scale; raises UsageError, which names the scale."""
    steps = (rating - scale.lo) / scale.step if scale.step else 0.0
    if not (scale.lo <= rating <= scale.hi and abs(steps - round(steps)) < _CLOSE):
        raise UsageError(f"{rating:g} is not a rating on this scale.", hint=f"The model's scale is {describe(scale)}.")
    return rating


def describe(scale: Scale) -> str:
    """Describe a scale: "0.5 to 5 in steps of 0.5"."""
    return f"{scale.lo:g} to {scale.hi:g}" + (f" in steps of {scale.step:g}" if scale.step else "")


def _span(scale: Scale) -> tuple[float, float]:
    zero = min(scale.lo, 0.0)
    return zero, (scale.hi - zero) or 1.0
