"""Exports of many sites and programs, each in the form that it has there: what is taken as what."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.ratings_files import write

from mftui.data.incoming.incoming import Entry, Incoming, Wanted, read_incoming
from mftui.data.readers.personal import looks_personal
from mftui.errors import DataError, UsageError

TRAKT_ROWS = (
    "rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,tmdb_id,season_number,rating\n"
    "2021-03-22T06:33:24.000Z,movie,Toy Story,1995,8.1,5,tt0114709,862,,9\n"
    "2021-03-23T06:33:24.000Z,show,Clueless,1996,8.1,6,tt0115137,2155,,3\n"
    "2021-03-24T06:33:24.000Z,episode,Band of Brothers,2001,8.1,7,tt0185906,4613,1,10\n"
)
TRAKT_JSON = (
    '[{"rated_at":"2014-04-05T15:27:00.000Z","rating":9,"type":"movie","movie":{"title":"Toy Story","year":1995,'
    '"ids":{"trakt":1,"slug":"x","imdb":"tt0114709","tmdb":862}}},'
    '{"rated_at":"2014-04-06T15:27:00.000Z","rating":2,"type":"episode","episode":{"season":1,"title":"Pilot",'
    '"ids":{"trakt":2,"imdb":"tt0000002","tmdb":63056}},"show":{"title":"Lost","year":2004,"ids":{"imdb":"tt0411008"}}}]'
)
SIMKL_JSON = (
    '{"shows":[{"user_rated_at":"2022-01-01T00:00:00Z","user_rating":3,"show":{"title":"Lost","year":2004,'
    '"ids":{"simkl":1,"imdb":"tt0411008"}}}],"movies":[{"user_rated_at":"2022-01-02T00:00:00Z","user_rating":9,'
    '"movie":{"title":"Toy Story","year":1995,"ids":{"simkl":2,"imdb":"tt0114709","tmdb":"862"}}},'
    '{"user_rating":null,"movie":{"title":"Heat","year":1995,"ids":{"simkl":3}}}]}'
)
FORMS = {
    "letterboxd import": ("Title,Year,Rating10,imdbID,WatchedDate\nToy Story,1995,9,tt0114709,2024-01-01\n", "a table"),
    "imdb 2011": (
        '"position","const","created","modified","Title","Title type","You rated","IMDb Rating","Year"\n'
        '"1","tt0114709","Mon Jan  1 00:00:00 2024","","Toy Story","Feature Film","9","8.1","1995"\n',
        "IMDb",
    ),
    "imdb 2013, of a user by name": (
        "position,const,created,Title,Title type,kim rated,IMDb Rating,Year\n"
        "1,tt0114709,Mon Jan  1 00:00:00 2024,Toy Story,Feature Film,9,8.1,1995\n",
        "IMDb",
    ),
    "imdb 2017": (
        "Const,Your Rating,Date Added,Title,Title Type,IMDb Rating,Year\n"
        "tt0114709,9,2024-01-01,Toy Story,movie,8,1995\n",
        "IMDb",
    ),
    "imdb in French": (
        "Const,Votre note,Date de la note,Titre,Titre original,Type de titre,Note IMDb,Année\n"
        "tt0114709,9,2024-01-01,Toy Story,Toy Story,Film,8.1,1995\n",
        "IMDb",
    ),
    "imdb in a language that nobody has foreseen": (
        "Position,Const,X rating,X date,X title,X type,X avg,X year\n"
        "1,tt0114709,9,2024-01-01,Toy Story,movie,8.1,1995\n2,tt0113277,4,2024-01-01,Heat,movie,8.3,1995\n",
        "IMDb",
    ),
    "trakt json": (TRAKT_JSON, "Trakt"),
    "tmdb": (
        "TMDb ID,IMDb ID,Type,Name,Release Date,Season Number,Episode Number,Rating,Your Rating,Date Rated\n"
        "862,tt0114709,movie,Toy Story,1995-11-22T00:00:00Z,,,7.97,9.0,2024-01-01T00:00:00Z\n",
        "TMDb",
    ),
    "simkl csv": (
        "SIMKL_ID,Title,Type,Year,Watchlist,LastEpWatched,WatchedDate,Rating,Memo,TVDB,TMDB,IMDB\n"
        "53992,Toy Story,movie,1995,completed,,2024-01-01,9,,,862,tt0114709\n",
        "Simkl",
    ),
    "simkl json": (SIMKL_JSON, "Simkl"),
    "yamtrack": (
        "media_id,source,media_type,title,image,season_number,episode_number,score,status,notes,start_date,end_date\n"
        "862,tmdb,movie,Toy Story,u,,,9.0,Completed,,2023-12-31,2024-01-01\n1,mal,anime,Bebop,u,,,8,Completed,,,\n",
        "Yamtrack",
    ),
    "movary": ("title,year,tmdbId,imdbId,userRating\nToy Story,1995,862,tt0114709,9\n", "Movary"),
    "criticker": (
        "Score,Film Name,Year,Date Rated,Number of Stars,URL,IMDB ID\n90,Toy Story,1995,Jan 01 2024,,u,tt0114709\n",
        "Criticker",
    ),
    "criticker xml": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<recentratings>\n <film><filmid>1</filmid>'
        "<filmname>Toy Story (1995)</filmname><filmlink>u</filmlink><rating>90</rating><quote/>"
        "<reviewdate>Jan 01 2024, 12:00</reviewdate><tier>9</tier></film></recentratings>",
        "Criticker",
    ),
    "douban": (
        "标题,个人评分,打分日期,我的短评,上映日期,条目链接\n"
        "玩具总动员 / Toy Story,★★★★½,2024-01-01,好,1995-11-22(美国),u\n",
        "Douban",
    ),
    "douban, another program": (
        "标题,简介,豆瓣评分,链接,创建时间,我的评分,标签\n"
        "玩具总动员 / Toy Story,1995 / 美国,8.3,u,2024/01/01 10:00:00,4.5,\n",
        "Douban",
    ),
    "goodreads": (
        "Book Id,Title,Author,My Rating,Average Rating,Year Published,Date Read,Date Added\n"
        "1,Toy Story,X,4.5,4.25,1995,,2024/01/01\n2,Dune,X,0,4.25,1965,,2024/01/01\n",
        "Goodreads",
    ),
    "storygraph": ("Title,Authors,Star Rating,Read Status\nToy Story,X,4.5,read\n", "a table"),
    "netflix": (
        "Profile Name,Title Name,Rating Type,Star Value,Thumbs Value,Event Utc Ts\n"
        "Me,Toy Story,star,4.5,0,2024-01-01 12:00:00\nMe,Heat,thumb,0,2,2024-01-01 12:00:00\n",
        "Netflix",
    ),
    "filmweb": (
        "timestamp,date,user_rating,title,original_title,year,type\n"
        "1704067200,2024-01-01,9,Zabawki,Toy Story,1995,film\n1704067200,2024-01-01,9,Zagubieni,Lost,2004,serial\n",
        "Filmweb",
    ),
    "filmweb, in Polish": (
        "Tytuł;Tytuł oryginalny;Rok produkcji;Ocena;Data oceny\nZabawki;Toy Story;1995;9;01.01.2024\n",
        "a table",
    ),
    "kinopoisk": ("название;оригинальное название;год;моя оценка;рейтинг\nИстория;Toy Story;1995;9;8,1\n", "Kinopoisk"),
    "filmtipset": ("Datum,Titel;IMDB;Betyg\n2024-01-01,Toy Story;114709;4,5\n", "Filmtipset"),
    "movielens": (
        "movie_id,imdb_id,tmdb_id,rating,average_rating,title\n1,0114709,862,4.5,3.1,Toy Story (1995)\n",
        "MovieLens",
    ),
    "own, of ten": ("Film;Year;My score (of 10);IMDb Rating\nToy Story;1995;9;3\n", "a table"),
    "own, with averages beside": (
        "title,year,vote_average,user_rating,rating,imdb_url\n"
        "Toy Story,1995,3.1,4.5,2.2,https://www.imdb.com/title/tt0114709/\n",
        "a table",
    ),
    "own, 4.5/5": ("name,rating\nToy Story (1995),4.5/5\n", "a table"),
    "own, 90 %": ("name,rating\nToy Story (1995),90%\n", "a table"),
    "own, 4½": ("name,rating\nToy Story (1995),4½\n", "a table"),
    "own, json by columns": ('{"title":{"0":"Toy Story"},"year":{"0":1995},"rating":{"0":4.5}}', "a table"),
    "own, json of lists": ('{"title":["Toy Story","Heat"],"rating":[4.5,1]}', "a table"),
    "own, within": ('{"version":2,"data":{"ratings":[{"title":"Toy Story","year":1995,"stars":4.5}]}}', "a table"),
}


def read(tmp_path: Path, text: str, **wanted: object) -> Incoming:
    return read_incoming(write(tmp_path / "mine.csv", text), Wanted(**wanted))  # type: ignore[arg-type]


def toy_story(incoming: Incoming) -> Entry:
    ids = ("862", "tt0114709")
    rated = [entry.rated for entry in incoming.entries]
    found = [r.imdb_id in ids or r.tmdb_id in ids or "Toy Story" in r.title for r in rated]
    return incoming.entries[found.index(True)]


@pytest.mark.parametrize("form", FORMS)
def test_the_own_rating_of_toy_story_is_read(tmp_path: Path, form: str) -> None:
    text, kind = FORMS[form]
    incoming = read(tmp_path, text)
    entry = toy_story(incoming)
    assert incoming.kind == kind
    assert entry.rated.stars == 4.5 and entry.is_film
    assert entry.rated.imdb_id in ("", "tt0114709") and entry.rated.tmdb_id in ("", "862")
    assert entry.rated.day in ("", "2024-01-01", "2022-01-02", "2014-04-05")
    dated = "2024" in text and "Completed" not in text
    assert bool(entry.rated.day) or not dated
    assert "IMDb Rating" not in str(incoming.readings[0].columns)


@pytest.mark.parametrize("form", FORMS)
def test_every_such_header_is_known_as_personal(tmp_path: Path, form: str) -> None:
    names = [use.name for use in read(tmp_path, FORMS[form][0]).readings[0].columns.values()]
    names += list(read(tmp_path, FORMS[form][0]).readings[0].unused)
    if form != "netflix":  # of several people of a household
        assert looks_personal(names)


@pytest.mark.parametrize(
    "names",
    [
        ("userId", "movieId", "rating", "timestamp"),
        ("User_ID", "Rating", "Movie_ID"),
        ("user_id", "item_id", "rating"),
        ("movieId", "title", "genres"),
        ("reviewerID", "asin", "overall", "title"),
        ("1", "32", "3.5"),
        (),
    ],
)
def test_what_is_not_one_persons(names: tuple[str, ...]) -> None:
    assert looks_personal(names) == ""


def test_sites_are_named() -> None:
    assert looks_personal(["Date", "Name", "Year", "Letterboxd URI", "Rating"]) == "an export of Letterboxd"
    assert looks_personal(["Const", "Ihre Bewertung", "Titel"]) == "an export of IMDb"
    assert looks_personal(["Film", "Year", "Score"]) == "one person's ratings"


def test_series_and_their_episodes_are_no_films_and_bring_no_ids_of_films(tmp_path: Path) -> None:
    entries = read(tmp_path, TRAKT_ROWS).entries
    assert [(e.is_film, e.rated.imdb_id, e.rated.tmdb_id) for e in entries] == [
        (True, "tt0114709", "862"),
        (False, "tt0115137", ""),
        (False, "", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "film"),
    [
        ("Movie", True), ("Feature Film", True), ("TV Movie", True), ("Short", True), ("Fernsehfilm", True), ("", True),
        ("Documentary", True), ("TV Special", True), ("Video", True), ("фильм", True), ("电影", True),
        ("TV Series", False), ("TV Mini Series", False), ("Mini-série", False), ("Fernsehserie", False), ("tv", False),
        ("show", False), ("season", False), ("Episodio de TV", False), ("Videospiel", False), ("Video Game", False),
        ("serial", False), ("сериал", False), ("电视剧", False), ("Podcast Series", False), ("Music Video", False),
    ],
)  # fmt: skip
def test_types(tmp_path: Path, kind: str, film: bool) -> None:
    text = f"Const,Your Rating,Title,Title Type\ntt0114709,9,Toy Story,{kind}\ntt0114710,8,Other,Movie\n"
    assert read(tmp_path, text).entries[0].is_film == film


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2024,T,,u,\n\nPosition,Name,Year,URL,Description\n"
         "1,Toy Story,1995,u,\n", "an export of Letterboxd without your ratings"),
        ("Title,Date\nToy Story,1/5/24\n", "an export of Netflix without your ratings"),
        ("Profile Name,Start Time,Duration,Title\nMe,2021-01-01,1,Heat\n", "an export of Netflix without your ratings"),
        ("title,tmdbId,imdbId,watchedAt\nHeat,1,tt1,2020-01-01\n", "an export of Movary without your ratings"),
        ("TMDb ID,IMDb ID,Type,Name,Release Date,Rating\n862,tt0114709,movie,Toy Story,1995-01-01,7.9\n",
         "an export of TMDb without your ratings"),
        ("media_id,source,media_type,title,score\n1,tmdb,movie,Heat,\n", "none of its 1 lines has a rating"),
        ("Const,A,B,Title\ntt0114709,9,7,X\ntt0114710,4,2,Y\n", "whole numbers from 1 to 10 are in: A, B"),
        ("[]", "needs a movie and a rating column; it has: nothing"),
        ("196\t242\t3\t881250949\n186\t302\t3\t891717742\n", "no names of columns. If these are ratings of many "
         "people: mftui train --data"),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a><f><title>x</title></f></a>", "this is XML"),
    ],
)  # fmt: skip
def test_what_has_no_ratings_of_ones_own_says_so(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)


MANY = "userId,movieId,rating,title\n7,1,4,Toy Story (1995)\n8,1,2,Toy Story (1995)\n8,2,3,Heat (1995)\n"


def test_of_many_people_one_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"ratings of 2 people: 8, 7.*--user ID\.$"):
        read(tmp_path, MANY)
    assert [entry.rated.stars for entry in read(tmp_path, MANY, user="8").entries] == [2, 3]
    with pytest.raises(DataError, match=r"there is no user 9 in it\. There are: 8, 7"):
        read(tmp_path, MANY, user="9")
    with pytest.raises(DataError, match="no column of users"):
        read(tmp_path, "title,rating\nHeat,3\n", user="9")
    with pytest.raises(DataError, match=r"mftui train --data .*mine\.csv"):
        read(tmp_path, "userId,movieId,rating\n1,1,4\n2,1,3\n")


def test_columns_as_the_user_says(tmp_path: Path) -> None:
    text = "Was,Wann,Wie gut,Nummer\nToy Story,1995,4.5,tt0114709\n"
    with pytest.raises(DataError, match="--columns title=NAME,rating=NAME"):
        read(tmp_path, text)
    columns = {"title": "Was", "year": "wann", "rating": "3", "imdb": "Nummer"}
    entry = read(tmp_path, text, columns=columns).entries[0]
    assert (entry.rated.title, entry.rated.stars, entry.rated.imdb_id) == ("Toy Story (1995)", 4.5, "tt0114709")
    for wrong in ({"film": "Was"}, {"rating": "Note"}, {"rating": "9"}):
        with pytest.raises(UsageError):
            read(tmp_path, text, columns=wrong)


def test_columns_by_position_where_there_is_no_header(tmp_path: Path) -> None:
    text = "Toy Story (1995),4.5\nHeat (1995),3\n"
    entries = read(tmp_path, text, columns={"title": "1", "rating": "2"}).entries
    assert [(e.rated.title, e.rated.stars) for e in entries] == [("Toy Story (1995)", 4.5), ("Heat (1995)", 3)]


def test_what_stands_for_not_rated(tmp_path: Path) -> None:
    zeros = "title,rating\nA,0\nB,0\nC,8\nD,0\n"
    with pytest.raises(DataError, match=r"3 of 4 ratings are 0.*--missing 0 leaves them out, --missing none keeps"):
        read(tmp_path, zeros)
    assert [len(read(tmp_path, zeros, missing=(said,)).entries) for said in ("0", "none")] == [1, 4]
    words = "title,rating\nA,gesehen\nB,-1\nC,8\nD,n/a\n"
    with pytest.raises(DataError, match="--missing VALUE"):
        read(tmp_path, words)
    found = read(tmp_path, words, missing=("gesehen", "-1"))
    assert len(found.entries) == 1 and found.n_unrated == 3
    assert read(tmp_path, "Date,Name,Letterboxd URI,Rating\nd,A,u,0\nd,B,u,3\n").n_unrated == 1


def test_ids_are_never_taken_for_movielens_ids(tmp_path: Path) -> None:
    for column, value in (("tmdb_id", "680"), ("imdb_id", "114709"), ("tmdb_id", "680.0"), ("imdb", "tt0114709")):
        entry = read(tmp_path, f"{column},rating\n{value},4\n").entries[0]
        assert entry.rated.movie_id == "" and (entry.rated.imdb_id or entry.rated.tmdb_id)


def test_a_column_called_imdb_that_has_ratings_has_no_ids(tmp_path: Path) -> None:
    entries = read(tmp_path, "title,rating,imdb\nHeat (1995),4,8\nToy Story (1995),5,8.3\n").entries
    assert [entry.rated.imdb_id for entry in entries] == ["", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("movie,rating\n1,5\n2,3\n", ("1", 5, "1", "")),
        ("movie,rating\nToy Story (1995),5\n", ("Toy Story (1995)", 5, "Toy Story (1995)", "")),
        ("Title,Rating,Link\nHeat,5,https://www.themoviedb.org/movie/949-heat\n", ("Heat", 5, "", "")),
        ("Name,ProductionYear,CommunityRating,UserRating,Ids.Imdb\nHeat,1995,8,9,tt0113277\n",
         ("Heat (1995)", 4.5, "", "tt0113277")),
        ("title,year,tmdb_id,imdb_id,user_rating,notes\nHeat,1995,949,tt0113277,4.5,\n",
         ("Heat (1995)", 4.5, "", "tt0113277")),
        ('{"lists":[{"name":"all","entries":[{"score":9,"title":"Heat","year":1995}]}]}', ("Heat (1995)", 4.5, "", "")),
        ("Title,Rating,imdb link\nHeat,5,https://www.imdb.com/title/tt0113277/?ref_=x\n", ("Heat", 5, "", "tt0113277")),
    ],
)  # fmt: skip
def test_other_tables(tmp_path: Path, text: str, expected: tuple[str, float, str, str]) -> None:
    rated = read(tmp_path, text).entries[0].rated
    assert (rated.title, rated.stars, rated.movie_id, rated.imdb_id) == expected


def test_two_columns_of_ratings_with_one_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="several columns are called Rating"):
        read(tmp_path, "Title,Rating,rating\nHeat,5,3\n")


def test_json_that_names_nothing_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it has: nothing"):
        read_incoming(write(tmp_path / "r.json", '{"name": {}, "entities": {}}'))


@pytest.mark.parametrize("moment", ["1e30", "9007199254740992", "-1e300"])
def test_a_timestamp_that_no_profile_can_have_is_refused_with_its_line(tmp_path: Path, moment: str) -> None:
    text = f"movieId,title,rating,timestamp,dataset,fingerprint\n1,Heat,4,5,,\n2,Alien,3,{moment},,\n"
    with pytest.raises(DataError, match=r"line 3.*out of range"):
        read_incoming(write(tmp_path / "me.csv", text))
