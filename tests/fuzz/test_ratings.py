"""Whatever is in a ratings file: what it says, or an error with the place; never anything else."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.chance import damaged, fuzzed
from helpers.ratings_files import MOVIES_CSV, lines, rows_of, write
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset, read_pairs
from mftui.data.reading.options import ReadOptions
from mftui.errors import MftuiError

pytestmark = pytest.mark.filterwarnings("error")

HEADER = "userId,movieId,rating,timestamp"
TEXTS = {
    "ratings.csv": lines(",", HEADER, "\r\n").encode(),
    "r.tsv": lines("\t", HEADER.replace(",", "\t")).encode(),
    "ratings.dat": lines("::").encode(),
    "u.data": lines("\t").encode(),
    "r.inter": lines("\t", "user_id:token\titem_id:token\trating:float\ttimestamp:float").encode(),
    "quoted.csv": b'user,"the ""title""",movie,rating\n' + b'1,"a, b",x,4\n2,"c\nd",y,3\n1,"e",y,2.5\n',
    "semicolon.csv": lines(";", HEADER.replace(",", ";")).replace(".", ",").encode(),
}
NUMBERS = (
    "1", "2", "3", "10", "4.5", "0.5", "01", "+1", "-1", " 1", "1 ", "1.0", "1.", ".5", "1e0", "1e3", "1e400", "-0",
    "1e-46", "nan", "NaN", "inf", "", " ", "null", "NA", "0x10", "1_000", "½", "١", "１", "9" * 19, "9" * 30, "9" * 400,
    "2147483648", "9223372036854775807", "9223372036854775808", "16777217",
    '"3"', '"3', "3\x00", "1,5", "true", "é", "'",
    "\u202e4", "4\u200b", "\xa04", "-9223372036854775808", "3.4028236e38", "0" * 50 + "2", "1d", "1f", "+",
    "-", "e", ".",
)  # fmt: skip
WORDS = st.sampled_from(NUMBERS) | st.text(max_size=6)


def outcome(path: Path, columns: dict[str, str] | None = None) -> Dataset | None:
    """The data set, which must hang together; None where it is refused, which must be done with place and words."""
    try:
        dataset = open_dataset(path, use_cache=False, how=ReadOptions(columns or {}))
    except MftuiError as error:
        assert path.name in str(error) or path.parent.name in str(error), f"no place: {error}"
        assert len(str(error)) < 2_000 and error.message.endswith((".", "?")), f"no sentence: {error}"
        return None
    ratings = dataset.ratings
    assert len(ratings.users) == len(ratings.movies) == len(ratings.values) > 0
    assert ratings.users.min() >= 0 and ratings.users.max() < dataset.n_users == len(set(rows_ids(dataset, "user")))
    assert ratings.movies.min() >= 0 and ratings.movies.max() < dataset.n_movies == len(dataset.movies.titles)
    assert all(map(math.isfinite, ratings.values.tolist()))
    assert dataset.scale.lo <= ratings.values.min() and ratings.values.max() <= dataset.scale.hi
    return dataset


def rows_ids(dataset: Dataset, what: str) -> list[object]:
    ids = dataset.user_ids if what == "user" else dataset.movie_ids
    return [ids.raw(index) for index in range(len(ids))]


@fuzzed()
@given(data=st.data(), name=st.sampled_from(sorted(TEXTS)))
def test_a_damaged_text_file(tmp_path: Path, data: st.DataObject, name: str) -> None:
    outcome(write(tmp_path / name, data.draw(damaged(TEXTS[name]))))


@fuzzed()
@given(content=st.binary(max_size=400), name=st.sampled_from(["x.csv", "x.dat", "x.parquet", "x.zip", "x"]))
def test_any_bytes(tmp_path: Path, content: bytes, name: str) -> None:
    outcome(write(tmp_path / name, content))


@fuzzed()
@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6), valid=st.integers(0, 3))
def test_odd_cells_are_read_for_what_they_are_or_refused(
    tmp_path: Path, rows: list[tuple[str, str, str]], valid: int
) -> None:
    """Against a reader that goes cell by cell: the same ids, the same numbers."""
    whole = [("1", "2", "3"), ("2", "1", "4"), ("2", "2", "0.5")][:valid] + rows
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("user", "movie", "rating"), *whole])
    dataset = outcome(write(tmp_path / "r.csv", text.getvalue().encode("utf-8", "surrogatepass")))
    if dataset is None:
        return
    said: dict[tuple[int | str, int | str], float] = {}
    for user, movie, rating in csv.reader(io.StringIO(text.getvalue(), newline="")):
        if (user, movie, rating) != ("user", "movie", "rating"):
            said.pop((key(user), key(movie)), None)
            said[key(user), key(movie)] = float(rating.replace(",", "."))
    read = {(key(str(user)), key(str(movie))): rating for user, movie, rating in rows_of(dataset)}
    assert read.keys() == said.keys()
    for pair, value in read.items():
        assert math.isclose(value, said[pair], rel_tol=1e-6, abs_tol=1e-37), (pair, value, said[pair])


def key(text: str) -> int | str:
    """An id as it is compared: integers by value."""
    bare = text.strip()
    try:
        return int(bare) if bare.isascii() and "_" not in bare else bare
    except ValueError:
        pass
    head, point, tail = bare.partition(".")
    return int(head) if point and head.lstrip("+-").isdigit() and head.isascii() and not tail.strip("0") else bare


FLAGS = "|".join("01"[at in (1, 5)] for at in range(19))
FAMILIES = {
    "movies.csv": ("ratings.csv", MOVIES_CSV),
    "movies.dat": (
        "ratings.dat",
        "10::Good: Bad, The (1966)::Western\n20::[REC] (2007)::Drama|Horror\n30::Amélie (2001)::\n",
    ),
    "u.item": ("u.data", "".join(f"{m}|Film {m} (199{m // 10})|01-Jan-1995||http://x|{FLAGS}\n" for m in (10, 20, 30))),
    "u.genre": ("u.data", "unknown|0\nAction|1\nAdventure|2\n"),
    "r.item": (
        "r.inter",
        "item_id:token\tmovie_title:token_seq\tclass:token_seq\n10\tGood\tWestern War\n20\tREC\tDrama\n",
    ),
    "links.csv": ("ratings.csv", "movieId,imdbId,tmdbId\n10,0060196,429\n20,1038988,8329\n"),
    "tags.csv": ("ratings.csv", 'userId,movieId,tag\n1,10,"duel, with music"\n2,20,zombies\n'),
    "tags.dat": ("ratings.dat", "1::10::duel::7\n2::20::zombies::8\n"),
    "movies_metadata.csv": (
        "ratings.csv",
        "genres,id,imdb_id,original_language,title\n\"[{'id': 37, 'name': 'Western'}]\",429,tt0060196,it,Good\n",
    ),
}


@fuzzed()
@given(data=st.data(), name=st.sampled_from(sorted(FAMILIES)))
def test_a_damaged_movies_file(tmp_path: Path, data: st.DataObject, name: str) -> None:
    ratings, whole = FAMILIES[name]
    directory = tmp_path / name.replace(".", "-")
    write(directory / ratings, TEXTS[ratings])
    if name == "u.genre":
        write(directory / "u.item", FAMILIES["u.item"][1])
    write(directory / name, data.draw(damaged(whole.encode())))
    dataset = outcome(directory)
    assert dataset is not None and dataset.n_ratings == 5, "whatever it holds, the ratings are read"


def parquet_of(path: Path) -> bytes:
    table = pa.table({"user": [1, 1, 2], "movie": ["a", "b", "a"], "rating": [1.0, 2.5, 5.0], "timestamp": [1, 2, 3]})
    parquet.write_table(table, path)
    return path.read_bytes()


@fuzzed()
@given(data=st.data())
def test_a_damaged_parquet_file(tmp_path: Path, data: st.DataObject) -> None:
    whole = parquet_of(tmp_path / "whole.parquet")
    dataset = outcome(write(tmp_path / "r.parquet", data.draw(damaged(whole))))
    assert dataset is None or dataset.n_ratings <= 3


@fuzzed()
@given(
    users=st.lists(
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=3), st.floats()), max_size=4
    ),
    ratings=st.lists(st.one_of(st.none(), st.floats(), st.integers(-(2**70), 2**70), st.text(max_size=3)), max_size=4),
)
def test_a_parquet_file_of_odd_types(tmp_path: Path, users: list[object], ratings: list[object]) -> None:
    n = min(len(users), len(ratings))
    try:
        columns = {"user": pa.array(users[:n]), "movie": pa.array(range(n)), "rating": pa.array(ratings[:n])}
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return
    parquet.write_table(pa.table(columns), tmp_path / "r.parquet")
    outcome(tmp_path / "r.parquet")


@fuzzed()
@given(data=st.data(), packed=st.booleans())
def test_a_damaged_zip(tmp_path: Path, data: st.DataObject, packed: bool) -> None:
    with zipfile.ZipFile(tmp_path / "whole.zip", "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as opened:
        opened.writestr("m/ratings.csv", TEXTS["ratings.csv"])
        opened.writestr("m/movies.csv", MOVIES_CSV)
    dataset = outcome(write(tmp_path / "r.zip", data.draw(damaged((tmp_path / "whole.zip").read_bytes()))))
    assert dataset is None or dataset.n_ratings == 5


@fuzzed()
@given(name=st.text(min_size=1, max_size=12) | st.sampled_from(["../r.csv", "/r.csv", "C:\\r.csv", "a/../../r.csv"]))
def test_any_name_within_a_zip(tmp_path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(tmp_path / "r.zip", "w") as opened:
            opened.writestr(zipfile.ZipInfo(name), TEXTS["ratings.csv"])
    except (UnicodeEncodeError, ValueError, IndexError):  # no name for Python's own zipfile
        return
    outcome(tmp_path / "r.zip")


@fuzzed()
@given(data=st.data())
def test_damaged_pairs(tmp_path: Path, data: st.DataObject) -> None:
    path = write(tmp_path / "p.csv", data.draw(damaged(b"user,movie\n1,10\n2,20\n")))
    try:
        users, movies, *_ = read_pairs(path)
    except MftuiError as error:
        assert "p.csv" in str(error)
        return
    assert len(users) == len(movies) > 0
