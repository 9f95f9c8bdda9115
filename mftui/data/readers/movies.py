"""Titles, genres and years from the movies file beside the ratings (movies.csv, movies.dat, u.item, *.item)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mftui.data.readers.faults import unclosed_quote
from mftui.data.readers.layout import decoded, head_lines
from mftui.data.readers.names import listed, match
from mftui.data.storage.files import FileRef
from mftui.data.titles.title import parse_year
from mftui.errors import DataError
from mftui.text import visible

# u.genre of MovieLens 100K, for a u.item without it beside.
_UITEM_GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
_UITEM_FLAGS_FROM = 5
_TITLE_HINT = "Give it one, or remove the line: a movie without a line is shown by its id."


@dataclass
class MovieTable:
    """What a movies file says, line by line: ids as text, titles, genres joined by "|", years (0: unknown)."""

    ids: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    genres: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)

    def add(self, ref: FileRef, line: int, movie: str, title: str, genres: str, date: str = "") -> None:
        """Append one line; raises DataError where the id or the title is missing."""
        if not movie.strip():
            raise DataError("the movie id is missing.", path=ref, line=line, hint="Fill it in.")
        if not title.strip():
            raise DataError(f"movie {visible(movie.strip())} has no title.", path=ref, line=line, hint=_TITLE_HINT)
        year = parse_year(title)
        if year is None:
            found = re.search(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", date)
            year = int(found.group()) if found else 0
        self.ids.append(movie.strip())
        self.titles.append(title.strip())
        self.genres.append(genres.strip())
        self.years.append(year)


def read_movies(ref: FileRef, genre_file: FileRef | None = None) -> MovieTable:
    """Read the movies file `ref`; `genre_file` names the genre flags of a u.item."""
    lines, _ = head_lines(ref)
    first = next(line for line in lines if line.strip())
    if first.count("|") >= 20 and "\t" not in first:
        return _read_uitem(ref, _genre_names(genre_file))
    if "::" in first:
        return _read_dat(ref)
    return _read_table(ref, first)


def _text(ref: FileRef) -> str:
    with ref.open() as file:
        return decoded(file.read())[0]


def _lines(ref: FileRef) -> list[tuple[int, str]]:
    return [(i, line) for i, line in enumerate(re.split(r"\r\n|\n|\r", _text(ref)), 1) if line.strip()]


def _expect(ref: FileRef, line: int, fields: list[str], least: int) -> None:
    if len(fields) < least:
        raise DataError(
            f"{len(fields)} columns where there should be {least}.",
            path=ref,
            line=line,
            hint="Correct or remove the line.",
        )


def _genre_names(ref: FileRef | None) -> tuple[str, ...]:
    if ref is None:
        return _UITEM_GENRES
    named = [line.rsplit("|", 1) for _, line in _lines(ref)]
    numbered = {int(pair[1]): pair[0] for pair in named if len(pair) == 2 and pair[1].strip().isdecimal()}
    return tuple(numbered.get(i, "") for i in range(max(numbered, default=-1) + 1)) or _UITEM_GENRES


def _read_uitem(ref: FileRef, names: tuple[str, ...]) -> MovieTable:
    table = MovieTable()
    for line, text in _lines(ref):
        fields = text.split("|")
        _expect(ref, line, fields, _UITEM_FLAGS_FROM)
        flags = zip(names, fields[_UITEM_FLAGS_FROM:], strict=False)
        genres = "|".join(name for name, flag in flags if flag.strip() == "1" and name != "unknown")
        table.add(ref, line, fields[0], fields[1], genres, fields[2])
    return table


def _read_dat(ref: FileRef) -> MovieTable:
    table = MovieTable()
    for line, text in _lines(ref):
        fields = text.split("::")
        _expect(ref, line, fields, 2)
        # A title may hold the delimiter; id and genres do not.
        title = "::".join(fields[1:-1]) if len(fields) > 2 else fields[1]
        table.add(ref, line, fields[0], title, fields[-1] if len(fields) > 2 else "")
    return table


def _read_table(ref: FileRef, first: str) -> MovieTable:
    delimiter = max("\t,;|", key=first.count)
    quoted = delimiter != "\t" or first.startswith('"')
    text = _text(ref)
    if quoted and text.count('"') % 2:
        open_line = unclosed_quote(io.StringIO(text, newline=""), delimiter)
        if open_line is not None:
            raise DataError("a quote is opened and never closed.", path=ref, line=open_line, hint="Close it.")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    table = MovieTable()
    header: list[str] = []
    columns: Mapping[str, int] = {}
    try:
        for row in reader:
            if not any(map(str.strip, row)):
                continue
            if not header:
                header, columns = row, _movie_columns(ref, row)
                continue
            line = reader.line_num
            if len(row) != len(header):
                raise DataError(
                    f"{len(row)} columns where there should be {len(header)}.",
                    path=ref,
                    line=line,
                    hint="Put titles with commas in double quotes.",
                )
            genres = row[columns["genres"]] if "genres" in columns else ""
            if "genres" in columns and header[columns["genres"]].strip().endswith(":token_seq"):
                genres = "|".join(genres.split())
            date = row[columns["year"]] if "year" in columns else ""
            table.add(ref, line, row[columns["movie"]], row[columns["title"]], genres, date)
    except csv.Error as error:
        raise DataError(f"broken quoting ({error}).", path=ref, line=reader.line_num) from error
    return table


def _movie_columns(ref: FileRef, header: list[str]) -> dict[str, int]:
    columns = match(header, ("movie", "title", "genres", "year"))
    for role in ("movie", "title"):
        if role not in columns or (role == "title" and columns["title"] == columns["movie"]):
            raise DataError(
                f"no column for the {role}; columns found: {listed(header)}.",
                path=ref,
                hint="A movies file has movieId, title and, if known, genres. Or move it away: titles are optional.",
            )
    return columns
