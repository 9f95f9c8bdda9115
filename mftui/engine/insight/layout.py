"""Movies as points in two dimensions: a pair of principal axes, or t-SNE; and users among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mftui.engine.model.arrays import Flags, Floats

if TYPE_CHECKING:
    from mftui.engine.insight.principal_axes import Axes

_N_LIKED = 20
"""Where no axis says it, a user stands amid the movies that they would like best: so many."""
_MAX_COMPONENTS = 50
"""Principal axes that t-SNE is given at most."""


@dataclass(frozen=True)
class Layout:
    """Where each movie stands."""

    name: str
    points: Floats
    """(n_movies, 2); NaN for movies without training ratings, which have no place."""
    axes: Axes
    pair: tuple[int, int] | None = None
    """The numbers of the axes that are x and y, from 1; None where they are no axes."""

    def place(self, rows: Floats) -> Floats:
        """Return where users with these factors (n, k) stand, be they of the data or folded in: (n, 2).

        On axes a user is placed by their own coordinates, stretched so that users spread as far as movies; else
        amid the movies that they would like best, the biases left out.
        """
        turned = self.axes.turned(np.atleast_2d(np.asarray(rows, dtype=np.float32)))
        if self.pair is not None:
            at = [number - 1 for number in self.pair]
            spread = self.axes.users[:, at].std(axis=0)
            stretch = np.nanstd(self.points, axis=0) / np.maximum(spread, 1e-9)
            return np.asarray(turned[:, at] * stretch, dtype=np.float32)
        likes = turned @ self.axes.movies[self.axes.known].T
        n = min(_N_LIKED, likes.shape[1])
        best = self.axes.known[np.argpartition(-likes, n - 1, axis=1)[:, :n]]
        return np.asarray(np.nanmean(self.points[best], axis=1), dtype=np.float32)


def pair_layout(axes: Axes, trained: Flags, x: int = 1, y: int = 2) -> Layout:
    """Return the movies on axes `x` and `y` (from 1). `trained`: (n_movies,) which movies have a place."""
    points = axes.movies[:, [x - 1, y - 1]].copy()
    points[~trained] = np.nan
    return Layout(f"axes {x} and {y}", points, axes, (x, y))


def tsne_layout(
    axes: Axes,
    counts: NDArray[np.int32],
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Layout | None:
    """Place movies by t-SNE, near each other if their factors point the same way; in a process of its own. None once
    `cancelled` says so.

    Parameters
    ----------
    counts: (n_movies,) training ratings; where there are many movies, the best-known are embedded and each of the
        rest is placed beside those nearest to it.
    on_progress: told from 0 to 1, from the thread that calls.

    Raises MftuiError if it fails.
    """
    from mftui.engine.insight.tsne import embed

    trained = np.flatnonzero(np.asarray(counts) > 0)
    order = trained[np.argsort(-np.asarray(counts)[trained], kind="stable")]
    rows = axes.movies[order, :_MAX_COMPONENTS]
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    placed = embed(rows, on_progress or (lambda _: None), cancelled or (lambda: False))
    if placed is None:
        return None
    points = np.full((len(counts), 2), np.nan, dtype=np.float32)
    points[order] = placed
    return Layout("t-SNE", points, axes)
