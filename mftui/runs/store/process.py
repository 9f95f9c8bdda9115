"""Identify a process by its pid and the moment it started, so that a recycled pid is not mistaken for it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REQUEST_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2)
"""What a trainer is asked by: stop (the first two), pause, continue."""
_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """Is one process on one machine."""

    pid: int
    start: str
    """When it started, in a form that only this machine's kernel gives: equal means the same process."""
    host: str

    @classmethod
    def current(cls) -> Process:
        """Return this process."""
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> Process:
        """Return the process that has `pid` now (with an empty `start` if there is none)."""
        return cls(pid, start_of(pid) or "", socket.gethostname())

    @property
    def here(self) -> bool:
        """Return whether the process is on this machine, so that it can be looked for."""
        return self.host == socket.gethostname()

    @property
    def alive(self) -> bool:
        """Return whether it still runs: not gone, not a zombie, and not another one with the same pid."""
        return self.pid > 0 and bool(self.start) and start_of(self.pid) == self.start


def send(number: signal.Signals, find: Callable[[], int | None]) -> Process | None:
    """Send a signal to the process that `find` finds, and return it; None where there is none.

    It is found twice, before and after its pid is held fast: so no process that took over the pid is ever reached.
    """
    pid = find()
    if pid is None:
        return None
    process = Process.of(pid)
    if not hasattr(os, "pidfd_open"):
        if not process.alive or find() != pid:
            return None
        os.kill(pid, number)
        return process
    try:
        descriptor = os.pidfd_open(pid)
    except (OSError, OverflowError):
        return None
    try:
        if find() != pid:
            return None
        signal.pidfd_send_signal(descriptor, number)
    except (ProcessLookupError, PermissionError):
        return None
    finally:
        os.close(descriptor)
    return process


def start_of(pid: int) -> str | None:
    """Return when the process with `pid` started; None if there is none, or it is a zombie."""
    if pid <= 0:
        return None
    if (_PROC / "self" / "stat").exists():
        try:
            stat = (_PROC / str(pid) / "stat").read_bytes()
        except OSError:
            return None
        # The name, in brackets, can contain anything: fields are counted from the last bracket.
        fields = stat[stat.rindex(b")") + 2 :].split()
        return None if fields[0] in (b"Z", b"X") else f"{_boot()}/{int(fields[19])}"
    return _start_by_ps(pid)


def _start_by_ps(pid: int) -> str | None:
    command = ["ps", "-o", "state=,lstart=", "-p", str(pid)]
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    try:
        answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    except OSError:
        return None
    state, _, started = answer.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else " ".join(started.split())


def _boot() -> str:
    """Return which boot of the machine this is: clock ticks since boot repeat after the next one."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
