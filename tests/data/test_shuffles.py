"""Orders by chance are the same ones whether they are drawn ahead or not."""

import numpy as np
import pytest

from mftui.data.shuffles import shuffle_ahead, shuffled


@pytest.mark.parametrize("ahead", [False, True])
def test_an_order_is_numpy_s_own_and_drawn_once(ahead: bool) -> None:
    if ahead:
        shuffle_ahead([3, 1], 1_000)
    for _ in range(2):
        order = shuffled([3, 1], 1_000)
        np.testing.assert_array_equal(order, np.random.default_rng([3, 1]).permutation(1_000))
        order.fill(0)


def test_what_was_drawn_for_another_seed_or_number_is_not_taken() -> None:
    shuffle_ahead(7, 100)
    assert sorted(shuffled(7, 90)) == list(range(90))
    np.testing.assert_array_equal(shuffled(8, 100), np.random.default_rng(8).permutation(100))
    np.testing.assert_array_equal(shuffled(7, 100), np.random.default_rng(7).permutation(100))
