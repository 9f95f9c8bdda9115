"""What the shell offers when one presses tab: runs, data sets, presets, titles. Nothing here fails or prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from mftui.runs.store.run import Run

_MAX_WORDS = 60
"""Words of titles that are offered at once."""
Completed = list[CompletionItem]


def _safely(find: Callable[[click.Context, str], Iterable[CompletionItem]]) -> Callable[..., Completed]:
    """Make `find` what click calls: what cannot be read offers nothing, and what was found before stays."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
        found = []
        with suppress(Exception):
            for item in find(ctx, incomplete):
                found.append(item)
        return found

    return complete


@_safely
def complete_run(ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
    """Offer the names of runs, the newest first, and "latest"; ids once a digit is typed."""
    from mftui.runs.store.naming import LATEST, is_name
    from mftui.runs.store.run import names_of, runs_and_configs

    listed = runs_and_configs()
    names, runs = names_of(listed), [run for run, _ in listed]
    if runs and LATEST.startswith(incomplete):
        yield CompletionItem(LATEST, help=names[runs[0].id])
    for run in runs:
        if names[run.id].startswith(incomplete) and is_name(names[run.id]):
            yield CompletionItem(names[run.id], help=_about(run))
        elif incomplete[:1].isdigit() and run.id.startswith(incomplete):
            yield CompletionItem(run.id, help=_about(run))


def _about(run: Run) -> str:
    with suppress(Exception):  # one bad run costs its own description
        return ", ".join(part for part in (run.known_config().dataset_label, run.state) if part)
    return ""


@_safely
def complete_deleted(ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
    """Offer the ids of runs in the trash."""
    from mftui.runs.store.trash import deleted_runs

    return [CompletionItem(one.run.id) for one in deleted_runs() if one.run.id.startswith(incomplete)]


@_safely
def complete_data(ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
    """Offer the data sets that have a name; where none begins so, files."""
    return [*_data_sets(incomplete)] or [CompletionItem(incomplete, type="file")]


@_safely
def complete_name_of_data(ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
    """Offer the data sets that have a name."""
    return _data_sets(incomplete)


def _data_sets(incomplete: str) -> Iterable[CompletionItem]:
    from mftui.data.sources.catalogue import CATALOGUE

    found = (entry for entry in CATALOGUE.values() if entry.name.startswith(incomplete))
    return (CompletionItem(entry.name, help=entry.title) for entry in found)


@_safely
def complete_preset(ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
    """Offer the presets of the recipe that is given, else of all."""
    from mftui.engine.recipes import RECIPES

    given = ctx.params.get("recipe")
    recipes = [RECIPES[given]] if given in RECIPES else [*RECIPES.values()]
    presets = {preset.name: preset for recipe in recipes for preset in recipe.presets}
    return [CompletionItem(name, help=p.summary) for name, p in presets.items() if name.startswith(incomplete)]


@_safely
def complete_title(ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
    """Offer the next word of titles that have those before it, of the most rated films first; letters and digits alone,
    so that no shell has to quote them."""
    from mftui.data.titles.title import words_of
    from mftui.runs.store.run import find_usable

    run = ctx.params.get("run_text") or next(iter(ctx.params.get("run_texts") or ()), None)
    model = find_usable(run).load_factors()
    typed = [*(ctx.params.get("movie") or ()), *filter(None, [ctx.params.get("stars")])]
    before, start = words_of(" ".join(typed)) if typed else [], "".join(words_of(incomplete))
    found: dict[str, str] = {}
    for movie in (-model.movie_counts).argsort(kind="stable").tolist():
        title = model.movies.titles[movie]
        words = words_of(title)
        if words[: len(before)] == before:
            for word in words[len(before) : len(before) + 1]:
                if word.startswith(start):
                    found.setdefault(word, title)
        if len(found) == _MAX_WORDS:
            break
    return [CompletionItem(word, help=title) for word, title in found.items()]
