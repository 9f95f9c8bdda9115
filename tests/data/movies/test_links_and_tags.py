"""IMDb's and TMDb's ids, and tags, from the files beside the ratings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.paths import movielens
from helpers.ratings_files import movielens_csv, write

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.web_ids import WebIds, imdb_page, is_web_id, tmdb_page


def opened(directory: Path, files: dict[str, str]) -> Dataset:
    movielens_csv(directory)
    for name, text in files.items():
        write(directory / name, text)
    return open_dataset(directory)


def ids(dataset: Dataset) -> list[tuple[str, int | None]]:
    web = dataset.movies.web_ids
    assert web is not None
    return [(web.imdb_id(movie), web.tmdb_id(movie)) for movie in range(dataset.n_movies)]


LINKS = {
    "links.csv": "movieId,imdbId,tmdbId\n10,0114709,862\n20,114746,\n99,1,2\n",
    "link.csv": '"movieId","imdbId","tmdbId"\r\n10,"0114709",862\r\n20,"0114746",\r\n',
    "links_small.csv": "tmdbId;imdbId;movieId\n862.0;tt0114709;10\n;tt0114746;20\n",
    "links (1).csv": "movieId,imdbId,tmdbId\n10,0114709,862\n20,0114746,NA\n",
    "links.tsv": "movie_id\timdb_id\ttmdb_id\n10\ttt0114709\t862\n20\ttt0114746\t\n",
}


@pytest.mark.parametrize("name", LINKS)
def test_links_are_found_by_their_name_and_by_what_they_hold(tmp_path: Path, name: str) -> None:
    assert ids(opened(tmp_path, {name: LINKS[name]})) == [("tt0114709", 862), ("tt0114746", None), ("", None)]


def test_links_are_taken_from_the_movies_file_as_well(tmp_path: Path) -> None:
    movies = "id,title,imdbID,tmdb_id\n10,A,0114709,862\n20,B,\\N,63\n30,C,9,\n"
    dataset = opened(tmp_path, {"movies.csv": movies, "links.csv": "movieId,imdbId\n20,114746\n"})
    assert ids(dataset) == [("tt0114709", 862), ("tt0114746", 63), ("tt0000009", None)]


def test_ids_that_are_imdbs_are_links_themselves(tmp_path: Path) -> None:
    write(tmp_path / "ratings.csv", "user,movie,rating\n1,tt0114709,4\n1,tt0114746,3\n2,tt0114709,2\n")
    assert ids(open_dataset(tmp_path)) == [("tt0114709", None), ("tt0114746", None)]


TAGS = {
    "tags.csv": 'userId,movieId,tag,timestamp\n1,10,funny,1\n2,10,Funny ,2\n1,10,"sad, really",3\n3,20,x,4\n3,99,y,5\n',
    "tag.csv": '"userId","movieId","tag","timestamp"\r\n1,10,"FUNNY","2009-04-24"\r\n2,10,funny,\r\n'
    '1,10,"Sad,  really",\r\n3,20,x,\r\n',
    "tags (2).tsv": "movie\ttag\n10\tsad, really\n10\tfunny\n10\tfunny\n20\tx\n",
    "tags.dat": "1::10::funny::1\n2::10::funny::2\n2::10::sad, really::2\n3::20::x::1\n",
}


@pytest.mark.parametrize("name", TAGS)
def test_tags_are_counted_by_people_whatever_their_case(tmp_path: Path, name: str) -> None:
    dataset = opened(tmp_path, {name: TAGS[name]})
    assert [dataset.movies.tags_of(movie) for movie in range(3)] == [["funny", "sad, really"], ["x"], []]
    assert dataset.movies.tag_names == ["funny", "sad, really", "x"]


def test_a_tag_counts_once_for_each_person_and_the_ten_of_most_people_stay(tmp_path: Path) -> None:
    lines = [f"{user},10,tag {place:02}" for place in range(12) for user in range(20 - place)]
    again = ["1,10,again"] * 50
    dataset = opened(tmp_path, {"tags.csv": "\n".join(["userId,movieId,tag", *again, *lines])})
    assert dataset.movies.tags_of(0) == [f"tag {place:02}" for place in range(10)]


def test_tags_with_numbers_are_named_by_the_file_beside(tmp_path: Path) -> None:
    tags = "movieID\ttagID\ttagWeight\n10\t7\t1\n10\t8\t3\n20\t9\t1\n"
    names = "id\tvalue\n7\tearth\n8\tpolice\n"
    dataset = opened(tmp_path, {"movie_tags.dat": tags, "tags.dat": names})
    assert [dataset.movies.tags_of(movie) for movie in range(2)] == [["police", "earth"], []]


def test_a_bar_in_a_tag_does_not_part_it(tmp_path: Path) -> None:
    assert opened(tmp_path, {"tags.csv": "userId,movieId,tag\n1,10,a|b\n"}).movies.tags_of(0) == ["a/b"]


def test_tables_of_other_tags_are_none(tmp_path: Path) -> None:
    dataset = opened(tmp_path, {"tags.csv": "tag_id,tag_name\n1,funny\n", "genome_tags.csv": "tagId,tag\n1,007\n"})
    assert dataset.movies.tags is None and dataset.repairs == ()


def test_neither_links_nor_tags_change_what_the_data_is(tmp_path: Path) -> None:
    plain = movielens_csv(tmp_path / "a")
    full = opened(tmp_path / "b", {"links.csv": LINKS["links.csv"], "tags.csv": TAGS["tags.csv"]})
    assert open_dataset(plain).fingerprint == full.fingerprint


def test_links_and_tags_come_back_from_the_cache_and_are_read_anew_when_they_change(tmp_path: Path) -> None:
    first = opened(tmp_path, {"links.csv": LINKS["links.csv"], "tags.csv": TAGS["tags.csv"]})
    again = open_dataset(tmp_path)
    assert ids(again) == ids(first) and again.movies.tag_lists == first.movies.tag_lists
    write(tmp_path / "tags.csv", "userId,movieId,tag\n1,10,changed\n")
    assert open_dataset(tmp_path).movies.tags_of(0) == ["changed"]


WEB_IDS = WebIds(np.array([114709, 0, 7]), np.array([862, 63, 0]))


@pytest.mark.parametrize(
    ("text", "movie"),
    [
        ("tt0114709", 0), (" TT0114709 ", 0), ("imdb:tt0114709", 0), ("tt0000007", 2), ("tmdb:862", 0), ("TMDB: 63", 1),
        (imdb_page("tt0114709"), 0), ("imdb.com/title/tt0114709/?ref_=fn", 0), (tmdb_page(862) + "-toy-story", 0),
        ("tt0000001", None), ("tt0000000", None), ("tmdb:0", None), ("tmdb:1", None), ("862", None),
        ("toy story", None), ("tt", None), ("tt0114709 and more", None),
    ],
)  # fmt: skip
def test_a_movie_is_found_by_an_id_or_the_address_of_a_page(text: str, movie: int | None) -> None:
    assert WEB_IDS.find(text) == movie
    assert is_web_id(text) or movie is None


def test_links_and_tags_of_movielens() -> None:
    dataset = open_dataset(movielens("ml-latest-small"))
    assert ids(dataset)[0] == ("tt0114709", 862) and dataset.movies.tags_of(0) == ["pixar", "fun"]
    assert (dataset.movies.n_linked, dataset.movies.n_tagged) == (9724, 1554)
