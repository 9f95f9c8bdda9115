"""`tests/bench/curves.py`: seconds to an error, of this project and of peers that may be missing."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture
def curves(monkeypatch: pytest.MonkeyPatch) -> Any:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCH))
    yield importlib.import_module("curves")
    for name in {"curves", "peers", "protocol"} - before:
        sys.modules.pop(name, None)


def test_a_curve_is_told_with_the_seconds_to_an_error_and_what_is_missing_is_named(
    curves: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[int] = []

    def quick(epochs: int) -> tuple[float, float]:
        called.append(epochs)
        return (0.5, 0.25)[len(called) > 5] * epochs, 0.9 + 0.1 / epochs

    def missing(epochs: int) -> tuple[float, float]:
        raise ModuleNotFoundError("No module named 'peer'")

    made = {
        "mftui x": curves.System(quick, (1, 2, 4, 8)),
        "slow": curves.System(lambda n: (3.0 * n, 0.95), (1, 2)),
        "peer": curves.System(missing),
    }
    found = curves.measure_all(made, most=8.0, rounds=2)
    curves.report(found, "RMSE")

    assert called == [1, 1, 2, 4, 8, 1, 2, 4, 8], "once for what is done but once, then twice in turn"
    assert [point.seconds for point in found["mftui x"]] == [0.25, 0.5, 1.0, 2.0], "the better of both rounds"
    assert [point.epochs for point in found["slow"]] == [1, 2], "it ends where the next would take too long"
    assert curves.seconds_to(found["mftui x"], 0.955) == 0.5
    told = capsys.readouterr().out
    assert told.count("skipped: peer (No module named 'peer')") == 1
    assert "2: 0.9500 after 0.50" in told
    assert "| slow | 3.00 | 3.00 | 3.00 | – |" in told and "| slow | 6.0 | 6.0 | 6.0 | – |" in told
