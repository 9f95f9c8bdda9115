"""`mftui rate` and `mftui ratings`: one's own stars, from the keyboard or from elsewhere, in profiles."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.command import Answer, call
from helpers.models import toy_factors, toy_run

from mftui.data.dataset import Scale

LETTERBOXD = """\
Date,Name,Year,Letterboxd URI,Rating
2020-02-29,Toy Story,1995,https://boxd.it/1,5
2020-03-01,The Matrix,1999,https://boxd.it/2,3.5
2020-03-02,Hamlet,1993,https://boxd.it/3,2
2020-03-03,Seven,1995,https://boxd.it/4,
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    toy_run(tmp_path)
    return tmp_path


def listed(capfd: pytest.CaptureFixture[str], *options: str) -> list[tuple[str, float]]:
    document = call(capfd, "ratings", "ls", "--json", *options).document
    return [(row["title"], row["rating"]) for row in document["ratings"]]


def test_a_movie_is_rated_by_words_of_its_title_or_its_id(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said = call(capfd, "rate", "toy", "story", "4.5")
    assert said == Answer(0, "Toy Story (1995): 4.5; saved in profile me, 1 rating.\n", "")
    document = call(capfd, "rate", "3", "2", "--json").document
    assert document["movie"]["title"] == "Matrix, The (1999)" and document["n_ratings"] == 2
    assert (document["rating"], document["before"], document["profile"]) == (2, None, "me")
    assert "4 (was 4.5)" in call(capfd, "rate", "the toy story (1995)", "4").out
    assert sorted(listed(capfd)) == [("Matrix, The (1999)", 2), ("Toy Story (1995)", 4)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("toy story", "4.3"), "4.3 is not a rating on this scale. The model's scale is 0.5 to 5 in steps of 0.5."),
        (("toy story", "0"), "0 is not a rating"),
        (("toy story", "nan"), "nan is not a rating"),
        (("toy story", "good"), "'good' is not a valid float"),
        (("hamlet", "4"), 'mftui: 2 movies match "hamlet"'),
        (("no such film", "4"), 'no movie matches "no such film" in '),
        (("toy story", "4", "--profile", "../x"), "not a valid profile name"),
        (("toy story",), "Missing argument"),
    ],
)
def test_what_cannot_be_rated_is_said_and_nothing_is_kept(
    home: Path, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    answer = call(capfd, "rate", *arguments)
    assert answer.code == 2 and said in answer.err and answer.out == ""
    assert not list(home.glob("ratings/*.csv"))


def test_whole_stars_only_where_the_scale_has_no_halves(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    toy_run(home, replace(toy_factors(), scale=Scale(1, 5, 1)), name="whole")
    assert "The model's scale is 1 to 5 in steps of 1." in call(capfd, "rate", "heat", "3.5", "--run", "whole").err
    call(capfd, "rate", "heat", "3.5", "--run", "toy")
    assert listed(capfd, "--run", "whole") == [("Heat (1995)", 3.5)]


def test_undo_and_removal(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    call(capfd, "rate", "toy story", "4.5")
    call(capfd, "rate", "heat", "2")
    removed = call(capfd, "ratings", "rm", "heat", "--json").document
    assert [row["title"] for row in removed["removed"]] == ["Heat (1995)"] and removed["n_ratings"] == 1
    back = call(capfd, "ratings", "undo", "--json").document
    assert [row["title"] for row in back["added"]] == ["Heat (1995)"] and back["n_ratings"] == 2
    assert "removed" in call(capfd, "ratings", "undo").out
    call(capfd, "ratings", "undo")
    assert "nothing to undo" in call(capfd, "ratings", "undo").err
    missing = call(capfd, "ratings", "rm", "toy story")
    assert missing.code == 2 and "no movie matches" in missing.err


def test_the_list_of_what_one_would_like_comes_from_the_profile(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    call(capfd, "rate", "toy story", "5")
    call(capfd, "rate", "the matrix", "1.5")
    (home / "same.csv").write_text("movieId,rating\n1,5\n3,1.5\n")
    by_profile = call(capfd, "recommend", "--ratings", "@", "-n", "4", "--json").document
    assert (
        by_profile["recommendations"]
        == (call(capfd, "recommend", "--ratings", home / "same.csv", "-n", "4", "--json").document["recommendations"])
    )
    assert call(capfd, "recommend", "--ratings", "@me", "-n", "4", "--json").code == 0
    nobody = call(capfd, "recommend", "--ratings", "@nobody")
    assert nobody.code == 2 and "@nobody: there are no ratings in it. Rate a few movies: mftui rate" in nobody.err


def test_an_export_of_another_site_will_do_instead_of_a_profile(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "ratings.csv").write_text(LETTERBOXD)
    answer = call(capfd, "recommend", "--ratings", home / "ratings.csv", "-n", "2")
    assert (
        answer.code == 0 and "1 of 3 ratings are of movies that the model does not have: Hamlet (1993)." in answer.err
    )


def test_an_import_counts_what_it_found_and_lists_the_rest_with_what_is_near(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (home / "letterboxd.csv").write_text(LETTERBOXD)
    dry = call(capfd, "ratings", "import", home / "letterboxd.csv", "--dry-run", "--json").document
    assert not dry["saved"] and listed(capfd) == []
    answer = call(capfd, "ratings", "import", home / "letterboxd.csv")
    assert "(Letterboxd): 3 ratings, 5 is the highest possible; saved in profile me" in answer.out
    for line in ("2  found in the model", "1  not found, kept", "1  lines without a rating"):
        assert line in answer.out
    assert "Hamlet (1993)" in answer.out and "Hamlet (1990); Hamlet (1996)" in answer.out
    assert sorted(listed(capfd)) == [("Hamlet (1993)", 2), ("Matrix, The (1999)", 3.5), ("Toy Story (1995)", 5)]
    again = call(capfd, "ratings", "import", home / "letterboxd.csv", "--json").document
    assert (again["format"], again["scale"]) == ("Letterboxd", [0.5, 5, 0.5])
    assert [again[f"n_{part}"] for part in ("ratings", "matched", "unmatched", "not_films", "repeated", "unrated")] == [
        3, 2, 1, 0, 0, 1,
    ]  # fmt: skip
    assert again["unmatched"][0]["nearest"][0]["title"].startswith("Hamlet")
    assert len(listed(capfd)) == 3
    call(capfd, "ratings", "undo")
    assert listed(capfd) == []


def test_profiles_are_apart_and_one_is_in_use(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    call(capfd, "rate", "toy story", "5")
    call(capfd, "rate", "heat", "1", "--profile", "kim")
    assert call(capfd, "ratings", "use", "kim", "--json").document["n_ratings"] == 1
    assert listed(capfd) == [("Heat (1995)", 1)] and listed(capfd, "--profile", "me") == [("Toy Story (1995)", 5)]
    document = call(capfd, "ratings", "profiles", "--json").document
    assert [(row["profile"], row["n_ratings"], row["current"]) for row in document["profiles"]] == [
        ("kim", 1, True),
        ("me", 1, False),
    ]
    (home / "ratings" / "me.csv").write_text("damaged")
    answer = call(capfd, "ratings", "profiles")
    assert answer.code == 0 and "me.csv: not a file of ratings" in answer.err


def test_exports_for_others(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    call(capfd, "rate", "the matrix", "3.5")
    assert call(capfd, "ratings", "export", home / "out.csv").out.startswith("1 rating of profile me written to ")
    with (home / "out.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["userId"], row["movieId"], row["rating"], row["title"]) == ("0", "3", "3.5", "Matrix, The (1999)")
    call(capfd, "ratings", "export", home / "lb.csv", "--to", "letterboxd", "--json")
    assert ",The Matrix,1999,3.5," in (home / "lb.csv").read_text()
    refused = call(capfd, "ratings", "export", home / "no" / "where.csv")
    assert refused.code == 2 and "cannot be written" in refused.err
    device = call(capfd, "ratings", "export", "/dev/null")
    assert device.code == 0 and Path("/dev/null").is_char_device()


def test_a_date_that_no_calendar_has_is_none(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "r.csv").write_text("movieId,rating,timestamp,title,dataset,fingerprint\n1,4,999999999999999,,,\n3,2,,,,\n")
    call(capfd, "ratings", "import", home / "r.csv")
    assert [row["rated"] is None for row in call(capfd, "ratings", "ls", "--json").document["ratings"]] == [True, False]
    assert call(capfd, "ratings", "export", home / "lb.csv", "--to", "letterboxd").code == 0


def test_what_was_rated_is_listed_without_any_model(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    call(capfd, "rate", "the matrix", "3.5")
    (home / "runs").rename(home / "away")
    assert "stars out of five" in call(capfd, "ratings", "ls").out
    assert listed(capfd) == [("Matrix, The (1999)", 3.5)]
    assert call(capfd, "rate", "heat", "3").code == 2
