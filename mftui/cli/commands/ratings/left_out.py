"""`mftui ratings not-seen` and `not-interested`: films not to be asked for, or not to be recommended either."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.commands.ratings.changes import any_model, film_in, found, print_change, raw_id_cell
from mftui.cli.shared.completion import complete_title
from mftui.cli.shared.open_model import open_model, run_option
from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line, print_table
from mftui.cli.shared.profile import profile_of, profile_option
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.data.profiles.store import Of, Profile


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what both commands take."""
    back = click.option("--back", is_flag=True, help="Take it back: MOVIE leaves the list.")
    for option in (
        json_option,
        run_option,
        profile_option,
        back,
        click.argument("movie", nargs=-1, shell_complete=complete_title),
    ):
        command = option(command)
    return command


@click.command("not-seen")
@_options
def not_seen(**given: Any) -> None:
    """Never ask for MOVIE, an id or words of a title, as one to rate; without MOVIE, list these films.

    `mftui suggest --ratings @` and You in the app leave it out. It can still be recommended.
    """
    _leave_out("not_seen", **given)


@click.command("not-interested")
@_options
def not_interested(**given: Any) -> None:
    """Neither recommend MOVIE, an id or words of a title, nor ask for it; without MOVIE, list these films.

    `mftui recommend` and `suggest` with `--ratings @`, and You in the app leave it out.
    """
    _leave_out("not_interested", **given)


def _leave_out(
    of: Of, movie: tuple[str, ...], profile_name: str | None, run_text: str | None, *, back: bool, as_json: bool
) -> None:
    from mftui.api.arguments import find_movie
    from mftui.data.profiles.match import Matcher

    profile, text = profile_of(profile_name), " ".join(movie)
    if not text:
        if back:
            raise UsageError("--back needs a movie.", hint=f"mftui ratings {_command(of)} lists them.")
        _list(profile, of, run_text, as_json=as_json)
        return
    if back:
        print_change(profile, profile.remove_rows(film_in(profile, text, of), of), as_json)
        return
    factors = open_model(run_text)[1]
    matcher, index = Matcher(factors), find_movie(factors, text)
    if of == "not_seen" and matcher.rows_of(profile.rows(), index):
        raise UsageError(f"you have rated {factors.movies.titles[index]}, so it is not asked for.")
    change = profile.leave_out(matcher, index, of)
    if not change.after:
        note(f"{factors.movies.titles[index]} was on the list.")
    print_change(profile, change, as_json)


def _list(profile: Profile, of: Of, run_text: str | None, *, as_json: bool) -> None:
    """List the films that are left out, the latest first, with the movies of the model."""
    rows = list(reversed(profile.rows(of)))
    opened = any_model(run_text)
    films = [
        {"title": row.name, "since": row.day or None, "imdb_id": row.imdb_id or None, "movie_id": of_model["movie_id"]}
        for row, of_model in zip(rows, found(opened, rows), strict=True)
    ]
    if as_json:
        run = None if opened is None else opened[0].id
        print_json({"profile": profile.name, "list": of, "run": run, "films": films})
        return
    what = of.replace("_", " ")
    if not films:
        add = f"Mark one: mftui ratings {_command(of)} toy story"
        print_line(f'No film is marked "{what}" in profile {profile.name}. {add}')
        return
    table: list[list[Cell]] = [[film["title"], film["since"], raw_id_cell(film["movie_id"])] for film in films]
    print_table(("title", "since", "movie id"), table, f'Profile {profile.name}: marked "{what}"')


def _command(of: Of) -> str:
    return of.replace("_", "-")
