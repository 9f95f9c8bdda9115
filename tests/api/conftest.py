"""A model to ask: small, made by hand, so that nothing needs training."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.models import toy_factors, toy_run

import mftui


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of mftui for one test."""
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> mftui.Model:
    """A run of the toy model, which has an audience block: users 1 to 20, movies 1 to 12."""
    run = toy_run(tmp_path_factory.mktemp("home"), toy_factors(audience=True))
    return mftui.open_run(run.path)
