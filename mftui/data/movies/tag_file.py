"""Tags of movies: from tags.csv, a line for each tag that a user gave, or from a table of tags and their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids
from mftui.data.movies.join import indices_of
from mftui.data.movies.texts import Texts, coded, read_texts, texts_of
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
    """Which movie has which tag, and of how many people: n pairs, each once."""

    movies: list[str]
    """Ids, as text."""
    tags: list[str]
    """In lower case."""
    movie: NDArray[np.int64]
    """(n,) place in `movies`."""
    tag: NDArray[np.int64]
    """(n,) place in `tags`."""
    count: NDArray[np.float64]
    """(n,) how many people gave it, or how much it weighs."""
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
    columns, notes = _read(ref)
    movie, movies = coded(columns["movie"])
    tag, given = coded(columns["tag" if "tag" in columns else "number"])
    tags = texts_of(given) if "tag" in columns else _named(texts_of(given), ref, names)
    folded: dict[str, int] = {"": 0}
    place = [folded.setdefault(" ".join(text.lower().replace("|", "/").split()), len(folded)) for text in tags]
    pairs = movie.astype(np.int64) * len(folded) + np.array(place, dtype=np.int64)[tag]
    weights = None
    if "user" in columns:
        user, users = coded(columns["user"])
        people = np.sort(pairs * max(len(users), 1) + user)  # numpy's `unique` takes four times as long
        pairs = people[np.append(True, people[1:] != people[:-1])[: len(people)]] // max(len(users), 1)
    elif "weight" in columns:
        weight, numbers = coded(columns["weight"])
        weights = np.array([float(text) if _is_number(text) else 0.0 for text in texts_of(numbers)])[weight]
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    first = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)])
    distinct, ends = pairs[first], np.append(first[1:], len(pairs))
    summed = np.append(0.0, np.cumsum(np.ones(len(pairs)) if weights is None else weights[order]))
    counts = summed[ends] - summed[first]
    said = distinct % len(folded) > 0
    distinct, counts = distinct[said], counts[said]
    ids = [text.strip() for text in texts_of(movies)]
    return TagTable(ids, list(folded), distinct // len(folded), distinct % len(folded), counts, notes)


def most_given(movie_ids: Ids, tags: TagTable) -> StringColumn | None:
    """Return (n_movies,) the tags that most people gave a movie, joined by "|"; None where no rated movie has one."""
    at, known = indices_of(movie_ids, tags.movies)
    rows = known[tags.movie]
    movies, named, counts = at[tags.movie][rows], tags.tag[rows], tags.count[rows]
    popular = np.bincount(named, counts, len(tags.tags))
    order = np.lexsort((named, -popular[named], -counts, movies))
    movies, named = movies[order], named[order]
    # the first MOST of each movie: its rows follow each other
    first = np.searchsorted(movies, movies)
    kept = np.arange(len(movies)) - first < MOST
    lists: list[list[str]] = [[] for _ in range(len(movie_ids))]
    for place, what in zip(movies[kept].tolist(), named[kept].tolist(), strict=True):
        lists[place].append(tags.tags[what])
    return StringColumn.of("|".join(found) for found in lists) if kept.any() else None


def _positions(names: list[str], delimiter: str) -> dict[str, int]:
    bare = [plain(name) for name in names]
    named = {what: next((name for name in usual if name in bare), None) for what, usual in _COLUMNS.items()}
    found = {what: bare.index(name) for what, name in named.items() if name is not None}
    if not found and delimiter == "::" and len(names) == 4 and names[0].isdecimal() and names[1].isdecimal():
        return {"user": 0, "movie": 1, "tag": 2}  # tags.dat of MovieLens 10M has no header
    return found


def _read(ref: FileRef) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the columns that count: `(Arrow columns of text by what they are, sentences on lines left out)`."""
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
        return _by_arrow(ref, head, found)
    texts = read_texts(ref)
    rows = texts.rows if head.delimiter == "::" and head.first[0].isdecimal() else texts.rows[1:]
    sound = [row for _, row in rows if len(row) > max(found.values())]
    columns = {
        what: pa.chunked_array([pa.array([row[at] for row in sound], pa.string())]) for what, at in found.items()
    }
    return columns, _left_out(ref, len(rows) - len(sound))


def _by_arrow(ref: FileRef, head: Texts, found: dict[str, int]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a million lines in a fraction of a second."""
    import pyarrow as pa
    from pyarrow import csv

    lines, encoding = head_lines(ref)
    skip = next(at for at, line in enumerate(lines) if line.strip()) + 1
    quoted = head.delimiter != "\t" or lines[skip - 1].startswith('"')
    bad: list[int | None] = []

    def pass_over(row: Any) -> str:
        bad.append(row.number)
        return "skip"

    def read() -> Any:
        bad.clear()
        text = pa.dictionary(pa.int32(), pa.string())
        types = {str(at): pa.int64() if what == "user" and numbers else text for what, at in found.items()}
        with ref.open() as file:
            return csv.read_csv(
                file,
                csv.ReadOptions(
                    column_names=[str(at) for at in range(len(head.first))],
                    skip_rows=skip,
                    encoding="utf8" if encoding == "utf-8" else encoding,
                    block_size=_BLOCK_BYTES,
                ),
                csv.ParseOptions(
                    delimiter=head.delimiter,
                    quote_char='"' if quoted else False,
                    newlines_in_values=newlines,
                    invalid_row_handler=pass_over,
                ),
                csv.ConvertOptions(include_columns=list(types), column_types=types, strings_can_be_null=False),
            )

    # What is quickest first: most files have numbers for users, and no tag of two lines.
    numbers, newlines = True, False
    while True:
        try:
            table = read()
        except pa.ArrowInvalid as error:
            if numbers and "conversion error to int64" in str(error):
                numbers = False
            elif encoding == "utf-8" and "UTF8" in str(error):
                encoding = "latin-1"
            elif quoted and not newlines:
                newlines = True
            else:
                raise DataError(f"cannot be read ({visible(str(error)[:200])}).", path=ref) from error
            continue
        if not (bad and quoted and not newlines):
            return dict(zip(found, table.columns, strict=True)), _left_out(ref, len(bad))
        newlines = True


def _named(numbers: list[str], ref: FileRef, names: FileRef | None) -> list[str]:
    """Return the tags that have these numbers; "" for one that has no name."""
    if names is None:
        raise DataError("it has only the numbers of tags.", path=ref, hint="Put the file that names them beside it.")
    texts = read_texts(names)
    bare = [plain(name) for name in texts.first]
    at = next((bare.index(name) for name in _NAMES if name in bare), None)
    number = next((bare.index(name) for name in ("tagid", "id") if name in bare), None)
    if at is None or number is None:
        raise DataError(f"no columns for the tag's number and name; columns found: {listed(texts.first)}.", path=names)
    known = {row[number].strip(): row[at] for _, row in texts.rows[1:] if len(row) > max(at, number)}
    return [known.get(text.strip(), "") for text in numbers]


def _left_out(ref: FileRef, n: int) -> tuple[str, ...]:
    if not n:
        return ()
    return (f"{n:,} {'line' if n == 1 else 'lines'} of {ref.name} left out, as the number of columns is another.",)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()
