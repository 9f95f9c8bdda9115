"""What a process takes: read from /proc, seldom; and from NVML where it is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mftui.tui.monitor import load as gauges
from mftui.tui.monitor.load import Meter
from mftui.tui.screens.train import status_line

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc")


def test_a_busy_process_is_seen_to_be_busy_and_to_have_memory():
    meter = Meter(0.0)
    first = meter.read(os.getpid())
    assert first and first.cpu_percent is None and first.memory_mb >= 10
    sum(i * i for i in range(2_000_000))
    second = meter.read(os.getpid())
    assert second and second.cpu_percent and second.cpu_percent % 5 == 0


def test_between_two_readings_it_gives_the_one_before():
    meter = Meter(3600.0)
    assert meter.read(os.getpid()) is meter.read(os.getpid())


def test_a_process_that_has_gone_takes_nothing():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert Meter(0.0).read(child.pid) is None


def test_a_card_that_the_process_uses_is_read(monkeypatch: pytest.MonkeyPatch):
    users = [SimpleNamespace(pid=os.getpid(), usedGpuMemory=3 * 2**30)]
    nvml = SimpleNamespace(
        NVMLError=OSError,
        nvmlDeviceGetCount=lambda: 1,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetComputeRunningProcesses=lambda card: users,
        nvmlDeviceGetUtilizationRates=lambda card: SimpleNamespace(gpu=43),
    )
    monkeypatch.setattr(gauges, "_open_nvml", lambda: nvml)
    load = Meter(0.0).read(os.getpid())
    assert load and (load.gpu_percent, load.gpu_memory_mb) == (45, 3070)
    users.clear()
    other = Meter(0.0).read(os.getpid())
    assert other and other.gpu_percent is None
    monkeypatch.setattr(gauges, "_CARD", "/dev/null")
    with Path(os.devnull).open():
        hidden = Meter(0.0).read(os.getpid())
    assert hidden and (hidden.gpu_percent, hidden.gpu_memory_mb) == (45, None)


def test_of_several_cards_the_one_that_the_process_uses_is_read(monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []

    def rates(card: int) -> SimpleNamespace:
        asked.append(card)
        return SimpleNamespace(gpu=98)

    nvml = SimpleNamespace(
        NVMLError=OSError,
        nvmlDeviceGetCount=lambda: 3,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetComputeRunningProcesses=lambda card: [
            SimpleNamespace(pid=os.getpid() if card == 1 else 1, usedGpuMemory=None)  # a driver that does not say
        ],
        nvmlDeviceGetUtilizationRates=rates,
    )
    monkeypatch.setattr(gauges, "_open_nvml", lambda: nvml)
    load = Meter(0.0).read(os.getpid())
    assert load and (load.gpu_percent, load.gpu_memory_mb) == (100, None)
    assert asked == [1]


def test_a_card_that_is_lost_is_not_asked_again(monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []

    def lost() -> int:
        asked.append(1)
        raise OSError("GPU is lost")

    nvml = SimpleNamespace(NVMLError=OSError, nvmlDeviceGetCount=lost, nvmlDeviceGetHandleByIndex=lambda index: index)
    monkeypatch.setattr(gauges, "_open_nvml", lambda: nvml)
    meter = Meter(0.0)
    for _ in range(3):
        load = meter.read(os.getpid())
        assert load and load.memory_mb and load.gpu_percent is None
    assert asked == [1]


def test_the_status_line_says_what_is_taken_of_the_card():
    snapshot: Any = SimpleNamespace(device="GPU: X1", load=gauges.Load(105, 900, 45, 3070))
    expected = ["on GPU: X1", "CPU 105%", "memory 900 MB", "GPU 45%", "GPU memory 3,070 MB"]
    assert list(status_line._taken(snapshot)) == expected
    snapshot.load = gauges.Load(105, 900)
    assert list(status_line._taken(snapshot)) == ["on GPU: X1", "CPU 105%", "memory 900 MB"]


def test_the_module_is_looked_for_where_there_is_a_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    begun: list[bool] = []
    module = ModuleType("pynvml")
    module.__dict__["nvmlInit"] = lambda: begun.append(True)
    monkeypatch.setitem(sys.modules, "pynvml", module)
    monkeypatch.setattr(gauges, "_DRIVER", tmp_path / "none")
    assert gauges._open_nvml() is None and not begun
    monkeypatch.setattr(gauges, "_DRIVER", tmp_path)
    assert gauges._open_nvml() is module and begun
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gauges._open_nvml() is None


def test_a_driver_that_fails_gives_no_gauge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def fail() -> None:
        raise RuntimeError("driver and library do not fit")

    monkeypatch.setitem(sys.modules, "pynvml", SimpleNamespace(nvmlInit=fail))
    monkeypatch.setattr(gauges, "_DRIVER", tmp_path)
    load = Meter(0.0).read(os.getpid())
    assert load and load.gpu_percent is None
