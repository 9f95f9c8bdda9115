"""`mftui runs rename | note | tag | rm | restore | trash | prune`: label, delete and restore runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from mftui.cli.shared import output
from mftui.cli.shared.completion import complete_deleted, complete_run
from mftui.cli.shared.output import json_option, print_json, print_line, print_table
from mftui.runs.store.naming import checked_name, local_time
from mftui.runs.store.notes import Notes, change_notes, checked_note, checked_tags
from mftui.runs.store.run import Run, find_run
from mftui.runs.store.summary import human, size_of
from mftui.runs.store.trash import (
    Deleted,
    deleted_runs,
    find_deleted,
    prune,
    remove_run,
    require_deletable,
    restore_run,
)
from mftui.text import shell_word

one_run = click.argument("run", shell_complete=complete_run)
some_runs = click.argument("names", metavar="RUN...", nargs=-1, required=True, shell_complete=complete_run)


def runs_called(names: tuple[str, ...]) -> list[Run]:
    """Return the runs that `names` mean, each once; raises RunError."""
    return list(dict.fromkeys(find_run(name) for name in names))


@click.command()
@one_run
@click.argument("name")
@json_option
def rename(run: str, name: str, as_json: bool) -> None:
    """Change the name of RUN to NAME ("" removes it). The id stays."""
    checked = checked_name(name)
    _change(run, lambda notes: replace(notes, name=checked), as_json)


@click.command()
@one_run
@click.argument("text", nargs=-1, required=True)
@json_option
def note(run: str, text: tuple[str, ...], as_json: bool) -> None:
    """Write a note on RUN ("" removes it)."""
    checked = checked_note(" ".join(text))
    _change(run, lambda notes: replace(notes, note=checked), as_json)


@click.command()
@one_run
@click.argument("tags", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Remove these tags.")
@json_option
def tag(run: str, tags: tuple[str, ...], remove: bool, as_json: bool) -> None:
    """Add TAGS to RUN."""
    given = checked_tags(tags)

    def changed(notes: Notes) -> Notes:
        kept = [tag for tag in notes.tags if tag not in given] if remove else [*notes.tags, *given]
        return replace(notes, tags=checked_tags(kept))

    _change(run, changed, as_json)


@click.command()
@some_runs
@json_option
def rm(names: tuple[str, ...], as_json: bool) -> None:
    """Move runs to the trash, unless one is being trained. `mftui runs restore` brings them back."""
    found = runs_called(names)
    for run in found:  # all or none
        require_deletable(run)
    for run in found:
        remove_run(run)
    if as_json:
        return print_json({"removed": [run.id for run in found]})
    for run in found:
        print_line(f"{run.id}: moved to the trash; `mftui runs restore {shell_word(run.id)}` brings it back")
    return None


@click.command()
@click.argument("names", metavar="[RUN...]", nargs=-1, shell_complete=complete_deleted)
@json_option
def restore(names: tuple[str, ...], as_json: bool) -> None:
    """Restore runs from the trash; without RUN, the one deleted last."""
    found = [find_deleted(name) for name in names] or deleted_runs()[:1]
    restored = [restore_run(one).id for one in dict.fromkeys(found)]
    if as_json:
        return print_json({"restored": restored})
    for run in restored:
        print_line(f"{run}: restored")
    if not restored:
        print_line("The trash is empty.")
    return None


@click.command()
@json_option
def trash(as_json: bool) -> None:
    """List the trash, the last deleted first."""
    found = [(one, size_of(one.run.path)) for one in deleted_runs()]
    if as_json:
        return print_json({"trash": [_deleted(one, size) for one, size in found]})
    if not found:
        return print_line("The trash is empty.")
    rows = [[one.run.id, one.run.name, _when(one), human(size)] for one, size in found]
    return print_table(["run", "name", "deleted", "size"], rows)


@click.command("prune")
@click.option(
    "--older-than", "days", default=0.0, type=click.FloatRange(0), help="Only runs deleted at least this many DAYS ago."
)
@json_option
def empty(days: float, as_json: bool) -> None:
    """Empty the trash: delete its runs for good."""
    gone = prune(days * 86_400)
    freed = sum(one.size for one in gone)
    if as_json:
        return print_json({"pruned": [one.name for one in gone], "freed_bytes": freed})
    if not gone:
        return print_line("Nothing to delete.")
    for one in gone:
        print_line(f"{one.name}: deleted for good")
    return print_line(f"{human(freed)} freed")


ACTIONS = (rename, note, tag, rm, restore, trash, empty)


def _change(text: str, change: Callable[[Notes], Notes], as_json: bool) -> None:
    """Change the notes of the run that `text` means, and print them."""
    run = find_run(text)
    notes, damaged = change_notes(run.path, change)
    if damaged is not None:
        output.note(f"The notes of {run.id} were damaged. They are kept as {damaged}, and begin anew.")
    name = notes.name_over(run.known_config().name)
    if as_json:
        return print_json({"run": run.id, "name": name, "note": notes.note, "tags": notes.tags})
    parts = {"name": name, "note": notes.note, "tags": " ".join(notes.tags)}
    said = ", ".join(f"{part} {text!r}" for part, text in parts.items() if text)
    return print_line(f"{run.id}: {said or 'no name, no note, no tags'}")


def _deleted(one: Deleted, size: int) -> dict[str, Any]:
    return {"run": one.run.id, "name": one.run.name or None, "deleted": _when(one), "size_bytes": size}


def _when(one: Deleted) -> str:
    return local_time(one.at).isoformat(timespec="seconds")
