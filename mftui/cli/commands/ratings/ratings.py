"""`mftui ratings`: list, remove, import and export the ratings in a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mftui.cli.commands.ratings.importing import import_
from mftui.cli.commands.ratings.transfer import export
from mftui.cli.shared.open_model import model_label, open_model, run_option
from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line, print_table
from mftui.cli.shared.profile import counted, profile_of, profile_option, row_document, row_documents
from mftui.errors import DataError, RunError

if TYPE_CHECKING:
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.rows import Rated
    from mftui.data.profiles.store import Change, Profile
    from mftui.engine.model.factors import Factors
    from mftui.runs.store.run import Run

FORMATS = {"rating": "g"}


@click.group()
def ratings() -> None:
    """List, remove, import (Letterboxd, IMDb, Trakt, …) and export your own ratings, in named profiles."""


ratings.add_command(import_)
ratings.add_command(export)


@ratings.command()
@profile_option
@run_option
@json_option
def ls(profile_name: str | None, run_text: str | None, as_json: bool) -> None:
    """List your ratings, the latest first, with the movies of the model.

    Ratings are shown on the model's scale, or, without a model, in stars out of five.
    """
    profile = profile_of(profile_name)
    rows = list(reversed(profile.rows()))
    opened = _any_model(run_text)
    documents = [row_document(row) | found for row, found in zip(rows, _found(opened, rows), strict=True)]
    if as_json:
        run = None if opened is None else opened[0].id
        print_json({"profile": profile.name, "file": str(profile.path), "run": run, "ratings": documents})
        return
    if not rows:
        print_line(f"No ratings in profile {profile.name} yet. Rate one: mftui rate toy story 4.5")
        return
    label = "stars out of five" if opened is None else model_label(opened[0], opened[1])
    table: list[list[Cell]] = [[d["rating"], d["title"], d["rated"], _text(d["movie_id"])] for d in documents]
    columns = ("rating", "title", "rated", "movie id")
    print_table(columns, table, f"Profile {profile.name}: {counted(len(rows))}; {label}", formats=FORMATS)


@ratings.command()
@click.argument("movie", nargs=-1, required=True)
@profile_option
@json_option
def rm(movie: tuple[str, ...], profile_name: str | None, as_json: bool) -> None:
    """Remove your rating of MOVIE: an id, or words of a title that you have rated."""
    profile = profile_of(profile_name)
    _print_change(profile, profile.remove_rows(_rated_film(profile, " ".join(movie))), as_json)


@ratings.command()
@profile_option
@json_option
def undo(profile_name: str | None, as_json: bool) -> None:
    """Undo the last change: a rating, a removal or an import. Again: undo the one before."""
    from mftui.data.profiles.store import Change

    profile = profile_of(profile_name)
    change = profile.undo()
    if change is None:
        note(f"There is nothing to undo in profile {profile.name}.")
    _print_change(profile, change or Change(), as_json)


@ratings.command("profiles")
@json_option
def list_profiles(as_json: bool) -> None:
    """List all profiles; the current one has a star."""
    from mftui.data.profiles.store import current, profiles

    used = current()
    documents = [_profile_document(profile) | {"current": profile.name == used} for profile in profiles()]
    if as_json:
        print_json({"profiles": documents})
        return
    rows: list[list[Cell]] = [["*" * d["current"], d["profile"], d["n_ratings"], d["file"]] for d in documents]
    print_table(("", "profile", "ratings", "file"), rows)


@ratings.command()
@click.argument("name")
@json_option
def use(name: str, as_json: bool) -> None:
    """Use the profile NAME from now on, unless --profile is given. It may be a new one."""
    from mftui.data.profiles.store import choose

    document = _profile_document(choose(name))
    if as_json:
        print_json(document)
        return
    print_line(f"Profile {name}: {counted(document['n_ratings'] or 0)}.")


def _any_model(run_text: str | None) -> tuple[Run, Factors, Matcher] | None:
    """Open the model asked for, or the newest; None if there is none and none was asked for."""
    from mftui.data.profiles.match import Matcher

    try:
        run, factors = open_model(run_text)
    except RunError:
        if run_text is not None:
            raise
        return None
    return run, factors, Matcher(factors)


def _found(opened: tuple[Run, Factors, Matcher] | None, rows: list[Rated]) -> list[dict[str, Any]]:
    """Find for each row the model's movie, and the rating on the model's scale."""
    if opened is None:
        return [{"rating": row.stars, "movie_id": None} for row in rows]
    matcher = opened[2]
    return [
        {"rating": matcher.rating(row), "movie_id": None if match is None else matcher.raw_id(match.movie)}
        for row, match in zip(rows, matcher.find_all(rows), strict=True)
    ]


def _rated_film(profile: Profile, text: str) -> list[Rated]:
    """Return the ratings of the one rated film that `text` names; raises TitleError."""
    import numpy as np

    from mftui.data.ids import Ids
    from mftui.data.profiles.match import name_key
    from mftui.data.storage.string_column import StringColumn
    from mftui.data.titles.search import TitleIndex
    from mftui.data.web_ids import WebIds, imdb_number

    by_id: dict[str, Rated] = {}
    rows = profile.rows()
    for row in rows:
        key = row.movie_id or row.imdb_id or row.title
        while key in by_id:
            key += "'"
        by_id[key] = row
    names = sorted(by_id)
    imdb, tmdb = (
        np.array([imdb_number(text) for text in texts], int)
        for texts in ([by_id[n].imdb_id for n in names], [by_id[n].tmdb_id for n in names])
    )
    titles, ids = [by_id[n].name for n in names], Ids(StringColumn.of(names), "movie")
    index = TitleIndex(titles, ids, np.zeros(len(names), int), WebIds(imdb, tmdb))
    film = name_key(by_id[names[index.resolve(text)]])
    return [row for row in rows if name_key(row) == film]


def _print_change(profile: Profile, change: Change, as_json: bool) -> None:
    """Print what has changed."""
    removed, added = map(row_documents, (change.before, change.after))
    if as_json:
        print_json({"profile": profile.name, "removed": removed, "added": added, "n_ratings": len(profile.rows())})
        return
    rows: list[list[Cell]] = [["removed", d["stars"], d["title"]] for d in removed]
    rows += [["back", d["stars"], d["title"]] for d in added]
    if rows:
        heading = f"Profile {profile.name}: {counted(len(profile.rows()))}"
        print_table(("", "stars", "title"), rows, heading, formats={"stars": "g"})


def _profile_document(profile: Profile) -> dict[str, Any]:
    """Describe a profile with the number of its ratings, None if its file is damaged."""
    try:
        n_ratings = len(profile.rows())
    except DataError as error:
        note(str(error))
        n_ratings = None
    return {"profile": profile.name, "n_ratings": n_ratings, "file": str(profile.path)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
