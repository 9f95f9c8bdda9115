"""Long tests: `pytest` leaves out those marked `long`, `pytest --long -m long` runs them alone.

`pytest tests/faults tests/fuzz --long` is the long form of the tests by chance too.
"""

from __future__ import annotations

import gc
import os
import sys

import pytest
from helpers import chance

SLOWEST = ("faults/test_hostile_homes.py", "faults/test_hostile_screens.py", "recipes/test_contract.py",
           "recipes/test_units.py", "faults/test_kills.py", "tui/test_bindings.py", "faults/test_slurm.py",
           "faults/test_half_way.py", "tui/test_dumps.py", "faults/test_workers.py", "api/test_examples.py",
           "cli/test_train.py", "api/test_train.py")  # fmt: skip
"""Files that take long are begun first, so that no process is left alone with one of them at the end."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes are started: only the first one compiles
sys.dont_write_bytecode = False


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="Long tests too; hundreds of kills, thousands of damaged files."
    )


def pytest_configure(config: pytest.Config) -> None:
    chance.LONG = bool(config.getoption("--long"))
    gc.set_threshold(10_000, 20, 20)  # a tenth of the time of an app's tests


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if item.get_closest_marker("long") and not chance.LONG]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    chosen = [item for item in items if chance.LONG or not item.get_closest_marker("long")]
    items[:] = sorted(chosen, key=lambda item: "/".join(item.path.parts[-2:]) not in SLOWEST)
    if chance.LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(2_400))


_known_modules = 0


def pytest_runtest_setup() -> None:
    """Leave what has been imported (TensorFlow's objects above all) out of garbage collections."""
    global _known_modules
    if len(sys.modules) > _known_modules + 100:
        gc.collect()
        gc.freeze()
        _known_modules = len(sys.modules)
