"""On the sample, films of a series find each other, as they do in real ratings."""

from __future__ import annotations

import pytest

import mftui
from mftui.engine.evaluation.evaluate import series_at_10


@pytest.mark.long
def test_films_of_a_series_are_among_their_ten_nearest_on_the_sample() -> None:
    model = mftui.train("sample")
    found = series_at_10(model.factors)
    near_alien = set(model.similar("alien", n=5).title)

    assert found is not None and found["share"] >= 0.8
    assert len(near_alien & {"Aliens (1986)", "Prometheus (2012)", "Alien: Resurrection (1997)"}) > 1
