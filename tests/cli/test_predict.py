"""`mftui predict`: a column more, and nothing else touched."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from helpers.asking import Ask, document
from helpers.models import predicted

from mftui.runs.store.run import Run


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_predict_adds_a_column_and_touches_nothing_else(run: Run, ask: Ask, tmp_path: Path, end: str) -> None:
    pairs, out_file = tmp_path / "pairs.csv", tmp_path / "out.csv"
    rows = [["title", "movieId", "userId"], ['Quotes, "and" commas', "3", "1"], ["é 日本 [b]", "5", "2"]]
    with pairs.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator=end).writerows(rows)
    code, out, err = ask("predict", str(pairs), "-o", str(out_file))
    assert (code, out, err) == (0, "", "")
    with out_file.open(encoding="utf-8", newline="") as file:
        text = file.read()
    assert text.count(end) == 3
    table = list(csv.reader(text.splitlines()))
    assert table[0] == [*rows[0], "predicted"]
    factors = run.load_factors()
    for before, after in zip(rows[1:], table[1:], strict=True):
        assert after[:-1] == before
        assert float(after[-1]) == pytest.approx(predicted(factors, int(before[2]), int(before[1])), abs=1e-4)


def test_predict_counts_unknown_ids_and_predicts_from_what_is_known(run: Run, ask: Ask, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("user,movie\n1,3\n99,3\n1,77\n98,76\n")
    code, out, err = ask("predict", str(pairs))
    assert code == 0
    assert "2 of 4 rows have a user" in err
    assert "2 of 4 rows have a movie" in err
    predicted = [float(row[-1]) for row in list(csv.reader(out.splitlines()))[1:]]
    p = run.load_factors()
    factors = p.parameters
    mean = p.shown(factors.movie_bias[:0].sum(keepdims=True) + factors.global_bias)[0]
    assert predicted[3] == pytest.approx(mean, abs=1e-4)
    assert len(set(predicted)) == 4


def test_predict_as_json(run: Run, ask: Ask, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("user,movie\n1,3\n")
    assert [line["movie_id"] for line in document(ask("predict", str(pairs), "--json"))["predictions"]] == [3]


def test_predict_can_write_over_its_own_input(run: Run, ask: Ask, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("user,movie\n1,3\n2,4\n")
    assert ask("predict", str(pairs), "-o", str(pairs))[0] == 0
    assert pairs.read_text().splitlines()[0] == "user,movie,predicted"


def test_predict_into_a_missing_directory(run: Run, ask: Ask, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("user,movie\n1,3\n")
    code, out, err = ask("predict", str(pairs), "-o", str(tmp_path / "no" / "out.csv"))
    assert (code, out) == (2, "")
    assert "cannot be written" in err
