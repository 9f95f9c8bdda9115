"""Little free memory, and a look at how much was taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mftui.data import memory
from mftui.engine.compute.machine import peak_bytes

FREE = 300_000_000


@contextmanager
def little_room(monkeypatch: pytest.MonkeyPatch, home: Path, *, most: int) -> Iterator[None]:
    """Say that FREE bytes are free; afterwards no more than `most` must have been taken."""
    monkeypatch.setenv("MFTUI_HOME", str(home))
    monkeypatch.setattr(memory, "free_bytes", lambda: FREE)
    before = peak_bytes()
    yield
    assert peak_bytes() - before < most
