"""Which columns a table has, and how wide they are."""

from __future__ import annotations

from mftui.tables.columns import Need, Span, allot, beside, leaves

GAP = 2
TITLE, NUMBER = Need(28, 45, has_titles=True), Need(6, 6)


def test_a_title_has_all_that_it_needs_where_there_is_room_and_then_the_others_what_they_need() -> None:
    genres = Need(10, 30, leaves=3)
    assert allot([TITLE, genres, NUMBER], 100, GAP) == [45, 30, 6]
    assert allot([TITLE, genres, NUMBER], 70, GAP) == [45, 13, 6]
    assert allot([TITLE, genres, NUMBER], 60, GAP) == [38, 10, 6]


def test_the_other_columns_leave_in_their_order_before_a_title_has_less_than_28_cells() -> None:
    needs = [TITLE, Need(10, 30, leaves=3), Need(6, 6, leaves=2), Need(6, 6, leaves=1), NUMBER]
    for room in range(20, 120):
        widths = allot(needs, room, GAP)
        gone = [need.leaves for need, width in zip(needs, widths, strict=True) if not width]
        assert gone in ([], [3], [3, 2], [3, 2, 1])
        assert widths[0] >= 28 or gone == [3, 2, 1]


def test_those_that_leave_together_do() -> None:
    assert leaves("from") == leaves("to") == leaves("From")
    assert allot([TITLE, Need(4, 4, leaves=2), Need(4, 4, leaves=2)], 41, GAP) == [39, 0, 0]


def test_a_picture_of_other_columns_leaves_before_titles_have_less_than_they_need_to_be_easy_to_read() -> None:
    bar = Need(9, 9, leaves=3, is_picture=True)
    assert allot([TITLE, bar], 50, GAP) == [37, 9] and allot([TITLE, bar], 48, GAP) == [45, 0]
    assert allot([Need(20, 20, has_titles=True), bar], 40, GAP) == [20, 9]


def test_an_empty_column_is_left_out_however_much_room_there_is() -> None:
    assert allot([TITLE, Need(0, 0), NUMBER], 200, GAP) == [45, 0, 6]


def test_what_has_no_room_at_all_shares_what_there_is() -> None:
    assert allot([TITLE, TITLE, NUMBER], 40, GAP) == [14, 14, 6]
    assert allot([TITLE, NUMBER], 3, GAP) == [4, 6]


def test_two_tables_stand_side_by_side_only_where_titles_have_their_room_in_both() -> None:
    left, right = Span(45, 60), Span(55, 85)
    assert beside(99, left, right) is None
    assert beside(100, left, right) == 45
    assert beside(121, left, right) == 45 + 7  # a third of what both would take
    assert beside(165, left, right) == 60 + 10  # both have all, and half of the rest
