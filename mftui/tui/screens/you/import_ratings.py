"""Import ratings from a file: asked for in one dialog, shown as they were read in another, then saved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.data.reading.options import columns_said
from mftui.errors import MftuiError, UsageError
from mftui.paths import working_dir
from mftui.tui.dialogs.choice import ChoiceDialog, Option
from mftui.tui.dialogs.fields import Field, FieldsDialog

if TYPE_CHECKING:
    from textual.screen import Screen

    from mftui.data.incoming.merge import Resolved
    from mftui.tui.screens.you.ratings_store import ProfileStore

_SHOWN = 3
"""Films that are named: of those that were found, and of those that were not."""


def import_ratings(screen: Screen[None], store: ProfileStore) -> None:
    """Ask for a file and read it; where it cannot be read, or as it was read is not as wanted, ask again."""
    said: dict[str, str] = {}

    def ask(title: str) -> None:
        screen.app.push_screen(_dialog(title, said), answered)

    def answered(answer: dict[str, Any] | None) -> None:
        if answer is not None:
            said.update(answer)
            screen.run_worker(read(), group="import")

    async def read() -> None:
        try:
            resolved = await asyncio.to_thread(lambda: store.read_file(Path(said["file"]), _wanted(said)))
        except MftuiError as error:
            ask(f"{error.message} {_without_options(error.hint)}".strip())
            return
        question, options = _question(resolved)
        screen.app.push_screen(ChoiceDialog(question, options), lambda choice: decided(resolved, choice))

    def decided(resolved: Resolved, choice: str | None) -> None:
        if choice == "change":
            ask("Read otherwise:")
        elif choice is not None:
            store.bring(resolved, _mend_file(resolved) if choice == "write" else None)

    ask("Import ratings")


def _dialog(title: str, said: Mapping[str, str]) -> FieldsDialog:
    roles = "movie, title, rating, date, year, imdb, tmdb, user, type"
    fields = (
        ("file", "file", "An export of Letterboxd, IMDb, Trakt, … (also its zip), or a table with titles.", _file),
        ("columns", "columns", f"Where the names do not tell: title=…,rating=…; there are {roles}.", _columns),
        (
            "missing",
            "not rated",
            "What stands for `not rated`, such as 0; `none`: every number is a rating.",
            str.strip,
        ),
        ("user", "whose", "Whose ratings to take, of a file with those of several people.", str.strip),
        ("table", "sheet", "The sheet or table, of a file that has several.", str.strip),
    )
    return FieldsDialog(
        title, [Field(name, label, said.get(name, ""), help, parse) for name, label, help, parse in fields]
    )


def _wanted(said: Mapping[str, str]) -> Any:
    from mftui.data.incoming.incoming import Wanted

    columns = columns_said(said["columns"]) if said["columns"] else {}
    return Wanted(columns, tuple(said["missing"].split()), said["user"] or None, table=said["table"] or None)


def _file(text: str) -> str:
    file = working_dir() / Path(text.strip()).expanduser()
    if not text.strip():
        raise UsageError("a file is needed.")
    if not file.exists():
        raise UsageError(f"there is no {file.name} in {file.parent}.")
    return str(file)


def _columns(text: str) -> str:
    if text.strip():
        columns_said(text)
    return text.strip()


def _without_options(hint: str) -> str:
    """Return a hint in words of this dialog instead of options of the command line."""
    if "--user" in hint:
        return "Say whose to take."
    for option, label in (("--columns", "columns"), ("--missing", "not rated"), ("--table", "sheet")):
        hint = hint.replace(f"{option} ", f"{label}: ")
    return hint


def _question(resolved: Resolved) -> tuple[str, list[Option]]:
    incoming, n_missing = resolved.incoming, len(resolved.unmatched)
    lines = [reading.sentence() for reading in incoming.readings[:1]]
    counts = [f"{len(resolved.matched):,} of {resolved.n_ratings:,} ratings found"]
    counts += [f"{len(resolved.not_films):,} series, episodes or games left out"] if resolved.not_films else []
    counts += [f"{resolved.n_repeated:,} replaced by a later one of the same film"] if resolved.n_repeated else []
    counts += [f"{incoming.n_unrated:,} lines without a rating"] if incoming.n_unrated else []
    lines.append("; ".join(counts) + ".")
    if incoming.n_undated == resolved.n_ratings:
        lines.append("No dates read: the ratings count as of now.")
    if resolved.matched:
        first = [f"{rated.title} {rated.stars:g}" for rated, _ in resolved.matched[:_SHOWN]]
        lines.append(f"The first, in stars: {'; '.join(first)}.")
    if n_missing:
        more = ", …" if n_missing > _SHOWN else ""
        names = ", ".join(row.name for row in resolved.unmatched[:_SHOWN])
        lines.append(f"Not found ({n_missing:,}), kept for a model that has them: {names}{more}.")
    options = [Option("y", "import", "Yes", "Import them; u undoes it.")]
    if n_missing:
        options.append(Option("b", "write", "Yes, both", "Import them, and write what is not found as a table."))
    options.append(Option("c", "change", "Change", "Read the file otherwise."))
    return " ".join(lines), options


def _mend_file(resolved: Resolved) -> Path:
    from mftui.data.storage.results import free_name

    file = resolved.incoming.path
    return free_name(file.with_name(f"{file.stem}-not-found.csv"))
