"""Tests of the data layer write to a home of their own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`$MFTUI_HOME`, empty."""
    directory = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MFTUI_HOME", str(directory))
    return directory
