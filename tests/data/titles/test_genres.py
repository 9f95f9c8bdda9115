"""Columns of genres, however they are written."""

from __future__ import annotations

import pytest

from mftui.data.titles.genres import joined_genres, without_entities

COLUMNS = {
    "bars": (["Comedy|Drama", "(no genres listed)", ""], ["Comedy|Drama", "(no genres listed)", ""]),
    "bars with blanks": (["Action | Drama", "Drama"], ["Action|Drama", "Drama"]),
    "bars outrank all else": (["Action/Adventure|Crime, True", "Drama"], ["Action/Adventure|Crime, True", "Drama"]),
    "commas": (["Action, Drama", "Comedy", "N/A"], ["Action|Drama", "Comedy", ""]),
    "semicolons": (["Sci-Fi & Fantasy; Drama", "Drama"], ["Sci-Fi & Fantasy|Drama", "Drama"]),
    "semicolons between names with commas": (
        ["Mystery, Thriller; Drama", "Drama; Comedy"],
        ["Mystery, Thriller|Drama", "Drama|Comedy"],
    ),
    "slashes": (["Action/Drama", "Drama", "Comedy/Action"], ["Action|Drama", "Drama", "Comedy|Action"]),
    "slashes within names": (
        ["Action/Adventure", "Drama", "Sci-Fi/Fantasy"],
        ["Action/Adventure", "Drama", "Sci-Fi/Fantasy"],
    ),
    "a Python list": (["['Action', 'Drama']", "[]", "['Drama']"], ["Action|Drama", "", "Drama"]),
    "a Python list with an apostrophe": (["[\"Children's\", 'Drama']"], ["Children's|Drama"]),
    "a NumPy array": (["['Action' 'Drama']", "['Drama']"], ["Action|Drama", "Drama"]),
    "a JSON list": (['["Com\\u00e9die", "Drame"]', '["Drame"]'], ["Comédie|Drame", "Drame"]),
    "a tuple": (["('Action', 'Drama')", "('Drama',)"], ["Action|Drama", "Drama"]),
    "a list of nothing quoted": (["[Action, Drama]", "[Drama]"], ["Action|Drama", "Drama"]),
    "an array of PostgreSQL": (["{Action,Drama}", "{Drama}"], ["Action|Drama", "Drama"]),
    "objects as Python writes them": (
        ["[{'id': 16, 'name': 'Animation'}, {'id': 35, 'name': 'Comedy'}]", "[]"],
        ["Animation|Comedy", ""],
    ),
    "objects as JSON": (['[{"id": 16, "name": "Animation"}]', "[]"], ["Animation", ""]),
    "a dictionary of names": (['{"/m/01jfsb": "Thriller", "/m/06n90": "Sci-Fi"}'], ["Thriller|Sci-Fi"]),
    "HTML entities": (["Children&#039;s, Sci-Fi &amp; Fantasy"], ["Children's|Sci-Fi & Fantasy"]),
    "the same twice": (["Drama, Drama, Comedy"], ["Drama|Comedy"]),
    "nothing": (["", r"\N", "nan"], ["", "", ""]),
}


@pytest.mark.parametrize("form", COLUMNS)
def test_genres_are_found_in_any_usual_form(form: str) -> None:
    cells, expected = COLUMNS[form]
    assert joined_genres(cells) == expected


@pytest.mark.parametrize("cell", ["[{'name': ", "[[[[", "{'a': {1: 2}}", "[" * 5000 + "]" * 5000, "['a', b'\\xff']"])
def test_a_broken_list_is_no_fault(cell: str) -> None:
    assert len(joined_genres([cell])) == 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Gintama&#039;", "Gintama'"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("K&#xE9;k&eacute;", "Kéké"),
        ("AT&T; Black&White &nothing;", "AT&T; Black&White &nothing;"),
    ],
)
def test_entities_become_their_characters_and_other_ampersands_stay(text: str, plain: str) -> None:
    assert without_entities(text) == plain
