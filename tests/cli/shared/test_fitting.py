"""Every table that a command prints, at every width of a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from helpers.asking import Ask
from helpers.finished import make_run
from helpers.members import with_members
from helpers.models import TITLES, toy_factors
from helpers.you import rate

from mftui.cli.shared import fitting, output
from mftui.cli.shared.fitting import GAP, Part, fitted
from mftui.tables.cells import cells_of
from mftui.tables.columns import TITLE_CELLS, leaves

WIDTHS = range(60, 221)
LONG = (
    *TITLES,
    "Star Wars: Episode IV - A New Hope (1977)",
    "Star Wars: Episode V - The Empire Strikes Back (1980)",
    "Lord of the Rings: The Fellowship of the Ring, The (2001)",
)
COMMANDS = (
    "ratings rm matrix",
    "ratings undo",
    "recommend 7",
    "recommend 7 --explain -n 2",
    "user 7",
    "similar batman returns",
    "suggest",
    "factors --min-ratings 1",
    "factors --min-ratings 1 --axis 1",
    "map",
    "evaluate",
    "ratings ls",
    "ratings profiles",
    "runs ls",
    "runs show a1",
    "runs compare 20260101-000000-biased-k4-a1 20260101-000000-biased-k4-a2",
    "data ls",
    "data info sample",
    "paths",
)
Printed = tuple[tuple[str, ...], list[list[str]]]


def parts_of(table: Printed, room: int) -> Iterator[tuple[Part, list[str]]]:
    for part in fitted(*table, room):
        yield part, [table[0][at] for at in part.widths]


@pytest.fixture
def home_with_runs(home: Path) -> Path:
    model = with_members(toy_factors(LONG, audience=True), noise=0.5)
    for number in (1, 2):
        make_run(home, f"a{number}", number, rmse=0.9, model=model)
    rate(model, {0: 4.5, 2: 3.0})
    return home


@pytest.fixture
def printed(home_with_runs: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Printed]]:
    """The tables of each command."""
    found: dict[str, list[Printed]] = {}
    command = ""

    def keep(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int | None, ellipsis: str) -> list[Part]:
        found.setdefault(command, []).append((tuple(headings), [list(row) for row in rows]))
        return fitted(headings, rows, room, ellipsis)

    monkeypatch.setattr(output, "fitted", keep)
    for command in COMMANDS:
        ask(*command.split())
    return found


def test_titles_have_room_ids_are_whole_and_columns_leave_in_their_order(printed: dict[str, list[Printed]]) -> None:
    assert printed.keys() == set(COMMANDS)
    for command, tables in printed.items():
        for table in tables:
            headings, rows = table
            for room in WIDTHS:
                shown: set[str] = set()
                for part, names in parts_of(table, room):
                    shown.update(names)
                    assert names[0] == "title" or "title" not in names
                    assert sum(part.widths.values()) + GAP * (len(part.widths) - 1) <= room, (command, room)
                    for place, (at, width) in enumerate(part.widths.items()):
                        most = max(cells_of(row[at]) for row in rows)
                        if headings[at] in fitting._TITLES:
                            assert width >= min(TITLE_CELLS, most), (command, room)
                        elif headings[at] not in {*fitting._WRAPPED, *fitting._CUT}:
                            assert width >= max(most, cells_of(headings[at])), (command, headings[at], room)
                            assert [row[place] for row in part.rows] == [row[at] for row in rows]
                gone = {
                    name for at, name in enumerate(headings) if any(row[at] not in fitting._EMPTY for row in rows)
                } - shown
                assert all(leaves(name) > max(map(leaves, shown)) for name in gone), (command, room, gone)


def test_in_a_narrow_terminal_a_title_says_which_and_no_id_is_broken(
    home_with_runs: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = ask("recommend", "7", "-n", "15")
    assert "Star Wars: Episode IV" in out or "IV - A New Hope (1977)" in out
    assert all(cells_of(re.sub("\x1b\\[[0-9;]*m", "", line)) <= 80 for line in out.splitlines())
    _, out, _ = ask("runs", "ls")
    assert "20260101-000000-biased-k4-a1" in out
    _, out, _ = ask("runs", "compare", "20260101-000000-biased-k4-a1", "20260101-000000-biased-k4-a2")
    assert "20260101-000000-biased-k4-a2" in out


def test_what_stays_and_has_no_room_stands_below_with_the_first_column_again() -> None:
    ids = [f"2026010{n}-000000-biased-k{n}" for n in range(1, 5)]
    parts = fitted(["", *ids], [["RMSE", "0.9", "0.8", "0.7", "0.6"], ["seed", "1", "2", "3", "4"]], 60)
    assert [[*part.widths] for part in parts] == [[0, 1, 2], [0, 3, 4]]
    assert [part.rows for part in parts] == [
        [["RMSE", "0.9", "0.8"], ["seed", "1", "2"]],
        [["RMSE", "0.7", "0.6"], ["seed", "3", "4"]],
    ]


def test_the_settings_of_a_study_are_not_what_leaves() -> None:
    headings = ["run", "validation RMSE", "factors", "learning_rate", "regularization", "batch_size"]
    parts = fitted(headings, [["20260101-000000-biased-k4-study-1", "0.8", "8", "0.01", "0.1", "512"]], 80)
    assert sum(len(part.widths) for part in parts) == len(headings) + len(parts) - 1


def test_where_there_is_no_terminal_nothing_is_cut_or_left_out() -> None:
    rows = [["0.9", LONG[-1], "", "1"]]
    (part,) = fitted(["score", "title", "genres", "movie id"], rows, None)
    assert part.rows == [[LONG[-1], "0.9", "", "1"]]
