"""R-hat: 1 for chains of one distribution, above it for chains that are elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from mftui.engine.alternating.convergence import Predictions


def seen(offsets: list[float], draws: int = 200) -> Predictions:
    random = np.random.default_rng(0)
    predictions = Predictions(len(offsets), 50)
    for _ in range(draws):
        for chain, offset in enumerate(offsets):
            predictions.see(chain, offset + random.normal(size=50), counts=True)
    return predictions


def test_chains_of_one_distribution_agree() -> None:
    assert seen([0.0, 0.0, 0.0]).disagreement() == pytest.approx(1.0, abs=0.03)


def test_chains_that_are_elsewhere_do_not() -> None:
    found = seen([-1.0, 1.0]).disagreement()

    # The means differ by 2 and the draws have variance 1: the square of R-hat is about 1 + 2²/2.
    assert found == pytest.approx(np.sqrt(3), abs=0.2)


def test_the_mean_is_that_of_all_draws_that_count() -> None:
    predictions = Predictions(2, 3)
    predictions.see(0, np.full(3, 9.0), counts=False)
    assert predictions.mean().tolist() == [4.5, 4.5, 4.5]
    for chain, value in ((0, 1.0), (1, 2.0), (0, 3.0), (1, 6.0)):
        predictions.see(chain, np.full(3, value), counts=True)

    assert predictions.mean().tolist() == [3.0, 3.0, 3.0]


def test_one_chain_or_one_draw_says_nothing() -> None:
    assert seen([0.0]).disagreement() is None
    assert seen([0.0, 1.0], draws=1).disagreement() is None
