"""Finding movies by words of their titles."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mftui.data.ids import Ids
from mftui.data.storage.string_column import StringColumn
from mftui.data.titles.search import TitleIndex
from mftui.errors import TitleError

COUNTS = {
    "Toy Story (1995)": 200,
    "Toy Story 2 (1999)": 300,
    "Matrix, The (1999)": 250,
    "Matrix Reloaded, The (2003)": 90,
    "Batman (1989)": 80,
    "Batman Begins (2005)": 120,
    "Lego Batman Movie, The (2017)": 130,
    "Godfather, The (1972)": 190,
    "Godfather: Part II, The (1974)": 140,
    "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)": 110,
    "Seven (a.k.a. Se7en) (1995)": 210,
    "Seven Samurai (Shichinin no samurai) (1954)": 50,
    "Hamlet (1990)": 5,
    "Hamlet (1996)": 15,
    "Hamlet 2 (2008)": 4,
    "Emma (1996)": 30,
    "Emma  (1996)": 2,
    "Spider-Man (2002)": 122,
    "E.T. the Extra-Terrestrial (1982)": 123,
    "Schindler's List (1993)": 220,
    "Avventura, L' (Adventure, The) (1960)": 3,
    "Haine, La (1995)": 20,
    "Die Hard (1988)": 145,
    "Hard Rain (1998)": 9,
    "WALL·E (2008)": 104,
    "M*A*S*H (a.k.a. MASH) (1970)": 46,
    "(500) Days of Summer (2009)": 42,
    "300 (2007)": 81,
    "1917 (2019)": 12,
    "Blade Runner 2049 (2017)": 18,
    "千と千尋の神隠し (2001)": 11,
    "Lilo & Stitch (2002)": 31,
    "$ (1971)": 1,
    "🎬 (2020)": 1,
    "[REC] (2007)": 14,
    "Brødre (2004)": 6,
    "Straße, Die (1999)": 1,
    "A": 1,
    "Two\nlines (2001)": 1,
    "Silence of the Lambs, The (1991)": 279,
}
TITLES = list(COUNTS)
IDS = Ids(np.array([300, *range(1000, 1000 + len(TITLES) - 1)]), "movie")


@pytest.fixture(scope="module")
def index() -> TitleIndex:
    return TitleIndex(TITLES, IDS, np.array(list(COUNTS.values())))


def found(index: TitleIndex, text: str) -> list[str]:
    return [TITLES[i] for i in index.search(text)]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("story toy", "Toy Story 2 (1999)"),
        ("the matrix", "Matrix, The (1999)"),
        ("matrix, the", "Matrix, The (1999)"),
        ("matrix th", "Matrix, The (1999)"),
        ("MATR", "Matrix, The (1999)"),
        ("amélie", "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)"),
        ("destin amelie", "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)"),
        ("brodre", "Brødre (2004)"),
        ("strasse", "Straße, Die (1999)"),
        ("1972 godfather", "Godfather, The (1972)"),
        ("spiderman", "Spider-Man (2002)"),
        ("spider man", "Spider-Man (2002)"),
        ("e.t.", "E.T. the Extra-Terrestrial (1982)"),
        ("et extra", "E.T. the Extra-Terrestrial (1982)"),
        ("schindlers list", "Schindler's List (1993)"),
        ("schindler’s", "Schindler's List (1993)"),
        ("avventura", "Avventura, L' (Adventure, The) (1960)"),
        ("l'avventura", "Avventura, L' (Adventure, The) (1960)"),
        ("walle", "WALL·E (2008)"),
        ("lilo and stitch", "Lilo & Stitch (2002)"),
        ("千尋", "千と千尋の神隠し (2001)"),
        ("$", "$ (1971)"),
        ("🎬", "🎬 (2020)"),
        ("[rec]", "[REC] (2007)"),
        ("lines two", "Two\nlines (2001)"),
        ("godfahter", "Godfather, The (1972)"),
        ("teh matirx", "Matrix, The (1999)"),
        ("schindlr", "Schindler's List (1993)"),
        ("spidreman", "Spider-Man (2002)"),
    ],
)
def test_the_best_result_of_a_search(index: TitleIndex, text: str, title: str) -> None:
    assert found(index, text)[0] == title


def test_the_exact_title_comes_first_then_titles_that_begin_so_then_the_most_rated(index: TitleIndex) -> None:
    assert found(index, "batman") == ["Batman (1989)", "Batman Begins (2005)", "Lego Batman Movie, The (2017)"]
    assert found(index, "toy story")[0] == "Toy Story (1995)"


def test_all_words_must_match(index: TitleIndex) -> None:
    assert found(index, "batman begins") == ["Batman Begins (2005)"]
    assert found(index, "batman zzzzzz") == []


def test_an_empty_search_gives_the_most_rated(index: TitleIndex) -> None:
    assert [TITLES[i] for i in index.search("  ", 2)] == ["Toy Story 2 (1999)", "Silence of the Lambs, The (1991)"]


def test_no_more_than_the_limit(index: TitleIndex) -> None:
    assert len(index.search("1", 3)) == 3


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("toy story", "Toy Story (1995)"),
        ("Toy Story (1995)", "Toy Story (1995)"),
        ("matrix", "Matrix, The (1999)"),
        ("the MATRIX", "Matrix, The (1999)"),
        ("Matrix, The", "Matrix, The (1999)"),
        ("matrix 1999", "Matrix, The (1999)"),
        ("seven", "Seven (a.k.a. Se7en) (1995)"),
        ("se7en", "Seven (a.k.a. Se7en) (1995)"),
        ("seven (a.k.a. se7en)", "Seven (a.k.a. Se7en) (1995)"),
        ("amélie", "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)"),
        ("le fabuleux destin d'amelie poulain", "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)"),
        ("la haine", "Haine, La (1995)"),
        ("haine", "Haine, La (1995)"),
        ("L’Avventura", "Avventura, L' (Adventure, The) (1960)"),
        ("the adventure", "Avventura, L' (Adventure, The) (1960)"),
        ("die hard", "Die Hard (1988)"),
        ("hamlet 1996", "Hamlet (1996)"),
        ("Hamlet (1990)", "Hamlet (1990)"),
        ("hamlet 2", "Hamlet 2 (2008)"),
        ("blade runner 2049", "Blade Runner 2049 (2017)"),
        ("1917", "1917 (2019)"),
        ("300 (2007)", "300 (2007)"),
        ("300", "Toy Story (1995)"),  # the movie with id 300
        ("1001", "Matrix, The (1999)"),
        ("500 days of summer", "(500) Days of Summer (2009)"),
        ("mash", "M*A*S*H (a.k.a. MASH) (1970)"),
        ("spiderman", "Spider-Man (2002)"),
        ("wall e", "WALL·E (2008)"),
        ("silence lambs", "Silence of the Lambs, The (1991)"),
        ("schindl", "Schindler's List (1993)"),
        ("a", "A"),
        ("$", "$ (1971)"),
    ],
)
def test_words_that_name_one_movie(index: TitleIndex, text: str, title: str) -> None:
    assert TITLES[index.resolve(text)] == title


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("hamlet", ["Hamlet (1996)", "Hamlet (1990)"]),
        ("emma 1996", ["Emma (1996)", "Emma  (1996)"]),
        ("hard", ["Die Hard (1988)", "Hard Rain (1998)"]),
        ("godf", ["Godfather, The (1972)", "Godfather: Part II, The (1974)"]),
    ],
)
def test_several_matches_are_candidates(index: TitleIndex, text: str, titles: list[str]) -> None:
    with pytest.raises(TitleError, match=f'2 movies match "{text}".*year.*id') as caught:
        index.resolve(text)
    assert [title for _, title in caught.value.candidates] == titles
    assert [IDS.find(raw) for raw, _ in caught.value.candidates] == [TITLES.index(title) for title in titles]
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("godfahter", "Godfather, The (1972)"),
        ("Toy Story (1996)", "Toy Story (1995)"),
        ("silence of the lambz zzz", "Silence of the Lambs, The (1991)"),
    ],
)
def test_no_match_names_the_nearest_titles(index: TitleIndex, text: str, nearest: str) -> None:
    with pytest.raises(TitleError, match="no movie matches") as caught:
        index.resolve(text)
    assert nearest in [title for _, title in caught.value.candidates]


def test_nothing_like_it_has_no_candidates(index: TitleIndex) -> None:
    with pytest.raises(TitleError) as caught:
        index.resolve("qqqqqqqqq")
    assert caught.value.candidates == ()
    with pytest.raises(TitleError, match="no movie named"):
        index.resolve("  ")


def test_ids_that_are_strings_are_found_before_titles() -> None:
    index = TitleIndex(["Up (2009)", "Down (2001)"], Ids(StringColumn.of(["down", "tt42"]), "movie"), np.array([1, 2]))
    assert index.resolve("down") == 0
    assert index.resolve("tt42") == 1


def test_an_index_without_movies_finds_nothing() -> None:
    index = TitleIndex([], Ids(np.array([], dtype=np.int64), "movie"), np.array([], dtype=np.int64))
    assert len(index.search("any")) == 0
    assert len(index.search("")) == 0


@given(st.text(max_size=12))
def test_any_text_can_be_typed(text: str) -> None:
    index = TitleIndex(TITLES, IDS, np.array(list(COUNTS.values())))
    assert len(index.search(text)) <= 50
    with suppress(TitleError):
        index.resolve(text)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
@example(["(", "_", "(!)", "'", "$ (1971)", "\x01 \x02"])
def test_any_title_is_found_by_itself(titles: list[str]) -> None:
    index = TitleIndex(titles, Ids(np.arange(len(titles)), "movie"), np.ones(len(titles), dtype=np.int64))
    for title in titles:
        assert title in [titles[i] for i in index.search(title)]


@pytest.mark.parametrize(("said", "title"), [("heat", "Heat (1995)"), ("the heat", "Heat, The (2013)")])
def test_where_only_the_article_differs_the_one_that_was_said_wins(said: str, title: str) -> None:
    titles = ["Heat, The (2013)", "Heat (1995)", "Dead Heat (1988)"]
    index = TitleIndex(titles, Ids(np.arange(1, 4), "movie"), np.array([500, 100, 3]))

    assert titles[index.resolve(said)] == title
