"""Long tests: `pytest` leaves out those marked `long`, `pytest --long -m long` runs them alone.

`pytest tests/faults tests/fuzz --long` is the long form of the tests by chance too.
"""

from __future__ import annotations

import gc
import sys

import pytest
from helpers import chance


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="Long tests too; hundreds of kills, thousands of damaged files."
    )


def pytest_configure(config: pytest.Config) -> None:
    chance.LONG = bool(config.getoption("--long"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chance.LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(2_400))
    elif left_out := [item for item in items if item.get_closest_marker("long")]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


_known_modules = 0


def pytest_runtest_setup() -> None:
    """Leave what has been imported (TensorFlow's objects above all) out of garbage collections."""
    global _known_modules
    if len(sys.modules) > _known_modules + 100:
        gc.collect()
        gc.freeze()
        _known_modules = len(sys.modules)
