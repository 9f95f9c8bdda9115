"""The hand-written catalogue of films behind the embedded sample, and where each stands on the planted axes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

AXES = ("action-drama", "arthouse", "era", "darkness", "humour", "fantasy")
"""The planted axes: action (+) or drama, art house (+) or mainstream, new (+) or old, dark (+) or light,
funny (+) or serious, fantastic (+) or realistic."""

_ACTION = {
    "Action": 2.0, "Adventure": 1.2, "Sci-Fi": 0.6, "Thriller": 0.5, "Western": 0.5, "Horror": 0.3, "War": 0.3,
    "Crime": 0.2, "Musical": -0.6, "Documentary": -1.0, "Romance": -1.0, "Drama": -1.4,
}  # fmt: skip
_FANTASY = {
    "Fantasy": 2.0, "Sci-Fi": 1.8, "Animation": 1.2, "Adventure": 0.5, "Horror": 0.5, "Children": 0.5,
    "Musical": 0.2, "Film-Noir": -0.3, "Romance": -0.3, "War": -0.6, "Crime": -0.6, "Drama": -0.6,
    "Documentary": -1.0,
}  # fmt: skip


@dataclass(frozen=True)
class Film:
    """One film of the catalogue; the numbers are judgements on a scale of 0 to 10."""

    title: str
    genres: str
    """Joined by "|", as in MovieLens."""
    popularity: int
    quality: int
    arthouse: int
    darkness: int
    humour: int
    series: str
    """Name of the film series it belongs to, empty for none."""

    @property
    def year(self) -> int:
        """Return the year of release."""
        match = re.search(r"\((\d{4})\)$", self.title)
        assert match is not None, self.title
        return int(match.group(1))


@cache
def films() -> tuple[Film, ...]:
    """Read the catalogue, in the order of its file."""
    text = resources.files("mftui.data.synthetic").joinpath("films.tsv").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines()[1:]:
        title, genres, *numbers, series = line.split("\t")
        popularity, quality, arthouse, darkness, humour = map(int, numbers)
        found.append(Film(title, genres, popularity, quality, arthouse, darkness, humour, series))
    return tuple(found)


def planted_positions() -> NDArray[np.float64]:
    """Return positions on `AXES` (n_films, 6), each axis with mean 0 and standard deviation 1 over the films."""
    raw = np.array([_position(film) for film in films()], dtype=np.float64)
    return np.asarray((raw - raw.mean(axis=0)) / raw.std(axis=0))


def genre_shares() -> NDArray[np.float64]:
    """Return what each genre is of each film (n_films, n_genres): rows of length 1, genres in alphabetical order."""
    names = sorted({genre for film in films() for genre in film.genres.split("|")})
    has = np.array([[name in film.genres.split("|") for name in names] for film in films()], dtype=np.float64)
    return np.asarray(has / np.sqrt(has.sum(axis=1, keepdims=True)))


def _position(film: Film) -> tuple[float, ...]:
    genres = film.genres.split("|")
    return (
        sum(_ACTION.get(genre, 0.0) for genre in genres),
        film.arthouse,
        max(film.year, 1930),
        film.darkness,
        film.humour,
        sum(_FANTASY.get(genre, 0.0) for genre in genres),
    )
