"""Ratings from frames and files: columns of any usual name, ids of any kind, faults said with their row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.runs import write_ratings

import mftui
from mftui.data.reading.answers import in_python
from mftui.errors import DataError, DoubtError

RATINGS = {"user": [1, 1, 2, 3], "item": [7, 8, 7, 9], "rating": [4.0, 3.5, 5.0, 1.0]}
FRAME = pd.DataFrame(RATINGS)


def test_a_frame_is_read_and_given_back() -> None:
    data = mftui.read_ratings(FRAME)
    assert (data.n_users, data.n_movies, data.n_ratings, len(data)) == (3, 3, 4, 4)
    assert data.scale == (1.0, 5.0, 0.5)
    frame = data.to_frame()
    assert frame.columns.tolist() == ["user_id", "movie_id", "rating"]
    assert frame.to_dict("list") == {
        "user_id": RATINGS["user"],
        "movie_id": RATINGS["item"],
        "rating": RATINGS["rating"],
    }
    assert mftui.read_ratings(frame).data.fingerprint == data.data.fingerprint
    assert mftui.read_ratings(data) is data
    with pytest.raises(TypeError, match="its test already"):
        mftui.train(data, test=FRAME)


def test_a_data_set_shows_itself_in_one_line_and_in_a_table() -> None:
    data = mftui.read_ratings(FRAME)
    assert repr(data) == "<mftui.Dataset DataFrame: 4 ratings by 3 users of 3 movies, 1 to 5 in steps of 0.5>"
    assert "<td" in data._repr_html_()


def test_nothing_is_changed_in_the_frame() -> None:
    before = FRAME.copy()
    mftui.read_ratings(FRAME)
    assert FRAME.equals(before)


@pytest.mark.parametrize(
    "ids",
    [
        ["a", "b", "a", "c"],
        pd.Series(["a", "b", "a", "c"], dtype="category"),
        pd.Series([7, 8, 7, 9], dtype="category"),
        pd.Series([7, 8, 7, 9], dtype="Int64"),
        pd.Series(["7", "8", "7", "9"], dtype="string"),
        [7.0, 8.0, 7.0, 9.0],
        np.array([7, 8, 7, 2**40]),
        np.array([7, 8, 7, 9], dtype=np.uint8),
    ],
    ids=lambda ids: f"{type(ids).__name__} {getattr(ids, 'dtype', '')}",
)
def test_ids_are_of_any_kind(ids: Any) -> None:
    data = mftui.read_ratings(FRAME.assign(item=ids))
    assert data.n_movies == 3
    assert str(data.to_frame().movie_id[0]) == str(ids[0]).removesuffix(".0")


def test_titles_are_in_the_frame_or_beside_it() -> None:
    titles = pd.DataFrame(
        {"movieId": [7, 8, 9], "title": ["Heat (1995)", "Alien", " "], "genres": ["Crime", ["A", "B"], None]}
    )
    inline = mftui.read_ratings(FRAME.merge(titles, left_on="item", right_on="movieId").drop(columns="movieId"))
    beside = mftui.read_ratings(FRAME, movies=titles.assign(year=[1900, 1979, np.nan]))
    assert inline.movies.title.tolist() == beside.movies.title.tolist() == ["Heat (1995)", "Alien", "9"]
    assert beside.movies.genres.tolist() == ["Crime", "A|B", ""]
    assert beside.movies.year.tolist() == [1995, 1979, pd.NA]


def test_columns_of_unusual_names_are_named() -> None:
    frame = FRAME.set_axis(["wer", "was", "wie"], axis=1)
    data = mftui.read_ratings(frame, columns={"user": "wer", "movie": "was", "rating": "wie"})
    assert data.data.fingerprint == mftui.read_ratings(FRAME).data.fingerprint
    for name in ("was", "movieId"):
        films = pd.DataFrame({name: [7], "title": ["Heat (1995)"]})
        titled = mftui.read_ratings(frame, movies=films, columns={"user": "wer", "movie": "was", "rating": "wie"})
        assert titled.movies.title[0] == "Heat (1995)"


@pytest.mark.parametrize(
    "times", [pd.date_range("2020", periods=4), [1577836800 + i for i in range(4)]], ids=["dates", "numbers"]
)
def test_timestamps_are_dates_or_numbers(times: Any) -> None:
    frame = mftui.read_ratings(FRAME.assign(timestamp=times)).to_frame()
    assert frame.timestamp[0] == 1577836800


def test_a_test_of_its_own_is_kept_apart() -> None:
    test = pd.DataFrame({"user": [1, 4], "item": [9, 7], "rating": [2.0, 2.0]})
    data = mftui.read_ratings(FRAME, test=test).data
    assert data.n_users == 4 and data.test_rows is not None and data.test_rows.tolist() == [4, 5]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (FRAME[["item", "rating"]].rename(columns={"item": "b"}), "no column for the user and movie; columns found: b"),
        (FRAME[["user", "item"]], "no column for the rating; columns found: user, item. Name them with columns="),
        (FRAME.iloc[:0], "no rows"),
        (FRAME.assign(rating=[1, np.nan, 2, 3]), "row 2: the rating is missing"),
        (FRAME.assign(rating=[1, np.inf, 2, 3]), "row 2: the rating inf is not a finite number"),
        (FRAME.assign(rating=["good", "bad", "good", "bad"]), "the rating is not a number"),
        (FRAME.assign(user=[1, np.nan, 2, 3]), "row 2: the user id is missing"),
        (FRAME.assign(item=["a", 1, 2, 3]), "holds values of several types"),
        (FRAME.assign(item=["a", " ", "b", "c"]), "a movie id is missing"),
        (FRAME.assign(rating=3.0), "all 4 ratings are 3"),
        (FRAME.assign(user=1), "all ratings are of one user"),
    ],
)
def test_a_fault_is_said_with_its_row(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(DataError) as raised:
        mftui.read_ratings(frame)
    assert isinstance(raised.value, ValueError) and str(raised.value).startswith("DataFrame: ")
    assert said in str(raised.value)


@pytest.mark.parametrize("given", [3, None, [1, 2], RATINGS], ids=lambda given: type(given).__name__)
def test_what_is_no_source_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="Give a pandas DataFrame, a path, or a name"):
        mftui.read_ratings(given)


def test_a_file_is_read_and_cached_where_that_is_wanted(home: Path, tmp_path: Path) -> None:
    file = write_ratings(tmp_path / "ratings.csv")
    mftui.read_ratings(file, cache=False)
    assert not home.exists()
    assert mftui.read_ratings(str(file)).n_users == 60
    assert (home / "cache").is_dir()
    with pytest.raises(TypeError, match="takes no DataFrame beside it"):
        mftui.read_ratings(file, movies=FRAME)
    with pytest.raises(TypeError, match="another DataFrame"):
        mftui.read_ratings(FRAME, test=file)
    with pytest.raises(ValueError, match="no such file"):
        mftui.read_ratings(tmp_path / "nothing.csv")


def test_links_and_tags_are_columns_of_the_movies(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n1,7,4\n1,8,3\n2,7,5\n")
    (tmp_path / "links.csv").write_text("movieId,imdbId,tmdbId\n7,0113277,949\n")
    (tmp_path / "tags.csv").write_text("userId,movieId,tag\n1,7,Heist\n2,7,heist\n1,7,cold\n")
    movies = mftui.read_ratings(tmp_path).movies
    assert movies.imdb_id.tolist() == ["tt0113277", ""] and movies.tags.tolist() == ["heist|cold", ""]
    assert movies.tmdb_id[0] == 949 and movies.tmdb_id.isna().tolist() == [False, True]
    frame = pd.DataFrame({"movie": [7, 8], "title": ["Heat", "Alien"], "imdb_id": ["tt0113277", None]})
    assert mftui.read_ratings(FRAME, movies=frame).movies.imdb_id[0] == "tt0113277"


def test_a_doubt_names_the_arguments_that_settle_it() -> None:
    rng = np.random.default_rng(0)
    users, items = np.repeat(np.arange(40), 20), np.tile(np.arange(20), 40)
    frame = pd.DataFrame({"user": users, "item": items, "rating": rng.choice([-1, 1, 2, 3, 4, 5], 800)})
    with pytest.raises(DoubtError) as caught:
        mftui.read_ratings(frame)
    assert "missing=-1: it means not rated" in str(caught.value) and "missing='none'" in str(caught.value)
    settled = mftui.read_ratings(frame, missing=-1)
    assert settled.scale[0] == 1 and settled.read_as["missing"] == ["-1"]
    assert mftui.read_ratings(frame, missing="none").scale[0] == -1
    assert in_python("--columns user=2,movie=3") == "columns={'user': '2', 'movie': '3'}"
    assert in_python("--counts") == "counts=True"
