"""Ratings as columns, and made piece by piece: with their times, where there are any."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.data import dataset
from mftui.data.dataset import Ratings


@pytest.mark.parametrize("piece", [3, 1_000])
def test_parts_of_ratings_keep_their_times(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(dataset, "PIECE", piece)
    n = 10
    numbers = np.arange(n)
    times = numbers * 100
    whole = Ratings(numbers.astype(np.int32), numbers.astype(np.int32), numbers.astype(np.float32), times)
    odd = numbers % 2 == 1
    part = whole.where(odd)
    assert part.timed
    for found in (part, part.whole(), part.with_values(lambda values: values + 1), part.where(np.ones(5, bool))):
        np.testing.assert_array_equal(found.timestamps, times[odd])
    np.testing.assert_array_equal(part.take(np.array([0, 2])).timestamps, [100, 500])
    pieces = [np.asarray(one.timestamps) for one in part.pieces()]
    assert len(pieces) == (4 if piece == 3 else 1)
    np.testing.assert_array_equal(np.concatenate(pieces), times[odd])


def test_times_of_ratings_that_are_held_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "PIECE", 3)
    n, made = 10, list[int]()
    numbers = np.arange(n)

    def times() -> np.ndarray:
        made.append(n)
        return numbers * 100

    held = Ratings(numbers.astype(np.int32), numbers.astype(np.int32), numbers.astype(np.float32), times)
    assert held.timed and not made
    for _ in range(2):
        assert [one.timestamps[0] for one in held.pieces() if one.timestamps is not None] == [0, 300, 600, 900]
    assert len(made) == 1


def test_ratings_without_times_have_none() -> None:
    one = Ratings(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1, np.float32))
    for found in (one, one.take(np.array([0])), one.where(np.ones(1, bool)), *one.pieces()):
        assert not found.timed and found.timestamps is None
