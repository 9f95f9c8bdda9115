"""Ratings are found and read, whatever usual form they have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from helpers.ratings_files import EXPECTED, MOVIES_CSV, lines, movielens_csv, rows_of, write, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

from mftui.data.loading.load import open_dataset, read_pairs
from mftui.data.reading.options import ReadOptions

HEADERS = {
    "plain.csv": lines(",", "userId,movieId,rating,timestamp"),
    "crlf.csv": lines(",", "userId,movieId,rating,timestamp", "\r\n"),
    "bom.csv": "\ufeff" + lines(",", "userId,movieId,rating,timestamp"),
    "no_times.csv": lines(",", "user,item,score", times=False),
    "shouting.csv": lines(",", "USER_ID,Item Id,STARS,Time"),
    "tabs.tsv": lines("\t", "uid\tmid\trate\tts"),
    "semicolons.csv": lines(";", "user;film;stars;date"),
    "atomic.inter": lines("\t", "user_id:token\titem_id:token\trating:float\ttimestamp:float"),
    "u.data": lines("\t"),
    "ratings.dat": lines("::"),
    "bars.txt": lines("|"),
    "spaces.txt": lines(" "),
    "headerless.csv": lines(","),
    "headerless_without_times.csv": lines(",", times=False),
    "blank_lines.csv": "\n\n" + lines(",", "user,item,rating,time").replace("\n2,", "\n\n2,"),
    "float_ids.csv": lines(",", "user,item,rating,time").replace("\n1,", "\n1.0,").replace("\n7,", "\n7.0,"),
    "no_last_line_end.csv": lines(",", "user,item,rating,time").rstrip("\n"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_text_of_any_usual_form_gives_the_same_ratings(tmp_path: Path, name: str) -> None:
    dataset = open_dataset(write(tmp_path / name, HEADERS[name]))
    assert rows_of(dataset) == EXPECTED
    assert dataset.user_ids.numeric and dataset.movie_ids.numeric
    times = dataset.ratings.timestamps
    if "time" not in name:
        assert times is not None and times.tolist() == [1000, 1001, 1002, 1003, 1004]
    else:
        assert times is None
    assert (dataset.scale.lo, dataset.scale.hi, dataset.scale.step) == (0.5, 5.0, 0.5)


def test_columns_can_be_named_in_any_order(tmp_path: Path) -> None:
    file = write(tmp_path / "odd.csv", "when,grade,who,what\n5,3,1,10\n6,4.5,2,20\n")
    dataset = open_dataset(file, how=ReadOptions(columns={"user": "who", "movie": "What", "rating": "grade"}))
    assert rows_of(dataset) == [(1, 10, 3.0), (2, 20, 4.5)]


def test_columns_without_a_header_can_be_named_by_position(tmp_path: Path) -> None:
    file = write(tmp_path / "odd.csv", "x,3,1,10,y\nx,4.5,2,20,y\n")
    dataset = open_dataset(file, how=ReadOptions(columns={"user": "3", "movie": "4", "rating": "2"}))
    assert rows_of(dataset) == [(1, 10, 3.0), (2, 20, 4.5)]


def test_decimal_commas_are_read_where_semicolons_part_the_columns(tmp_path: Path) -> None:
    assert rows_of(open_dataset(write(tmp_path / "d.csv", "user;item;rating\n1;10;3,5\n2;20;4,0\n"))) == [
        (1, 10, 3.5),
        (2, 20, 4.0),
    ]


def test_string_ids_are_kept_as_strings_in_order(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "s.csv", "user,item,rating\nzoë, tt2 ,1\nanna,tt1,2\n"))
    assert rows_of(dataset) == [("zoë", "tt2", 1.0), ("anna", "tt1", 2.0)]
    assert dataset.user_ids.raw(0) == "anna"


def test_ids_that_only_late_turn_out_to_be_large_or_words_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i % 50},{i % 5 + 1}\n" for i in range(20_000))
    large = open_dataset(write(tmp_path / "l.csv", f"user,item,rating\n{rows}9007199254740993,1,2\n"))
    assert large.user_ids.raw(large.n_users - 1) == 9007199254740993
    words = open_dataset(write(tmp_path / "w.csv", f"user,item,rating\n{rows}x-ray,1,2\n"))
    assert not words.user_ids.numeric and words.user_ids.find(17) is not None


def test_latin_1_ids_are_read(tmp_path: Path) -> None:
    file = write(tmp_path / "l.csv", "user,item,rating\nJosé,1,2\nAna,2,3\n", "latin-1")
    assert open_dataset(file).user_ids.find("José") == 1


@pytest.mark.parametrize("kind", ["int64", "string", "float64"])
def test_parquet_is_read(tmp_path: Path, kind: str) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    users, movies, ratings = zip(*EXPECTED, strict=True)
    ids = pa.array(users, pa.int64()).cast(pa.float64()) if kind == "float64" else pa.array(users).cast(kind)
    table = pa.table({"user_id": ids, "item_id": pa.array(movies), "rating": pa.array(ratings)})
    parquet.write_table(table, tmp_path / "r.parquet")
    assert rows_of(open_dataset(tmp_path / "r.parquet")) == EXPECTED


def test_dates_and_milliseconds_become_seconds(tmp_path: Path) -> None:
    head = "user,item,rating,timestamp\n"
    dates = open_dataset(write(tmp_path / "d.csv", head + "1,2,3,1970-01-02\n2,3,4,1970-01-02 00:00:05\n"))
    assert dates.ratings.timestamps is not None and dates.ratings.timestamps.tolist() == [86400, 86405]
    fine = open_dataset(write(tmp_path / "m.csv", head + "1,2,3,1500000000000\n2,3,4,1500000001000\n"))
    assert fine.ratings.timestamps is not None and fine.ratings.timestamps.tolist() == [1500000000, 1500000001]
    assert fine.repairs == ("m.csv: timestamps taken as milliseconds.",)


def test_unreadable_timestamps_are_left_out_and_said_so(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "t.csv", "user,item,rating,time\n1,2,3,soon\n2,3,4,late\n"))
    assert dataset.ratings.timestamps is None
    assert dataset.repairs == ("t.csv: timestamps left out, as not all of them are numbers or dates of one form.",)


def test_a_directory_and_its_zip_are_the_same_data_set(tmp_path: Path) -> None:
    directory = movielens_csv(tmp_path / "mine")
    archive = zipped(directory, tmp_path / "mine.zip")
    from_directory, from_zip = open_dataset(directory), open_dataset(archive)
    assert rows_of(from_zip) == rows_of(from_directory) == EXPECTED
    assert from_zip.fingerprint == from_directory.fingerprint
    assert from_zip.name == from_directory.name == "mine"
    assert from_zip.source == str(archive)


def test_the_only_table_of_ratings_in_a_directory_is_taken(tmp_path: Path) -> None:
    write(tmp_path / "d" / "my votes.csv", lines(",", "user,film,stars", times=False))
    write(tmp_path / "d" / "people.csv", "name,age\nx,5\n")
    assert rows_of(open_dataset(tmp_path / "d")) == EXPECTED


def test_titles_genres_and_years_come_from_movies_csv(tmp_path: Path) -> None:
    movies = open_dataset(movielens_csv(tmp_path)).movies
    assert movies.title_list == ["Good, the Bad and the Ugly, The (1966)", "[REC] (2007)", "Amélie (2001)"]
    assert movies.genres_of(1) == ["Drama", "Horror"]
    assert movies.years.tolist() == [1966, 2007, 2001]
    assert movies.titled


def test_titles_come_from_movies_dat_in_latin_1(tmp_path: Path) -> None:
    write(tmp_path / "ratings.dat", lines("::"))
    write(tmp_path / "movies.dat", "10::Star Wars: Episode IV (1977)::Sci-Fi\n20::Amélie (2001)::Comedy\n", "latin-1")
    dataset = open_dataset(tmp_path)
    assert dataset.movies.title_list == ["Star Wars: Episode IV (1977)", "Amélie (2001)", "30"]
    assert dataset.repairs == ("1 rated movie has no title in movies.dat: the id is shown instead.",)


def uitem(movie: int, title: str, date: str, *flags: int) -> str:
    return "|".join([str(movie), title, date, "", "url", *("1" if i in flags else "0" for i in range(19))]) + "\n"


def test_titles_come_from_u_item_also_when_only_u1_base_is_named(tmp_path: Path) -> None:
    write(tmp_path / "u1.base", lines("\t"))
    items = (
        uitem(10, "Café (1995)", "01-Jan-1995", 3, 5) + uitem(20, "unknown", "", 0) + uitem(30, "X", "02-Feb-1996", 18)
    )
    write(tmp_path / "u.item", items, "latin-1")
    movies = open_dataset(tmp_path / "u1.base").movies
    assert movies.title_list == ["Café (1995)", "unknown", "X"]
    assert [movies.genres_of(i) for i in range(3)] == [["Animation", "Comedy"], [], ["Western"]]
    assert movies.years.tolist() == [1995, 0, 1996]


def test_genre_names_come_from_u_genre_where_it_is_there(tmp_path: Path) -> None:
    write(tmp_path / "u.data", lines("\t"))
    write(tmp_path / "u.item", uitem(10, "A", "", 1))
    write(tmp_path / "u.genre", "unknown|0\nNoir|1\n\n")
    assert open_dataset(tmp_path).movies.genres_of(0) == ["Noir"]


def test_titles_of_an_atomic_item_file_are_found(tmp_path: Path) -> None:
    write(tmp_path / "set.inter", lines("\t", "user_id:token\titem_id:token\trating:float\ttimestamp:float"))
    write(
        tmp_path / "set.item",
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n10\tHeat\t1995\tAction Crime\n",
    )
    movies = open_dataset(tmp_path / "set.inter").movies
    assert (movies.titles[0], movies.genres[0], int(movies.years[0])) == ("Heat", "Action|Crime", 1995)


def test_a_data_set_can_be_opened_again_by_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    movielens_csv(tmp_path / "ml-100k")
    movielens_csv(tmp_path / "odd\x1b[31m")
    monkeypatch.chdir(tmp_path)
    for name in ("ml-100k", "odd\x1b[31m", Path("ml-100k")):
        dataset = open_dataset(name)
        assert dataset.source == str(tmp_path / name)
        assert "\x1b" not in dataset.label
    assert open_dataset("sample").source == "sample"


def test_titles_in_the_ratings_file_itself_are_taken(tmp_path: Path) -> None:
    rows = '1,10,"Heat, the film (1995)",4,Crime|Drama\n2,10,Heat (1995),3,Crime\n2,20,,5,\n'
    dataset = open_dataset(write(tmp_path / "r.csv", "userId,movieId,title,rating,genres\n" + rows))
    assert dataset.movies.title_list == ["Heat (1995)", "20"]
    assert dataset.movies.genres_of(0) == ["Crime"]
    assert dataset.repairs == ("1 rated movie has no title in r.csv: the id is shown instead.",)


def test_a_title_can_be_the_id(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "r.csv", "user,title,rating\n1,Heat (1995),3\n2,Alien (1979),4\n"))
    assert dataset.movies.title_list == ["Alien (1979)", "Heat (1995)"]


def test_without_titles_the_id_stands_in(tmp_path: Path) -> None:
    movies = open_dataset(write(tmp_path / "r.csv", lines(","))).movies
    assert movies.title_list == ["10", "20", "30"]
    assert not movies.titled


def test_titles_of_other_movies_are_not_taken(tmp_path: Path) -> None:
    write(tmp_path / "movies.csv", "movieId,title\ntt1,Heat (1995)\n")
    dataset = open_dataset(write(tmp_path / "ratings.csv", lines(",")))
    assert not dataset.movies.titled
    assert dataset.repairs == (
        "Titles of movies.csv left out, as it has none of the rated movies: ids are shown instead.",
    )


def test_movies_without_ratings_are_counted_and_left_out(tmp_path: Path) -> None:
    movielens_csv(tmp_path)
    write(tmp_path / "movies.csv", MOVIES_CSV + "40,Alien (1979),Horror\r\n50,Aliens (1986),Horror\r\n")
    dataset = open_dataset(tmp_path)
    assert dataset.n_movies == 3
    assert dataset.repairs == ("2 movies of movies.csv have no ratings: not in the model.",)


def test_of_several_ratings_for_one_pair_the_last_counts(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "r.csv", "user,item,rating\n1,10,1\n2,10,2\n1,10,3\n1,20,4\n1,10,5\n"))
    assert rows_of(dataset) == [(2, 10, 2.0), (1, 20, 4.0), (1, 10, 5.0)]
    assert dataset.repairs == ("2 ratings left out: rated again by the same user: the one on the later line counts.",)


def test_a_test_file_adds_to_the_vocabulary_and_marks_its_rows(tmp_path: Path) -> None:
    train = write(tmp_path / "u1.base", "1\t10\t3\t1\n2\t10\t4\t2\n")
    test = write(tmp_path / "u1.test", "3\t10\t5\t3\n1\t99\t1\t4\n")
    dataset = open_dataset(train, test=test)
    assert (dataset.n_users, dataset.n_movies, dataset.n_ratings) == (3, 2, 4)
    assert dataset.test_rows is not None and dataset.test_rows.tolist() == [2, 3]
    assert rows_of(open_dataset(train, test="u1.test")) == rows_of(dataset)


def test_what_is_tested_on_is_left_out_of_training(tmp_path: Path) -> None:
    write(tmp_path / "u.data", "1\t10\t3\t1\n2\t10\t4\t2\n2\t20\t1\t2\n")
    test = write(tmp_path / "u1.test", "2\t10\t4\t2\n")
    dataset = open_dataset(tmp_path, test=test)
    assert rows_of(dataset) == [(1, 10, 3.0), (2, 20, 1.0), (2, 10, 4.0)]
    assert dataset.test_rows is not None and dataset.test_rows.tolist() == [2]
    assert dataset.repairs == ("1 rating left out: in u.data, but u1.test tests on the same pair.",)


def test_numbers_in_one_file_and_words_in_the_other_are_one_vocabulary_of_words(tmp_path: Path) -> None:
    train = write(tmp_path / "a.csv", "user,item,rating\n1,10,3\n2,10,4\n")
    test = write(tmp_path / "b.csv", "user,item,rating\nx,10,3\n1,20,4\n")
    dataset = open_dataset(train, test=test)
    assert [dataset.user_ids.raw(i) for i in range(3)] == ["1", "2", "x"]
    assert dataset.movie_ids.numeric


def test_pairs_need_no_ratings(tmp_path: Path) -> None:
    assert read_pairs(write(tmp_path / "p.csv", "userId,movieId\n1,10\nx,20\n"))[:2] == (["1", "x"], [10, 20])
    assert read_pairs(write(tmp_path / "q.csv", "1,10\n2,20\n"))[:2] == ([1, 2], [10, 20])
    assert read_pairs(
        write(tmp_path / "r.csv", lines(",", "a,b,rating,time")), ReadOptions(columns={"user": "b", "movie": "a"})
    )[:2] == (
        [10, 20, 10, 30, 20],
        [1, 1, 2, 2, 7],
    )


@pytest.mark.parametrize("form", ["header", "named", "none", "parquet", "named parquet"])
def test_pairs_can_have_times(tmp_path: Path, form: str) -> None:
    names = ("who", "film", "stars", "when") if "named" in form else ("user", "movie", "rating", "timestamp")
    columns = dict(zip(("user", "movie", "rating", "timestamp"), names, strict=True)) if "named" in form else {}
    rows = [(1, 10, 3, 880_000_000), (2, 20, 4, 890_000_000), (3, 10, 5, 891_000_000)]
    text = "\n".join(",".join(map(str, row)) for row in ([] if form == "none" else [names]) + rows) + "\n"
    file = write(tmp_path / "a.csv", text)
    if "parquet" in form:
        table = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
        pq.write_table(table, file := tmp_path / "a.parquet")
    how = ReadOptions(columns=columns)
    later = replace(how, like=open_dataset(file, how=how, use_cache=False).reading)
    found = read_pairs(file, later, timed=True)
    assert found.timestamps is not None
    assert found.timestamps.tolist() == [row[3] for row in rows]
    assert found[:2] == ([1, 2, 3], [10, 20, 10])
    assert read_pairs(file, later).timestamps is None
    untimed = write(tmp_path / "b.csv", f"{names[0]},{names[1]}\n1,10\n")
    assert read_pairs(untimed, later, timed=True).timestamps is None


ids = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300)
ratings = st.dictionaries(st.tuples(ids, ids), st.integers(1, 10).map(lambda n: n / 2), min_size=2, max_size=60)


@settings(max_examples=60, deadline=None)
@given(ratings)
def test_any_ratings_written_as_csv_come_back(
    tmp_path_factory: pytest.TempPathFactory, written: dict[tuple[int, int], float]
) -> None:
    users, movies = {pair[0] for pair in written}, {pair[1] for pair in written}
    if len(users) < 2 or len(movies) < 2 or len(set(written.values())) < 2:
        return
    text = "userId,movieId,rating\n" + "".join(f"{u},{m},{r}\n" for (u, m), r in written.items())
    dataset = open_dataset(write(tmp_path_factory.mktemp("csv") / "r.csv", text), use_cache=False)
    assert rows_of(dataset) == [(u, m, r) for (u, m), r in written.items()]
    assert np.all(np.diff(np.asarray(dataset.user_ids.values, dtype=object)) > 0)


def test_a_position_is_no_name_of_the_first_row_and_goes_with_names_of_a_header(tmp_path: Path) -> None:
    how = ReadOptions({"user": "1", "movie": "2", "rating": "3"})
    numbers = write(tmp_path / "numbers.csv", "2,1,3\n3,1,4\n2,3,1\n")
    assert rows_of(open_dataset(numbers, how=how)) == [(2, 1, 3.0), (3, 1, 4.0), (2, 3, 1.0)]
    named = write(tmp_path / "named.csv", "stars,film,user\n4,10,1\n3,20,2\n")
    assert rows_of(open_dataset(named, how=ReadOptions({"rating": "1"}))) == [(1, 10, 4.0), (2, 20, 3.0)]
    mixed = ReadOptions({"rating": "1", "movie": "film"})
    assert rows_of(open_dataset(named, how=mixed)) == [(1, 10, 4.0), (2, 20, 3.0)]
