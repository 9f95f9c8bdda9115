"""Titles and genres in columns of the ratings themselves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.ratings_files import write

import mftui
from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset

ROWS = [(user, movie, (user * 3 + movie // 10) % 5 + 1) for user in range(1, 9) for movie in (10, 20, 30, 40)]
HEADLINES = ("Loved it!", "Meh", "Five Stars", "Two hours of my life", "Not bad")


def frame(**texts: list[str]) -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=["userId", "movieId", "rating"]).assign(**texts)


def opened(directory: Path, table: pd.DataFrame, form: str) -> Dataset:
    if form == "frame":
        return mftui.read_ratings(table).data
    if form == "parquet":
        table.to_parquet(directory / "r.parquet")
    else:
        table.to_csv(directory / "r.csv", index=False)
    return open_dataset(directory / f"r.{form}")


FORMS = ("csv", "parquet", "frame")
FILMS = [f"Film {movie} &amp; more (1995)" for _, movie, _ in ROWS]
GENRES = ["Crime, Drama" if movie == 10 else "Drama" for _, movie, _ in ROWS]


@pytest.mark.parametrize("form", FORMS)
def test_titles_and_genres_are_taken(tmp_path: Path, form: str) -> None:
    movies = opened(tmp_path, frame(title=FILMS, genres=GENRES), form).movies
    assert movies.titles[0] == "Film 10 & more (1995)" and movies.genres_of(0) == ["Crime", "Drama"]
    assert movies.genres_of(1) == ["Drama"] and int(movies.years[0]) == 1995


@pytest.mark.parametrize("form", FORMS)
def test_headlines_of_reviews_are_no_titles_and_that_is_said(tmp_path: Path, form: str) -> None:
    headlines = [HEADLINES[(user + movie) % len(HEADLINES)] for user, movie, _ in ROWS]
    dataset = opened(tmp_path, frame(title=headlines), form)
    assert not dataset.movies.titled and dataset.movies.titles[0] == "10"
    name = "the DataFrame" if form == "frame" else f"r.{form}"
    said = f"The column title of {name} is no title of movies, as it changes within a movie: left out."
    assert said in dataset.repairs


def test_headlines_are_no_titles_where_each_movie_has_but_one(tmp_path: Path) -> None:
    rows = [(user, movie, (user + movie) % 5 + 1, HEADLINES[movie % 5]) for movie in range(40) for user in [movie % 9]]
    dataset = opened(tmp_path, pd.DataFrame(rows, columns=["userId", "asin", "rating", "title"]), "csv")
    said = "The column title of r.csv is no title of movies, as most movies share it with others: left out."
    assert not dataset.movies.titled and said in dataset.repairs


@pytest.mark.parametrize("form", FORMS)
def test_another_column_is_taken_where_the_first_changes(tmp_path: Path, form: str) -> None:
    people = [f"Person {user}" for user, _, _ in ROWS]
    movies = opened(tmp_path, frame(name=people, product_title=FILMS), form).movies
    assert movies.titles[3] == "Film 40 & more (1995)"
    headlines = [HEADLINES[user % len(HEADLINES)] for user, _, _ in ROWS]
    movies = opened(tmp_path, frame(title=headlines, original_title=FILMS), form).movies
    assert movies.titles[3] == "Film 40 & more (1995)"


@pytest.mark.parametrize("form", FORMS)
def test_a_few_spellings_do_not_make_it_another_title(tmp_path: Path, form: str) -> None:
    spelled = [film.upper() if user == 3 else film for film, (user, _, _) in zip(FILMS, ROWS, strict=True)]
    one_wrong = [
        "Else" if movie == 10 and user > 4 else film for film, (user, movie, _) in zip(spelled, ROWS, strict=True)
    ]
    dataset = opened(tmp_path, frame(title=one_wrong), form)
    assert dataset.movies.titles[1] == "Film 20 & more (1995)" and dataset.repairs == ()


def test_titles_are_taken_from_all_parts(tmp_path: Path) -> None:
    table = frame(title=FILMS)
    for part, movies in enumerate(((10, 20), (30, 40))):
        table[table.movieId.isin(movies)].to_parquet(tmp_path / f"part-{part}.parquet")
    assert [title[:7] for title in open_dataset(tmp_path).movies.title_list] == [
        "Film 10",
        "Film 20",
        "Film 30",
        "Film 40",
    ]


def test_titles_within_stand_in_for_a_faulty_file_of_titles(tmp_path: Path) -> None:
    frame(title=FILMS).to_csv(tmp_path / "ratings.csv", index=False)
    write(tmp_path / "movies.csv", 'movieId,title\n10,"Heat\n')
    dataset = open_dataset(tmp_path)
    assert dataset.movies.titled and dataset.repairs[0].startswith("Titles left out: ")
