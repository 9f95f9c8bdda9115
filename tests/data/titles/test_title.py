"""The year at the end of a title."""

import pytest

from mftui.data.titles.title import exact_names, parse_year


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Toy Story (1995)", 1995),
        ("Toy Story (1995)  ", 1995),
        ("Dark (2017-2020)", 2017),
        ("Big Bang Theory, The (2007-)", 2007),
        ("Fleabag (2016–)", 2016),
        ("Fleabag (2016– )", 2016),
        ("2001: A Space Odyssey (1968)", 1968),
        ("Death Race 2000 (1975)", 1975),
        ("Seven (a.k.a. Se7en) (1995)", 1995),
        ("Land Before Time III (1995) (V)", 1995),
        ("Naked Truth, The (1957) (Your Past Is Showing)", 1957),
        ("Ring (1998) (2002)", 2002),
        ("Class of 1984", None),
        ("(500) Days of Summer", None),
        ("Babylon 5", None),
        ("Film (1999) and more", None),
        ("Number (12345)", None),
        ("", None),
    ],
)
def test_the_year_is_the_last_one_in_brackets(title: str, year: int | None) -> None:
    assert parse_year(title) == year


@pytest.mark.parametrize(
    "title", ["Heat (1995)", " The  Heat (1995) ", "A Heat", "An 8 Heat 9 (2001)", "The", "the 1999 (1999)", "Les Heat"]
)
def test_a_plain_title_has_the_name_that_any_title_has(title: str) -> None:
    assert exact_names(title) == exact_names(f"{title.strip()} ()" if "(" in title else f"{title}!")
