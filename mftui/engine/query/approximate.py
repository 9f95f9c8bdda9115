"""Neighbours by an index of the movies (FAISS, the extra `ann`), for tables so large that to look at all is slow.

The index gives candidates; their scores are made by `neighbours.movie_scores`, as in exact search. It lies in the
cache, bound to the model by a digest of its factors; how many of the ten nearest it finds is measured as it is made.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mftui import paths
from mftui.data.storage.documents import read_document
from mftui.data.storage.files import replace_directory
from mftui.data.storage.integrity import sealed
from mftui.data.storage.own_key import mark_of
from mftui.data.storage.regular import MANIFEST_BYTES, list_own, remove_tree, seen_own
from mftui.data.storage.writing import write_text
from mftui.engine.model.arrays import Floats, Indices
from mftui.engine.query.movie_filter import MovieFilter
from mftui.engine.query.neighbours import By, Metric, best_by, blocks_of, movie_scores, similar, supported
from mftui.engine.query.recommend import highest
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors

Search = Literal["exact", "approximate"]
SEARCHES: tuple[Search, ...] = ("exact", "approximate")
EXACT_MS = 50.0
"""Where exact search takes no longer than this, there is no need of an index."""
RECALL_AT = 10
"""The recall that is measured: of so many nearest movies."""
TARGET_RECALL = 0.95
"""The recall that an index is set to, as far as it goes without looking at more than a quarter of the movies."""
RECALL_QUERIES = 100
_MIN_CANDIDATES = 1_000
"""Movies of the index that are scored, at least: those of few ratings fall back, which the index knows least of where
distances are asked for."""
_MIN_PROBES = 8
"""Cells that are looked into, at least."""
_FORMAT = 2
_MAX_INDEXES = 8
"""Indexes in the cache; the oldest go."""
_ROWS_AT_ONCE = 1 << 16
"""Movies whose vectors are made at once."""
_SAMPLES_PER_CELL = 40
"""Movies that each cell of the index is placed by."""
_MANIFEST, _FILE = "index.json", "index.faiss"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """The nearest movies, and how they were found."""

    movies: Indices
    """(≤ n,) movie indices, nearest first."""
    scores: Floats
    search: Search
    recall: float | None = None
    """Share of the RECALL_AT nearest that the index finds, over RECALL_QUERIES movies; None of exact search."""
    note: str = ""
    """Why the search was exact, where an index was asked for."""

    @property
    def label(self) -> str:
        """Say how they were found in a sentence; "" for an exact search that was asked for."""
        if self.recall is None:
            return self.note
        found = f"{self.recall:.0%} of the {RECALL_AT} nearest, measured on {RECALL_QUERIES} movies"
        return f"Found by an index that finds {found}."


def available() -> bool:
    """Return whether the extra is installed."""
    return find_spec("faiss") is not None


def find_similar(
    model: Factors,
    movie: int,
    n: int,
    *,
    metric: Metric = "cosine",
    by: By | None = None,
    where: MovieFilter | None = None,
    search: Search = "exact",
    shrink: bool = True,
) -> Found:
    """Find the nearest movies to the movie at an index, as `similar` does; by an index where `search` asks for it,
    exact search is slow, and no filter narrows the movies. The first time the index is made: that takes
    seconds for each hundred thousand movies.

    Raises UsageError where the extra is missing, and what `similar` raises.
    """
    note = ""
    if search == "approximate":
        if not available():
            raise UsageError("approximate search needs FAISS.", hint="pip install 'mftui[ann]', or search exactly.")
        if where not in (None, MovieFilter()):
            note = "With a filter the search is exact."
        elif not shrink:
            note = "Without shrinkage the search is exact."
        elif exact_ms(key := IndexKey(model, metric, by)) <= EXACT_MS:
            note = f"Exact search takes less than {EXACT_MS:.0f} ms here, so it was used."
        else:
            index = opened(key)
            best, scores = index.nearest(model, movie, n)
            return Found(best, scores, "approximate", index.recall)
    best, scores = similar(model, movie, n, metric=metric, by=by, where=where, shrink=shrink)
    return Found(best, scores, "exact", note=note)


class IndexKey:
    """A model with metric and blocks, equal where the index would be the same."""

    def __init__(self, model: Factors, metric: Metric, by: By | None) -> None:
        self.model, self.metric = model, metric
        self.by = best_by(model, by)
        self.name = f"{model.movie_digest}-{metric}-{self.by}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexKey) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


@lru_cache(maxsize=64)
def exact_ms(key: IndexKey) -> float:
    """Measure the milliseconds of an exact search, once what it derives from the model is there: the least of three."""
    times = []
    for _ in range(4):
        began = time.perf_counter()
        movie_scores(key.model, 0, key.metric, key.by)
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


@dataclass(frozen=True, eq=False)
class Index:
    """An index of one model, for one metric and one choice of blocks."""

    cells: Any
    """faiss.IndexIVFFlat."""
    metric: Metric
    by: By | None
    recall: float

    def nearest(self, model: Factors, movie: int, n: int) -> tuple[Indices, Floats]:
        """Return the nearest of the candidates that the index finds for a movie, with exact scores."""
        row = _vectors(model, self.metric, self.by, np.array([movie]), query=True)
        _, found = self.cells.search(row, max(_MIN_CANDIDATES, 10 * n))
        candidates = np.sort(found[0][(found[0] >= 0) & (found[0] != movie)])
        scores = movie_scores(model, movie, self.metric, self.by, candidates)
        best = highest(-scores if self.metric == "euclidean" else scores, np.arange(len(candidates)), n)
        return candidates[best], scores[best]


@lru_cache(maxsize=3)
def opened(key: IndexKey) -> Index:
    """Load the index from the cache, or make it where it is missing or damaged."""
    directory = paths.cache_dir() / "neighbours" / key.name
    return _load(directory, key) or _make(directory, key)


def _load(directory: Path, key: IndexKey) -> Index | None:
    import faiss

    try:
        manifest = read_document(directory / _MANIFEST, MANIFEST_BYTES, sealed=True)
        if manifest["format"] != _FORMAT or manifest["model"] != key.name:
            return None
        if mark_of(directory / _FILE) != manifest["mark"]:
            raise ValueError("it was not made here")
        recall, probes = float(manifest["recall"]), int(manifest["probes"])
        if not (0 <= recall <= 1 and probes > 0):
            raise ValueError(f"a recall of {recall:g} by {probes} probes")
        cells: Any = faiss.read_index(str(directory / _FILE), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        cells.nprobe = probes
        return Index(cells, key.metric, key.by, recall)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RuntimeError) as error:
        _log.info("index %s is damaged and will be made again: %s", directory, error)
        return None


def _make(directory: Path, key: IndexKey) -> Index:
    import faiss

    cells = _built(key)
    recall = _set_probes(cells, key)

    def write(aside: Path) -> None:
        faiss.write_index(cells, str(aside / _FILE))
        manifest = {
            "format": _FORMAT,
            "model": key.name,
            "probes": cells.nprobe,
            "recall": recall,
            "mark": mark_of(aside / _FILE),
        }
        write_text(aside / _MANIFEST, json.dumps(sealed(manifest)))

    try:
        replace_directory(directory, write)
        made = [one for one in list_own(directory.parent) if not one.name.startswith(".")]
        made.sort(key=lambda one: seen_own(one).st_mtime, reverse=True)
        for old in made[_MAX_INDEXES:]:
            remove_tree(old, ignore_errors=True)
    except (OSError, RuntimeError) as error:
        _log.info("no index in %s: %s", directory, error)
    return Index(cells, key.metric, key.by, recall)


def _built(key: IndexKey) -> Any:
    """Index the movies with training ratings in cells around k-means centres (FAISS: IVF, vectors unchanged)."""
    import faiss

    model, metric, by = key.model, key.metric, key.by
    trained = np.flatnonzero(np.asarray(model.movie_train_counts) > 0)
    n_cells = max(1, min(int(2 * len(trained) ** 0.5), len(trained)))
    some = np.random.default_rng(0).choice(trained, min(len(trained), _SAMPLES_PER_CELL * n_cells), replace=False)
    sample = _vectors(model, metric, by, np.sort(some))
    kind = faiss.METRIC_L2 if metric == "euclidean" else faiss.METRIC_INNER_PRODUCT
    around = (faiss.IndexFlatL2 if metric == "euclidean" else faiss.IndexFlatIP)(sample.shape[1])
    cells = faiss.IndexIVFFlat(around, sample.shape[1], n_cells, kind)
    cells.cp.min_points_per_centroid = 1
    cells.train(sample)
    for at in range(0, len(trained), _ROWS_AT_ONCE):
        rows = trained[at : at + _ROWS_AT_ONCE]
        cells.add_with_ids(_vectors(model, metric, by, rows), rows)
    return cells


def _set_probes(cells: Any, key: IndexKey) -> float:
    """Look into as many cells as reach the TARGET_RECALL, or into a quarter of them; returns the recall with these."""
    model, metric, by = key.model, key.metric, key.by
    trained = np.flatnonzero(np.asarray(model.movie_train_counts) > 0)
    movies = np.random.default_rng(1).choice(trained, min(len(trained), RECALL_QUERIES), replace=False).tolist()
    exact = [similar(model, movie, RECALL_AT, metric=metric, by=by)[0] for movie in movies]
    index, most = Index(cells, metric, by, 0.0), max(_MIN_PROBES, cells.nlist // 4)
    cells.nprobe = _MIN_PROBES
    while (recall := _recall(index, model, movies, exact)) < TARGET_RECALL and cells.nprobe < most:
        cells.nprobe = min(2 * cells.nprobe, most)
    return recall


def _recall(index: Index, model: Factors, movies: list[int], exact: list[Indices]) -> float:
    """Return the share of the exact neighbours of these movies that the index finds."""
    pairs = zip(movies, exact, strict=True)
    return float(np.mean([np.isin(near, index.nearest(model, movie, RECALL_AT)[0]).mean() for movie, near in pairs]))


def _vectors(model: Factors, metric: Metric, by: By | None, rows: Indices, *, query: bool = False) -> Floats:
    """Return (n, k) what stands for movies in the index, or asks it: their inner products are the scores of
    `movie_scores` but for a factor that is the same for all; for "euclidean" their distances are those
    without support."""
    parts = []
    for factors, norms, weight in blocks_of(model, by):
        part = np.asarray(factors[rows], dtype=np.float32)
        if metric == "euclidean":
            scale: Any = np.float32(np.sqrt(weight) / max(float(norms.mean()), 1e-12))
        elif query:
            scale = np.float32(weight) / np.maximum(norms[rows], 1e-12) ** (2 if metric == "dot" else 1)
        else:
            scale = supported(model, rows) / (1 if metric == "dot" else np.maximum(norms[rows], 1e-12))
        parts.append(part * np.reshape(scale, (-1, 1)))
    return np.ascontiguousarray(np.concatenate(parts, axis=1), dtype=np.float32)
