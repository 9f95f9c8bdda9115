"""Every file of `shared/data/wild`, as its owner would expect it: read right, or refused in words that help."""

from __future__ import annotations

import pytest
from helpers.paths import SHARED_DATA
from helpers.wild_table import BESIDE, DOUBTED, HALVES, READ, REFUSED, STARS, TENS, WHOLE

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.reading.options import ReadOptions
from mftui.errors import DataError, DoubtError

WILD = SHARED_DATA / "wild"
pytestmark = pytest.mark.skipif(not WILD.is_dir(), reason="shared/data/wild is not beside the repository")

# file, what is said of it: (users, movies, ratings), (lowest, highest)
SETTLED: list[tuple[str, ReadOptions, tuple[int, int, int], tuple[float, float]]] = [
    ("04-bookcrossing-dump", ReadOptions(missing=["0"]), (81, 62, 424), TENS),
    ("16-goodreads-interactions/goodreads_interactions.csv", ReadOptions(missing=["0"]), (80, 60, 558), STARS),
    ("18-anime-minus-one/rating.csv", ReadOptions(missing=["-1"]), (80, 60, 882), TENS),
    ("18-anime-minus-one/rating.csv", ReadOptions(missing=["none"]), WHOLE, (-1, 10)),
    ("20-jester-dense/jester-data-1.csv", ReadOptions(wide="users", missing=["99"]), (60, 100, 4186), (-10, 10)),
    ("21-jester-long-99/jester_ratings.csv", ReadOptions(missing=["99"]), (60, 20, 843), (-9.97, 9.99)),
    ("25-ciaodvd/movie-ratings.txt", ReadOptions({"user": "1", "movie": "2", "rating": "5"}), WHOLE, STARS),
    ("28-yahoo-r4-movies", ReadOptions({"timestamp": "none"}), WHOLE, (2, 13)),
    ("30-lastfm-360k", ReadOptions({"user": "1", "movie": "2", "rating": "4"}, counts=True), WHOLE, STARS),
    ("32-plays-no-header/plays.tsv", ReadOptions(counts=True), WHOLE, STARS),
    ("51-tutorial-matrix-5x4/R.txt", ReadOptions(wide="users", missing=["0"]), (5, 4, 13), STARS),
    ("52-wide-users-rows/wide.csv", ReadOptions(wide="users"), WHOLE, HALVES),
    ("52-wide-users-rows/wide_titles_zero.csv", ReadOptions(wide="users", missing=["0"]), WHOLE, HALVES),
    ("53-wide-3-films/wide3.csv", ReadOptions(wide="users"), (59, 3, 177), (0, 5)),
    ("54-wide-films-rows/films_rows.csv", ReadOptions(wide="auto"), WHOLE, HALVES),
    ("58-pandas-index-no-header/ratings.csv", ReadOptions({"user": "2", "movie": "3", "rating": "4"}), WHOLE, HALVES),
    ("95-missing/nan.csv", ReadOptions(missing=["NaN"]), (80, 60, 1097), HALVES),
    ("95-missing/blank.csv", ReadOptions(missing=["blank"]), (80, 60, 1097), HALVES),
    ("95-missing/dash.csv", ReadOptions(missing=["-"]), (80, 60, 1097), HALVES),
    ("95-missing/null.parquet", ReadOptions(missing=["blank"]), (80, 60, 1097), HALVES),
    ("A7-one-absurd-rating/ratings.csv", ReadOptions(missing=["1e+20"]), (40, 60, 1119), STARS),
]

# directory: (users, movies, ratings), the file taken for the ratings
DIRECTORIES = {
    "23-filmtrust": (WHOLE, "ratings.txt"),
    "42-lenskit-native": (WHOLE, "rating.parquet"),
    "118-duplicated-browser-names": (WHOLE, "ratings (1).csv"),
    "35-ml20m-kaggle": (WHOLE, "rating.csv"),
}


def opened(name: str, how: ReadOptions | None = None) -> Dataset:
    return open_dataset(WILD / name, how=how, use_cache=False)


def sizes(data: Dataset) -> tuple[int, int, int]:
    return data.n_users, data.n_movies, data.n_ratings


@pytest.mark.parametrize("name", sorted(READ))
def test_it_is_read_right(name: str) -> None:
    data = opened(name)
    assert (sizes(data), (data.scale.lo, data.scale.hi), data.movies.titled) == READ[name]
    assert data.reading.sentence().startswith("Read as ")


@pytest.mark.parametrize("name", sorted(DOUBTED))
def test_it_is_doubted(name: str) -> None:
    with pytest.raises(DoubtError) as caught:
        opened(name)
    assert caught.value.doubt == DOUBTED[name]
    assert 2 <= len(caught.value.options) <= 5


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_it_is_refused_in_words(name: str) -> None:
    with pytest.raises(DataError) as caught:
        opened(name)
    assert REFUSED[name] in str(caught.value)
    assert caught.value.hint, "says what to do"


@pytest.mark.parametrize(("name", "how", "counts", "scale"), SETTLED)
def test_what_is_said_of_it_settles_it(
    name: str, how: ReadOptions, counts: tuple[int, int, int], scale: tuple[float, float]
) -> None:
    data = opened(name, how)
    assert sizes(data) == counts
    assert (data.scale.lo, data.scale.hi) == pytest.approx(scale, abs=0.01)


@pytest.mark.parametrize("name", sorted(DIRECTORIES))
def test_the_ratings_are_found_in_a_directory(name: str) -> None:
    counts, file = DIRECTORIES[name]
    assert sizes(opened(name)) == counts == sizes(opened(f"{name}/{file}"))


def test_no_file_is_left_out() -> None:
    known = {*READ, *DOUBTED, *REFUSED, *BESIDE, "README.md"}
    files = {str(file.relative_to(WILD)) for file in WILD.rglob("*") if file.is_file()}
    assert {file for file in files if not file.startswith("I")} == known


def test_of_a_review_the_headline_is_no_title() -> None:
    data = opened("11-amazon2023-reviews-csv/Movies_and_TV.csv")
    assert any("is no title of movies, as it changes within a movie" in note for note in data.repairs)


def test_titles_are_joined_by_the_movies_own_ids() -> None:
    data = opened("34-hetrec-movielens/user_ratedmovies.dat")
    titles = {data.movie_ids.raw(i): data.movies.titles[i] for i in range(data.n_movies)}
    assert "Town" in titles[4972] and "Barcelona" in titles[417]


def test_the_later_of_two_ratings_counts_whatever_the_order_of_lines() -> None:
    data = opened("A3-newest-first/ratings.csv")
    assert data.reading.left_out == {"rated again by the same user: the one that is later in time counts": 40}


def test_one_s_own_rating_is_taken_before_an_average() -> None:
    assert opened("94-merged-anime-average/anime_full.csv").reading.columns["rating"].name == "user_rating"
    with pytest.raises(DoubtError) as caught:
        opened("94-merged-anime-average/anime_full.csv", ReadOptions({"rating": "rating"}))
    assert caught.value.doubt == "constant-ratings"
