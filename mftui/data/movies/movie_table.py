"""What a file says about movies, before it is known which movie of the ratings each line is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from mftui.data.readers.names import plain
from mftui.data.titles.genres import without_entities
from mftui.data.titles.title import parse_year

Kind = Literal["own", "imdb", "tmdb"]
_OWN = (
    "movieid", "movieidx", "itemid", "itemidx", "filmid", "mid", "iid", "productid", "parentasin", "asin", "bookid",
    "isbn", "animeid", "malid", "showid", "gameid", "trackid", "songid", "contentid", "titleid", "id",
    "movie", "item", "film", "product", "book", "anime", "show", "game", "movieno", "itemno",
)  # fmt: skip
_IMDB = ("imdbid", "imdb", "imdbtitleid", "tconst", "const", "imdbnumber")
_TMDB = ("tmdbid", "tmdb", "themoviedbid", "tmdbmovieid", "moviedbid")
_TMDB_FIELDS = frozenset({"originallanguage", "voteaverage", "posterpath", "belongstocollection"})
"""Fields of TMDb's own tables, whose `id` is TMDb's."""
_TITLES = (
    "title", "movietitle", "itemtitle", "filmtitle", "booktitle", "animetitle", "gametitle", "producttitle",
    "showtitle", "primarytitle", "name", "moviename", "itemname", "filmname", "animename", "bookname", "productname",
    "titleenglish", "englishtitle", "englishname", "originaltitle", "titletext",
    "movie", "film", "item", "book", "anime", "show", "game", "product",
)  # fmt: skip
_GENRES = ("genres", "genre", "listedin", "class", "category", "categories")
_YEARS = (
    "year", "releaseyear", "movieyear", "yearofrelease", "releasedate", "startyear", "yearofpublication",
    "publicationyear", "originalpublicationyear", "yearpublished", "aired", "released", "premiered",
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_NOTHING = r"\N"


@dataclass(frozen=True)
class Columns:
    """Which column of a movies file is what, by position from 0."""

    keys: tuple[tuple[Kind, int], ...]
    """Columns with ids of movies: the movie's own first."""
    titles: tuple[int, ...]
    """Columns with titles, the best first: of a row, the first that says something."""
    genres: int | None = None
    year: int | None = None

    @property
    def all(self) -> list[int]:
        """Return the positions of all of them, each once."""
        rest = (at for at in (*self.titles, self.genres, self.year) if at is not None)
        return list(dict.fromkeys([*(at for _, at in self.keys), *rest]))


@dataclass(frozen=True)
class Key:
    """One column of ids."""

    kind: Kind
    name: str
    texts: list[str]


@dataclass
class MovieTable:
    """What a file says about movies, row by row."""

    keys: list[Key] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    genres: list[str] = field(default_factory=list)
    """Joined by "|"."""
    years: list[int] = field(default_factory=list)
    """0: unknown."""
    notes: list[str] = field(default_factory=list)
    """What was left out or mended, a sentence each."""

    def key(self, kind: Kind) -> Key | None:
        """Return the first column of ids of a kind."""
        return next((key for key in self.keys if key.kind == kind), None)


def movie_columns(names: list[str]) -> Columns | None:
    """Find the columns of a movies file by their names; None where one for the id or the title is missing."""
    free = {at: plain(name) for at, name in enumerate(names)}
    of_tmdb = bool(_TMDB_FIELDS & set(free.values())) and not {"movieid", "itemid"} & set(free.values())

    def found(usual: tuple[str, ...], *without: int) -> list[int]:
        return [at for wanted in usual for at, name in free.items() if name == wanted and at not in without]

    certain = [at for at in found(_OWN) if free[at] not in _TITLES]
    own = [at for at in certain if not (of_tmdb and free[at] == "id")]
    imdb, tmdb = found(_IMDB), [*found(_TMDB), *(at for at in certain if at not in own)]
    either = [at for at in found(_OWN) if free[at] in _TITLES]
    if not certain and either and len(found(_TITLES)) > 1:  # "movie,title": the first is the id
        own = either[:1]
    keys: list[tuple[Kind, int]] = [
        *(("own", at) for at in own), *(("imdb", at) for at in imdb), *(("tmdb", at) for at in tmdb)
    ]  # fmt: skip
    titles = found(_TITLES, *(at for _, at in keys))
    if not keys or not titles:
        return None
    genres, years = found(_GENRES, *titles), found(_YEARS, *titles)
    return Columns(tuple(keys), tuple(titles), genres[0] if genres else None, years[0] if years else None)


def title_columns(names: list[str], movie: int, taken: set[int]) -> Columns | None:
    """Find the columns that describe movies in a file of ratings; None where there are no titles.

    Parameters
    ----------
    names: of all columns.
    movie: the position of the movie's id.
    taken: positions that are not looked at.
    """
    free = {at: plain(name) for at, name in enumerate(names) if at not in taken}

    def found(usual: tuple[str, ...]) -> list[int]:
        return [at for wanted in usual for at, name in free.items() if name == wanted]

    titles, genres, years = found(_TITLES), found(_GENRES), found(_YEARS)
    if not titles:
        return None
    return Columns((("own", movie),), tuple(titles), genres[0] if genres else None, years[0] if years else None)


def said(text: str) -> str:
    """Return a cell as it is meant: "" for what stands for nothing, HTML entities as their characters."""
    bare = text.strip()
    if "&" in bare:
        return without_entities(bare)
    return "" if bare == _NOTHING else bare


def year_of(title: str, date: str = "") -> int:
    """Return the year in a title, else in a date; 0 where there is none."""
    found = _YEAR.search(date)
    return parse_year(title) or (int(found[0]) if found else 0)
