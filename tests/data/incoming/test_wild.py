"""Personal exports in the forms in which people have them: files beside the repository, with a model's movies."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.paths import SHARED_DATA, movielens

from mftui.data.incoming.incoming import read_incoming
from mftui.data.incoming.merge import resolve
from mftui.data.loading.load import open_dataset
from mftui.data.profiles.links import links_of_data
from mftui.data.profiles.match import Matcher
from mftui.errors import DataError

WILD = SHARED_DATA / "wild"
LETTERBOXD, IMDB = {"title": 16, "part of the title": 2}, {"imdb": 19}
READ = {
    "I01-letterboxd-ratings/ratings.csv": ("Letterboxd", LETTERBOXD, 2, 0),
    "I02-letterboxd-diary/diary.csv": ("Letterboxd", {"title": 12, "part of the title": 2}, 2, 0),
    "I04-letterboxd-zip/letterboxd-someone-2024-05-01-10-00-utc.zip": ("Letterboxd", LETTERBOXD, 2, 0),
    "I04-letterboxd-zip/rezipped_in_folder.zip": ("Letterboxd", LETTERBOXD, 2, 0),
    "I05-letterboxd-reviews/reviews.csv": ("Letterboxd", LETTERBOXD, 2, 0),
    "I06-imdb-2024/ratings.csv": ("IMDb", {"imdb": 20}, 1, 4),
    "I07-imdb-localized/german_type.csv": ("IMDb", {"imdb": 1}, 0, 2),
    "I07-imdb-localized/italian.csv": ("IMDb", {"imdb": 5}, 0, 0),
    "I07-imdb-localized/header_translated.csv": ("IMDb", {"imdb": 5}, 0, 0),
    "I08-imdb-2011/ratings.csv": ("IMDb", IMDB, 1, 0),
    "I09-imdb-2017/ratings.csv": ("IMDb", IMDB, 1, 1),
    "I10-imdb-list-with-your-rating/list.csv": ("IMDb", {"imdb": 9}, 1, 0),
    "I11-trakt-csv/trakt_ratings.csv": ("Trakt", IMDB, 1, 6),
    "I11-trakt-csv/series_like_films.csv": ("Trakt", {}, 0, 3),
    "I12-trakt-json/ratings-movies.json": ("Trakt", IMDB, 1, 0),
    "I13-tmdb-csv/ratings.csv": ("TMDb", IMDB, 1, 1),
    "I15-movielens-own/movielens-ratings.csv": ("MovieLens", IMDB, 1, 0),
    "I16-criticker/ratings.csv": ("Criticker", IMDB, 1, 0),
    "I16-criticker/ratings.xml": ("Criticker", LETTERBOXD, 2, 0),
    "I18-netflix/Ratings.csv": ("Netflix", {"title without a year": 8}, 2, 0),
    "I19-douban/movie.csv": ("Douban", {"title": 6}, 0, 0),
    "I20-filmweb-kinopoisk/filmweb.csv": ("Filmweb", LETTERBOXD, 2, 0),
    "I20-filmweb-kinopoisk/kinopoisk.csv": ("a table", {"title": 2}, 0, 0),
    "I20-filmweb-kinopoisk/kinopoisk.xls": ("Kinopoisk", {"title": 1}, 0, 0),
    "I21-letterboxd-import-format/both.csv": ("a table", IMDB, 1, 0),
    "I21-letterboxd-import-format/rating10.csv": ("a table", IMDB, 1, 0),
    "I21-letterboxd-import-format/mubi.csv": ("a table", LETTERBOXD, 2, 0),
    "I22-filmtipset/export.csv": ("a table", IMDB, 1, 0),
    "I22-filmtipset/imdb_only.csv": ("a table", IMDB, 1, 0),
    "I22-filmtipset/tmdb_only.csv": ("a table", {"tmdb": 19}, 1, 0),
    "I26-hard-titles/ratings.csv": ("Letterboxd", {"title": 35, "part of the title": 2}, 3, 0),
    "I28-odd-containers/dir": ("Letterboxd", LETTERBOXD, 2, 0),
    "I28-odd-containers/lines.jsonl": ("a table", {"title": 2}, 0, 0),
    "I28-odd-containers/one.json": ("a table", {}, 1, 0),
    "I28-odd-containers/ratings.csv.gz": ("Letterboxd", LETTERBOXD, 2, 0),
    "I28-odd-containers/sep.csv": ("a table", {"title": 2}, 0, 0),
    "I28-odd-containers/trakt-export.zip": ("Trakt", IMDB, 1, 0),
    "I29-movary/ratings.csv": ("Movary", IMDB, 1, 0),
    "I31-filmtipset-real/film.csv": ("Filmtipset", IMDB, 1, 0),
}
"""File: (site, how its films were found, films that were not found, series and the like)."""
REFUSED = {
    "I03-letterboxd-no-ratings/watched.csv": "The file ratings.csv of the export has them",
    "I03-letterboxd-no-ratings/likes_films.csv": "The file ratings.csv of the export has them",
    "I03-letterboxd-no-ratings/list.csv": "The file ratings.csv of the export has them",
    "I10-imdb-list-with-your-rating/watchlist_without.csv": "without your ratings",
    "I17-goodreads/goodreads_library_export.csv": "none of its 1 lines has a rating",
    "I18-netflix/NetflixViewingHistory.csv": "an export of Netflix without your ratings",
    "I28-odd-containers/empty.csv": "it has: nothing",
    "I28-odd-containers/text.csv": "needs a movie and a rating column",
    "I28-odd-containers/ratings.db": "ratings of 80 people",
    "I28-odd-containers/ratings.xlsx": "ratings of 80 people",
    "I28-odd-containers/with_title.parquet": "ratings of 80 people",
    "I29-movary/history.csv": "The file ratings.csv of the export has them",
}


def wild(name: str) -> Path:
    if not WILD.is_dir():
        pytest.skip("wild is not at ../shared/data beside the repository")
    return WILD / name


@cache
def matcher() -> Matcher:
    directory = movielens("ml-latest-small")
    data = open_dataset(directory)
    counts = np.bincount(data.ratings.movies, minlength=data.n_movies).astype(np.int32)
    meta = {"dataset": data.label, "fingerprint": data.fingerprint}
    model = SimpleNamespace(
        movie_ids=data.movie_ids, movies=data.movies, movie_counts=counts, scale=data.scale, meta=meta
    )
    return Matcher(model, links_of_data(str(directory)))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))


@pytest.mark.parametrize("name", READ)
def test_an_export_is_read_as_its_owner_expects(name: str) -> None:
    resolved = resolve(read_incoming(wild(name)), matcher())
    site, found, n_unmatched, n_not_films = READ[name]
    assert resolved.incoming.kind == site
    assert dict(Counter(match.how for _, match in resolved.matched)) == found
    assert (len(resolved.unmatched), len(resolved.not_films)) == (n_unmatched, n_not_films)
    assert not any(row.title.startswith("Parasite") for row, _ in resolved.matched)


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_ratings_of_one_person_is_refused_in_words_that_help(name: str) -> None:
    with pytest.raises(DataError) as caught:
        read_incoming(wild(name))
    assert REFUSED[name] in str(caught.value)


def test_no_personal_export_is_left_out() -> None:
    there = {f"{d.name}/{f.name}" for d in wild("").glob("I*") for f in d.iterdir()}
    assert {name for name in there if not name.startswith("I27")} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", ["imdb_2011.csv", "trakt_old.csv", "letterboxd_old.csv"])
def test_old_exports_have_their_dates(name: str) -> None:
    incoming = read_incoming(wild(f"I27-old-import-over-newer/{name}"))
    assert incoming.n_undated == 0 and all(entry.rated.day < "2022" for entry in incoming.entries)
