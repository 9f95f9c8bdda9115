"""The Embedding Projector: vectors and labels of the movies as tab-separated text, and TensorBoard's configuration."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.csv_cells import inert
from mftui.data.storage.regular import create_own
from mftui.data.storage.writing import write_text
from mftui.engine.model.factors import Factors
from mftui.text import visible

CONFIG = "projector_config.pbtxt"
_ROWS_AT_ONCE = 2_000


def export_projector(model: Factors, directory: Path, on_progress: Callable[[float], None] = lambda _: None) -> None:
    """Write `taste.tsv` (and `audience.tsv` where the model has that block), `movies.tsv` and `projector_config.pbtxt`.

    A row of vectors for each movie with training ratings; `movies.tsv` has its title, year, genres and number of
    ratings, under a line of headings. `tensorboard --logdir DIRECTORY` shows them; so does the projector's own page,
    which takes a file of vectors and one of labels.
    """
    p = model.parameters
    movies = np.flatnonzero(model.movie_train_counts > 0)
    blocks = {"taste": p.movie_factors, "audience": p.audience_movie_factors}
    known = {name: factors for name, factors in blocks.items() if factors is not None}
    for name, factors in known.items():
        _write_vectors(directory / f"{name}.tsv", factors[movies], on_progress)
    rows = [_label(model, movie) for movie in movies]
    lines = "".join("\t".join(row) + "\n" for row in [["title", "year", "genres", "ratings"], *rows])
    write_text(directory / "movies.tsv", lines)
    write_text(directory / CONFIG, "".join(map(_embedding, known)))


def _write_vectors(file: Path, vectors: NDArray[np.float32], on_progress: Callable[[float], None]) -> None:
    with create_own(file) as out:
        for at in range(0, len(vectors), _ROWS_AT_ONCE):
            np.savetxt(out, vectors[at : at + _ROWS_AT_ONCE], fmt="%.9g", delimiter="\t")
            on_progress(min(1.0, (at + _ROWS_AT_ONCE) / len(vectors)))


def _label(model: Factors, movie: np.int64) -> list[str]:
    row = model.row(movie)
    texts = (row.title, str(row.year or ""), "|".join(row.genres), str(row.n_ratings))
    return [inert(re.sub(r"\s+", " ", visible(text)).strip()) for text in texts]


def _embedding(name: str) -> str:
    return f'embeddings {{\n  tensor_name: "{name}"\n  tensor_path: "{name}.tsv"\n  metadata_path: "movies.tsv"\n}}\n'
