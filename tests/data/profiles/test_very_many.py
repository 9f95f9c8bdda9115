"""Very many ratings are read, known, changed and written by columns, with the same result as row by row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from helpers.chance import fuzzed
from helpers.models import HOSTILE, TITLES, toy_factors
from helpers.ratings_files import write
from hypothesis import given
from hypothesis import strategies as st

from mftui.data.forms.words import decoded
from mftui.data.profiles import tables
from mftui.data.profiles.even_lines import read_even
from mftui.data.profiles.film_names import unmatched_key, year_and_keys
from mftui.data.profiles.many_names import Names
from mftui.data.profiles.many_rows import Rows
from mftui.data.profiles.many_texts import Texts
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.rated import Rated, kept_rows
from mftui.data.profiles.rows import as_csv, csv_parts
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

MATCHER = Matcher(
    toy_factors(
        (
            *TITLES,
            *HOSTILE,
            "Four Colors (1999)",
            "Theatre, The (2000)",
            "Star: Wars - Hope (1977)",
            "Matrix - Heat (1999)",
        )
    )
)
CELLS = st.text(st.sampled_from('ab ,"\n\r\t;\u00a0\u3000é😀\x1c#'), max_size=4)
TITLED = st.one_of(
    st.sampled_from(
        [
            *TITLES, *HOSTILE, "The (1999)", "A (1999)", "An A (1999)", "Four Colours (1999)", "The Theater (2000)",
            "Theatre (1999)", "toy  story (1995)", " Toy Story (1995) ", "Film 7 (1995)", "Film 7 (1700)", "=1 (1990)",
            "'x (1990)", "Film, The (1990)", "Toy Story", "Star Wars: A New Hope (1977)", "", "\ud800 (1990)",
        ]
    ),
    st.text(max_size=12),
    st.builds(
        lambda words, year: f"{''.join(words)} ({year})",
        st.lists(
            st.sampled_from(
                [
                    "the", "The ", "a", "An ", "l", "d'", "L'", "l’", " l`", "-", " - ", " – ", ": ", ":", " ", "  ",
                    "&", "Star", "Wars", "Alien", "é", "É", "ø", "ß", "´", "…", "_", "!", "$", "our", "tre", "o'ur",
                    "Matrix", "heat", "7", "，", "：", "（", ",", ", The", "~", "İ", "½", "ﬁ", "Leia ", "Hope",
                ]
            ),
            max_size=6,
        ),
        st.sampled_from([1977, 1979, 1995, 1999, 2000, 1700]),
    ),
)  # fmt: skip
RATED = st.builds(
    Rated,
    TITLED,
    st.sampled_from([0.0, 0.5, 5.0, 10 / 3]),
    st.sampled_from(["", "", "1", "999", "a,b"]),
    st.sampled_from([0, -5, 1_600_000_000, 2**53 - 1]),
    st.sampled_from(["", "", "tt0114709", "114709"]),
    st.sampled_from(["", "toy (made by a test)", " =x"]),
    st.sampled_from(["", "f1"]),
    st.sampled_from(["", "", "0862"]),
)


@fuzzed(short=300)
@given(
    lines=st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1, max_size=5),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    spoiled=st.tuples(st.integers(0, 60), st.sampled_from(["", "", '"', "\r", "\0", "\n", ",", "#", "\ufeff"])),
)
def test_columns_are_read_as_lines_are(
    tmp_path: Path, lines: list[list[str]], quoting: int, end: str, spoiled: tuple[int, str]
) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator=end).writerows([["title", "b"], *lines])  # type: ignore[arg-type]
    at, sign = spoiled
    content = (text.getvalue()[:at] + sign + text.getvalue()[at:]).encode()
    even = read_even(content)
    if even is None:
        return
    table = tables.table_of_columns(tmp_path, even.header, even.columns)
    read = tables.split(tmp_path, decoded(content), even.delimiter)
    wanted = tables.table_of(tmp_path, read[0][1], read[1:])
    assert (table.header, [*table.lines]) == (wanted.header, [*wanted.lines])
    assert {name: [*cells] for name, cells in table.cells.items()} == wanted.cells


@pytest.mark.parametrize(
    ("text", "even"),
    [
        ("a,b\n1,2\n", True),
        ('a,b\r\n"1,""x""",2\r\n', True),
        ("a,b\n1\n", False),
        ("a,b\n1,2\n\n", False),
        ("a,b\n1,2\n , \n", False),
        ('a,b\n"1\n2",3\n', False),
        ('a,b\n"1"2,3\n', False),
        ('a,b\n1"2,3\n', False),
        ("a,b\n1,2\r3,4\n", False),
        ("sep=,\na,b\n1,2\n", False),
        ("#a,b\n1,2\n", False),
        ("a\n1\n", False),
        ("a,b\n", False),
        ("", False),
    ],
)
def test_lines_that_are_alike(text: str, even: bool) -> None:
    assert (read_even(text.encode()) is not None) == even


def test_a_fault_in_a_long_profile_names_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_LONG", 0)
    path = write(tmp_path / "me.csv", "title,rating\nHeat,4\nAlien,x\n")
    with pytest.raises(DataError, match="line 3"):
        tables.read_table(FileRef(path, own=True)).numbers("rating")


@fuzzed(short=300)
@given(given_rows=st.lists(RATED, max_size=6))
def test_rows_are_kept_known_and_written_as_one_by_one(given_rows: list[Rated]) -> None:
    columns = [*zip(*given_rows, strict=True)] or [()] * len(Rated._fields)
    kept, rows = kept_rows(*columns), Rows.kept(*columns)
    assert [*rows] == kept and [rows[at] for at in range(len(kept))] == kept and rows[1:] == kept[1:]
    assert [*Rows.joined([kept[:2], rows.part(2, 9)])] == kept
    assert "".join(csv_parts(rows)) == as_csv(kept)
    names = Names(rows)
    for row, plain, key in zip(kept, names.plain, names.keys, strict=True):
        assert not plain or year_and_keys(row.title)[1] == {key}
    assert [*names.unmatched()] == [unmatched_key(row) for row in kept]
    found = MATCHER.find_many(names)
    assert [found.get(at) for at in range(len(kept))] == MATCHER.find_all(kept)
    codes = names.unmatched().codes
    assert len({*codes.tolist()}) == len({unmatched_key(row) for row in kept})


def test_texts_that_repeat_are_one_object_each() -> None:
    texts = Texts.of(["2020-01-01", "2020-01-02"] * 50).tolist()
    assert len({*map(id, texts)}) == 2
