"""The files beside the ratings that describe movies: found by their names, and by what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mftui.data.movies.link_file import links_movies
from mftui.data.movies.movies_file import describes_movies
from mftui.data.movies.tag_file import tags_movies
from mftui.data.storage.files import FileRef, Folder

_SUFFIXES = (
    ".csv", ".tsv", ".dat", ".txt", ".tab", ".item", ".parquet", ".pq", ".feather", ".arrow", ".orc", ".json",
    ".jsonl", ".ndjson", ".xlsx", ".xls", ".ods",
)  # fmt: skip
_COPY = re.compile(r"\s*(?:\(\d+\)|[-_ ]\s*(?:copy|kopie|copie|copia)(?:\s*\(?\d+\)?)?|copy of)\s*", re.IGNORECASE)
_USUAL = (
    "movies", "movie", "items", "item", "films", "film", "titles", "movietitles", "moviesmetadata", "moviemetadata",
    "metadata", "books", "book", "anime", "animes", "animelist", "games", "game", "shows", "show", "products",
    "product",
)  # fmt: skip
_WORDS = frozenset(
    ("movie", "movies", "film", "films", "item", "items", "book", "books", "anime", "title", "titles", "metadata")
)
_OTHER_WORDS = frozenset(
    (
        "rating", "ratings", "tag", "tags", "link", "links", "user", "users", "review", "reviews", "score", "scores",
        "train", "test", "interactions", "genre", "genres", "actors", "directors", "countries", "locations", "genome",
        "credits", "keywords",
    )
)  # fmt: skip


def movies_beside(ratings: FileRef, folder: Folder) -> FileRef | None:
    """Find the movies file beside the ratings, of the same family where there are several.

    By name: `movies.csv`, `movie.csv`, `movies (1).csv`, `u.item`, `books.csv`, … in any form that tables have; of
    those, the first that has ids and titles. A file of the most usual names is taken whatever it holds, so that what
    is wrong with it can be said.
    """
    family = {".dat": "movies.dat", ".data": "u.item", ".base": "u.item", ".test": "u.item"}
    names = [f"{ratings.name.removesuffix('.inter')}.item", family.get(ratings.suffix, "movies.csv")]
    exact = [ref for name in (*names, "movies.csv", "movies.dat", "u.item") if (ref := folder.get(name)) is not None]
    usual = _called(_USUAL, folder)
    worded = [ref for ref in folder.files if _words(ref) & _WORDS and not _words(ref) & _OTHER_WORDS]
    fitting = _first([*exact, *usual, *worded], ratings, describes_movies)
    return fitting or next((ref for ref in exact if ref != ratings), None)


def links_beside(ratings: FileRef, folder: Folder) -> FileRef | None:
    """Find the file of links beside the ratings: `links.csv`, `link.csv`, `links_small.csv`, …"""
    named = _called(("links", "link"), folder)
    named += [ref for ref in folder.files if _words(ref) & {"link", "links"}]
    return _first(named, ratings, links_movies)


def tags_beside(ratings: FileRef, folder: Folder) -> tuple[FileRef | None, FileRef | None]:
    """Find `(the file of tags beside the ratings, the file that names them)`: `tags.csv`, `tag.csv`, …"""
    named = _called(("tags", "tag", "movietags"), folder)
    named += [ref for ref in folder.files if _words(ref) & {"tags", "tag"} and "genome" not in _words(ref)]
    found = _first(named, ratings, tags_movies)
    return found, next((ref for ref in named if ref not in (found, ratings)), None)


def genres_beside(folder: Folder) -> FileRef | None:
    """Find the names of the flags of a u.item, or a table of movies and their genres."""
    return folder.get("u.genre") or next((ref for ref in folder.files if _stem(ref) == "moviegenres"), None)


def _first(named: list[FileRef], ratings: FileRef, fits: Callable[[FileRef], bool]) -> FileRef | None:
    return next((ref for ref in dict.fromkeys(named) if ref != ratings and fits(ref)), None)


def _called(names: Sequence[str], folder: Folder) -> list[FileRef]:
    """Return the files that are called one of these names, in the order of the names."""
    places = {name: at for at, name in enumerate(names)}
    found = [(places[stem], ref) for ref in folder.files if (stem := _stem(ref)) in places]
    return [ref for _, ref in sorted(found, key=lambda each: each[0])]


def _stem(ref: FileRef) -> str:
    """Return what a table is called: "movies" of "Movies (1).csv.gz"; "" of what has no suffix of a table."""
    return "".join(_pieces(ref))


def _words(ref: FileRef) -> set[str]:
    return set(_pieces(ref))


def _pieces(ref: FileRef) -> Iterator[str]:
    stem, dot, suffix = ref.name.lower().rpartition(".")
    if not dot or f".{suffix}" not in _SUFFIXES:
        return
    yield from re.findall(r"[^\W\d_]+", _COPY.sub(" ", stem))
