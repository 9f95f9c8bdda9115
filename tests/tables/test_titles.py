"""How titles are cut that have too little room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mftui.data.titles.title import parse_year, parts_of
from mftui.tables.cells import cells_of
from mftui.tables.titles import apart, short

SERIES = (
    "Star Wars: Episode I - The Phantom Menace (1999)",
    "Star Wars: Episode IV - A New Hope (1977)",
    "Star Wars: Episode V - The Empire Strikes Back (1980)",
    "Star Wars: Episode VI - Return of the Jedi (1983)",
    "Lord of the Rings: The Fellowship of the Ring, The (2001)",
    "Lord of the Rings: The Two Towers, The (2002)",
    "Lord of the Rings: The Return of the King, The (2003)",
    "Police Academy 3: Back in Training (1986)",
    "Police Academy 4: Citizens on Patrol (1987)",
    "Police Academy 5: Assignment: Miami Beach (1988)",
    "Harry Potter and the Chamber of Secrets (2002)",
    "Harry Potter and the Goblet of Fire (2005)",
)
APART_BY = ("I", "IV", "V", "VI", "Fellowship", "Two", "Return", "3:", "4:", "5:", "Chamber", "Goblet")


@pytest.mark.parametrize(
    ("title", "width", "cut"),
    [
        ("Toy Story (1995)", 28, "Toy Story (1995)"),
        ("Shawshank Redemption, The (1994)", 28, "Shawshank Redemption… (1994)"),
        ("Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)", 28, "Amelie (Fabuleux… (2001)"),
        ("Willy Wonka & the Chocolate Factory (1971)", 28, "Willy Wonka &…Factory (1971)"),
        ("Star Wars: Episode IV - A New Hope (1977)", 28, "Star Wars…New Hope (1977)"),
        ("Supercalifragilisticexpialidociousness (2001)", 28, "Supercalifragilistic… (2001)"),
        ("Black Mirror: White Christmas", 28, "Black Mirror: Whit…Christmas"),
        ("Toy Story (1995)", 12, "Toy Story (…"),
    ],
)
def test_the_article_and_other_names_leave_first_and_then_the_middle(title: str, width: int, cut: str) -> None:
    assert short(title, width) == cut


@pytest.mark.parametrize(
    ("title", "word"),
    list(zip(SERIES, APART_BY, strict=True)),
)
@pytest.mark.parametrize("width", [28, 32, 36, 40])
def test_what_sets_a_title_apart_from_the_others_in_its_table_is_left_whole(title: str, word: str, width: int) -> None:
    cut = short(title, width, differs=apart(SERIES)[title])
    assert word in cut.replace("…", " ").split()
    assert cells_of(cut) <= width


def test_a_title_that_another_goes_on_from_keeps_its_last_word() -> None:
    titles = ["Babylon 5: The Gathering of the Shadows (1993)", "Babylon 5: The Gathering of the Shadows Again (1994)"]
    first, second = (short(title, 28, differs=apart(titles)[title]) for title in titles)
    assert "Shadows (1993)" in first
    assert "Again (1994)" in second


def test_films_of_one_name_differ_by_their_year() -> None:
    titles = ["Murder on the Orient Express (1974)", "Murder on the Orient Express (2017)"]
    assert apart(titles) == dict.fromkeys(titles, 0)
    assert [short(title, 28)[-6:] for title in titles] == ["(1974)", "(2017)"]


WORDS = st.lists(
    st.sampled_from([*"abcdefgh", "of", "the", "Episode", "Rings", "千と千尋", "é́"]), min_size=1, max_size=14
)
TITLES = st.builds(lambda words, year: f"{' '.join(words)} ({year})", WORDS, st.integers(1900, 2030))


@given(st.lists(st.one_of(TITLES, st.text(max_size=60)), min_size=1, max_size=8, unique=True), st.integers(1, 80))
def test_any_title_fits_its_width_and_keeps_its_year(titles: list[str], width: int) -> None:
    differs = apart(titles)
    for title in titles:
        cut = short(title, width, differs=differs[title])
        assert cells_of(cut) <= width
        assert cut == title or cells_of(title) > width
        year = parse_year(title)
        if year and width >= 28 and cells_of(parts_of(title)[3]) < 12:
            assert str(year) in cut


@given(st.lists(TITLES, min_size=2, max_size=8, unique=True))
def test_the_parts_of_a_title_are_the_title(titles: list[str]) -> None:
    for title in titles:
        assert "".join(parts_of(title)) == title
