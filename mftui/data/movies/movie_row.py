"""One movie as people see it."""

from __future__ import annotations

from dataclasses import dataclass, field

from mftui.data.ids import RawId


@dataclass(frozen=True)
class MovieRow:
    """One movie for a table or a JSON document."""

    movie_id: RawId
    title: str
    genres: list[str] = field(default_factory=list)
    year: int | None = None
    n_ratings: int = 0
    imdb_id: str | None = None
    """Such as tt0114709."""
    tmdb_id: int | None = None
    tags: list[str] = field(default_factory=list)
