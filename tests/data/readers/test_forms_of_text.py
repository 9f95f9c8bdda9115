"""Forms in which people have ratings as text: read right, or refused in words that help."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from helpers.ratings_files import write
from pyarrow import parquet

from mftui.data.loading.load import open_dataset
from mftui.data.reading.options import ReadOptions
from mftui.errors import DataError, UsageError

CHANCE = np.random.default_rng(3)
PAIRS = [divmod(int(pair), 20) for pair in CHANCE.permutation(600)[:300]]
ROWS = [(str(user + 1), str(movie + 101), str(1 + at % 5)) for at, (user, movie) in enumerate(PAIRS)]
TIMES = [str(at) for at in CHANCE.integers(1_100_000_000, 1_500_000_000, len(ROWS)).tolist()]
ISO = [str(np.datetime64(int(at), "s")).replace("T", " ") for at in TIMES]
HEAD = ("userId", "movieId", "rating")
WHOLE = (30, 20, 300)
DAYS = (min(ISO)[:10], max(ISO)[:10])


def joined(delimiter: str, *header: str, times: list[str] | None = None) -> str:
    rows = [(*row, time) for row, time in zip(ROWS, times, strict=True)] if times else ROWS
    return "\n".join(delimiter.join(row) for row in ([header] if header else []) + list(rows)) + "\n"


def aligned(*widths: int) -> str:
    rows = (HEAD, *ROWS)
    return "\n".join("".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)


def numbered(before: str = "{}", header: str = "userId movieId rating") -> str:
    return "\n".join([header, *(f"{before.format(at)} {' '.join(row)}" for at, row in enumerate(ROWS, 1))]) + "\n"


RULES, LINE = "|---|---|---|", "+--+--+--+"
BARRED = [f"| {' | '.join(row)} |" for row in ROWS]
READ = {
    "plain": joined(",", *HEAD), "tabs": joined("\t"), "semicolons": joined(";", *HEAD), "bars": joined("|", *HEAD),
    "aligned right": aligned(8, 10, 8), "aligned wide": aligned(12, 20, 9),
    "row names of R": numbered('"{}"', '"userId" "movieId" "rating"'), "printed by pandas": numbered("{:<6}"),
    "Markdown": "\n".join(["|userId|movieId|rating|", RULES, *BARRED]),
    "psql": "\n".join([" userId | movieId | rating ", "----+----+----", *map(" | ".join, ROWS), "(300 rows)"]),
    "mysql": "\n".join([LINE, "| userId | movieId | rating |", LINE, *BARRED, LINE, "300 rows in set (0.01 sec)"]),
    "comments": "# from a program\n" + joined(",", *HEAD) + "# end\n",
    "title above": "My ratings\n\n" + joined(",", *HEAD),
    "CRLF and quotes": joined(",", *HEAD).replace("\n", "\r\n"), "a mark": "\ufeff" + joined(",", *HEAD),
    "sep=": "sep=;\n" + joined(";", *HEAD), "empty last column": joined(",", *HEAD).replace("\n", ",\n"),
}  # fmt: skip


@pytest.mark.parametrize("form", READ)
def test_it_is_read_whole(tmp_path: Path, form: str) -> None:
    data = open_dataset(write(tmp_path / "ratings.txt", READ[form]), use_cache=False)
    assert (data.n_users, data.n_movies, data.n_ratings) == WHOLE
    assert (data.scale.lo, data.scale.hi) == (1, 5) and data.reading.left_out == {}


TIMED = {
    ":: with clocks": joined("::", times=ISO),
    "UTC behind": joined(",", *HEAD, "date", times=[f"{time} UTC" for time in ISO]),
    "GMT behind": joined(",", *HEAD, "date", times=[f"{time} GMT" for time in ISO]),
    "a zone": joined(",", *HEAD, "date", times=[f"{time}+00:00" for time in ISO]),
    "months by name": joined("\t", times=[date.fromisoformat(time[:10]).strftime("%d %b %Y") for time in ISO]),
    "seconds": joined(",", times=TIMES),
    "microseconds": joined(",", times=[f"{time}000000" for time in TIMES]),
}


@pytest.mark.parametrize("form", TIMED)
def test_its_times_are_read(tmp_path: Path, form: str) -> None:
    data = open_dataset(write(tmp_path / "ratings.dat", TIMED[form]), use_cache=False)
    assert (data.n_users, data.n_movies, data.n_ratings) == WHOLE
    assert (data.reading.first, data.reading.last) == DAYS


@pytest.mark.parametrize(
    ("times", "note"),
    [
        ([time + "000" * (at % 2) for at, time in enumerate(TIMES)], "some are milliseconds and some a coarser unit"),
        (
            [time + "000" * (1 + at % 2) for at, time in enumerate(TIMES)],
            "microseconds and some a coarser unit",
        ),
        (["0", *TIMES[1:]], "1 are missing (0)"),
    ],
    ids=["seconds and milliseconds", "milliseconds and microseconds", "a zero"],
)
def test_times_that_cannot_be_one_kind_are_left_out_and_said(tmp_path: Path, times: list[str], note: str) -> None:
    data = open_dataset(write(tmp_path / "ratings.csv", joined(",", *HEAD, "timestamp", times=times)), use_cache=False)
    assert data.ratings.timestamps is None and note in " ".join(data.repairs)


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "a header that is one short": (joined(",", *HEAD, times=TIMES), "4 columns where there should be 3"),
    "one single colon": (joined("::").replace("\n2::", "\n2:1::", 1), "a single :"),
    "UTF-32": (joined(",", *HEAD).encode("utf-32"), "UTF-32"),
    "a matrix": ("\n".join(",".join(str((at * to) % 6) for to in range(1, 9)) for at in range(1, 30)), "--wide users"),
    "rows counted in front": (
        "\n".join(f"{at},{','.join(row)},{time}" for at, (row, time) in enumerate(zip(ROWS, TIMES, strict=True))),
        "--columns user=2,movie=3,rating=4",
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_it_is_refused_in_words_that_help(tmp_path: Path, form: str) -> None:
    text, words = REFUSED[form]
    with pytest.raises(DataError) as caught:
        open_dataset(write(tmp_path / "ratings.txt", text), use_cache=False)
    assert words in str(caught.value)


@pytest.mark.parametrize("columns", [("who", "who"), ("who", "4"), ("4", "4")])
def test_one_column_is_not_two_things(tmp_path: Path, columns: tuple[str, str]) -> None:
    rows = [(*row, row[0]) for row in ROWS]
    text = "\n".join(",".join(row) for row in [("stars", "when", "film", "who"), *rows])
    how = ReadOptions({"user": columns[0], "movie": columns[1], "rating": "3"})
    with pytest.raises(UsageError, match="cannot be both the user and the movie"):
        open_dataset(write(tmp_path / "ratings.csv", text), how=how, use_cache=False)


@pytest.mark.parametrize("wide", ["users", "movies"])
def test_a_matrix_of_numpy_is_read_where_one_says_what_a_row_is(tmp_path: Path, wide: str) -> None:
    matrix = np.full((30, 20), np.nan)
    for user, movie, rating in ROWS:
        matrix[int(user) - 1, int(movie) - 101] = float(rating)
    file = tmp_path / "matrix.npy"
    np.save(file, matrix if wide == "users" else matrix.T)
    with pytest.raises(DataError, match="--wide users"):
        open_dataset(file, use_cache=False)
    data = open_dataset(file, how=ReadOptions(wide=wide), use_cache=False)
    assert (data.n_users, data.n_movies, data.n_ratings) == WHOLE
    np.savetxt(tmp_path / "matrix.txt", matrix if wide == "users" else matrix.T, fmt="%g")
    data = open_dataset(tmp_path / "matrix.txt", how=ReadOptions(wide=wide), use_cache=False)
    assert (data.n_users, data.n_movies, data.n_ratings) == WHOLE


def test_ratings_in_the_names_of_directories_and_beneath_a_readme_are_read(tmp_path: Path) -> None:
    for stars in "12345":
        rows = [row for row in ROWS if row[2] == stars]
        some = pa.table({"userId": [int(row[0]) for row in rows], "movieId": [int(row[1]) for row in rows]})
        place = tmp_path / "hive" / f"rating={stars}"
        place.mkdir(parents=True)
        parquet.write_table(some, place / "part-0.parquet")
    whole = pa.table({name: [int(row[at]) for row in ROWS] for at, name in enumerate(HEAD)})
    write(tmp_path / "hub" / "README.md", "---\n")
    write(tmp_path / "hub" / "data" / "x", "")
    for part in range(2):
        parquet.write_table(whole[part * 150 :][:150], tmp_path / "hub" / "data" / f"train-0000{part}-of-00002.parquet")
    (tmp_path / "hub" / "data" / "x").unlink()
    for name in ("hive", "hub"):
        data = open_dataset(tmp_path / name, use_cache=False)
        assert (data.n_users, data.n_movies, data.n_ratings) == WHOLE


@pytest.mark.parametrize(
    ("encoding", "names"), [("cp1251", ("Анна", "Борис", "Вера")), ("gb18030", ("王芳", "刘洋", "陈静"))]
)
def test_names_in_cyrillic_and_chinese_encodings_are_read(
    tmp_path: Path, encoding: str, names: tuple[str, ...]
) -> None:
    lines = [f"{names[at % 3]},{at // 3},{at % 5 + 1}" for at in range(40)]
    file = tmp_path / "r.csv"
    file.write_bytes(("user,movie,rating\n" + "\n".join(lines) + "\n").encode(encoding))
    data = open_dataset(file, use_cache=False)
    assert sorted(map(str, data.user_ids.raws(np.arange(3)))) == sorted(names)
    assert data.reading.encoding == encoding
