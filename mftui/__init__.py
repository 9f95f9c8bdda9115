"""mftui: a terminal workbench for matrix factorization."""

__version__ = "0.1.0"
