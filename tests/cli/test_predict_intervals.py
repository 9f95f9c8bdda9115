"""`predict --interval` and `--quantile`: what the model believes, as columns and as JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.models import toy_factors, toy_run, trained_by

from mftui.cli import main
from mftui.engine.model.arrays import Floats
from mftui.engine.model.factors import Factors
from mftui.engine.model.store import save_factors
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.intervals import intervals_of_pairs, intervals_of_row
from mftui.runs.store.publish import publish
from mftui.runs.store.run import Run

MEMBERS, NOISE = 3, 0.8


def drawn_factors() -> Factors:
    """The toy model as three draws that differ a little."""
    toy, random = toy_factors(n_users=80), np.random.default_rng(0)
    p = toy.parameters

    def members(table: Floats, share: float = 1.0) -> Floats:
        noisy = [share * (table + 0.1 * random.normal(size=table.shape)) for _ in range(MEMBERS)]
        return np.stack(noisy, 1).reshape(len(table), -1).astype(np.float32)

    user_bias, movie_bias = members(p.user_bias), members(p.movie_bias)
    parameters = replace(
        p,
        user_factors=members(p.user_factors, MEMBERS**-0.5),
        movie_factors=members(p.movie_factors, MEMBERS**-0.5),
        user_bias=user_bias.mean(1),
        movie_bias=movie_bias.mean(1),
        global_bias=3.0,
        link="linear",
        members=MEMBERS,
        member_user_bias=user_bias,
        member_movie_bias=movie_bias,
        member_global_bias=(3.0,) * MEMBERS,
        member_noise=(NOISE,) * MEMBERS,
    )
    return trained_by(toy.with_parameters(parameters), meta=toy.meta | {"recipe": "bayes", "hyper": {}})


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    made = toy_run(tmp_path)
    publish(made.factors_path, lambda directory: save_factors(drawn_factors(), directory))
    return made


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    file = tmp_path / "pairs.csv"
    file.write_text("user,movie\n1,3\n2,5\n999,3\n")
    return file


def answer(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    out, err = capsys.readouterr()
    return int(exit.value.code or 0), out, err


def test_columns_are_added_in_the_order_of_what_was_asked(
    run: Run, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = answer(
        "predict", str(pairs), "--interval", "0.9", "--quantile", "0.25", "--mark-cold", capsys=capsys
    )
    rows = list(csv.reader(out.splitlines()))

    assert code == 0
    assert rows[0] == ["user", "movie", "predicted", "std", "low", "high", "q0.25", "cold"]
    for row in rows[1:]:
        predicted, std, low, high, quarter = map(float, row[2:7])
        assert low < quarter < predicted < high
        assert std > 0
    factors, nothing = run.load_factors(), np.empty(0)
    nobody = intervals_of_row(factors, fold_in(factors, nothing, nothing).row, np.array([2]), np.array([3], np.float32))
    assert nobody is not None
    assert float(rows[3][3]) == pytest.approx(nobody.std[0], abs=1e-4)  # nobody knows user 999


def test_half_of_the_ratings_lie_within_the_half_interval(
    run: Run, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = answer("predict", str(pairs), "--interval", "0.5", "--json", capsys=capsys)
    line = json.loads(out)["predictions"][0]

    assert code == 0
    found = intervals_of_pairs(run.load_factors(), np.array([0]), np.array([2]))
    assert line["std"] == pytest.approx(float(found.std[0]))
    assert line["high"] - line["predicted"] == pytest.approx(float(found.plus_minus(0.5)[0]), abs=1e-4)


def test_a_run_that_held_out_too_little_is_refused_with_the_way_to_one(
    tmp_path: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    toy_run(tmp_path)

    code, out, err = answer("predict", str(pairs), "--interval", "0.9", capsys=capsys)

    assert (code, out) == (2, "")
    assert "--test-fraction" in err


@pytest.mark.parametrize("share", ["0", "1", "1.5", "most"])
def test_a_share_lies_between_0_and_1(pairs: Path, share: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer("predict", str(pairs), "--interval", share, capsys=capsys)

    assert (code, out) == (2, "")


def test_a_drawn_model_is_saved_and_opened_with_its_noise(run: Run) -> None:
    p = run.load_factors().parameters

    assert p.member_noise == (NOISE,) * MEMBERS


def test_of_an_ordinal_model_json_gives_the_probability_of_each_step(
    run: Run, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = drawn_factors()
    probit = replace(model.parameters, link="probit", levels=(1.0, 2.5, 5.0), cuts=(2.0, 4.0), lo=1.0, hi=5.0)
    publish(run.factors_path, lambda directory: save_factors(model.with_parameters(probit), directory))

    code, out, _ = answer("predict", str(pairs), "--json", capsys=capsys)
    rows = json.loads(out)["predictions"]

    assert code == 0
    for row in rows:
        assert list(row["probabilities"]) == ["1", "2.5", "5"]
        assert sum(row["probabilities"].values()) == pytest.approx(1)
        mean = sum(float(step) * chance for step, chance in row["probabilities"].items())
        assert mean == pytest.approx(row["predicted"], abs=1e-4)


def test_a_share_in_percent_is_refused_with_how_it_is_written(pairs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = answer("predict", str(pairs), "--interval", "90", capsys=capsys)
    assert code == 2 and "for 90 % write 0.9" in err
