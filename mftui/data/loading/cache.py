"""The binary cache: a data set as arrays. Large ones are mapped: they open at once, and processes share them."""

from __future__ import annotations

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui import paths
from mftui.data.dataset import Dataset, Movies, Ratings, Scale
from mftui.data.ids import Ids
from mftui.data.reading.options import ReadOptions
from mftui.data.reading.reading import Reading
from mftui.data.scales import scale_of
from mftui.data.sources.locate import Sources
from mftui.data.storage.documents import read_document
from mftui.data.storage.files import replace_directory
from mftui.data.storage.integrity import check_files, file_digest, sealed
from mftui.data.storage.npy import open_array, require_values, save_array
from mftui.data.storage.regular import MANIFEST_BYTES, list_own, remove_tree
from mftui.data.storage.writing import write_text

FORMAT = 3
_MANIFEST = "dataset.json"
_log = logging.getLogger(__name__)


def cache_directory(sources: Sources, how: ReadOptions) -> Path:
    """Return the cache directory for these files in their present state.

    The first half of its name says which files, and how they are read; the second, their sizes and times of change.
    So a cached data set is found without reading its files, and a changed file gets another directory.
    """
    seen = [ref.identity() for ref in sources.files]
    which = _short([FORMAT, [entry[:2] for entry in seen], how.document(), how.like and how.like.document()])
    return paths.cache_dir() / f"{which}-{_short([entry[2:] for entry in seen])}"


def is_there(directory: Path) -> bool:
    """Return whether a data set is kept in `directory`, whole or not."""
    return (directory / _MANIFEST).is_file()


def load(directory: Path, sources: Sources) -> Dataset | None:
    """Open the data set in `directory`; None if it is missing, damaged, or of an unknown format."""
    try:
        manifest = read_document(directory / _MANIFEST, MANIFEST_BYTES, sealed=True)
        if manifest["format"] != FORMAT:
            return None
        check_files(directory, manifest["files"])
        n = int(manifest["n_ratings"])
        user_ids, movie_ids = (Ids.load(directory, f"{what}_ids", what) for what in ("user", "movie"))
        scale, test_from = scale_of(manifest["scale"]), manifest["test_from"]
        if test_from is not None and not 0 <= (test_from := int(test_from)) <= n:
            raise ValueError(f"test ratings from {test_from} of {n}")
        return Dataset(
            name=sources.name,
            label=sources.label,
            ratings=Ratings(
                _indices(directory, "users", n, len(user_ids)),
                _indices(directory, "movies", n, len(movie_ids)),
                _values(directory, n, scale),
                open_array(directory / "timestamps.npy", ("int64",), n) if manifest["has_timestamps"] else None,
            ),
            user_ids=user_ids,
            movie_ids=movie_ids,
            movies=Movies.load(directory, bool(manifest["titled"]), len(movie_ids)),
            scale=scale,
            fingerprint=manifest["fingerprint"],
            repairs=tuple(manifest["repairs"]),
            test_rows=None if test_from is None else np.arange(test_from, n),
            reading=Reading.from_document(manifest["read_as"]) or Reading(),
            source=sources.source,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        _log.info("cache %s is damaged and will be made again: %s", directory, error)
        return None


def save(directory: Path, dataset: Dataset) -> None:
    """Write a data set to `directory` as a whole, and remove caches of older states of the same files.

    If it cannot be written (no space, no permission), there is no cache.
    """
    try:
        replace_directory(directory, lambda aside: _write(aside, dataset))
    except OSError as error:
        _log.info("no cache in %s: %s", directory, error)
        return
    for older in list_own(directory.parent):
        if older != directory and older.name.startswith(f"{directory.name.split('-')[0]}-"):
            remove_tree(older, ignore_errors=True)


def _write(directory: Path, dataset: Dataset) -> None:
    ratings = dataset.ratings
    columns: dict[str, NDArray[Any]] = {"users": ratings.users, "movies": ratings.movies, "values": ratings.values}
    if ratings.timestamps is not None:
        columns["timestamps"] = ratings.timestamps
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: save_array(directory / f"{name}.npy", columns[name]), columns))
    dataset.user_ids.save(directory, "user_ids")
    dataset.movie_ids.save(directory, "movie_ids")
    dataset.movies.save(directory)
    manifest = {
        "format": FORMAT,
        "fingerprint": dataset.fingerprint,
        "repairs": list(dataset.repairs),
        "read_as": dataset.reading.document(),
        "n_ratings": len(ratings),
        "scale": [dataset.scale.lo, dataset.scale.hi, dataset.scale.step],
        "titled": dataset.movies.titled,
        "has_timestamps": ratings.timestamps is not None,
        "test_from": None if dataset.test_rows is None else len(ratings) - len(dataset.test_rows),
        "files": {file.name: file_digest(file) for file in sorted(directory.iterdir())},
    }
    write_text(directory / _MANIFEST, json.dumps(sealed(manifest)))


def _indices(directory: Path, name: str, n: int, below: int) -> NDArray[Any]:
    found = open_array(directory / f"{name}.npy", ("int32",), n)
    require_values(name, found, 0, below - 1)
    return found


def _values(directory: Path, n: int, scale: Scale) -> NDArray[Any]:
    found = open_array(directory / "values.npy", ("float32",), n)
    near = 1e-5 * max(abs(scale.lo), abs(scale.hi))  # the scale has more digits than the ratings
    require_values("values", found, scale.lo - near, scale.hi + near)
    return found


def _short(parts: object) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
