"""Garbage collection while something large is imported."""

from __future__ import annotations

import gc

import pytest

from mftui.data.allocator import importing


def test_nothing_is_collected_during_an_import_and_again_afterwards_also_if_it_fails() -> None:
    with importing():
        assert not gc.isenabled()
    with pytest.raises(ImportError), importing():
        raise ImportError
    assert gc.isenabled() and gc.get_freeze_count() > 0
