"""IMDb's and TMDb's ids of movies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.npy import open_array, save_array

_IMDB = re.compile(r"(?:imdb:|(?:https?://)?(?:www\.|m\.)?imdb\.com/(?:\w\w/)?title/)?tt(\d{4,12})\b\S*", re.IGNORECASE)
_TMDB = re.compile(r"(?:tmdb:|(?:https?://)?(?:www\.)?themoviedb\.org/movie/)\s*(\d{1,12})\b\S*", re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,12})(?:\.0*)?", re.ASCII)


def imdb_number(imdb_id: str) -> int:
    """114709 of "tt0114709", "0114709" or "114709.0"; -1 where it is none."""
    digits = imdb_id.strip().removeprefix("tt")
    if digits.isdigit() and digits.isascii() and len(digits) <= 12:  # most are so
        return int(digits)
    found = _NUMBER.fullmatch(digits)
    return int(found[1]) if found else -1


def written_imdb(number: int) -> str:
    """Write the number as IMDb does: "tt0114709"; empty if it is no IMDb number."""
    return f"tt{number:07d}" if number > 0 else ""


def imdb_page(imdb_id: str) -> str:
    """Return the address of a film's page at IMDb."""
    return f"https://www.imdb.com/title/{imdb_id}/"


def tmdb_page(tmdb_id: int) -> str:
    """Return the address of a film's page at TMDb."""
    return f"https://www.themoviedb.org/movie/{tmdb_id}"


def is_web_id(text: str) -> bool:
    """Return whether `text` names a movie by IMDb's or TMDb's id: "tt0114709", "tmdb:862", or the address of a page."""
    return bool(_IMDB.fullmatch(text.strip()) or _TMDB.fullmatch(text.strip()))


@dataclass(frozen=True)
class WebIds:
    """IMDb's and TMDb's numbers of movies, by movie index."""

    imdb: NDArray[np.int64]
    """(n_movies,) 114709 for tt0114709; 0 where unknown."""
    tmdb: NDArray[np.int64]
    """(n_movies,) 0 where unknown."""

    def __len__(self) -> int:
        return len(self.imdb)

    def imdb_id(self, movie: int | np.integer) -> str:
        """Return IMDb's id of the movie at an index, "" where it is unknown."""
        return written_imdb(int(self.imdb[movie]))

    def tmdb_id(self, movie: int | np.integer) -> int | None:
        """Return TMDb's id of the movie at an index, None where it is unknown."""
        return int(self.tmdb[movie]) or None

    def find(self, text: str) -> int | None:
        """Return the index of the movie that `text` names by such an id; None where there is none."""
        for pattern, numbers in ((_IMDB, self.imdb), (_TMDB, self.tmdb)):
            if found := pattern.fullmatch(text.strip()):
                at = np.flatnonzero(np.asarray(numbers) == int(found[1]))
                return int(at[0]) if int(found[1]) and len(at) else None
        return None

    def save(self, directory: Path) -> None:
        """Write `imdb.npy` and `tmdb.npy`."""
        save_array(directory / "imdb.npy", self.imdb)
        save_array(directory / "tmdb.npy", self.tmdb)

    @classmethod
    def load(cls, directory: Path, n: int | None = None) -> WebIds | None:
        """Open what `save` wrote; None where nothing was written. `n`: of how many movies.

        Raises OSError or ValueError where they are no such numbers.
        """
        if not (directory / "imdb.npy").exists():
            return None
        return cls(*(open_array(directory / f"{name}.npy", ("int64",), n) for name in ("imdb", "tmdb")))
