"""Ratings at places of a history, read some users at a time."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.engine.model import history
from mftui.engine.model.history import History


def test_ratings_at_places_are_those_however_many_users_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    movies, ratings = random.integers(0, 50, 900).astype(np.int32), random.random(900).astype(np.float32)
    model = History(np.arange(0, 901, 9), movies, ratings, np.zeros(900, bool))
    places = np.arange(0, 900, 9)[:, None] + random.integers(0, 9, (100, 4))
    for together in (1, 7, 256):
        monkeypatch.setattr(history, "_TOGETHER", together)
        found = model.at(places)
        assert (found[0] == movies[places]).all() and (found[1] == ratings[places]).all()
