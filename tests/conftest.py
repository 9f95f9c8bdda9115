"""The long form of the tests by chance (faults, fuzzing): `pytest tests/faults tests/fuzz --long`."""

from __future__ import annotations

import pytest
from helpers import chance


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="Hundreds of kills, thousands of damaged files.")


def pytest_configure(config: pytest.Config) -> None:
    chance.LONG = bool(config.getoption("--long"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chance.LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(2_400))
