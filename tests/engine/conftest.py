"""Trainings of the engine, and how to compile fewer of them."""

from __future__ import annotations

import pytest
from helpers.trainings import keep_ratings


@pytest.fixture
def reusable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that has ended can be put back with `restore`, its steps compiled."""
    keep_ratings(monkeypatch)
