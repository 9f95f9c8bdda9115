"""Small ratings files of every format that mftui reads, all with the same content."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from mftui.data.dataset import Dataset

# user, movie, rating, timestamp
ROWS = (
    (1, 10, 4.0, 1000),
    (1, 20, 3.5, 1001),
    (2, 10, 5.0, 1002),
    (2, 30, 0.5, 1003),
    (7, 20, 2.0, 1004),
)
MOVIES_CSV = (
    'movieId,title,genres\r\n10,"Good, the Bad and the Ugly, The (1966)",Western\r\n'
    "20,[REC] (2007),Drama|Horror\r\n30,Amélie (2001),Comedy\r\n"
)


def lines(delimiter: str, header: str = "", end: str = "\n", times: bool = True) -> str:
    """The rows as text."""
    rows = [delimiter.join(str(field) for field in row[: 4 if times else 3]) for row in ROWS]
    return end.join([*([header] if header else []), *rows]) + end


def write(path: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    """Write `text` to `path`, whose directories are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def movielens_csv(directory: Path) -> Path:
    """A directory as of the newer MovieLens sets."""
    write(directory / "ratings.csv", lines(",", "userId,movieId,rating,timestamp", "\r\n"))
    write(directory / "movies.csv", MOVIES_CSV)
    return directory


def zipped(directory: Path, archive: Path) -> Path:
    """A zip of `directory`, nested one directory deep as GroupLens ships."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for file in sorted(directory.iterdir()):
            opened.write(file, f"{directory.name}/{file.name}")
    return archive


def rows_of(dataset: Dataset) -> list[tuple[object, object, float]]:
    """(raw user, raw movie, rating) of all ratings, in order."""
    ratings = dataset.ratings
    return list(
        zip(
            dataset.user_ids.raws(np.asarray(ratings.users)),
            dataset.movie_ids.raws(np.asarray(ratings.movies)),
            ratings.values.tolist(),
            strict=True,
        )
    )


EXPECTED = [(user, movie, rating) for user, movie, rating, _ in ROWS]
