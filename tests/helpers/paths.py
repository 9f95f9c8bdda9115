"""Where tests find what is not part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def movielens(name: str) -> Path:
    """The directory of a published MovieLens set beside the repository; skips the test where it is missing."""
    directory = SHARED_DATA / name
    if not directory.is_dir():
        pytest.skip(f"{name} is not at ../shared/data beside the repository")
    return directory
