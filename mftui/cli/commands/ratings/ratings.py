"""`mftui ratings`: list, remove, import and export the ratings in a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mftui.cli.commands.ratings.changes import any_model, film_in, found, print_change, raw_id_cell
from mftui.cli.commands.ratings.importing import import_
from mftui.cli.commands.ratings.left_out import not_interested, not_seen
from mftui.cli.commands.ratings.transfer import export
from mftui.cli.shared.completion import complete_title
from mftui.cli.shared.listing_group import ListingGroup
from mftui.cli.shared.open_model import model_label, run_option
from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line, print_table
from mftui.cli.shared.profile import counted, profile_of, profile_option, row_document
from mftui.errors import DataError

if TYPE_CHECKING:
    from mftui.data.profiles.store import Profile

FORMATS = {"rating": "g"}


@click.group(cls=ListingGroup)
def ratings() -> None:
    """List, remove, import (Letterboxd, IMDb, Trakt, …) and export your own ratings, in named profiles.

    Without a command, as `mftui ratings ls`.
    """


for command in (import_, export, not_seen, not_interested):
    ratings.add_command(command)


@ratings.command()
@profile_option
@run_option
@json_option
def ls(profile_name: str | None, run_text: str | None, as_json: bool) -> None:
    """List your ratings, the latest first, with the movies of the model.

    Ratings are shown on the model's scale, or, without a model, in stars out of five.
    """
    profile = profile_of(profile_name)
    rows = [*profile.rows()][::-1]
    opened = any_model(run_text)
    documents = (row_document(row) | movie for row, movie in zip(rows, found(opened, rows), strict=True))
    if as_json:
        run = None if opened is None else opened[0].id
        print_json({"profile": profile.name, "file": str(profile.path), "run": run, "ratings": [*documents]})
        return
    if not rows:
        print_line(f"No ratings in profile {profile.name} yet. Rate one: mftui rate toy story 4.5")
        return
    label = "stars out of five" if opened is None else model_label(opened[0], opened[1])
    table: list[list[Cell]] = [[d["rating"], d["title"], d["rated"], raw_id_cell(d["movie_id"])] for d in documents]
    columns = ("rating", "title", "rated", "movie id")
    print_table(columns, table, f"Profile {profile.name}: {counted(len(rows))}; {label}", formats=FORMATS)


@ratings.command()
@click.argument("movie", nargs=-1, required=True, shell_complete=complete_title)
@profile_option
@json_option
def rm(movie: tuple[str, ...], profile_name: str | None, as_json: bool) -> None:
    """Remove your rating of MOVIE: an id, or words of a title that you have rated."""
    profile = profile_of(profile_name)
    print_change(profile, profile.remove_rows(film_in(profile, " ".join(movie))), as_json)


@ratings.command()
@profile_option
@json_option
def undo(profile_name: str | None, as_json: bool) -> None:
    """Undo the last change: a rating, a removal, an import, a film left out. Again: undo the one before."""
    from mftui.data.profiles.store import Change

    profile = profile_of(profile_name)
    change = profile.undo()
    if change is None:
        note(f"There is nothing to undo in profile {profile.name}.")
    print_change(profile, change or Change(), as_json)


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


def _profile_document(profile: Profile) -> dict[str, Any]:
    """Describe a profile with the number of its ratings, None if its file is damaged."""
    try:
        n_ratings = len(profile.rows())
    except DataError as error:
        note(str(error))
        n_ratings = None
    return {"profile": profile.name, "n_ratings": n_ratings, "file": str(profile.path)}
