"""Exports of other sites, of real shape with their oddities: what is found, what is not, and that all is counted."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.models import toy_factors
from helpers.ratings_files import write

from mftui.data.dataset import Scale
from mftui.data.incoming.incoming import Incoming, Wanted, read_incoming
from mftui.data.incoming.merge import Resolved, import_into, resolve
from mftui.data.profiles.links import Links, links_of_data
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.rated import Rated
from mftui.data.profiles.rows import as_csv, as_letterboxd
from mftui.data.profiles.store import Profile
from mftui.errors import DataError

FILMS = (
    "Toy Story (1995)",
    "Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)",
    "Seven Samurai (Shichinin no samurai) (1954)",
    "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)",
    "Seven (a.k.a. Se7en) (1995)",
    "Haine, La (Hate) (1995)",
    "Star Wars: Episode IV - A New Hope (1977)",
    "Fargo (1996)",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1964)",
    "(500) Days of Summer (2009)",
    "WALL·E (2008)",
    "Spider-Man (2002)",
    "Hamlet (1990)",
    "Hamlet (1996)",
    "Monsters, Inc. (2001)",
    "Battleship Potemkin (Bronenosets Potyomkin) (1925)",
    "Avventura, L' (a.k.a. Adventure, The) (1960)",
    "[REC] (2007)",
    "Planet of Birds (2006)",
    "Twelve Monkeys (a.k.a. 12 Monkeys) (1995)",
    "Harry Potter and the Sorcerer's Stone (a.k.a. Harry Potter and the Philosopher's Stone) (2001)",
    "8½ (8 1/2) (1963)",
    "Alien (1979)",
    "Aliens (1986)",
    "Star Wars: Episode V - The Empire Strikes Back (1980)",
    "Star Wars: The Last Jedi (2017)",
    "Three Colors: Blue (Trois couleurs: Bleu) (1993)",
    "Rashomon (Rashômon) (1950)",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    return tmp_path


def matcher(links: Links | None = None, scale: Scale | None = None) -> Matcher:
    model = toy_factors(FILMS)
    meta = model.meta | {"dataset": "films", "fingerprint": "f1"}
    return Matcher(replace(model, meta=meta, scale=scale or model.scale), links)


def brought(path: Path, links: Links | None = None) -> Resolved:
    return resolve(read_incoming(path), matcher(links), now=1_700_000_000)


def found(resolved: Resolved) -> dict[str, tuple[float, str]]:
    """Film of the model: (stars, how it was found)."""
    return {row.title: (row.stars, match.how) for row, match in resolved.matched}


LETTERBOXD = (Path(__file__).parent / "exports" / "letterboxd.csv").read_text(encoding="utf-8")


def test_a_letterboxd_export(tmp_path: Path) -> None:
    resolved = brought(write(tmp_path / "ratings.csv", LETTERBOXD.replace("\n", "\r\n")))
    assert resolved.incoming.kind == "Letterboxd"
    assert (resolved.n_ratings, resolved.incoming.n_unrated, resolved.n_repeated) == (23, 1, 1)
    by_name = {
        1: 5,
        2: 5,
        3: 4,
        4: 3.5,
        5: 4,
        8: 5,
        9: 2,
        10: 4.5,
        11: 3,
        13: 3,
        14: 4,
        16: 3,
        17: 3,
        19: 4,
        20: 3,
        21: 4,
        0: 5,
    }
    by_title = {FILMS[at]: (value, "title") for at, value in by_name.items()}
    assert found(resolved) == by_title | {
        "Star Wars: Episode IV - A New Hope (1977)": (4, "part of the title"),
        "Fargo (1996)": (0.5, "year off by one"),
    }
    assert [row.title for row in resolved.unmatched] == [
        "Alien³ (1992)",
        'A Film, Nobody "Knows" (2015)',
        "Hamlet (1993)",
    ]
    titles = matcher().titles
    assert {titles[movie] for movie in matcher().nearest(resolved.unmatched[2])} == {"Hamlet (1990)", "Hamlet (1996)"}
    assert [titles[movie] for movie in matcher().nearest(resolved.unmatched[1])] == []


@pytest.mark.parametrize(
    ("title", "film"),
    [
        ("The Empire Strikes Back (1980)", 24),
        ("The Empire Strikes Back (1981)", None),
        ("Star Wars: Episode VIII - The Last Jedi (2017)", 25),
        ("Blue (1993)", None),
        ("Three Colors: Blue (1993)", 26),
        ("Blue: Another Film (1993)", None),
        ("Trois couleurs : Bleu (1993)", 26),
    ],
)
def test_parts_of_a_title_are_enough_where_the_year_is_the_same_and_they_are_not_one_word(
    title: str, film: int | None
) -> None:
    match = matcher().find(Rated(title, 3))
    assert (match and match.movie) == film


@pytest.mark.parametrize(
    ("title", "near"),
    [
        ("Hamlet (1997)", ["Hamlet (1996)", "Hamlet (1990)"]),
        ("Three Colours: Blue (1993)", ["Three Colors: Blue (Trois couleurs: Bleu) (1993)"]),
        ("Monster (2001)", ["Monsters, Inc. (2001)"]),
        ("Aliens Again (1990)", ["Aliens (1986)"]),
        ("Nothing Like It At All (1990)", []),
        ("", []),
    ],
)
def test_what_was_not_found_has_the_nearest_beside_it(title: str, near: list[str]) -> None:
    found = matcher().nearest(Rated(title, 3, "1"))
    assert [FILMS[movie] for movie in found][: len(near) or None] == near


def test_a_year_beside_is_another_film_where_the_one_of_the_year_is_there_too() -> None:
    rows = [Rated("Rashomon (1950)", 5, timestamp=1), Rated("Rashomon (1951)", 1, timestamp=2)]
    matched = matcher().match(rows)
    assert matched.ratings.tolist() == [5.0] and matched.missing == rows[1:]


IMDB = (Path(__file__).parent / "exports" / "imdb.csv").read_text(encoding="utf-8")
LINKS = "".join(f"{i + 1},{1_000_001 + i},{i}\r\n" for i in range(22))
LINKS = f"movieId,imdbId,tmdbId\r\n{LINKS}23,,\r\n5,1000090,\r\n"


def test_an_imdb_export_with_links(tmp_path: Path) -> None:
    write(tmp_path / "data" / "ratings.csv", "userId,movieId,rating\n1,1,3\n")
    write(tmp_path / "data" / "links.csv", LINKS)
    links = links_of_data(str(tmp_path / "data"))
    assert len(links.imdb) == 23 and links.imdb[1_000_001] == "1" and links.tmdb[21] == "22"
    resolved = brought(write(tmp_path / "ratings.csv", IMDB, "latin-1"), links)
    assert resolved.incoming.kind == "IMDb"
    assert found(resolved) == {
        FILMS[0]: (4.5, "imdb"),
        FILMS[1]: (5, "imdb"),
        FILMS[2]: (4, "imdb"),
        FILMS[4]: (3, "imdb"),  # another title, another year: the id says it
        FILMS[15]: (3.5, "imdb"),
        FILMS[18]: (4, "imdb"),  # a series, and the data set has it
        FILMS[22]: (0.5, "title"),  # links.csv does not have its id
    }
    assert [row.title for row in resolved.unmatched] == ["Nobody Has Seen This (2021)"]
    assert len(resolved.not_films) == 3 and resolved.incoming.n_unrated == 1 and resolved.n_repeated == 0
    assert resolved.n_ratings == 11 == len(resolved.matched) + len(resolved.unmatched) + len(resolved.not_films)


def test_an_imdb_export_without_links_goes_by_any_of_the_titles(tmp_path: Path) -> None:
    resolved = brought(write(tmp_path / "ratings.csv", IMDB))
    assert {title: stars for title, (stars, _) in found(resolved).items()} == {
        FILMS[0]: 4.5, FILMS[1]: 5, FILMS[2]: 4, FILMS[15]: 3.5, FILMS[22]: 0.5,
    }  # fmt: skip
    assert len(resolved.unmatched) == 2 and len(resolved.not_films) == 4


def test_the_older_imdb_export(tmp_path: Path) -> None:
    header = '"position","const","created","modified","description","Title","Title type","Directors","You rated","Year"'
    line = '"1","tt1000001","Sat Feb 29 00:00:00 2020","","","Toy Story","Feature Film","Somebody","8","1995"'
    resolved = brought(write(tmp_path / "ratings.csv", f"{header}\n{line}\n"))
    assert found(resolved) == {FILMS[0]: (4, "title")}


def test_a_movielens_csv_saved_by_a_spreadsheet(tmp_path: Path) -> None:
    text = (
        "\ufeffuserId;movieId;rating;timestamp;title\r\n"
        '7;1;4,5;964982703;"Toy Story (1995)"\r\n'
        '7;2;3;;"The Good; the Bad and the Ugly (1966)"\r\n'
        "7;999;2;964982704;Alien (1979)\r\n"
        "7;23;1;964982900;Alien (1979)\r\n"
        ";;;;\r\n"
        "7;24;;964982705;Aliens (1986)\r\n"
        "7;900;5;964982706;'=Formula (2000)\r\n"
    )
    resolved = brought(write(tmp_path / "r.csv", text))
    assert {title: stars for title, (stars, _) in found(resolved).items()} == {
        FILMS[0]: 4.5, FILMS[1]: 3, FILMS[22]: 1,
    }  # fmt: skip
    assert [row.title for row in resolved.unmatched] == ["=Formula (2000)"]
    assert (resolved.n_ratings, resolved.n_repeated, resolved.incoming.n_unrated) == (5, 1, 1)


@pytest.mark.parametrize(
    ("ratings", "scale", "stars"),
    [
        (("4.5", "0.5"), None, [4.5, 0.5]),
        (("9", "4"), None, [4.5, 2]),
        (("85", "10"), None, [4.25, 0.5]),
        (("4", "5"), Scale(0, 10, 0), [2, 2.5]),
    ],
)
def test_a_table_that_does_not_tell_its_scale(
    tmp_path: Path, ratings: tuple[str, str], scale: Scale | None, stars: list[float]
) -> None:
    lines = [f"{i + 1},{rating}" for i, rating in enumerate(ratings)]
    path = write(tmp_path / "r.csv", "\n".join(["movieId,rating", *lines]))
    assert [entry.rated.stars for entry in read_incoming(path, Wanted(scale=scale)).entries] == stars


def test_ten_points_on_the_scale_of_the_model(tmp_path: Path) -> None:
    path = write(tmp_path / "ratings.csv", "Const,Your Rating,Title,Year\ntt1000001,7,Toy Story,1995\n")
    for scale, rating in ((Scale(1, 5, 1), 3.5), (Scale(1, 10, 1), 7), (Scale(0, 100, 1), 70)):
        with_scale = matcher(scale=scale)
        resolved = resolve(read_incoming(path), with_scale)
        assert with_scale.rating(resolved.matched[0][0]) == pytest.approx(rating)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_whatever_the_encoding(tmp_path: Path, encoding: str) -> None:
    text = "Date,Name,Year,Letterboxd URI,Rating\n2019-03-16,Amélie,2001,https://boxd.it/a4,4\n"
    assert found(brought(write(tmp_path / "r.csv", text, encoding))) == {FILMS[3]: (4, "title")}


def test_the_zip_that_letterboxd_makes(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letterboxd-somebody.zip", "w") as made:
        made.writestr("diary.csv", "Date,Name\n")
        made.writestr("ratings.csv", LETTERBOXD)
    assert len(brought(tmp_path / "letterboxd-somebody.zip").matched) == 19


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Date,Name,Year,Letterboxd URI\n2020-01-01,Alien,1979,x\n", "without your ratings; it has: Date, Name, Year"),
        ("Const,Created,Title\ntt1,2020,Alien\n", "without your ratings; it has: Const, Created, Title"),
        ("Date,Name,Year,Letterboxd URI,Rating\nd,Alien,1979,x,6\n", "line 2: rating 6 is outside 0.5 to 5, Letter"),
        ("Const,Your Rating,Title\ntt1,11,Alien\n", "line 2: rating 11 is outside 1 to 10, IMDb's scale"),
        ("Const,Your Rating,Title\ntt1,ten,Alien\n", "line 2: the rating ten is not a number"),
        ("Const,Your Rating,Title\ntt1,1,\n", "line 2: the title is missing"),
        ("Const,Your Rating,Title\ntt1,1,A, B\n", "line 2: too many columns: 4 of 3. Put titles with commas in double"),
        ("name,size\nx,1\n", "needs a movie and a rating column; it has: name, size"),
        ("movieId,rating\n1,101\n", "line 2: rating 101 is outside 0 to 100"),
        ("movieId,rating\n1,-1\n", "line 2: rating -1 is outside 0 to 5"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read_incoming(write(tmp_path / "r.csv", text))
    assert said in str(caught.value) and "r.csv" in str(caught.value)


def incoming_of(path: Path, *rows: Rated) -> Incoming:
    return read_incoming(write(path / "own.csv", as_csv(rows)))


def test_an_import_is_one_change_in_which_the_later_rating_of_a_film_wins(home: Path) -> None:
    profile, model = Profile(), matcher()
    profile.rate(model, 0, 1, timestamp=2_000)
    profile.rate(model, 7, 1, timestamp=2_000)
    file = incoming_of(
        home,
        Rated("Toy Story (1995)", 5, timestamp=1_000),
        Rated("Fargo (1996)", 5, timestamp=3_000),
        Rated("Unheard of (2000)", 4, timestamp=1_000),
    )
    done = import_into(profile, resolve(file, model), model)
    assert [row.title for row in done.older] == ["Toy Story (1995)"]
    kept = {row.title: row.stars for row in profile.rows()}
    assert kept == {"Toy Story (1995)": 1, "Fargo (1996)": 5, "Unheard of (2000)": 4}
    again = import_into(profile, resolve(file, model), model)
    assert {row.title: row.stars for row in profile.rows()} == kept and again.change.before == ()
    profile.undo()
    assert {row.title: row.stars for row in profile.rows()} == {"Toy Story (1995)": 1, "Fargo (1996)": 1}


def test_a_film_kept_for_a_model_that_has_it_is_found_there(home: Path) -> None:
    profile, model = Profile(), matcher()
    import_into(profile, resolve(incoming_of(home, Rated("The Matrix (1999)", 4)), model), model)
    other = Matcher(toy_factors())
    assert [other.titles[movie] for movie in other.match(profile.rows()).movies] == ["Matrix, The (1999)"]


def test_a_profile_exported_comes_back_the_same(home: Path) -> None:
    profile, model = Profile(), matcher()
    for movie in range(len(FILMS)):
        profile.rate(model, movie, 0.5 + movie % 10 / 2, timestamp=1_000 + movie)
    file = write(home / "out.csv", as_csv(profile.rows()))
    other = Profile("other")
    import_into(other, resolve(read_incoming(file), model), model)
    assert other.rows() == profile.rows()


def test_an_export_for_letterboxd_has_titles_as_they_are_spoken(home: Path) -> None:
    rows = [matcher().rated(movie, 4.5, timestamp=1_583_000_000) for movie in (1, 2, 5, 9, 16)]
    text = as_letterboxd([*rows, Rated("=Odd (2000)", 0.1)])
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["Title"], line["Year"], line["Rating"], line["WatchedDate"]) for line in lines] == [
        ("The Good, the Bad and the Ugly", "1966", "4.5", "2020-02-29"),
        ("Seven Samurai", "1954", "4.5", "2020-02-29"),
        ("La Haine", "1995", "4.5", "2020-02-29"),
        ("(500) Days of Summer", "2009", "4.5", "2020-02-29"),
        ("L'Avventura", "1960", "4.5", "2020-02-29"),
        ("'=Odd", "2000", "0.5", ""),
    ]


@pytest.mark.parametrize("text", ["[{}]", '[{"a": {}}]', '[{}, {"b": {"c": {}}}]', "<a><b/></a>", ",", '[{"": {}}]'])
@pytest.mark.parametrize("name", ["r.json", "r.csv"])
def test_what_holds_no_value_is_refused(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError):
        read_incoming(tmp_path / name)


def test_millions_of_columns_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(",".join(f"c{at}" for at in range(100_000)))
    with pytest.raises(DataError, match="first line has more than 64 KB"):
        read_incoming(tmp_path / "r.csv")
