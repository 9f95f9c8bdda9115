"""Results as JSON and as tables."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest

from mftui.cli.shared import output
from mftui.cli.shared.fitting import Part
from mftui.cli.shared.output import print_json, print_table


def test_numpy_values_become_plain_and_what_is_no_number_null(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(
        {
            "float32": np.float32(3.7),
            "nan": float("nan"),
            "inf": np.float32("inf"),
            "int": np.int64(3),
            "bool": np.bool_(True),
            "array": np.array([0.5, np.nan], dtype=np.float32),
            "tuple": (1, "é日本"),
        }
    )
    out = capsys.readouterr().out
    assert out.endswith("\n")
    assert "é日本" in out
    assert json.loads(out) == {
        "float32": 3.7,
        "nan": None,
        "inf": None,
        "int": 3,
        "bool": True,
        "array": [0.5, None],
        "tuple": [1, "é日本"],
    }


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_text_can_be_written_in_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    print_json({"title": "é 日本 \ud800"})
    print_table(["title", "né"], [["é 日本 \ud800", 1]], "日本")
    sys.stdout.flush()
    first, *table = raw.getvalue().decode(encoding).splitlines()
    assert json.loads(first) == {"title": "é 日本 \ud800"}
    assert len(table) == 3


def test_titles_come_first_numbers_stand_right_and_what_is_absent_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["n", "score", "title"], [[1, 0.5, "a"], [100, None, "b"]], formats={"score": ".1f"})
    assert capsys.readouterr().out.splitlines() == ["title    n  score", "a        1    0.5", "b      100      –"]


def test_markup_and_emoji_codes_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["[b]title[/b]"], [["[red]x[/] :smile:"], ["[/b]"]], "[i]heading")
    assert capsys.readouterr().out.splitlines() == ["[i]heading", "[b]title[/b]", "[red]x[/] :smile:", "[/b]"]


def test_an_empty_table_is_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["a", "b"], [])
    assert capsys.readouterr().out == "a  b\n"


def test_rows_that_fit_and_rows_that_are_wrapped_stand_in_the_same_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[str | int]] = [
        ["日本 (1999)", "a file", 3],
        ["Heat (1995)", "one two three four five six seven", 12],
    ]
    monkeypatch.setattr(output, "fitted", lambda *_: [Part({0: 11, 1: 16, 2: 3}, [[*map(str, row)] for row in rows])])
    print_table(("title", "where", "n"), rows)
    assert capsys.readouterr().out.splitlines() == [
        "title        where               n",
        "日本 (1999)  a file              3",
        "Heat (1995)  one two three      12",
        "             four five six",
        "             seven",
    ]
