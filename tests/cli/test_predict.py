"""`mftui predict`: a column more, and nothing else touched."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.asking import Ask, document
from helpers.models import predicted, toy_factors, toy_run

from mftui.engine.model.parameters import DateEffects
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
    assert ask("predict", str(pairs), "-o", str(pairs))[0] == 2
    assert ask("predict", str(pairs), "-o", str(pairs), "--force")[0] == 0
    assert pairs.read_text().splitlines()[0] == "user,movie,predicted"


def test_predict_into_a_missing_directory(run: Run, ask: Ask, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("user,movie\n1,3\n")
    code, out, err = ask("predict", str(pairs), "-o", str(tmp_path / "no" / "out.csv"))
    assert (code, out) == (2, "")
    assert "cannot be written" in err


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_predict_goes_by_the_days_of_the_pairs_where_the_run_knows_days(
    home: Path, ask: Ask, tmp_path: Path, form: str
) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    plain = toy_factors()
    days = np.array([17_000, 17_001], np.int32)
    dates = DateEffects(np.zeros(2, np.int32), days, np.array([0.5, -0.5], np.float32))
    toy_run(home, plain.with_parameters(replace(plain.parameters, dates=dates)))
    times = [17_000 * 86_400 + 5, 17_001 * 86_400, 17_002 * 86_400, 17_000 * 86_400]
    columns = {"user": [1, 1, 1, 2], "movie": [3] * 4, "timestamp": times}
    timed, untimed = tmp_path / f"timed.{form}", tmp_path / "untimed.csv"
    untimed.write_text("user,movie\n1,3\n1,3\n1,3\n2,3\n")
    if form == "parquet":
        parquet.write_table(pa.table(columns), timed)
    else:
        timed.write_text(
            "\n".join([",".join(columns), *(f"{u},{m},{t}" for u, m, t in zip(*columns.values(), strict=True))])
        )
    with_days, without = (
        [line["predicted"] for line in document(ask("predict", str(file), "--json"))["predictions"]]
        for file in (timed, untimed)
    )
    assert with_days[0] > without[0] > with_days[1]
    assert with_days[2:] == without[2:]
    assert without[0] == pytest.approx(predicted(plain, 1, 3), abs=1e-5)


def test_a_run_that_knows_no_days_reads_no_times(run: Run, ask: Ask, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("user,movie,timestamp\n1,3,no time\n")
    found = document(ask("predict", str(pairs), "--json"))
    assert found["predictions"][0]["predicted"] == pytest.approx(predicted(run.load_factors(), 1, 3), abs=1e-5)


def test_times_that_cannot_be_read_are_none(home: Path, ask: Ask, tmp_path: Path) -> None:
    plain = toy_factors()
    dates = DateEffects(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1, np.float32))
    toy_run(home, plain.with_parameters(replace(plain.parameters, dates=dates)))
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("user,movie,timestamp\n1,3,no time\n")
    code, out, _ = ask("predict", str(pairs))
    assert code == 0
    assert float(out.split(",")[-1]) == pytest.approx(predicted(plain, 1, 3), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("user;movie;rating\n1;3;4,5\n", ","),
        ("user;movie;rating\n1;3;4.5\n", "."),
        ("user;movie\n1;3\n", "."),
        ("user,movie,rating\n1,3,4.5\n", "."),
    ],
)
def test_added_numbers_have_the_decimal_mark_of_the_file(
    run: Run, ask: Ask, tmp_path: Path, text: str, ends: str
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(text)
    code, out, _ = ask("predict", str(pairs))
    between = ";" if ";" in text else ","
    added = out.splitlines()[1].split(between)[text.splitlines()[0].count(between) + 1 :]
    assert code == 0 and len(added) == 1
    for number in added:
        whole, mark, decimals = number.partition(ends)
        assert whole.isdigit() and mark and decimals.isdigit()
