"""What a process takes: processor time and memory from /proc, and the graphics card's, where NVML is there."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CARD = "/dev/nvidia"
_DRIVER = Path("/proc/driver/nvidia")


class Load(NamedTuple):
    """Rounded, so that a display of it seldom changes."""

    cpu_percent: int | None
    """Of one core, to 5; None before there are two readings."""
    memory_mb: int
    """Resident, to 10."""
    gpu_percent: int | None = None
    """Of the graphics card, whoever uses it."""
    gpu_memory_mb: int | None = None
    """Of this process on the card."""


class Meter:
    """Reads one process every `interval_s`; in between gives what it has read before."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._pid = 0
        self._at = -interval_s
        self._cpu_s: float | None = None
        self._load: Load | None = None
        self._nvml: Any = None
        self._looked_for_nvml = False

    def read(self, pid: int, *, now: bool = False) -> Load | None:
        """Read process `pid`, `now` also before the interval is over; None where there is none, or no /proc."""
        at = time.monotonic()
        if pid != self._pid:
            self._pid, self._cpu_s, self._load = pid, None, None
        elif at - self._at < self._interval_s and not now:
            return self._load
        try:
            used = _cpu_seconds(pid)
            memory = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE / 2**20
        except (OSError, ValueError, IndexError):
            self._load = None
            return None
        percent = None
        if self._cpu_s is not None:
            percent = round((used - self._cpu_s) / max(at - self._at, 1e-3) * 20) * 5
        self._cpu_s, self._at = used, at
        self._load = Load(percent, round(memory / 10) * 10, *self._gpu(pid))
        return self._load

    def _gpu(self, pid: int) -> tuple[int | None, int | None]:
        """Load of the first card that `pid` uses in percent, and the memory it has there in MB."""
        if not self._looked_for_nvml:
            self._looked_for_nvml, self._nvml = True, _open_nvml()
        nvml = self._nvml
        if nvml is None:
            return None, None
        try:
            for card in map(nvml.nvmlDeviceGetHandleByIndex, range(nvml.nvmlDeviceGetCount())):
                for user in nvml.nvmlDeviceGetComputeRunningProcesses(card):
                    if user.pid == pid:
                        taken = user.usedGpuMemory
                        return _percent(nvml, card), None if taken is None else round(taken / 2**20 / 10) * 10
            if _holds_card(pid):  # in a container the driver knows it by another pid
                return _percent(nvml, nvml.nvmlDeviceGetHandleByIndex(0)), None
        except nvml.NVMLError:
            self._nvml = None
        return None, None


def _cpu_seconds(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat").read_bytes()
    # The name, in brackets, can contain anything: fields are counted from the last bracket.
    fields = stat[stat.rindex(b")") + 2 :].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _percent(nvml: Any, card: Any) -> int:
    load: int = nvml.nvmlDeviceGetUtilizationRates(card).gpu
    return round(load / 5) * 5


def _holds_card(pid: int) -> bool:
    """Return whether the process has a graphics card open."""
    try:
        return any(str(entry.readlink()).startswith(_CARD) for entry in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def _open_nvml() -> Any:
    """Load the module, ready to use; None where there is no driver or no module."""
    if not _DRIVER.exists():
        return None
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # noqa: BLE001  # whatever a driver that does not fit says: then there is no gauge
        return None
    return pynvml
