"""Following a metrics file that is being written, cut, replaced and damaged."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

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
