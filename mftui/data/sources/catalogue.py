"""The data sets that mftui knows by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mftui import paths

GROUPLENS = "https://files.grouplens.org/datasets/movielens/"
_LICENCE = "GroupLens terms of use: for research, not commercial; conditions in its README"


@dataclass(frozen=True)
class Entry:
    """One data set of the catalogue."""

    name: str
    title: str
    n_users: int
    n_movies: int
    """Movies that are rated."""
    n_ratings: int
    archive: str = ""
    """File name below the publisher's address; empty for the embedded sample."""
    size_mb: float = 0.0
    """Size of the archive."""
    licence: str = _LICENCE
    label: str = ""
    """What is shown as the data set's name."""

    @property
    def url(self) -> str:
        """Return the publisher's address of the archive; its MD5 is at the same address with `.md5`."""
        return GROUPLENS + self.archive if self.archive else ""


SAMPLE = Entry(
    "sample",
    "Real films, made-up ratings; part of mftui",
    700,
    1_711,
    70_000,
    licence="MIT, as mftui",
    label="sample (synthetic ratings)",
)

_MOVIELENS = (
    ("ml-latest-small", "MovieLens latest small (2018)", 610, 9_724, 100_836, "ml-latest-small.zip", 1.0),
    ("ml-100k", "MovieLens 100K (1998)", 943, 1_682, 100_000, "ml-100k.zip", 4.9),
    ("ml-1m", "MovieLens 1M (2003)", 6_040, 3_706, 1_000_209, "ml-1m.zip", 5.9),
    ("ml-10m", "MovieLens 10M (2009)", 69_878, 10_677, 10_000_054, "ml-10m.zip", 65.6),
    ("ml-20m", "MovieLens 20M (2016)", 138_493, 26_744, 20_000_263, "ml-20m.zip", 198.7),
    ("ml-25m", "MovieLens 25M (2019)", 162_541, 59_047, 25_000_095, "ml-25m.zip", 261.8),
    ("ml-32m", "MovieLens 32M (2024)", 200_948, 84_432, 32_000_204, "ml-32m.zip", 238.9),
)

CATALOGUE: Mapping[str, Entry] = {
    "sample": SAMPLE,
    **{
        name: Entry(name, title, users, movies, ratings, archive, size, label=name)
        for name, title, users, movies, ratings, archive, size in _MOVIELENS
    },
}
"""Name → entry."""


def fetched(name: str) -> Path | None:
    """Return the directory of the fetched copy of `name`, or None where it has not been fetched."""
    copy = paths.downloads_dir() / name
    return copy if copy.is_dir() else None
