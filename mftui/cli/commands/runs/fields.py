"""Settings of the recipes as columns of `mftui runs ls`."""

from __future__ import annotations

import difflib

import click
from click.shell_completion import CompletionItem

from mftui.errors import UsageError


def all_fields() -> list[str]:
    """Return the names of the fields of all recipes."""
    from mftui.engine.recipes import RECIPES

    return list(dict.fromkeys(field.name for recipe in RECIPES.values() for field in recipe.fields))


def checked_fields(text: str) -> list[str]:
    """Return the names of fields in a text with commas between, each once; raises UsageError for one that no recipe
    has."""
    given = [part.strip().lower().replace("-", "_").replace(" ", "_") for part in text.split(",")]
    known = all_fields()
    for name in filter(None, given):
        if name not in known:
            near = difflib.get_close_matches(name, known, 3, 0.5) or known
            raise UsageError(f"no recipe has a setting {name!r}.", hint=f"For example: {', '.join(near)}.")
    return list(dict.fromkeys(filter(None, given)))


def complete_fields(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the fields that can follow those already typed."""
    before, comma, last = incomplete.rpartition(",")
    return [CompletionItem(f"{before}{comma}{name}") for name in all_fields() if name.startswith(last)]
