"""What was not found, written as a table to correct and import again; ids and titles that contradict each other."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.models import toy_factors
from helpers.ratings_files import write

from mftui.data.incoming.incoming import read_incoming
from mftui.data.incoming.mend import COLUMNS, as_mendable
from mftui.data.incoming.merge import import_into, resolve
from mftui.data.profiles.links import Links
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.rated import Rated
from mftui.data.profiles.store import Profile

FILMS = (
    "Parasite (1982)",
    "Heat (1995)",
    "Borat: Cultural Learnings of America (2006)",
    "X2: X-Men United (2003)",
    "Three Colors: Blue (Trois couleurs: Bleu) (1993)",
    "Clueless (1995)",
    "Film without a year",
)
LINKS = Links({84472: "1", 113277: "2", 443453: "3", 112697: "6", 99: "77"}, {48311: "1", 949: "2", 496: "3"})
NOW = 1_700_000_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    return tmp_path


def matcher(links: Links | None = LINKS) -> Matcher:
    model = toy_factors(FILMS)
    return Matcher(replace(model, meta=model.meta | {"dataset": "=films", "fingerprint": "f1"}), links)


def found(row: Rated, links: Links | None = LINKS) -> tuple[str, str] | None:
    match = matcher(links).find(row)
    return None if match is None else (FILMS[match.movie], match.how)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Rated("Parasite", 5, imdb_id="tt6751668"), None),
        (Rated("Parasite", 5, tmdb_id="496243"), None),
        (Rated("Parasite (1982)", 5, imdb_id="tt6751668"), None),
        (Rated("Parasite", 5), ("Parasite (1982)", "title without a year")),
        (Rated("Parasite (1982)", 5, imdb_id="tt0084472"), ("Parasite (1982)", "imdb")),
        (Rated("Anything", 5, tmdb_id="949"), ("Heat (1995)", "tmdb")),
        (Rated("", 5, tmdb_id="949"), ("Heat (1995)", "tmdb")),
        (Rated("Clueless (1996)", 5, imdb_id="tt0115137"), None),
        (Rated("Heat (1995)", 5, imdb_id="tt0000099"), None),  # movie 77, which this model does not have
        (Rated("Anything (1995)", 5, imdb_id="tt6751668", tmdb_id="48311"), None),  # the ids contradict each other
        (Rated("X2 (2003)", 5), ("X2: X-Men United (2003)", "part of the title")),
        (Rated("X2 (2005)", 5), None),
        (Rated("Three Colours: Blue (1993)", 5), ("Three Colors: Blue (Trois couleurs: Bleu) (1993)", "title")),
        (Rated("Three Colours: Blue (1993)", 5, imdb_id="tt0108394"), (FILMS[4], "title")),  # its id is not known
        (Rated("Film without a year", 5), ("Film without a year", "title")),
    ],
)
def test_ids_come_first_and_forbid_what_the_title_says(row: Rated, expected: tuple[str, str] | None) -> None:
    assert found(row) == expected


def test_a_contradiction_is_told() -> None:
    here = matcher()
    told = here.contradiction(Rated("Parasite", 5, imdb_id="tt6751668"))
    assert told == "not Parasite (1982), which is tt0084472 and not tt6751668"
    assert here.contradiction(Rated("Heat (1995)", 5, imdb_id="tt0000099")) == (
        "not Heat (1995), which is tt0113277 and not tt0000099"
    )
    assert "as tt0000099 is movie 77" in here.contradiction(Rated("X2 (2003)", 5, imdb_id="tt0000099"))
    assert "TMDb's 48311 and not TMDb's 9" in here.contradiction(Rated("Parasite", 5, tmdb_id="9"))
    assert here.contradiction(Rated("Nobody knows (2000)", 5, imdb_id="tt6751668")) == ""


def test_a_title_that_says_another_film_than_the_id_is_told() -> None:
    here = matcher()
    assert here.other_title(Rated("Heat (1995)", 5, imdb_id="tt0084472"), 0) == "Heat (1995)"
    assert here.other_title(Rated("Parasite (1982)", 5), 0) == ""
    assert here.other_title(Rated("Gisaengchung (1982)", 5), 0) == ""


CSV = (
    "title,year,rating,imdb_id,tmdb_id,date\nParasite,2019,10,tt6751668,496243,2020-01-01\n=Borat,2006,7,,,2020-01-02\n"
    "Hete,1995,2,,,2020-01-03\n"
)


def test_what_was_not_found_comes_back_corrected(home: Path) -> None:
    here, profile = matcher(), Profile()
    first = resolve(read_incoming(write(home / "mine.csv", CSV)), here, NOW)
    assert not first.matched and len(first.unmatched) == 3
    import_into(profile, first, here)
    text = as_mendable(first.unmatched, here)
    rows = list(csv.DictReader(text.splitlines()))
    assert tuple(rows[0]) == COLUMNS and all(row["movieId"] == "" for row in rows)
    assert [(row["title"], row["year"], row["rating"], row["date"]) for row in rows] == [
        ("Parasite", "2019", "5", "2020-01-01"),
        ("'=Borat", "2006", "3.5", "2020-01-02"),
        ("Hete", "1995", "1", "2020-01-03"),
    ]
    assert rows[0]["nearest"] == "1: Parasite (1982)" and rows[0]["imdb_id"] == "tt6751668"

    again = resolve(read_incoming(write(home / "mend.csv", text)), here, NOW)
    assert [(r.title, r.stars, r.timestamp) for r in again.unmatched] == [
        (r.title, r.stars, r.timestamp) for r in first.unmatched
    ]

    rows[1]["movieId"], rows[2]["title"] = "3", "Heat"
    lines = [";".join(COLUMNS), *(";".join(f'"{row[name]}"' for name in COLUMNS) for row in rows)]
    mended = resolve(read_incoming(write(home / "mend.csv", "\r\n".join(lines), "cp1252")), here, NOW)
    assert [(row.title, match.how) for row, match in mended.matched] == [
        ("Borat: Cultural Learnings of America (2006)", "id"),
        ("Heat (1995)", "title"),
    ]
    import_into(profile, mended, here)
    kept = {row.title: row.stars for row in profile.rows()}
    assert "=Borat (2006)" not in kept and kept["Borat: Cultural Learnings of America (2006)"] == 3.5
    assert kept["Heat (1995)"] == 1 and kept["Parasite (2019)"] == 5


def test_a_film_that_was_kept_for_another_model_is_not_kept_twice(home: Path) -> None:
    profile, other = Profile(), Matcher(toy_factors(("Alien (1979)",)), Links())
    import_into(profile, resolve(read_incoming(write(home / "mine.csv", CSV)), other, NOW), other)
    assert len(profile.rows()) == 3
    known = matcher(Links({6751668: "1"}))
    import_into(profile, resolve(read_incoming(home / "mine.csv"), known, NOW), known)
    assert sorted(row.title for row in profile.rows()) == ["=Borat (2006)", "Hete (1995)", "Parasite (1982)"]


def test_an_old_import_replaces_no_newer_rating(home: Path) -> None:
    here, profile = matcher(), Profile()
    profile.rate(here, 1, 5, timestamp=NOW)
    for header, date in (("rated_at", "2021-03-22T06:33:24.000Z"), ("created", "Mon Apr 18 00:00:00 2011")):
        text = f"imdb_id,title,year,rating,{header}\ntt0113277,Heat,1995,2,{date}\n"
        done = import_into(profile, resolve(read_incoming(write(home / "old.csv", text)), here), here)
        assert len(done.older) == 1
    assert [row.stars for row in profile.rows()] == [5]
