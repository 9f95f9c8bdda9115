"""`mftui doctor --bench`: a tiny measurement, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mftui.cli import main
from mftui.engine.recipes import benchmark
from mftui.engine.recipes.benchmark import Bench, Speed
from mftui.errors import MftuiError

TINY = {"batches": [400, 800], "factors": [3], "sizes": (100, 50, 4_000), "seconds": 0.01}


@pytest.fixture(scope="module")
def measured() -> tuple[Bench, list[Speed]]:
    told: list[Speed] = []
    return benchmark.measure(told.append, **TINY), told  # type: ignore[arg-type]


@pytest.mark.long
def test_every_pair_is_measured_and_told_as_it_comes(measured: tuple[Bench, list[Speed]]) -> None:
    found, told = measured
    assert found.speeds == told and found.device
    assert [(speed.factors, speed.batch_size) for speed in told] == [(3, 400), (3, 800)]
    assert all(speed.ratings_per_second > 0 and speed.peak_bytes > 0 for speed in told)


def test_tensorflow_stays_in_the_child() -> None:
    modules = "mftui.engine.recipes.benchmark, mftui.cli.commands.doctor.bench"
    code = f"import sys, {modules}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_smallest_batch_that_is_nearly_as_fast_is_proposed() -> None:
    speeds = [Speed(32, size, speed, 1) for size, speed in ((10, 1.0), (20, 9.5), (40, 10.0), (80, 8.0))]
    assert Bench("CPU", speeds).proposed(32) == 20


def test_a_child_that_fails_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(MftuiError, match="could not be measured: no reason given"):
        benchmark.measure()


def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *more: str) -> tuple[str, str]:
    speeds = [Speed(k, size, size * 10.0 * k, 5) for k in (16, 32) for size in (10_000, 50_000)]
    monkeypatch.setattr(benchmark, "measure", lambda on_speed: [on_speed(s) for s in speeds] and Bench("CPU", speeds))
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--bench", *more])
    assert not ended.value.code
    found = capsys.readouterr()
    return found.out, found.err


def test_the_table_has_a_column_for_each_k(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = shown(capsys, monkeypatch)
    assert "CPU, " in out and "k=16" in out and "k=32: --batch-size 50000" in out
    assert "k=32, batches of 50,000: 16.0 M ratings/s" in err


def test_json_is_one_document(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(shown(capsys, monkeypatch, "--json")[0])
    assert document["device"] == "CPU" and document["memory_bytes"] > 0
    assert document["proposed_batch_size"] == {"16": 50_000, "32": 50_000}
    assert len(document["speeds"]) == 4
