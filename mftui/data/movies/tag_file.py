"""Tags of movies: from tags.csv, a line for each tag that a user gave, or from a table of tags and their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mftui.data.ids import Ids
from mftui.data.movies.join import indices_of
from mftui.data.movies.texts import read_texts
from mftui.data.readers.encodings import head_lines
from mftui.data.readers.names import listed, plain
from mftui.data.storage.files import FileRef
from mftui.data.storage.string_column import StringColumn
from mftui.errors import DataError
from mftui.text import visible

MOST = 10
"""Tags kept of a movie."""
_MOVIE = ("movieid", "movie", "itemid", "item", "filmid", "bookid", "animeid", "id", "asin", "isbn", "gameid")
_TAG = ("tag", "tags", "tagname", "tagvalue", "keyword", "label")
_TAG_ID = ("tagid",)
_USER = ("userid", "user", "uid", "customerid", "reviewerid", "memberid")
_WEIGHT = ("tagweight", "weight", "count", "n")
_COLUMNS = {"movie": _MOVIE, "tag": _TAG, "number": _TAG_ID, "user": _USER, "weight": _WEIGHT}
_NAMES = ("value", "tag", "tagname", "name")
_BLOCK_BYTES = 4 << 20


@dataclass(frozen=True)
class TagTable:
    """Which movie has which tag, and of how many people; each pair once."""

    columns: Any
    """An Arrow table: movie and tag (text, lower case), n."""
    notes: tuple[str, ...] = ()


def tags_movies(ref: FileRef) -> bool:
    """Return whether a file has movies and tags; reads its first lines."""
    try:
        texts = read_texts(ref, 2)
    except DataError:
        return False
    found = _positions(texts.first, texts.delimiter)
    return "movie" in found and bool({"tag", "number"} & found.keys())


def read_tags(ref: FileRef, names: FileRef | None = None) -> TagTable:
    """Read a file of tags.

    Parameters
    ----------
    ref: a line for each movie and tag, perhaps of each user.
    names: for a file that has the numbers of tags: what they are.

    Raises DataError where it cannot be read, or has no columns for movie and tag.
    """
    import pyarrow.compute as pc

    table, notes = _read(ref)
    if "tag" not in table.column_names:
        table = _named(table, ref, names)
    tag = pc.replace_substring(pc.utf8_lower(pc.utf8_trim_whitespace(table["tag"])), "|", "/")
    table = table.set_column(table.column_names.index("tag"), "tag", tag)
    movie = pc.utf8_trim_whitespace(table["movie"])
    table = table.set_column(table.column_names.index("movie"), "movie", movie)
    table = table.filter(pc.not_equal(table["tag"], ""))
    if "user" in table.column_names:
        table = table.group_by(["movie", "tag", "user"]).aggregate([])
        return TagTable(_renamed(table.group_by(["movie", "tag"]).aggregate([("user", "count")])), notes)
    if "weight" in table.column_names:
        return TagTable(_renamed(table.group_by(["movie", "tag"]).aggregate([("weight", "sum")])), notes)
    return TagTable(_renamed(table.group_by(["movie", "tag"]).aggregate([([], "count_all")])), notes)


def most_given(movie_ids: Ids, tags: TagTable) -> StringColumn | None:
    """Return (n_movies,) the tags that most people gave a movie, joined by "|"; None where no rated movie has one."""
    table = tags.columns
    movie, tag = (table[name].combine_chunks().dictionary_encode() for name in ("movie", "tag"))
    if not len(table):
        return None
    at, known = indices_of(movie_ids, movie.dictionary.to_pylist())
    codes = movie.indices.to_numpy()
    rows = known[codes]
    movies, named = at[codes][rows], tag.indices.to_numpy()[rows]
    counts = table["n"].to_numpy()[rows]
    texts = [" ".join(text.split()) for text in tag.dictionary.to_pylist()]
    popular = np.bincount(named, weights=counts, minlength=len(texts))
    order = np.lexsort((named, -popular[named], -counts, movies))
    lists: list[list[str]] = [[] for _ in range(len(movie_ids))]
    for place, what in zip(movies[order].tolist(), named[order].tolist(), strict=True):
        if len(lists[place]) < MOST and texts[what] not in lists[place]:
            lists[place].append(texts[what])
    return StringColumn.of("|".join(found) for found in lists) if any(lists) else None


def _renamed(table: Any) -> Any:
    return table.rename_columns(["movie", "tag", "n"])


def _positions(names: list[str], delimiter: str) -> dict[str, int]:
    bare = [plain(name) for name in names]
    named = {what: next((name for name in usual if name in bare), None) for what, usual in _COLUMNS.items()}
    found = {what: bare.index(name) for what, name in named.items() if name is not None}
    if not found and delimiter == "::" and len(names) == 4 and names[0].isdecimal() and names[1].isdecimal():
        return {"user": 0, "movie": 1, "tag": 2}  # tags.dat of MovieLens 10M has no header
    return found


def _read(ref: FileRef) -> tuple[Any, tuple[str, ...]]:
    """Read the columns that count, as text: `(an Arrow table, sentences on lines left out)`."""
    import pyarrow as pa

    head = read_texts(ref, 2)
    found = _positions(head.first, head.delimiter)
    if "movie" not in found or not {"tag", "number"} & found.keys():
        raise DataError(
            f"no columns for the movie and the tag; columns found: {listed(head.first)}.",
            path=ref,
            hint="A file of tags has userId, movieId and tag. Or move it away: it is optional.",
        )
    if len(head.delimiter) == 1:
        table, notes = _by_arrow(ref, head.delimiter, found)
    else:
        texts = read_texts(ref)
        rows = texts.rows if head.delimiter == "::" and head.first[0].isdecimal() else texts.rows[1:]
        sound = [row for _, row in rows if len(row) > max(found.values())]
        notes = _left_out(ref, len(rows) - len(sound))
        table = pa.table({what: pa.array([row[at] for row in sound], pa.string()) for what, at in found.items()})
    if "weight" in found:
        weights = [float(text) if _is_number(text) else 0.0 for text in table["weight"].to_pylist()]
        table = table.set_column(table.column_names.index("weight"), "weight", pa.array(weights))
    return table, notes


def _by_arrow(ref: FileRef, delimiter: str, found: dict[str, int]) -> tuple[Any, tuple[str, ...]]:
    """Read a million lines in a fraction of a second."""
    import pyarrow as pa
    from pyarrow import csv

    lines, encoding = head_lines(ref)
    skip = next(at for at, line in enumerate(lines) if line.strip()) + 1
    width = len(read_texts(ref, 1).first)
    bad: list[int | None] = []

    def pass_over(row: Any) -> str:
        bad.append(row.number)
        return "skip"

    def read(encoding: str) -> Any:
        bad.clear()
        with ref.open() as file:
            return csv.read_csv(
                file,
                csv.ReadOptions(
                    column_names=[str(at) for at in range(width)],
                    skip_rows=skip,
                    encoding=encoding,
                    block_size=_BLOCK_BYTES,
                ),
                csv.ParseOptions(
                    delimiter=delimiter,
                    quote_char='"' if delimiter != "\t" or lines[skip - 1].startswith('"') else False,
                    newlines_in_values=True,
                    invalid_row_handler=pass_over,
                ),
                csv.ConvertOptions(
                    include_columns=[str(at) for at in found.values()],
                    column_types={str(at): pa.string() for at in range(width)},
                    strings_can_be_null=False,
                ),
            )

    try:
        try:
            table = read("utf8" if encoding == "utf-8" else encoding)
        except pa.ArrowInvalid as error:
            if "UTF8" not in str(error):
                raise
            table = read("latin-1")
    except pa.ArrowInvalid as error:
        raise DataError(f"cannot be read ({visible(str(error)[:200])}).", path=ref) from error
    return table.rename_columns(list(found)), _left_out(ref, len(bad))


def _named(table: Any, ref: FileRef, names: FileRef | None) -> Any:
    """Replace the numbers of tags by the tags."""
    import pyarrow as pa

    if names is None:
        raise DataError("it has only the numbers of tags.", path=ref, hint="Put the file that names them beside it.")
    texts = read_texts(names)
    bare = [plain(name) for name in texts.first]
    at = next((bare.index(name) for name in _NAMES if name in bare), None)
    number = next((bare.index(name) for name in ("tagid", "id") if name in bare), None)
    if at is None or number is None:
        raise DataError(f"no columns for the tag's number and name; columns found: {listed(texts.first)}.", path=names)
    known = {row[number].strip(): row[at] for _, row in texts.rows[1:] if len(row) > max(at, number)}
    tags = [known.get(text.strip(), "") for text in table["number"].to_pylist()]
    return table.set_column(table.column_names.index("number"), "tag", pa.array(tags, pa.string()))


def _left_out(ref: FileRef, n: int) -> tuple[str, ...]:
    if not n:
        return ()
    return (f"{n:,} {'line' if n == 1 else 'lines'} of {ref.name} left out, as the number of columns is another.",)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()
