"""Cells: fitting foreign text, and finding what changed."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from mftui.tables.cells import cut, percentile
from mftui.tui.base.display import Display
from mftui.tui.widgets.cells import changed_span, changed_spans, fit, fit_right, wrap


def strip(text: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style)])


@pytest.mark.parametrize("text", ["", "abc", "千と千尋の神隠し", "a千b尋c", "🎬🎬🎬🎬", "x" * 50])
@pytest.mark.parametrize("width", [1, 2, 3, 5, 8, 30])
def test_fitted_text_has_exactly_the_width_asked_for(text: str, width: int):
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit_right(text, width)) == width
    assert cell_len(cut(text, width)) <= width


def test_cut_text_says_so():
    assert cut("Amelie", 4) == "Ame…"
    assert cut("Amelie", 6) == "Amelie"


def test_text_is_wrapped_between_words_and_within_long_ones():
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("/a/very/long/path", 6) == ["/a/ver", "y/long", "/path"]
    assert wrap("", 7) == []


def test_only_changed_cells_are_spans():
    assert changed_spans(strip("abcdefghijklmnopqrstuvwxyz"), strip("abcdefghijklmnopqrstuvwxyz")) == []
    assert changed_spans(strip("a" + "." * 20 + "b"), strip("x" + "." * 20 + "y")) == [(0, 1), (21, 22)]


def test_near_changes_are_one_span():
    assert changed_spans(strip("abcdef"), strip("xbcdey")) == [(0, 6)]


def test_a_change_of_style_is_a_change():
    assert changed_spans(strip("abc"), strip("abc", Style(bold=True))) == [(0, 3)]


def test_a_span_never_begins_or_ends_inside_a_wide_character():
    assert changed_spans(strip("千尋"), strip("千a尋"[:2] + "b")) == [(2, 4)]
    assert changed_spans(strip("ab千"), strip("a千b")) == [(1, 4)]


def test_a_coarse_change_is_one_span_of_whole_runs():
    bold = Style(bold=True)
    old = Strip([Segment("abc"), Segment("千", bold), Segment("def")])
    assert changed_span(old, Strip([*old])) == []
    assert changed_span(old, Strip([Segment("abc"), Segment("尋", bold), Segment("def")])) == [(3, 5)]
    assert changed_span(old, Strip([Segment("abc"), Segment("千"), Segment("def")])) == [(3, 5)]
    assert changed_span(old, Strip([Segment("xbc"), Segment("千", bold), Segment("dex")])) == [(0, 8)]
    assert changed_span(old, Strip([Segment("abc"), Segment("def"), Segment("gh")])) == [(3, 8)]


def test_foreign_text_in_ascii_has_no_other_character():
    look = Display(ascii=True)
    for text in ("Amélie", "千と千尋", "a\x1b[31mb", "tab\there", "\u202eevil"):
        assert all(" " <= c <= "~" for c in look.text(text))
    assert look.text("Amélie") == "Amelie"


def test_a_percentile_below_the_best_is_never_100():
    assert [percentile(share) for share in (0, 99.989, 99.9, 100)] == ["0.0", "99.9", "99.9", "100.0"]
