"""Gather what a report shows of a run, from its directory and its model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.insight.layout import pair_layout
from mftui.engine.insight.principal_axes import Axes, Axis, principal_axes
from mftui.engine.model.factors import Factors
from mftui.engine.query.neighbours import similar
from mftui.errors import UsageError
from mftui.runs.results.evaluate import evaluation_of
from mftui.runs.store.config import RunConfig
from mftui.runs.store.run import Run

FILMS = 8
NEIGHBOURS = 5
AXES = 6
ENDS = 5
MAPPED = 1_500
_GENRES = 7


@dataclass(frozen=True)
class Film:
    """Is one film; `score`: how near it is to another, for a neighbour."""

    title: str
    genres: str
    n_ratings: int
    score: float = 0.0


@dataclass(frozen=True)
class Told:
    """Is an axis with the films at its ends."""

    axis: Axis
    high: list[str]
    """Titles at its positive end."""
    low: list[str]


@dataclass(frozen=True)
class Mapped:
    """Has the best-known films as points of a map."""

    points: NDArray[np.float32]
    """(n, 2)."""
    films: list[Film]
    colours: list[int]
    """The place in `genres` of each film's colour; -1 for a film of none of them."""
    genres: list[str]


@dataclass(frozen=True)
class Facts:
    """Has all that the page shows."""

    run: str
    name: str
    state: str
    config: RunConfig
    result: Mapping[str, Any]
    lines: list[dict[str, Any]]
    """The curve, as in `metrics.jsonl`."""
    model: Factors
    measures: Mapping[str, Any] | None
    """As `evaluation_of` returns them; None if nothing was held out."""
    axes: list[Told]
    map: Mapped | None
    neighbours: list[tuple[Film, list[Film]]]


def gather(run: Run) -> Facts:
    """Read the run and measure its model. Raises RunError if there is none."""
    model = run.load_factors()
    axes = _axes(model)
    return Facts(
        run.id,
        run.name,
        run.state,
        run.config(),
        run.known_result(),
        run.curve(),
        model,
        evaluation_of(run),
        [_told(model, axes.axis(at, ENDS)) for at in range(1, min(AXES, len(axes.shares)) + 1)] if axes else [],
        _map(model, axes) if axes and len(axes.shares) > 1 else None,
        _neighbours(model),
    )


def _axes(model: Factors) -> Axes | None:
    try:
        return principal_axes(model)
    except UsageError:  # fewer than two films with ratings
        return None


def _told(model: Factors, axis: Axis) -> Told:
    return Told(axis, *([model.movies.titles[i] for i in end] for end in (axis.high, axis.low)))


def _film(model: Factors, movie: Any, score: float = 0.0) -> Film:
    row = model.row(movie)
    return Film(row.title, ", ".join(row.genres), row.n_ratings, float(score))


def _best_known(model: Factors) -> NDArray[np.int64]:
    """Return the films with training ratings, most rated first."""
    order = np.argsort(-np.asarray(model.movie_counts), kind="stable")
    return np.asarray(order[model.movie_train_counts[order] > 0], dtype=np.int64)


def _map(model: Factors, axes: Axes) -> Mapped:
    layout = pair_layout(axes, model.movie_train_counts > 0)
    movies = _best_known(model)[:MAPPED]
    traits = [trait for number in (1, 2) for trait in axes.axis(number).traits if trait.kind == "genre" and trait.sure]
    strongest = sorted(traits, key=lambda trait: -abs(trait.r))
    genres = list(dict.fromkeys(trait.name for trait in strongest))[:_GENRES]
    rarest = sorted(range(len(genres)), key=lambda at: min(t.n for t in traits if t.name == genres[at]))
    colours = []
    for movie in movies:
        has = {genre.casefold() for genre in model.movies.genres_of(int(movie))}
        colours.append(next((at for at in rarest if genres[at].casefold() in has), -1))
    return Mapped(layout.points[movies], [_film(model, movie) for movie in movies], colours, genres)


def _neighbours(model: Factors) -> list[tuple[Film, list[Film]]]:
    """Return the best-known films with their neighbours, leaving out films that are another's neighbour."""
    found: list[tuple[Film, list[Film]]] = []
    listed: set[int] = set()
    for movie in _best_known(model):
        if len(found) == FILMS:
            break
        if int(movie) in listed:
            continue
        near, scores = similar(model, int(movie), NEIGHBOURS)
        listed.update(near.tolist())
        found.append((_film(model, movie), [_film(model, *pair) for pair in zip(near, scores, strict=True)]))
    return found
