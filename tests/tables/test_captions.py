"""Captions with figures: whole parts leave, and no number is cut."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from mftui.tables.captions import NEIGHBOURS, about_in, caption_in, cut_name, whole_parts
from mftui.tables.cells import cells_of

CAPTIONS = [
    ("User 7: 1,234 ratings", "by error, reversed, RMSE 0.713 test, 0.844 training, mean 3.67"),
    ("Recommended to user 7", "by both, only Drama, +/- holds 90% of ratings, the data has 12 movies"),
    ("Ratings of somebody with a long name: 1,044", "by newest, 3 not in this model below, mean 3.83"),
    ("Neighbours of Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)", "by taste, exact search, 2 steps from here"),
    ("Runs", "the newest first, only finished, 1,203 of 4,000, 2 marked"),
]


@pytest.mark.parametrize(("caption", "detail"), CAPTIONS)
@pytest.mark.parametrize("about", ["", "  made-up ratings"])
def test_at_any_width_a_caption_has_whole_numbers_and_fills_its_room(caption: str, detail: str, about: str) -> None:
    numbers = set(re.findall(r"[\d.,]+\d|\d", caption + " " + detail))
    before, shown_before = 0, ""
    for room in range(20, 221):
        text, rest = caption_in(caption, about, detail, room)
        assert cells_of(text) + cells_of(about) + cells_of(rest) == room
        assert set(re.findall(r"[\d.,]+\d|\d", text + " " + rest)) <= numbers
        kept = [part for part in rest.strip(" ,").split(", ") if part]
        assert kept == detail.split(", ")[: len(kept)]
        assert len(kept) >= before or text != shown_before
        shown_before = text
        before = len(kept) if text == caption else 0
    assert (text, rest.strip(" ,")) == (caption, detail)


def test_a_name_is_cut_before_the_figure_behind_it() -> None:
    for room in range(8, 33):
        cut = cut_name("saved Godfather, The (1972): 4.5", room)
        assert cells_of(cut) <= room and cut.endswith(": 4.5")


def test_a_part_without_room_is_left_out() -> None:
    assert whole_parts("RMSE 0.713 test", 10) == ""
    assert whole_parts(f"by age, only {'a tag ' * 9}, 2 marked", 44) == f"by age, only {'a tag ' * 5}…"
    assert whole_parts("RMSE 0.713 test, 0.844 training", 20) == "RMSE 0.713 test"


def test_before_the_title_is_cut_short_its_neighbours_are_called_near() -> None:
    caption = f"{NEIGHBOURS}Star Wars: Episode IV - A New Hope (1977)"
    for room in range(1, 70):
        found = cut_name(caption, room)
        assert cell_len(found) <= room
        if 28 + len(NEIGHBOURS) <= room < cell_len(caption):
            assert found.startswith(NEIGHBOURS) and found.endswith("(1977)")
        elif 28 <= room < 28 + len(NEIGHBOURS):
            assert found.startswith("Near Star") and found.endswith("(1977)")
    assert cut_name(f"{NEIGHBOURS}Toy Story 2 (1999)", 24) == "Near Toy Story 2 (1999)"


def test_what_is_known_of_the_data_takes_no_room_from_the_title_of_a_film_whose_neighbours_are_listed() -> None:
    caption = f"{NEIGHBOURS}Star Wars: Episode IV - A New Hope (1977)"
    for room in range(40, 90):
        about = about_in(caption, "made-up ratings", room)
        title = caption_in(caption, about, "", room)[0]
        assert "New Hope (1977)" in title
        assert about_in("Most rated movies", "made-up ratings", room)
    assert about_in(f"{NEIGHBOURS}Up (2009)", "made-up ratings", 40) and not about_in(caption, "", 99)
