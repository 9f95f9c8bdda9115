"""Following a metrics file that is being written, cut, replaced and damaged."""

from __future__ import annotations

import json
import math
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mftui.runs.store import metrics
from mftui.runs.store.metrics import MetricsTail, MetricsWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def test_each_line_is_given_once_and_a_partial_line_waits(path: Path) -> None:
    tail = MetricsTail(path)
    assert tail.poll() == []
    path.write_text('{"step": 1}\n{"st')
    assert tail.poll() == [{"step": 1}]
    with path.open("a") as file:
        file.write('ep": 2}\n')
    assert tail.poll() == [{"step": 2}]
    assert tail.poll() == [] and not tail.restarted


def test_garbage_is_skipped_and_counted(path: Path) -> None:
    path.write_bytes(b'{"step": 1}\nnot json\n[1]\n\xff\xfe\n\n' + b"[" * 100_000 + b'\n{"step": 2}\n')
    tail = MetricsTail(path)
    assert tail.poll() == [{"step": 1}, {"step": 2}]
    assert tail.skipped == 5


def test_numbers_that_are_none_become_none(path: Path) -> None:
    path.write_text('{"train_loss": NaN, "valid_rmse": Infinity}\n')
    assert MetricsTail(path).poll() == [{"train_loss": None, "valid_rmse": None}]


def test_values_of_another_type_become_none(path: Path) -> None:
    odd = ('"7"', "true", "[1]", '{"a": 1}', "[" * 500 + "]" * 500, "1e999", "9" * 400)
    path.write_text("".join(f'{{"step": {value}, "block": {value}, "epoch": 2}}\n' for value in odd))
    found = MetricsTail(path).poll()
    assert [line["step"] for line in found] == [None] * len(odd)
    assert [line["block"] for line in found] == ["7", *[None] * (len(odd) - 1)] and found[0]["epoch"] == 2


def test_a_file_cut_back_is_given_again_from_the_start(path: Path) -> None:
    path.write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n')
    tail = MetricsTail(path)
    tail.poll()
    os.truncate(path, len('{"step": 1}\n'))
    assert tail.poll() == [{"step": 1}] and tail.restarted
    assert tail.poll() == [] and not tail.restarted


def test_a_file_cut_back_and_grown_beyond_is_noticed_too(path: Path) -> None:
    path.write_text('{"step": 1, "seconds": 0.5}\n{"step": 2, "seconds": 0.9}\n')
    tail = MetricsTail(path)
    tail.poll()
    path.write_text('{"step": 1, "seconds": 0.5}\n{"step": 2, "seconds": 0.8}\n{"step": 3}\n')
    assert [line["step"] for line in tail.poll()] == [1, 2, 3]
    assert tail.restarted


def test_a_file_that_disappears_is_a_restart(path: Path) -> None:
    path.write_text('{"step": 1}\n')
    tail = MetricsTail(path)
    tail.poll()
    path.unlink()
    assert tail.poll() == [] and tail.restarted


def test_what_is_written_can_be_read_with_no_number_as_null(path: Path) -> None:
    with MetricsWriter(path) as writer:
        writer.append({"step": 1, "valid_rmse": None, "train_loss": math.nan})
        writer.append({"step": 2, "train_loss": math.inf})
    assert MetricsTail(path).poll() == [
        {"step": 1, "valid_rmse": None, "train_loss": None},
        {"step": 2, "train_loss": None},
    ]


def test_a_resumed_writer_cuts_the_file_back(path: Path) -> None:
    with MetricsWriter(path) as writer:
        writer.append({"step": 1})
        offset = writer.sync()
        writer.append({"step": 2})
    with MetricsWriter(path, offset) as writer:
        writer.append({"step": 20})
    assert MetricsTail(path).poll() == [{"step": 1}, {"step": 20}]


def test_lines_that_a_full_disk_refuses_are_written_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pwrite
    space = 20

    def full(descriptor: int, block: bytes, offset: int) -> int:
        if offset >= space:
            raise OSError(28, "No space left on device")
        return real(descriptor, block[: space - offset], offset)

    with MetricsWriter(path) as writer:
        writer.append({"step": 1})
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space"):
            writer.append({"step": 2})
        assert path.read_text() == '{"step": 1}\n'
        monkeypatch.setattr(os, "pwrite", real)
        writer.append({"step": 3})
    assert MetricsTail(path).poll() == [{"step": 1}, {"step": 2}, {"step": 3}]


def _many(path: Path, monkeypatch: pytest.MonkeyPatch, *odd: str) -> list[dict[str, Any]]:
    """A curve of many lines with one low and one high point, of which a reader keeps some hundreds; `odd` come last."""
    monkeypatch.setattr(metrics, "_THINNED_BLOCK", 2**16)
    monkeypatch.setattr(metrics, "_FROM_BYTES", 2**16)
    monkeypatch.setattr(metrics, "_KEPT", 100)
    lines: list[dict[str, Any]] = [
        {"step": step, "train_rmse": 1.0, "valid_rmse": None, "note": "x"} for step in range(1, 10_001)
    ]
    lines[6_100] |= {"train_rmse": 9.0}
    lines[6_200] |= {"train_rmse": None, "valid_rmse": 0.5}
    lines[6_300] |= {"valid_rmse": 0.4}
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "".join(odd))
    return MetricsTail(path, thinned=True).poll()


def test_of_many_lines_those_are_kept_that_show_the_curve(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = _many(path, monkeypatch)
    steps = [line["step"] for line in kept]
    assert len(kept) < 1_000 and steps == sorted(set(steps)) and {1, 6_101, 6_201, 6_301, 10_000} <= set(steps)
    assert kept[0] == {"step": 1, "train_rmse": 1.0, "valid_rmse": None, "note": "x"}
    assert max(later - one for one, later in pairwise(steps)) < 200
    assert len(MetricsTail(path).poll()) == 10_000


@pytest.mark.parametrize("odd", ["\n", "[1]\n", '{"step": 10001, "train_rmse": "no"}\n', "\xff\n", "{\n"])
def test_among_many_lines_one_that_says_nothing_hides_no_others(
    path: Path, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    steps = [line["step"] for line in _many(path, monkeypatch, odd * 3)]
    assert {1, 6_101, 6_201, 6_301} <= set(steps) and max(steps) > 9_000


def test_the_best_validation_is_that_of_all_lines_also_beside_a_damaged_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = '{"step": 10001, "valid_rmse": 0.25}\n'
    assert 0.25 not in [line.get("valid_rmse") for line in _many(path, monkeypatch, best, '{"step":\n' * 300)]
    assert metrics.best_validation(path) == 0.25
    assert metrics.best_validation(path.with_name("none")) is None


def test_a_reader_that_thins_takes_all_of_what_comes_little_by_little(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_FROM_BYTES", 2**16)
    monkeypatch.setattr(metrics, "_KEPT", 1)
    tail = MetricsTail(path, thinned=True)
    for start in range(0, 3_000, 1_000):
        with path.open("a") as file:
            file.writelines(f'{{"step": {step}}}\n' for step in range(start, start + 1_000))
        assert [line["step"] for line in tail.poll()] == [*range(start, start + 1_000)]
