"""Which column of an export is which: by the name, else by what is in it, or as the user says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mftui.data.incoming.own_types import is_type
from mftui.data.profiles.tables import Table, number_of
from mftui.data.readers.names import named, plain
from mftui.data.readers.personal import ORIGINALS, OWN_RATING, RATING, TITLES, Site, top_told_by
from mftui.errors import UsageError
from mftui.text import visible, whole_number

ROLES = ("movie", "title", "rating", "timestamp", "year", "imdb", "tmdb", "user", "type")
"""What `--columns` takes for an export; `date` is another word for `timestamp`."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "movie": (
        "movieid", "movielensid", "mlid", "movieidx", "itemid", "itemidx", "mid", "iid", "filmid", "productid",
        "parentasin", "asin", "bookid", "isbn", "animeid", "showid", "gameid", "trackid", "songid", "contentid",
        "product", "book", "anime",
    ),
    "year": (
        "year", "releaseyear", "movieyear", "yearreleased", "yearofrelease", "filmyear", "startyear", "jahr", "anno",
        "année", "annee", "año", "ano", "år", "jaar", "rok", "rokprodukcji", "год", "年份", "年", "yıl",
        "originalpublicationyear", "yearpublished", "releasedate", "productionyear", "released", "firstreleased",
        "上映日期", "上映时间", "premiere",
    ),
    "imdb": (
        "const", "imdbid", "imdbconst", "imdbtitleid", "imdbtt", "tconst", "imdb", "imdburl", "imdblink", "imdb链接",
        "url", "link", "uri",
    ),
    "tmdb": ("tmdbid", "themoviedbid", "tmdbmovieid", "tmdb", "tmdburl", "tmdblink", "url", "link", "uri"),
    "user": (
        "userid", "user", "uid", "useridx", "usernumber", "userno", "memberid", "member", "reviewerid", "reviewer",
        "raterid", "rater", "profileid", "accountid", "username", "profilename",
    ),
    "type": (
        "titletype", "mediatype", "type", "kind", "itemtype", "contenttype", "titeltyp", "typdetitre", "typedetitre",
        "tipodetítulo", "tipoditítolo", "tipoditolo", "tipodititolo", "typtytułu", "typ", "tipo", "типназвания",
        "тип",
    ),
}  # fmt: skip
_DATES = (
    "ratedat", "userratedat", "daterated", "ratingdate", "dateofrating", "ratedon", "ratedate", "lastratedat",
    "bewertungsdatum", "打分日期", "评分时间", "评分日期", "创建时间", "датаоценки", "datadivalutazione",
    "datedelanote", "timestamp", "ratingtimestamp", "unixtimestamp", "eventutcts", "watcheddate", "watchedat",
    "datewatched", "lastwatchedat", "progressedat", "enddate", "date", "datum", "fecha", "data", "дата", "日期",
    "tanggal", "datetime", "ts", "time", "dateread", "reviewdate", "dataoceny", "dateadded", "created", "createdat",
    "addedat", "modified", "updatedat",
)  # fmt: skip
_IMDB_ID = re.compile(r"tt\d{5,10}(?!\d)")
_TMDB_ID = re.compile(r"(?:^|themoviedb\.org/movie/)(\d{1,9})(?![\d.])")
_SMALLEST_IMDB = 100
"""A column that is only called "imdb" has IMDb's ratings, where all numbers are less."""
_OWN_IDS = ("mftui", "MovieLens")
"""Sites whose ids of movies are those of a data set."""
_LINKS = ("url", "link", "uri")
"""Columns that have links to some page."""
_OF_OTHERS = ("episode", "season", "show", "series", "parent", "url")
"""In names of columns whose ids are not those of the film."""
_LOOKED_AT = 20_000
"""About so many rows tell what a column has."""
_MAJORITY = 0.6
_GRADES = 10


@dataclass(frozen=True)
class Roles:
    """The names of the columns, as `Table.cells` has them; "" for none."""

    rating: str = ""
    titles: tuple[str, ...] = ()
    """The title, and the original one."""
    dates: tuple[str, ...] = ()
    """The first of them that has one counts."""
    movie: str = ""
    year: str = ""
    imdb: str = ""
    tmdb: str = ""
    user: str = ""
    type: str = ""
    doubtful: tuple[str, ...] = ()
    """Columns one of which must be the rating, where that cannot be told."""

    @property
    def names_film(self) -> bool:
        """Return whether there is something to know a film by."""
        return bool(self.titles or self.movie or self.imdb or self.tmdb)

    def used(self) -> dict[str, tuple[str, ...]]:
        """Return role → columns."""
        found = {"movie": (self.movie,), "title": self.titles, "rating": (self.rating,), "timestamp": self.dates}
        found |= {"year": (self.year,), "imdb": (self.imdb,), "tmdb": (self.tmdb,)}
        found |= {"user": (self.user,), "type": (self.type,)}
        return {role: columns for role, columns in found.items() if any(columns)}


def looks_like_header(cells: Sequence[str]) -> bool:
    """Return whether a line names a rating and a film."""
    names = {plain(cell.lstrip("#")) for cell in cells}
    ids = (*_NAMES["movie"], *_NAMES["imdb"], *_NAMES["tmdb"])
    rated = any(name in names for name in (*OWN_RATING, *RATING)) or any(map(top_told_by, names))
    return rated and any(name in names for name in (*TITLES, *ORIGINALS, *ids))


def find_roles(table: Table, site: Site | None, given: Mapping[str, str]) -> Roles:
    """Find what each column is.

    Parameters
    ----------
    given: role → name or position of a column; "none" for a column that is not to be used.

    Raises
    ------
    UsageError: for a role or a column that there is not.
    """
    said = {role: _column(table, role, name) for role, name in given_roles(given).items()}
    taken = {column for column in said.values() if column}
    columns = [name for name in table.columns if name not in taken]

    def by_name(role: str, names: Iterable[str]) -> str:
        return said[role] if role in said else next((name for name in names if name in columns), "")

    own, doubtful = _rating(table, site, columns, taken) if "rating" not in said else (said["rating"], ())
    titles = (
        (said["title"],)
        if "title" in said
        else tuple(filter(None, (_first(columns, TITLES), _first(columns, ORIGINALS))))
    )
    imdb = by_name("imdb", [name for name in _NAMES["imdb"] if _has_imdb(table, name)])
    if not imdb and "imdb" not in said:
        imdb = next((name for name in columns if _has_only_imdb(table, name)), "")
    tmdb = by_name("tmdb", [name for name in _NAMES["tmdb"] if any(map(tmdb_in, _texts(table, name)))])
    dates = (said["timestamp"],) if "timestamp" in said else _dates(table, site, columns, own)
    found = {role: by_name(role, _NAMES[role]) for role in ("movie", "year", "user", "type")}
    if site and site.name == "IMDb" and not found["type"] and "type" not in said:
        found["type"] = next((name for name in columns if _share(table, name, is_type) > _MAJORITY), "")
    if site is not None and site.name not in _OWN_IDS and "movie" not in said:
        found["movie"] = ""
    elsewhere = {own, *titles, imdb, tmdb, *found.values()}
    dates = tuple(name for name in dates if name and name not in elsewhere)
    return Roles(
        own,
        tuple(filter(None, titles)),
        dates,
        found["movie"],
        found["year"],
        imdb,
        tmdb,
        found["user"],
        found["type"],
        doubtful,
    )


def given_roles(given: Mapping[str, str]) -> dict[str, str]:
    """Return what the user says, with `date` as `timestamp`; raises UsageError for a role that there is not."""
    roles = {"timestamp" if role == "date" else role: name for role, name in given.items()}
    if unknown := sorted(set(roles) - set(ROLES)):
        raise UsageError(
            f"there is no column role called {visible(unknown[0][:40])}.", hint=f"There are: {', '.join(ROLES)}."
        )
    return roles


def imdb_in(text: str) -> str:
    """Return the IMDb id in a cell: of "tt0114709", a link to it, or the number alone."""
    found = _IMDB_ID.search(text)
    number = text.removesuffix(".0")
    return found[0] if found else number if number.isascii() and number.isdigit() else ""


def tmdb_in(text: str) -> str:
    """Return the TMDb id of a film in a cell: a number, or a link."""
    found = _TMDB_ID.search(text.removesuffix(".0"))
    return found[1].lstrip("0") if found else ""


def _column(table: Table, role: str, name: str) -> str:
    if name == "none" and "none" not in table.columns:
        return ""
    at = named(table.header, name)
    if at is None and name.isascii() and 0 < (whole_number(name) or 0) <= len(table.header):
        at = int(name) - 1
    if at is None:
        raise UsageError(
            f"{table.path}: no column is called {visible(name[:40])} (for the {role}).",
            hint=f"There are: {table.named}.",
        )
    return table.columns[at]


def _rating(table: Table, site: Site | None, columns: list[str], taken: set[str]) -> tuple[str, tuple[str, ...]]:
    """Return the column of the person's own ratings, and the ones among which it is if that cannot be told."""
    if site is not None and site.ratings:
        return _first(columns, site.ratings), ()
    own = _first(columns, OWN_RATING)
    if own:
        return own, ()
    told = [name for name in columns if top_told_by(name)]
    theirs = [name for name in columns if name.endswith("rated") and name != "daterated"]
    fitting = [name for name in RATING if name in columns and _share(table, name, _is_number) > _MAJORITY]
    present = _first(columns, RATING)
    if not present and told:
        return told[0], ()
    if not present and site is not None and site.name == "IMDb" and len(theirs) == 1:
        return theirs[0], ()  # lists of 2011 call it "<name of the user> rated"
    if present or site is None or site.name != "IMDb":
        return (fitting[0] if fitting else present), ()
    grades = [name for name in columns if _are_grades(table, name) and name not in taken]
    return (grades[0], ()) if len(grades) == 1 else ("", tuple(grades))


def _are_grades(table: Table, name: str) -> bool:
    """Return whether a column has whole numbers from 1 to 10, not all the same, that do not count the rows."""
    numbers = [number_of(text) for text in _texts(table, name)]
    grades = [int(n) for n in numbers if n is not None and n == int(n) and 1 <= n <= _GRADES]
    if not numbers or len(grades) < len(numbers) or (len(numbers) > 1 and len(set(grades)) == 1):
        return False
    return len(grades) == 1 or any(later != one + 1 for one, later in pairwise(grades))


def _dates(table: Table, site: Site | None, columns: list[str], rating: str) -> tuple[str, ...]:
    found = [name for name in (*(site.dates if site else ()), *_DATES) if name in columns]
    if not found and site is not None and site.name == "IMDb" and rating in columns:
        found = columns[columns.index(rating) + 1 :][:1]  # with names in another language
    return tuple(dict.fromkeys(found))


def _has_imdb(table: Table, name: str) -> bool:
    texts = _texts(table, name)
    if any(_IMDB_ID.search(text) for text in texts):
        return True
    numbers = [int(number) for text in texts if (number := imdb_in(text))]
    return name not in _LINKS and len(numbers) > len(texts) * _MAJORITY and max(numbers, default=0) > _SMALLEST_IMDB


def _has_only_imdb(table: Table, name: str) -> bool:
    of_film = not any(word in name for word in _OF_OTHERS)
    return of_film and _share(table, name, lambda text: bool(_IMDB_ID.fullmatch(text))) > _MAJORITY


def _is_number(text: str) -> bool:
    return text[:1].isdigit() or text[:1] in "★☆½-.,"


def _share(table: Table, name: str, fits: Callable[[str], bool]) -> float:
    texts = _texts(table, name)
    return sum(map(fits, texts)) / len(texts) if texts else 0.0


def _texts(table: Table, name: str) -> list[str]:
    """Return what a column has: of a long table, of rows spread evenly over it."""
    return [text for text in table.column(name)[:: -(-len(table) // _LOOKED_AT) or 1] if text]


def _first(columns: Sequence[str], names: Iterable[str]) -> str:
    return next((name for name in names if name in columns), "")
