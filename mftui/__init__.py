"""mftui: a terminal workbench for matrix factorization."""

from mftui.version import __version__

__all__ = ["__version__"]
