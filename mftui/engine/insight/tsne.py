"""t-SNE by scikit-learn, in a child process: it takes long, blocks the interpreter, and can be cancelled."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mftui import limits
from mftui.child import run_child
from mftui.engine.model.arrays import Floats
from mftui.errors import MachineError

MAX_ROWS = 10_000
"""Rows that t-SNE embeds; the rest are placed beside the nearest of these."""
_ITERATIONS = 750
_LEAST_BYTES = 450 << 20
"""With less, libraries of linear algebra wait without end for some."""
_PERPLEXITY = 30.0
_N_NEAREST = 3
_ROWS_AT_ONCE = 2_000
_ITERATION = re.compile(r"Iteration (\d+)")
_SEARCH_SHARE = 0.05
"""The share of the whole that the search for neighbours takes."""


def embed(rows: Floats, on_progress: Callable[[float], None], cancelled: Callable[[], bool]) -> Floats | None:
    """Place rows in two dimensions by t-SNE, in a child process.

    Parameters
    ----------
    rows: (n, d), the most important first.
    on_progress: called with the share that is done.
    cancelled: asked ten times a second whether to stop.

    Returns
    -------
    (n, 2) places, or None if cancelled.

    Raises
    ------
    MftuiError: the child process failed.
    """

    def heard(line: str) -> None:
        if found := _ITERATION.search(line):
            on_progress(_SEARCH_SHARE + (1 - _SEARCH_SHARE) * min(1.0, int(found[1]) / _ITERATIONS))

    if (most := limits.memory()) is not None and most < _LEAST_BYTES:
        raise MachineError(
            f"t-SNE needs about {_LEAST_BYTES >> 20} MB; this process may use {limits.words()}.", hint="Allow more."
        )
    with TemporaryDirectory(prefix="mftui-tsne-") as folder:
        given, made = Path(folder) / "rows.npy", Path(folder) / "places.npy"
        np.save(given, np.ascontiguousarray(rows, dtype=np.float32), allow_pickle=False)
        arguments = (str(given), str(made))
        if not run_child(__name__, *arguments, failure="t-SNE failed: ", on_line=heard, cancelled=cancelled):
            return None
        on_progress(1.0)
        return np.asarray(np.load(made, allow_pickle=False), dtype=np.float32)


def _embed_here(rows: Floats) -> Floats:
    """Place rows in this process; scikit-learn prints its lines of progress."""
    from sklearn.manifold import TSNE

    first = rows[:MAX_ROWS]
    if len(first) < 3:
        return np.column_stack([np.arange(len(rows)), np.zeros(len(rows))]).astype(np.float32)
    perplexity = min(_PERPLEXITY, (len(first) - 1) / 3)
    solver = TSNE(2, perplexity=perplexity, max_iter=_ITERATIONS, init="pca", random_state=0, verbose=2, n_jobs=-1)
    places = np.asarray(solver.fit_transform(first), dtype=np.float32)
    if len(rows) <= MAX_ROWS:
        return places
    return np.concatenate([places, _beside(rows[MAX_ROWS:], first, places)])


def _beside(rows: Floats, known: Floats, places: Floats) -> Floats:
    """Place each of `rows` amid its nearest of `known` by cosine (rows have length 1), the nearest counting most."""
    found = np.empty((len(rows), 2), dtype=np.float32)
    for at in range(0, len(rows), _ROWS_AT_ONCE):
        near = rows[at : at + _ROWS_AT_ONCE] @ known.T
        best = np.argpartition(-near, _N_NEAREST - 1, axis=1)[:, :_N_NEAREST]
        weights = np.maximum(np.take_along_axis(near, best, axis=1), 1e-3) ** 8
        weights /= weights.sum(axis=1, keepdims=True)
        found[at : at + _ROWS_AT_ONCE] = (places[best] * weights[:, :, None]).sum(axis=1)
    return found


def main() -> None:
    """Run as the child process: `ROWS.npy PLACES.npy`."""
    given, made = sys.argv[1:]
    os.nice(5)
    np.save(made, _embed_here(np.load(given, allow_pickle=False)), allow_pickle=False)


if __name__ == "__main__":
    main()
