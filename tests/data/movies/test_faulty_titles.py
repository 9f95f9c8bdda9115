"""Files of titles with faults: the ratings are read all the same, and what is wrong with the titles is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.ratings_files import movielens_csv, write

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset

LEFT_OUT: dict[str, tuple[str | bytes, str]] = {
    "no title column": (
        "movieId,genres\n10,Drama\n",
        "movies.csv: no column for the title; columns found: movieId, genres.",
    ),
    "no id column": (
        "title,genres\nHeat,Drama\n",
        "movies.csv: no column for the movie; columns found: title, genres.",
    ),
    "a quote never closed": (
        'movieId,title,genres\n20,Heat,Drama\n10,"Matrix,Drama\n',
        "movies.csv, line 3: a quote is opened and never closed. Close it.",
    ),
    "no line with a title": ("movieId,title,genres\n10,,Drama\n", "movies.csv: no line with an id and a title."),
    "empty": ("", "movies.csv: the file is empty."),
    "no text": (b"\0\1\2\3" * 100, "movies.csv: this is not a text file."),
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_titles_that_cannot_be_read_are_left_out_and_file_and_line_are_said(tmp_path: Path, kind: str) -> None:
    text, message = LEFT_OUT[kind]
    dataset = opened(tmp_path, text)
    assert not dataset.movies.titled and len(dataset.repairs) == 1
    assert dataset.repairs[0].startswith("Titles left out: ") and message in dataset.repairs[0]


FAULTY_LINES = {
    "a movie without a title": (
        "movieId,title,genres\n20,Heat,Drama\n10,,Drama\n",
        "movies.csv, line 3: movie 10 has no title. This line is left out.",
    ),
    "movies without an id": (
        "movieId,title,genres\n,Heat,Drama\n20,Heat,Drama\n,Alien,\n",
        "movies.csv, line 2: the movie id is missing. This line and 1 more are left out.",
    ),
    "a line that is too short": (
        "movieId,title,genres\n20,Heat,Drama\n10,Alien\n",
        "movies.csv, line 3: 2 columns where there should be 3. This line is left out.",
    ),
    "a comma in one of two texts": (
        "movieId,title,overview\n20,Heat,long\n10,Alien,long, and longer\n",
        "movies.csv, line 3: 4 columns where there should be 3. Put titles with commas in double quotes. This line is "
        "left out.",
    ),
    "commas in titles or in genres": (
        "movieId,title,genres\n20,Heat,Crime\n30,Up,Drama\n10,Alien,Crime,Drama\n",
        "movies.csv, line 4: 4 columns where there should be 3. Put titles with commas in double quotes. This line is "
        "left out.",
    ),
}


@pytest.mark.parametrize("kind", FAULTY_LINES)
def test_lines_that_cannot_be_read_are_left_out_and_the_first_is_named(tmp_path: Path, kind: str) -> None:
    text, message = FAULTY_LINES[kind]
    dataset = opened(tmp_path, text)
    assert dataset.repairs[0] == message
    assert next(title for title in dataset.movies.title_list if title != "10") == "Heat"


@pytest.mark.parametrize(
    ("text", "title", "genres"),
    [
        ("movieId,title,genres\n20,Heat,Crime|Drama\n10,Matrix, The (1999),Drama\n", "Matrix, The (1999)", "Drama"),
        ("movieId,title\n20,Heat\n10,Good, the Bad, the Ugly, The\n", "Good, the Bad, the Ugly, The", ""),
        ("genre;name;id\nCrime;Heat;20\nCrime;Face;Off;10\n", "Face;Off", "Crime"),
        ("id,year,title\n20,1995,Heat\n10,1999,Matrix, The\n", "Matrix, The", ""),
    ],
)
def test_an_unquoted_comma_is_part_of_the_title_where_all_else_is_ids_genres_and_years(
    tmp_path: Path, text: str, title: str, genres: str
) -> None:
    dataset = opened(tmp_path, text)
    assert (dataset.movies.titles[0], dataset.movies.genres[0]) == (title, genres)
    assert dataset.repairs[0] == "movies.csv, line 3: an unquoted comma is taken as part of the title."


def test_bad_lines_of_u_item_and_movies_dat_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a" / "u.data", "1\t2\t3\t4\n2\t3\t4\t5\n")
    good, bad = (f"{movie}|{title}|01-Jan-1995||u" + "|0" * 19 + "\n" for movie, title in ((3, "Heat"), (2, "")))
    write(tmp_path / "a" / "u.item", good + bad)
    assert open_dataset(tmp_path / "a").repairs[0].startswith("u.item, line 2: movie 2 has no title.")
    write(tmp_path / "b" / "ratings.dat", "1::2::3::4\n2::3::4::5\n")
    write(tmp_path / "b" / "movies.dat", "2::Heat (1995)::Crime\n3\n")
    assert open_dataset(tmp_path / "b").repairs[0].startswith("movies.dat, line 2: 1 columns where there should be 3.")


def test_faulty_links_and_tags_do_not_stop_a_training_either(tmp_path: Path) -> None:
    movielens_csv(tmp_path)
    write(tmp_path / "links.csv", 'movieId,imdbId,tmdbId\n10,"0114709,862\n')
    write(tmp_path / "tags.csv", "userId,movieId,tag\n1,10,funny\n1,10\n1,20,sad,very\n")
    dataset = open_dataset(tmp_path)
    assert dataset.movies.titled and dataset.movies.tags_of(0) == ["funny"] and dataset.movies.web_ids is None
    assert (
        dataset.repairs[0].startswith("IMDb's and TMDb's ids left out: ") and "links.csv, line 2" in dataset.repairs[0]
    )
    assert dataset.repairs[-1] == "2 lines of tags.csv left out, as the number of columns is another."


def opened(directory: Path, movies: str | bytes) -> Dataset:
    movielens_csv(directory)
    write(directory / "movies.csv", movies)
    return open_dataset(directory)
