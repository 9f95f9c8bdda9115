"""One rating of a person's own, as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from mftui.data.web_ids import imdb_number, written_imdb

_DAY_S = 86_400
LATEST = 2**53
"""Timestamps are less."""


class Rated(NamedTuple):
    """What somebody gave to one film."""

    title: str
    """As MovieLens writes it, with the year and other titles in brackets; empty where there is none."""
    stars: float
    """0 to 5: see `mftui.data.profiles.stars`."""
    movie_id: str = ""
    """Raw id in the data set that it was rated in, else empty."""
    timestamp: int = 0
    """Seconds since 1970."""
    imdb_id: str = ""
    """`tt0114709`, empty where unknown."""
    dataset: str = ""
    """Label of the data set that `movie_id` is of."""
    fingerprint: str = ""
    """Its fingerprint."""
    tmdb_id: str = ""
    """`862`, empty where unknown."""

    @property
    def name(self) -> str:
        """Return the title, or an id where there is none."""
        if self.title or not (self.movie_id or self.imdb_id or self.tmdb_id):
            return self.title
        return f"movie {self.movie_id}" if self.movie_id else self.imdb_id or f"tmdb:{self.tmdb_id}"

    @property
    def day(self) -> str:
        """Return the day of the rating, as 2020-02-29 (UTC); empty where that is unknown, or no date."""
        return _day(self.timestamp // _DAY_S) if self.timestamp else ""

    def kept(self) -> Rated:
        """Return the row as it comes back from the file: text that UTF-8 has, stars in six digits."""
        return kept_rows(*([value] for value in self))[0]


def kept_rows(*columns: Sequence[Any]) -> list[Rated]:
    """Make rows of columns, in the order of `Rated`; each row as it comes back from the file."""
    kept = [
        map(keep, column) if column.count("") < len(column) else column
        for keep, column in zip(KEEP, columns, strict=True)
    ]
    return [*map(Rated._make, zip(*kept, strict=True))]


def revived(found: dict[str, Any]) -> Rated:
    """Make a row again of what `_asdict` made of one; raises TypeError where it is none."""
    row = Rated(**found)
    for name, value in Rated(title="", stars=0.0)._asdict().items():
        if type(getattr(row, name)) is not type(value):
            raise TypeError(f"{name} is no {type(value).__name__}")
    return row


def written_tmdb(text: str) -> str:
    """Write the number as TMDb does, "862"; empty if it is no TMDb number."""
    digits = text.strip().lstrip("0")
    return digits if digits.isascii() and digits.isdigit() and len(digits) < 12 else ""


@lru_cache(10_000)
def _day(day: int) -> str:
    """Write the day that is so many days after 1970; empty where that is no date."""
    try:
        return datetime.fromtimestamp(day * _DAY_S, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


@lru_cache(1_000)
def six_digits(stars: float) -> str:
    """Write stars as a file keeps them."""
    return f"{stars:.6g}"


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _storable(text: str) -> str:
    return _encodable(text).strip()


KEEP: tuple[Callable[[Any], Any], ...] = (
    lambda title: " ".join(_encodable(title).split()),
    lambda stars: float(six_digits(stars)),
    _storable,
    int,
    lambda imdb: imdb and written_imdb(imdb_number(imdb)),
    _storable,
    _storable,
    lambda tmdb: tmdb and written_tmdb(tmdb),
)
"""What the file keeps of each of the columns of `Rated`."""
