"""Workbooks, OpenDocument, web pages called .xls."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.form_files import PACKERS, Cells, ods, read, refusal, rows_of, xlsx

HEADER = ["userId", "movieId", "rating", "date"]
ROWS: list[list[Any]] = [[1, "007", 3.5, (44197,)], [2, "8", 4, (44198.5,)], [3, 9, 5, None]]
READ = [
    (1, "007", 3.5, datetime.datetime(2021, 1, 1)),
    (2, "8", 4.0, datetime.datetime(2021, 1, 2, 12)),
    (3, "9", 5.0, None),
]

SHEETS: dict[str, Cells] = {
    "a table": [HEADER, *ROWS],
    "a title and blank rows above": [["My ratings of 2024"], [], ["exported", 45000], [], HEADER, *ROWS],
    "blank columns and rows around": [[], [None, *HEADER], *([None, *row] for row in ROWS), [None]],
}


@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet(tmp_path: Path, kind: str) -> None:
    table = read(tmp_path / "a.xlsx", xlsx({"Sheet 1": SHEETS[kind]}))
    assert (table.form, table.part, table.header) == ("an Excel workbook", "Sheet 1", True)
    assert table.names == tuple(HEADER)
    assert rows_of(table) == READ


def test_a_compressed_workbook_and_one_without_its_ending(tmp_path: Path) -> None:
    book = xlsx({"S": [HEADER, *ROWS]})
    assert rows_of(read(tmp_path / "a.xlsx.gz", PACKERS["gz"](book))) == READ
    assert rows_of(read(tmp_path / "a", book)) == READ


def test_an_opendocument_spreadsheet(tmp_path: Path) -> None:
    table = read(tmp_path / "a.ods", ods([["user", "movie", "rating"], [1, "007", 3.5], [2, "8", 4]]))
    assert (table.form, table.part) == ("an OpenDocument spreadsheet", "Tab")
    assert rows_of(table) == [(1, "007", 3.5), (2, "8", 4.0)]


def test_numbers_alone_have_no_header(tmp_path: Path) -> None:
    table = read(tmp_path / "a.xlsx", xlsx({"S": [[1, 2, 3.5], [4, 5, 6]]}))
    assert (table.names, table.header) == (("1", "2", "3"), False)
    table = read(tmp_path / "b.xlsx", xlsx({"S": [["ann", 2, 3.5], ["bob", 5, 6]]}))
    assert (table.names, table.header, len(table)) == (("1", "2", "3"), False, 2)


def test_texts_alone_have_one(tmp_path: Path) -> None:
    table = read(tmp_path / "a.xlsx", xlsx({"S": [["user", "film", "rating"], ["a", "x", "5"], ["b", "y", "4,5"]]}))
    assert (table.names, len(table)) == (("user", "film", "rating"), 2)


def test_one_column_a_movie(tmp_path: Path) -> None:
    table = read(tmp_path / "a.xlsx", xlsx({"S": [["user", 10, 20], ["a", 5, None], ["b", None, 4]]}))
    assert (table.names, table.header) == (("user", "10", "20"), True)
    assert rows_of(table) == [("a", 5, None), ("b", None, 4)]


def test_faults_of_formulas_are_missing_values(tmp_path: Path) -> None:
    table = read(tmp_path / "a.xlsx", xlsx({"S": [["user", "film", "rating"], [1, 2, "#N/A"], [1, 3, 4]]}))
    assert rows_of(table) == [(1, 2, None), (1, 3, 4)]


def test_the_sheet_is_the_only_one_with_a_table_or_asked_for(tmp_path: Path) -> None:
    book: dict[str, Cells] = {"Read me": [["hello"], ["x"]], "R": [HEADER, *ROWS], "Empty": []}
    assert read(tmp_path / "a.xlsx", xlsx(book)).part == "R"
    several = xlsx({"movies": [["id", "title"], [1, "x"]], "R": [HEADER, *ROWS]})
    message = refusal(tmp_path / "b.xlsx", several)
    assert "movies (id, title); R (userId, movieId, rating, date)" in message
    assert read(tmp_path / "b.xlsx", several, table="r").part == "R"
    assert read(tmp_path / "b.xlsx", several, fits=lambda names: "rating" in names).part == "R"
    assert "without a sheet zz" in refusal(tmp_path / "b.xlsx", several, table="zz")


def test_bad_workbooks_are_refused(tmp_path: Path) -> None:
    book = xlsx({"S": [HEADER, *ROWS]})
    assert "damaged or cut short" in refusal(tmp_path / "cut.xlsx", book[: len(book) // 2])
    assert "no sheet has rows" in refusal(tmp_path / "empty.xlsx", xlsx({"S": []}))
    assert "an old Excel or Word file" in refusal(tmp_path / "a.xls", b"\xd0\xcf\x11\xe0" + bytes(600))


def test_a_web_page_called_xls(tmp_path: Path) -> None:
    page = "<html><meta charset='utf-8'><table><tr><th>user<th>film<th>rating<tr><td>1<td>A &amp; B<td>5</table></html>"
    table = read(tmp_path / "a.xls", page)
    assert table.form == "a web page with a table"
    assert table.names == ("user", "film", "rating")
    assert rows_of(table) == [("1", "A & B", "5")]
    cyrillic = "<table><tr><td>название</td><td>год</td></tr><tr><td>Матрица</td><td>1999</td></tr></table>"
    assert rows_of(read(tmp_path / "k.xls", cyrillic.encode("cp1251"))) == [("Матрица", "1999")]
    assert "this is a web page" in refusal(tmp_path / "b.xls", "<html><p>Log in</p></html>")
    assert "this is a web page" in refusal(tmp_path / "c.csv", page)
