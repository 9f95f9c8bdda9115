"""t-SNE by scikit-learn, in a process of its own: it takes long, holds the interpreter, and can be cancelled."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mftui.engine.model.arrays import Floats
from mftui.errors import TrainingError

MOST = 10_000
"""Rows that are embedded; the rest are placed beside them."""
_STEPS = 750
_PERPLEXITY = 30.0
_NEAREST = 3
_BLOCK = 2_000
_ITERATION = re.compile(r"Iteration (\d+)")
_LOOK_S = 0.1
_BEFORE = 0.05
"""The share of the whole that the search for neighbours takes."""


def embed(rows: Floats, on_progress: Callable[[float], None], cancelled: Callable[[], bool]) -> Floats | None:
    """(n, 2) places of `rows` (n, d), the most important first; None once `cancelled` says so.

    Raises TrainingError where the process fails.
    """
    with TemporaryDirectory(prefix="mftui-tsne-") as folder:
        given, made = Path(folder) / "rows.npy", Path(folder) / "places.npy"
        np.save(given, np.ascontiguousarray(rows, dtype=np.float32), allow_pickle=False)
        child = subprocess.Popen(
            [sys.executable, "-P", "-u", "-m", "mftui.engine.insight.tsne", str(given), str(made)],
            stdin=subprocess.PIPE,  # closed when this process ends, however it ends: then it ends, too
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(child, said, on_progress), daemon=True)
        listener.start()
        try:
            while child.poll() is None:
                if cancelled():
                    return None
                listener.join(_LOOK_S)
        finally:
            child.kill()
            child.wait()
            listener.join()
            if child.stdin is not None:
                child.stdin.close()
        if child.returncode != 0 or not made.is_file():
            last = said[-1] if said else "it ended without a word"
            raise TrainingError(f"t-SNE failed: {last[:200]}")
        on_progress(1.0)
        return np.asarray(np.load(made, allow_pickle=False), dtype=np.float32)


def _listen(child: subprocess.Popen[str], said: list[str], on_progress: Callable[[float], None]) -> None:
    assert child.stdout is not None
    with child.stdout as lines:
        for line in lines:
            said[:] = [*said[-5:], line.strip()] if line.strip() else said
            if found := _ITERATION.search(line):
                on_progress(_BEFORE + (1 - _BEFORE) * min(1.0, int(found[1]) / _STEPS))


def _embed_here(rows: Floats) -> Floats:
    """In this process. Prints scikit-learn's own lines of progress."""
    from sklearn.manifold import TSNE

    first = rows[:MOST]
    if len(first) < 3:
        return np.column_stack([np.arange(len(rows)), np.zeros(len(rows))]).astype(np.float32)
    perplexity = min(_PERPLEXITY, (len(first) - 1) / 3)
    solver = TSNE(2, perplexity=perplexity, max_iter=_STEPS, init="pca", random_state=0, verbose=2, n_jobs=-1)
    places = np.asarray(solver.fit_transform(first), dtype=np.float32)
    if len(rows) <= MOST:
        return places
    return np.concatenate([places, _beside(rows[MOST:], first, places)])


def _beside(rows: Floats, known: Floats, places: Floats) -> Floats:
    """Each of `rows` amid its three nearest of `known` by cosine (rows have length 1), the nearest counting most."""
    found = np.empty((len(rows), 2), dtype=np.float32)
    for at in range(0, len(rows), _BLOCK):
        near = rows[at : at + _BLOCK] @ known.T
        best = np.argpartition(-near, _NEAREST - 1, axis=1)[:, :_NEAREST]
        weights = np.maximum(np.take_along_axis(near, best, axis=1), 1e-3) ** 8
        weights /= weights.sum(axis=1, keepdims=True)
        found[at : at + _BLOCK] = (places[best] * weights[:, :, None]).sum(axis=1)
    return found


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(1)


def main() -> None:
    """`python -m mftui.engine.insight.tsne ROWS.npy PLACES.npy`."""
    given, made = sys.argv[1:]
    os.nice(5)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    np.save(made, _embed_here(np.load(given, allow_pickle=False)), allow_pickle=False)


if __name__ == "__main__":
    main()
