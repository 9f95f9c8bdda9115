"""Spans of years as people write them, for the commands, the app and Python alike."""

from __future__ import annotations

import pytest

from mftui.data.titles.years import parse_years
from mftui.errors import UsageError


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1994", (1994, 1994)),
        ("1990-1999", (1990, 1999)),
        ("1990..1999", (1990, 1999)),
        (" 1990 – 1999 ", (1990, 1999)),
        ("1990-", (1990, 9999)),
        ("-1960", (0, 1960)),
        ("", None),
    ],
)
def test_a_span(text: str, span: tuple[int, int] | None) -> None:
    assert parse_years(text) == span


@pytest.mark.parametrize("text", ["x", "-", "19", "1999 2000", "1999-1990"])
def test_no_span(text: str) -> None:
    with pytest.raises(UsageError):
        parse_years(text)
