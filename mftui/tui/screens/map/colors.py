"""By what the points of the map are coloured: genre, decade, mean rating, bias."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mftui.tui.base.open_model import OpenModel

COLORINGS = ("genre", "decade", "mean", "bias", "none")
MAX_COLORS = 8
"""Classes at most, the last one for the rest."""
_STEPS = 5


@dataclass(frozen=True)
class Coloring:
    """A class for each movie."""

    name: str
    labels: tuple[str, ...]
    classes: NDArray[np.int64]
    """(n_movies,) indices into `labels`."""
    ordered: bool = False
    """Whether the classes go from low to high (the last one apart, where it is the rest)."""
    rest: bool = False
    """Whether the last class is for what is in none of the others."""

    @property
    def letters(self) -> str:
        """Choose a sign for each class, for displays without colour."""
        if self.ordered:
            return "".join("12345"[: len(self.labels) - self.rest]) + "." * self.rest
        taken: list[str] = []
        for label in self.labels[: len(self.labels) - self.rest]:
            choices = [c for c in f"{label.upper()}{label}ABCDEFGH" if c.isalnum() and c.isascii() and c not in taken]
            taken.append(choices[0])
        return "".join(taken) + "." * self.rest


def coloring(model: OpenModel, name: str) -> Coloring:
    """Classify the movies by one of COLORINGS. Not for the event loop: slow the first time on large data."""
    if name == "genre":
        return _by_genre(model)
    if name == "decade":
        return _by_decade(np.asarray(model.factors.movies.years).astype(np.int64))
    if name == "mean":
        return _by_value("mean", model.factors.movie_means, "{:.1f}", "unrated")
    if name == "bias":
        from mftui.engine.model.user_prior import movie_bias_in_stars

        trained = model.factors.movie_train_counts > 0
        return _by_value(
            "bias",
            np.where(trained, movie_bias_in_stars(model.factors, np.arange(model.factors.n_movies)), np.nan),
            "{:+.1f}",
            "untrained",
        )
    return Coloring("none", ("film",), np.zeros(model.factors.n_movies, dtype=np.int64))


def _by_genre(model: OpenModel) -> Coloring:
    """Classify by the commonest genres; a film of several gets the colour of the rarest, which says most of it."""
    names, has = model.factors.movies.genre_table
    counts = has.sum(axis=0)
    shown = np.argsort(-counts, kind="stable")[: MAX_COLORS - 1]
    classes = np.full(len(has), len(shown), dtype=np.int64)
    for place, genre in enumerate(shown):  # from the commonest on: the rarest has the last word
        classes[has[:, genre]] = place
    return Coloring("genre", (*(names[genre] for genre in shown), "other"), classes, rest=True)


def _by_decade(years: NDArray[np.int64]) -> Coloring:
    decades = years // 10 * 10
    found = np.unique(decades[years > 0])
    if not len(found):
        return Coloring("decade", ("no year",), np.zeros(len(years), dtype=np.int64), ordered=True, rest=True)
    first = found[max(0, len(found) - (MAX_COLORS - 1))]
    kept = found[found >= first]
    labels = [f"{decade}s" for decade in kept.tolist()]
    if first > found[0]:
        labels[0] = f"to {first + 9}"
    classes = np.where(years > 0, np.searchsorted(kept, np.maximum(decades, first)), len(labels))
    return Coloring("decade", (*labels, "no year"), classes, ordered=True, rest=True)


def _by_value(name: str, values: NDArray[np.floating], form: str, rest: str) -> Coloring:
    """Classify by fifths, with as many movies in each."""
    known = np.isfinite(values)
    cuts = np.quantile(values[known], np.linspace(0, 1, _STEPS + 1)) if known.any() else np.zeros(_STEPS + 1)
    classes = np.where(known, np.searchsorted(cuts[1:-1], np.nan_to_num(values), side="right"), _STEPS)
    written = [form.format(cut) for cut in cuts]
    labels = [f"{low} to {high}" for low, high in pairwise(written)]
    return Coloring(name, (*labels, rest), classes.astype(np.int64), ordered=True, rest=True)
