"""How models and data sets show themselves: one line, and a small table in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from mftui.text import visible

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.runs.store.run import Run

_LEFT = "style='text-align:left'"


def one_line(text: str, facts: Mapping[str, str]) -> str:
    """Return `text` with the facts put in, safe for a terminal."""
    return visible(text.format(**facts))


def html_table(heading: str, facts: Mapping[str, str]) -> str:
    """Return a table of names and values; all of it is text, whatever is in it."""
    rows = "".join(
        f"<tr><th {_LEFT}>{escape(name)}</th><td {_LEFT}>{escape(visible(value))}</td></tr>"
        for name, value in facts.items()
    )
    return f"<table><caption {_LEFT}>{escape(heading)}</caption>{rows}</table>"


def model_facts(factors: Factors, run: Run | None) -> dict[str, str]:
    """Return what a model is, by name."""
    members, meta = factors.parameters.members, factors.meta
    return {
        "recipe": str(meta.get("recipe", "unknown recipe")),
        "factors": f"{factors.n_factors}" if members == 1 else f"{members} × {factors.n_factors // members}",
        "data": str(meta.get("dataset", "unknown data")),
        "users": f"{factors.n_users:,}",
        "movies": f"{factors.n_movies:,}",
        "ratings": f"{len(factors.history.movies):,}",
        "test": str(meta.get("split", "unknown split")),
        "run": "in memory" if run is None else f"{run.id} ({run.state})",
    }
