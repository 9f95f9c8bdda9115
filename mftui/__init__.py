"""mftui: matrix factorization of movie ratings, in a terminal and from Python.

The public names are imported when first asked for: `import mftui` loads no other package.

May import: api, api.two_models, cli, data.storage.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mftui.version import __version__

if TYPE_CHECKING:
    from mftui.api.datasets import Dataset, read_ratings
    from mftui.api.model import Model
    from mftui.api.own_ratings import own_ratings
    from mftui.api.runs import open_run
    from mftui.api.training import train
    from mftui.api.two_models.comparison import Comparison, compare

__all__ = [
    "Comparison",
    "Dataset",
    "Model",
    "__version__",
    "compare",
    "open_run",
    "own_ratings",
    "read_ratings",
    "train",
]

_MODULES = {
    "Comparison": "mftui.api.two_models.comparison",
    "Dataset": "mftui.api.datasets",
    "Model": "mftui.api.model",
    "compare": "mftui.api.two_models.comparison",
    "open_run": "mftui.api.runs",
    "own_ratings": "mftui.api.own_ratings",
    "read_ratings": "mftui.api.datasets",
    "train": "mftui.api.training",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module 'mftui' has no attribute {name!r}")
    globals()[name] = getattr(import_module(_MODULES[name]), name)
    return globals()[name]


def __dir__() -> list[str]:
    """Return the public names, imported or not; what this module itself needs is no part of them."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
