"""A home of its own for every test of faults, and how long the random ones go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.runs import write_ratings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MFTUI_STANDBY", "false")
    return tmp_path / "home"


@pytest.fixture(scope="session")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ratings(tmp_path_factory.mktemp("data") / "ratings.csv")
