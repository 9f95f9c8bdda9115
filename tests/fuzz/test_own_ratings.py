"""Files that people rate in, or bring from elsewhere, damaged: the right ratings, or an error with file and line."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
from helpers.chance import damaged, fuzzed
from helpers.command import spoken
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run
from helpers.ratings_files import write
from hypothesis import given
from hypothesis import strategies as st

from mftui import paths
from mftui.data.incoming.incoming import read_incoming
from mftui.data.incoming.merge import resolve
from mftui.data.profiles.links import links_of_data
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.rated import Rated
from mftui.data.profiles.rows import as_csv, read_rows
from mftui.data.profiles.store import Profile
from mftui.errors import MftuiError

pytestmark = pytest.mark.filterwarnings("error")

LETTERBOXD = (
    "Date,Name,Year,Letterboxd URI,Rating\r\n"
    "2020-02-29,Toy Story,1995,https://boxd.it/2aHi,4.5\r\n"
    '2021-01-01,"The Good, the Bad and the Ugly",1966,https://boxd.it/1,5\r\n'
    "2021-01-02,Amélie,2001,https://boxd.it/2,\r\n"
).encode()
IMDB = (
    b"Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres\n"
    b'tt0114709,9,2020-02-29,Toy Story,Toy Story,https://imdb.com/tt0114709,Movie,8.3,81,1995,"Animation, Comedy"\n'
    b'tt0000001,1,2020-03-01,"Film, A ""B""",Filmen,https://x,TV Series,7.0,,2001-2003,Drama\n'
)
MOVIELENS = b'movieId,title,rating,timestamp\n1,"Toy Story (1995)",4.5,964982703\n7,"Good, the Bad, The",3,\n9,,0.5,1\n'
OWN = as_csv([Rated("Toy Story (1995)", 4.5, "1", 964982703, "tt0114709", "toy", "f1"), Rated("=1 (1950)", 3)]).encode()
TRAKT = (
    b'[{"rated_at":"2014-04-05T15:27:00.000Z","rating":9,"type":"movie","movie":{"title":"Toy Story","year":1995,'
    b'"ids":{"imdb":"tt0114709","tmdb":862}}},{"rating":2,"type":"show","show":{"title":"Lost","ids":{"tmdb":4607}}}]'
)
CRITICKER = (
    b"<?xml version='1.0'?><r><film><filmname>Toy Story (1995)</filmname><rating>90</rating><tier>7</tier></film></r>"
)
FILMTIPSET = "sep=;\nDatum,Titel;IMDB;Betyg\n25.01.2014,Am\u00e9lie, the film;211915;4\u00bd\n".encode()
FILES = (LETTERBOXD, IMDB, MOVIELENS, OWN, TRAKT, CRITICKER, FILMTIPSET)

MATCHER = Matcher(toy_factors((*TITLES, *HOSTILE)))


@fuzzed(short=120)
@given(data=st.data(), whole=st.sampled_from(FILES))
def test_a_damaged_file_from_elsewhere(tmp_path: Path, data: st.DataObject, whole: bytes) -> None:
    path = write(tmp_path / "mine.csv", data.draw(damaged(whole)))
    try:
        incoming = read_incoming(path)
    except MftuiError as error:
        assert "mine.csv" in str(error) and error.message.endswith(".") and len(str(error)) < 2_000
        return
    for rated in (entry.rated for entry in incoming.entries):
        assert math.isfinite(rated.stars) and 0 <= rated.stars <= 5 and rated.timestamp >= 0 and rated.name
    resolved = resolve(incoming, MATCHER, now=1)
    parts = len(resolved.matched) + len(resolved.unmatched) + len(resolved.not_films) + resolved.n_repeated
    assert parts == resolved.n_ratings
    rows = [*(row for row, _ in resolved.matched), *resolved.unmatched]
    back = write(tmp_path / "kept.csv", as_csv(rows))
    assert read_rows(back) == rows


@fuzzed(short=60)
@given(data=st.data())
def test_a_damaged_profile_is_refused_or_kept_whole(home: Path, data: st.DataObject) -> None:
    shutil.rmtree(home, ignore_errors=True)
    profile = Profile()
    profile.rate(MATCHER, 0, 4.5, timestamp=1)
    content = data.draw(damaged(OWN))
    profile.path.write_bytes(content)
    try:
        before = profile.rows()
    except MftuiError:
        with pytest.raises(MftuiError):
            profile.rate(MATCHER, 2, 3, timestamp=2**52)
        assert profile.path.read_bytes() == content
        return
    profile.rate(MATCHER, 2, 3, timestamp=2**52)
    rated = MATCHER.rows_of(before, 2)
    others = sorted((row for row in before if row not in rated), key=lambda row: row.timestamp)
    after = profile.rows()
    assert [row for row in after if row not in MATCHER.rows_of(after, 2)] == others


@fuzzed(short=60)
@given(title=st.text(max_size=30), movie=st.text(max_size=8), stars=st.floats(0, 5), dataset=st.text(max_size=8))
def test_any_text_comes_back_from_a_profile(home: Path, title: str, movie: str, stars: float, dataset: str) -> None:
    row = Rated(title, stars, movie, 7, "", dataset).kept()
    if row.title or row.movie_id:
        assert read_rows(write(home / "x.csv", as_csv([row]))) == [row]


@pytest.mark.long
@fuzzed(long=150)
@given(data=st.data(), whole=st.sampled_from(FILES))
def test_commands_on_damaged_files_answer_in_words(home: Path, data: st.DataObject, whole: bytes) -> None:
    shutil.rmtree(home, ignore_errors=True)
    toy_run(home, toy_factors((*TITLES, *HOSTILE)))
    file = write(home / "mine.csv", data.draw(damaged(whole)))
    spoken("ratings", "import", str(file))
    spoken("ratings", "ls")
    spoken("ratings", "undo")
    spoken("recommend", "--ratings", str(file))
    for hostile in HOSTILE:
        spoken("rate", hostile, "3")
    assert len(Profile().rows()) >= len(HOSTILE)
    write(paths.ratings_dir() / "me.csv", data.draw(damaged(whole)))
    spoken("ratings", "ls")
    spoken("rate", "toy story (1995)", "3")


@fuzzed()
@given(data=st.data())
def test_a_damaged_links_file(tmp_path: Path, data: st.DataObject) -> None:
    write(tmp_path / "d" / "ratings.csv", "userId,movieId,rating\n1,1,3\n")
    write(tmp_path / "d" / "links.csv", data.draw(damaged(b"movieId,imdbId,tmdbId\r\n1,0114709,862\r\n2,0113497,\r\n")))
    try:
        links = links_of_data(str(tmp_path / "d"))
    except MftuiError as error:
        assert "links.csv" in str(error)
    else:
        assert all(number > 0 and movie for number, movie in links.imdb.items())
