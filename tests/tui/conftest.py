"""A home of its own for each test, and apps on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.models import toy_run

from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run
from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.base.session_state import SessionState


class FakeStarter:
    """Stands where the supervisor does: notes what is asked, and makes a run directory at once."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.requests: list[TrainRequest] = []
        self.stopped: list[Run] = []
        self.resumed: list[Run] = []
        self.closed = False
        self.prepared: list[TrainRequest] = []

    def warm(self) -> None: ...

    def tend(self) -> None: ...

    def prepare(self, request: TrainRequest) -> bool:
        self.prepared.append(request)
        return True

    def start(self, request: TrainRequest) -> Run:
        self.requests.append(request)
        return toy_run(self._home, state="running", name=f"started-{len(self.requests)}")

    def resume(self, run: Run) -> None:
        self.resumed.append(run)

    def stop(self, run: Run) -> None:
        self.stopped.append(run)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MFTUI_HOME, empty."""
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def starter(home: Path) -> FakeStarter:
    return FakeStarter(home)


@pytest.fixture
def make_app(home: Path, starter: FakeStarter) -> Callable[..., MftuiApp]:
    """An app on this home; by default without a real trainer and without the sentences for somebody new."""

    def make(look: Display | None = None, settings: Settings | None = None, *, hints: bool = False) -> MftuiApp:
        memory = SessionState()
        memory.put(hints=hints)
        return MftuiApp(look, settings or Settings(standby=False), starter, memory)

    return make


@pytest.fixture(autouse=True)
def digits_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot types faster than anybody: a digit is no count, but where a test says so."""
    monkeypatch.setattr("mftui.tui.prefix_keys._COUNT_S", -1.0)
