"""`mftui ratings import`: what the user can say of a file, what is told of its reading, and films to correct."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.models import toy_factors, toy_run

from mftui.cli import run_command

ROWS = "Film;Jahr;Note;Wer\nToy Story;1995;9;kim\nHete;1995;0;kim\nBatman;1989;3;lee\n"
COLUMNS = "title=Film,year=Jahr,rating=Note,user=Wer"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    model = toy_factors()
    toy_run(tmp_path, replace(model, meta=model.meta | {"fingerprint": "f1"}))
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = run_command([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_columns_missing_and_user(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "mine.csv"
    file.write_text(ROWS)
    code, _, error = call(capsys, "ratings", "import", file, "--columns", COLUMNS)
    assert code == 2 and "ratings of 2 people: kim, lee" in error and "--user ID" in error
    options = ("--columns", COLUMNS, "--user", "kim", "--of", "10")
    code, out, error = call(capsys, "ratings", "import", file, *options, "--missing", "0", "--json")
    document = json.loads(out)
    assert code == 0 and document["n_unrated"] == 1 and document["scale"] == [0, 10, 0]
    assert [(row["title"], row["stars"], row["by"]) for row in document["matched"]] == [
        ("Toy Story (1995)", 4.5, "title")
    ]
    reading = document["read_as"][0]
    assert reading["columns"]["rating"] == {"name": "Note", "position": 3, "by": "given"}
    assert (reading["delimiter"], reading["missing"]) == (";", ["0"])
    assert document["warnings"] == ["No dates read: the ratings count as of now, and replace older ones."]
    for wrong, said in (("film=Film", "no column role called film"), ("rating=Stars", "no column is called Stars")):
        code, _, error = call(capsys, "ratings", "import", file, "--columns", wrong)
        assert code == 2 and said in error


def test_what_is_not_found_is_written_corrected_and_imported(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, mend = home / "mine.csv", home / "mend.csv"
    file.write_text(
        "title,year,rating,date\nToy Story,1995,9,2020-01-01\nHete,1995,4,2020-01-02\nXyz,1999,2,2020-01-03\n"
    )
    code, out, error = call(capsys, "ratings", "import", file, "--unmatched", mend)
    assert code == 0 and "Read as text with commas" in error and "fill in movieId" in error
    assert "2" in out and "Hete (1995)" in out
    rows = list(csv.DictReader(mend.read_text().splitlines()))
    assert [row["title"] for row in rows] == ["Hete", "Xyz"]
    rows[0]["movieId"], rows[1]["title"] = "11", "The Matrix"
    with mend.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    code, out, _ = call(capsys, "ratings", "import", mend, "--json")
    assert code == 0 and json.loads(out)["n_matched"] == 2
    code, out, _ = call(capsys, "ratings", "ls", "--json")
    assert {row["title"]: row["stars"] for row in json.loads(out)["ratings"]} == {
        "Toy Story (1995)": 4.5, "Heat (1995)": 2, "Matrix, The (1999)": 1, "Xyz (1999)": 1,
    }  # fmt: skip


def test_a_title_without_a_year_is_marked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "mine.csv"
    file.write_text("title,rating\nToy Story,4\nHeat (1995),3\n")
    _, out, _ = call(capsys, "ratings", "import", file, "--dry-run", "--json")
    document = json.loads(out)
    assert [row["by"] for row in document["matched"]] == ["title without a year", "title"]
    assert "check: Toy Story (1995)" in document["warnings"][1]


def test_ratings_of_many_people_are_to_be_trained_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "many.csv"
    file.write_text("userId,movieId,rating\n1,1,4\n2,1,3\n")
    for command in (("ratings", "import", file), ("recommend", "--ratings", file)):
        code, _, error = call(capsys, *command)
        assert code == 2 and f"mftui train --data {file}" in " ".join(error.split())


def test_a_file_for_a_recommendation_says_how_it_was_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "mine.csv"
    file.write_text("Const,Your Rating,Title,Title Type\ntt0114709,5,Toy Story,Movie\ntt0000001,1,Heat,TV Series\n")
    code, out, error = call(capsys, "recommend", "--ratings", file, "--json")
    assert code == 0 and "rating = Your Rating (2)" in " ".join(error.split())
    assert "Heat (1995)" in out  # the series of that name is no film
