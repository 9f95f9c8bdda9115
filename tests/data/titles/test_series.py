"""Film series: found by title and year, however a data set spells them."""

from __future__ import annotations

import csv
from typing import Literal

import pytest
from helpers.paths import movielens

from mftui.data.synthetic.films import films
from mftui.data.titles.series import find_series


def found(*titles: str) -> dict[str, list[int]]:
    return {name: members.tolist() for name, members in find_series(titles)}


def test_members_are_given_by_index_in_ascending_order():
    assert found("Aliens (1986)", "Heat (1995)", "Alien (1979)") == {"Alien": [0, 2]}


def test_a_series_with_one_member_in_the_data_is_left_out():
    assert found("Alien (1979)", "Matrix, The (1999)", "no year") == {}


@pytest.mark.parametrize(
    "spelling",
    [
        "The Matrix (1999)",
        "matrix (1999)",
        "MATRIX, THE (1999)",
        "Matrix, The (a.k.a. Mátrix) (1999) ",
        "Mátrix (The Matrix) (1999)",
    ],
)
def test_spellings_do_not_matter(spelling):
    assert found("Matrix Reloaded, The (2003)", spelling) == {"Matrix": [0, 1]}


@pytest.mark.parametrize("other", ["Alien (2020)", "Aliens from the Deep (1986)", "Alien Nation (1988)"])
def test_other_films_of_like_names_are_no_members(other):
    assert found("Alien (1979)", other) == {}


def test_alternative_titles_in_parentheses_count():
    assert found("Alien 3 (1992)", "Alien (1979)") == {"Alien": [0, 1]}
    assert found("First Blood (1982)", "Rambo III (1988)") == {"Rambo": [0, 1]}


def test_no_film_is_in_two_series():
    members = [i for _, indices in find_series([film.title for film in films()]) for i in indices.tolist()]
    assert len(members) == len(set(members)) > 200


@pytest.mark.parametrize(
    ("name", "file", "separator", "at_least"),
    [("ml-latest-small", "movies.csv", ",", 200), ("ml-100k", "u.item", "|", 30)],
)
def test_many_series_are_found_in_published_sets(name, file, separator, at_least):
    quoting: Literal[0, 3] = csv.QUOTE_NONE if separator == "|" else csv.QUOTE_MINIMAL
    encoding = "latin-1" if name == "ml-100k" else "utf-8"
    with (movielens(name) / file).open(encoding=encoding, newline="") as lines:
        titles = [row[1] for row in csv.reader(lines, delimiter=separator, quoting=quoting)]
    assert len(find_series(titles)) >= at_least
