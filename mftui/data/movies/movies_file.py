"""Titles, genres and years from a file beside the ratings: movies.csv, movies.dat, u.item, books.csv, …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from mftui.data.movies.movie_table import Columns, Key, MovieTable, movie_columns, said, year_of
from mftui.data.movies.texts import Numbered, Texts, read_texts
from mftui.data.readers.names import listed, plain
from mftui.data.storage.files import FileRef
from mftui.data.titles.genres import joined_genres
from mftui.errors import DataError

# u.genre of MovieLens 100K, for a u.item without it beside.
_UITEM_GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
_UITEM_FLAGS_FROM = 5
_FLAG_NAMES = frozenset(name.casefold() for name in (*_UITEM_GENRES, "Children", "History", "Family", "Music", "IMAX"))
_FEW_FLAGS = 3
"""Columns called as genres are flags if there are so many."""
_UITEM_COLUMNS = 20
_USERS = frozenset(("userid", "user", "reviewerid", "customerid", "memberid", "username"))
_LOOKED_AT = 20
_ID = re.compile(r"\s*(?:tt)?\d+\s*", re.ASCII)
_YEAR = re.compile(r"\s*(?:\d{4}(?:\.0)?|NULL|NA|nan|)\s*", re.IGNORECASE)
_HINT = "A movies file has movieId, title and, if known, genres. Or move it away: titles are optional."
_QUOTE = "Put titles with {} in double quotes."


def describes_movies(ref: FileRef) -> bool:
    """Return whether a file has ids and titles of movies, and no ratings by users; reads its first lines."""
    try:
        texts = read_texts(ref, _LOOKED_AT, _fits)
    except DataError:
        return False
    return not _of_users(texts) and _layout(texts) is not None


def read_movies(ref: FileRef, genre_file: FileRef | None = None) -> MovieTable:
    """Read a movies file.

    Lines that cannot be used are left out, and unquoted commas in titles mended where it is plain; the table's notes
    say so.

    Parameters
    ----------
    ref: the file.
    genre_file: the names of the genre flags of a u.item; or a table of movies and their genres, for a movies file
        without.

    Raises DataError where nothing can be read from it.
    """
    texts = read_texts(ref, fits=_fits)
    if _of_users(texts):
        raise DataError("it has a column of users, so its rows are no movies.", path=ref, hint=_HINT)
    layout = _layout(texts)
    if layout is None:
        missing = "title" if movie_columns([*texts.first, "title"]) else "movie"
        raise DataError(f"no column for the {missing}; columns found: {listed(texts.first)}.", path=ref, hint=_HINT)
    names, columns, rows = layout
    flags = _flag_names(genre_file) if len(names) >= _UITEM_COLUMNS and not texts.delimiter.strip("|") else ()
    sound, titles, notes = _sound(
        ref, names, columns, rows, texts.delimiter, flagged=bool(flags and columns.genres is None)
    )
    if not sound:
        raise DataError("no line with an id and a title.", path=ref, hint=_HINT)
    table = table_of(names, columns, sound, titles, flags)
    table.notes = notes
    if genre_file is not None and not any(table.genres):
        table.genres = _genres_beside(genre_file, table.keys[0].texts)
    return table


def table_of(
    names: Sequence[str], columns: Columns, rows: list[list[str]], titles: list[str], flags: Sequence[str] = ()
) -> MovieTable:
    """Make a table of rows of text, each of which has an id and a title.

    Parameters
    ----------
    names: of all columns.
    columns: which of them is what.
    rows: cells by position.
    titles: of the rows.
    flags: the genres that the last columns of a u.item say yes or no to.
    """
    dates = [row[columns.year] if columns.year is not None else "" for row in rows]
    return MovieTable(
        keys=[Key(kind, names[at], [row[at].strip() for row in rows]) for kind, at in columns.keys],
        titles=titles,
        genres=_genres(names, columns, rows, flags),
        years=[year_of(title, date) for title, date in zip(titles, dates, strict=True)],
    )


def _of_users(texts: Texts) -> bool:
    return bool(_USERS & {plain(name) for name in texts.first})


def _fits(names: Sequence[str]) -> bool:
    return movie_columns(list(names)) is not None


def _layout(texts: Texts) -> tuple[list[str], Columns, list[Numbered]] | None:
    """Return `(names of the columns, what they are, the rows below the header)`; None where no movies are described."""
    names = [name.strip() for name in texts.first]
    columns = movie_columns(names)
    if columns is not None:
        return names, columns, texts.rows[1:]
    looked_at = [row for _, row in islice(texts.rows, _LOOKED_AT)]
    places = [str(at + 1) for at in range(len(names))]
    if texts.delimiter == "|" and len(names) >= _UITEM_COLUMNS:
        return places, Columns((("own", 0),), (1,), None, 2), texts.rows
    if len(names) < 2 or not all(_ID.fullmatch(row[0]) for row in looked_at):
        return None
    if len(names) > 2 and all(len(row) > 2 and _YEAR.fullmatch(row[1]) for row in looked_at):
        # the Netflix Prize: id, year, and the rest of the line is the title
        joined = [(line, [*row[:2], texts.delimiter.join(row[2:])]) for line, row in texts.rows]
        return places[:3], Columns((("own", 0),), (2,), None, 1), joined
    worded = sum(len(row) > 1 and re.search(r"[^\W\d_]", row[1]) is not None for row in looked_at)
    if worded < len(looked_at) / 2 or len(names) > 4:
        return None
    return places, Columns((("own", 0),), (1,), len(names) - 1 if len(names) > 2 else None, None), texts.rows


def _sound(
    ref: FileRef, names: Sequence[str], columns: Columns, rows: Sequence[Numbered], delimiter: str, *, flagged: bool
) -> tuple[list[list[str]], list[str], list[str]]:
    """Return `(rows that have an id and a title, these titles, sentences on the other rows)`."""
    width, sound, titles = len(names), [], []
    keys = [at for _, at in columns.keys]
    faults: list[tuple[int, str]] = []
    mended: list[int] = []
    genres = _known_genres(columns, rows, width) if any(len(row) > width for _, row in rows) else set()
    for line, row in rows:
        cells = row
        if len(row) > width and not any(map(str.strip, row[width:])):
            cells = row[:width]
        elif len(row) > width and (whole := _mended(row, columns, width, delimiter, genres)):
            cells = whole
            mended.append(line)
        if len(cells) != width and not (flagged and len(cells) >= _UITEM_FLAGS_FROM):
            signs = "commas" if delimiter == "," else "the delimiter"
            quote = f" {_QUOTE.format(signs)}" if len(cells) > width else ""
            faults.append((line, f"{len(cells)} columns where there should be {width}.{quote}"))
        elif not any(cells[at].strip() for at in keys):
            faults.append((line, "the movie id is missing."))
        elif not (title := title_of(cells, columns)):
            faults.append((line, f"movie {listed([cells[keys[0]]])} has no title."))
        else:
            sound.append(cells)
            titles.append(title)
    notes = []
    if mended:
        notes.append(f"{ref.name}, {_lines(mended)}: an unquoted comma is taken as part of the title.")
    if faults:
        line, what = faults[0]
        more = f" This line and {len(faults) - 1:,} more are" if len(faults) > 1 else " This line is"
        where = f"{ref.name}, line {line}" if line else ref.name
        notes.append(f"{where}: {what}{more} left out.")
    return sound, titles, notes


def _lines(lines: Sequence[int]) -> str:
    more = f" and {len(lines) - 1:,} more" if len(lines) > 1 else ""
    return f"line {lines[0]}{more}"


def title_of(row: Sequence[str], columns: Columns) -> str:
    """Return the title in a row, from the first of its columns that says something; "" where none does."""
    return next((title for at in columns.titles if (title := said(row[at]))), "")


def _known_genres(columns: Columns, rows: Sequence[Numbered], width: int) -> set[str]:
    at = columns.genres
    if at is None:
        return set()
    return {genre.strip() for _, row in rows if len(row) == width for genre in re.split(r"[|,;/]", row[at])}


def _mended(row: list[str], columns: Columns, width: int, delimiter: str, genres: set[str]) -> list[str] | None:
    """Join the cells of a title that holds the delimiter; None where it is not plain that it is the title.

    It is where there is one title, and all else are ids, genres and a year.
    """
    at, more = columns.titles[0], len(row) - width
    others = {*(key for _, key in columns.keys), columns.genres, columns.year} - {None}
    if len(columns.titles) > 1 or len(others) != width - 1:
        return None
    pieces, behind = row[at : at + more + 1], row[at + more + 1 :]
    if any(piece.strip() in genres for piece in pieces[1:]):
        return None
    if columns.genres is not None and columns.genres > at and genres:
        last = row[columns.genres + more]
        if not {part.strip() for part in re.split(r"[|,;/]", last)} & genres:
            return None
    return [*row[:at], delimiter.join(pieces), *behind]


def _genres(names: Sequence[str], columns: Columns, rows: Sequence[list[str]], flags: Sequence[str]) -> list[str]:
    if columns.genres is not None:
        cells = [row[columns.genres] for row in rows]
        if names[columns.genres].endswith(":token_seq"):
            return ["|".join(cell.split()) for cell in cells]
        return joined_genres([said(cell) for cell in cells])
    places = {_UITEM_FLAGS_FROM + place: name for place, name in enumerate(flags)}
    named = {at: name.strip() for at, name in enumerate(names) if name.strip().casefold() in _FLAG_NAMES}
    places = named if len(named) >= _FEW_FLAGS else places
    return [
        "|".join(name for at, name in places.items() if name != "unknown" and at < len(row) and _is_set(row[at]))
        for row in rows
    ]


def _is_set(flag: str) -> bool:
    return flag.strip().casefold() in ("1", "1.0", "true")


def _flag_names(ref: FileRef | None) -> tuple[str, ...]:
    """Return the genres that the flags of a u.item stand for."""
    if ref is None:
        return _UITEM_GENRES
    named = [row for _, row in read_texts(ref).rows]
    numbered = {int(row[-1]): "|".join(row[:-1]) for row in named if len(row) > 1 and row[-1].strip().isdecimal()}
    return tuple(numbered.get(at, "") for at in range(max(numbered, default=-1) + 1)) or _UITEM_GENRES


def _genres_beside(ref: FileRef, ids: Sequence[str]) -> list[str]:
    """Return the genres, joined, of these movies from a table with one genre a line."""
    texts = read_texts(ref)
    names = [plain(name) for name in texts.first]
    columns = movie_columns([*texts.first, "title"])
    if columns is None or "genre" not in names:
        return [""] * len(ids)
    key, at = columns.keys[0][1], names.index("genre")
    of_movie: dict[str, list[str]] = {}
    for _, row in texts.rows[1:]:
        if len(row) == len(names):
            of_movie.setdefault(row[key].strip(), []).append(said(row[at]).replace("|", "/"))
    return ["|".join(dict.fromkeys(of_movie.get(movie, ()))) for movie in ids]
