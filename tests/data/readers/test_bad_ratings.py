"""Every kind of bad input is a DataError that says what is wrong, where, and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from helpers.ratings_files import write

from mftui.data.loading.load import open_dataset, read_pairs
from mftui.data.reading.options import ReadOptions
from mftui.errors import DataError, UsageError

HEAD = "userId,movieId,rating\n"
GOOD = "1,10,3\n2,20,4\n"

BAD_TEXTS: dict[str, tuple[str | bytes, int | None, str]] = {
    "no rating column": (
        "user,film,mood\n1,2,3\n2,3,4\n",
        None,
        "no column for the rating; columns found: user, film, mood. Name them with --columns",
    ),
    "no column at all": ("a,b,c\nx,y,z\n", None, "no column for the user, movie and rating; columns found: a, b, c."),
    "no header and many columns": ("1,2,3,4,5,6\n1,2,3,4,5,6\n", None, "columns found: 1, 2, 3, 4, 5, 6."),
    "two rating columns": ("user,item,rating,Rating\n1,2,3,4\n", 1, "several columns are called rating"),
    "a rating that is a word": (
        HEAD + GOOD + "\n3,10,good\n",
        5,
        "the rating good is not a number. Correct or remove the line.",
    ),
    "a rating that is a word, no header": ("1,10,bad\n1,20,3\n2,10,4\n3,10,4\n", 1, "the rating bad is not a number"),
    "no rating": (HEAD + GOOD + "3,10,\n", 4, "the rating is missing. Fill it in, or remove the line."),
    "NaN": (HEAD + GOOD + "3,10,NaN\n", 4, "the rating NaN is not a finite number."),
    "infinite": (HEAD + "3,10,inf\n" + GOOD, 2, "the rating inf is not a finite number."),
    "minus infinite": (HEAD + GOOD + "3,10,-Infinity\n", 4, "the rating -Infinity is not a finite number."),
    "too large": (HEAD + GOOD + "3,10,1e39\n", 4, "the rating 1e39 is not a finite number."),
    "no user id": (HEAD + GOOD + ",10,3\n", 4, "the user id is missing. Fill it in, or remove the line."),
    "no movie id": (HEAD + GOOD + "1, ,3\n", 4, "the movie id is missing."),
    "no id among words": (HEAD + "anna,x,3\n,y,4\n", 3, "the user id is missing."),
    "NaN as an id among numbers": (HEAD + GOOD + "nan,10,3\n", 4, "the user id is missing (nan)."),
    "too few columns": (HEAD + GOOD + "3,10\n", 4, "2 columns where there should be 3. Correct or remove the line."),
    "too many columns": (HEAD + GOOD + "3,10,4,5\n", 4, "4 columns where there should be 3."),
    "a broken ::": ("1::2::3::4\n2::3:4::5\n" + "3::4::5::6\n" * 8, 2, "3 columns where there should be 4."),
    "a quote never closed": (
        'user,item,rating,review\n1,2,3,"a\n2,3,4,ok\n3,4,5,ok\n',
        2,
        "a quote is opened and never closed.",
    ),
    "empty": ("", None, "the file is empty."),
    "only blank lines": ("\n \n", None, "the file is empty."),
    "only a header": (HEAD, None, "only a header, no ratings."),
    "only a header without line end": (HEAD.strip(), None, "only a header, no ratings."),
    "one user": (
        HEAD + "1,10,3\n1,20,4\n",
        None,
        "all ratings are of one user. Ratings of at least two users are needed.",
    ),
    "one movie": (HEAD + "1,10,3\n2,10,4\n", None, "all ratings are for one movie."),
    "one rating": (HEAD + "1,10,3\n", None, "all ratings are of one user."),
    "all the same": (
        HEAD + "1,10,3\n2,20,3\n",
        None,
        "all 2 ratings are 3: there is nothing to learn. Check which column",
    ),
    "prose": ("Dear all,\nthis is a letter.\n", None, "for user, movie and rating"),
    "one word": ("hello\n", None, "not a table with columns for user, movie and rating. Give ratings as CSV"),
    "binary": (
        bytes(range(256)) * 8,
        None,
        "this is not a text file. Give ratings as CSV, TSV, .dat, Parquet, a spreadsheet",
    ),
    "binary without zeros": (bytes(range(128, 256)) * 8, None, "this is not a text file."),
    "gzip": (b"\x1f\x8b\x08\x00rest", None, "the gzip file is damaged or cut short"),
    "SQLite": (b"SQLite format 3\x00", None, "this is an SQLite database, but damaged"),
    "no line end": (b"x" * 300_000, None, "no line ends in the first 256 KB"),
}


@pytest.mark.parametrize("kind", BAD_TEXTS)
def test_bad_text_is_refused_with_file_line_and_advice(tmp_path: Path, kind: str) -> None:
    text, line, message = BAD_TEXTS[kind]
    file = write(tmp_path / "bad.csv", text)
    with pytest.raises(DataError) as caught:
        open_dataset(file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
    assert caught.value.line == line
    if line is not None:
        assert f"line {line}: " in str(caught.value)


def refusal(*args: object, **options: object) -> str:
    with pytest.raises(DataError) as caught:
        open_dataset(*args, **options)  # type: ignore[arg-type]  # whatever a test tries
    return str(caught.value)


def test_the_line_of_a_fault_far_down_is_named(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i % 50},{i % 5 + 1}\n" for i in range(30_000))
    file = write(tmp_path / "long.csv", f"{HEAD}{rows}7,7,seven\n{rows}")
    assert f"{file}, line 30002: the rating seven is not a number." in refusal(file)


def test_the_line_is_right_after_a_quoted_line_end(tmp_path: Path) -> None:
    file = write(tmp_path / "q.csv", 'user,item,rating,review\n1,2,3,"two\nlines"\n2,3,x,ok\n')
    assert f"{file}, line 4: the rating x" in refusal(file)


def test_hostile_text_in_a_fault_is_made_visible(tmp_path: Path) -> None:
    message = refusal(write(tmp_path / "e.csv", f"{HEAD}{GOOD}1,30,\x1b[31mred\n"))
    assert "\x1b" not in message and "␛[31mred" in message


def test_a_named_column_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", "who,what,grade\n1,2,3\n2,3,4\n")
    message = refusal(file, how=ReadOptions(columns={"user": "who", "movie": "what", "rating": "note"}))
    assert "no column note (for the rating); columns found: who, what, grade." in message


def test_an_unknown_role_lists_the_roles(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no column role called film. There are: user, movie, rating, timestamp"):
        open_dataset(write(tmp_path / "r.csv", HEAD + GOOD), how=ReadOptions(columns={"film": "x"}))


def test_a_missing_file_names_its_nearest_neighbours(tmp_path: Path) -> None:
    write(tmp_path / "ratings.csv", HEAD + GOOD)
    assert "no such file or directory. Nearest there: ratings.csv." in refusal(tmp_path / "ratigns.csv")
    assert f"There is no directory {tmp_path / 'x'} either." in refusal(tmp_path / "x" / "ratings.csv")


def test_a_missing_test_file_is_named(tmp_path: Path) -> None:
    file = write(tmp_path / "u1.base", "1\t2\t3\t4\n2\t3\t4\t5\n")
    assert "u1.tset: no such file or directory." in refusal(file, test=tmp_path / "u1.tset")
    assert "this is a directory." in refusal(file, test=tmp_path)


def test_a_name_that_is_neither_data_set_nor_file_lists_the_data_sets() -> None:
    assert "no data set, file or directory is called ml-1k. Data sets: sample, ml-latest-small" in refusal("ml-1k")


def test_a_data_set_that_was_not_fetched_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal("ml-1m") == "ml-1m has not been downloaded yet. Download it with: mftui data fetch ml-1m"


def test_a_directory_without_ratings_lists_what_is_there(tmp_path: Path) -> None:
    write(tmp_path / "notes.txt", "hello")
    assert "no ratings file found; there is: notes.txt. Expected ratings.csv, ratings.dat, u.data" in refusal(tmp_path)


def test_several_tables_of_ratings_in_a_directory_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", HEAD + GOOD)
    write(tmp_path / "b.csv", HEAD + GOOD)
    assert "several files could be the ratings: a.csv, b.csv. Name one of them." in refusal(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", HEAD + GOOD)
    file.chmod(0)
    assert "cannot be read (Permission denied)" in refusal(file)


def test_a_device_is_no_ratings_file() -> None:
    assert "/dev/null: this is not a regular file." in refusal("/dev/null")


def test_parquet_faults_name_the_row(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    def refused(**columns: list[object]) -> str:
        parquet.write_table(pa.table(columns), tmp_path / "r.parquet")
        return refusal(tmp_path / "r.parquet")

    assert "row 2: the rating is missing." in refused(user=[1, 2], item=[1, 2], rating=[3.0, None])
    assert "row 2: the rating inf is not a finite number." in refused(
        user=[1, 2], item=[1, 2], rating=[3, float("inf")]
    )
    assert "row 1: the user id is missing." in refused(user=[None, 2], item=[1, 2], rating=[3.0, 4.0])
    assert "no column for the rating; columns found: user, item, mood." in refused(user=[1], item=[1], mood=[1])
    assert "the rating is not a number" in refused(user=[1, 2], item=[1, 2], rating=["good", "bad"])
    whole = (tmp_path / "r.parquet").read_bytes()
    write(tmp_path / "cut.parquet", whole[: len(whole) // 2])
    assert "this is a Parquet file, but damaged" in refusal(tmp_path / "cut.parquet")


def test_pairs_name_what_is_wrong(tmp_path: Path) -> None:
    def refused(text: str) -> str:
        with pytest.raises(DataError) as caught:
            read_pairs(write(tmp_path / "p.csv", text))
        return str(caught.value)

    assert "no column for the movie; columns found: user, b." in refused("user,b\n1,2\n")
    assert "line 3: the movie id is missing." in refused("user,movie\n1,2\n1,\n")
    assert "only a header" in refused("user,movie\n")
    with pytest.raises(DataError, match=r"no such file"):
        read_pairs(tmp_path / "none.csv")
