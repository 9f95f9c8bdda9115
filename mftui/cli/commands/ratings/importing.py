"""`mftui ratings import`: ratings from other sites and programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.open_model import open_model, run_document, run_option
from mftui.cli.shared.output import Cell, force_option, json_option, note, print_json, print_line, print_table
from mftui.cli.shared.profile import counted, profile_of, profile_option, row_document, row_documents
from mftui.cli.shared.reading_options import Columns
from mftui.errors import DataError
from mftui.text import shell_word

if TYPE_CHECKING:
    from mftui.data.incoming.merge import Imported, Resolved
    from mftui.data.profiles.links import Links
    from mftui.data.profiles.match import Matcher
    from mftui.data.profiles.rated import Rated
    from mftui.data.profiles.store import Profile
    from mftui.engine.model.factors import Factors

MAX_LISTED = 20
"""Films that were not found and are listed in the table; JSON has all."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--of", "top", type=click.Choice(("5", "10", "100")), help="The best possible rating, if the file does not say."
)
@click.option(
    "--columns",
    type=Columns(),
    metavar="title=…,rating=…",
    help="Names of columns, or positions from 1: movie, title, rating, date, year, imdb, tmdb, user, type.",
)
@click.option(
    "--missing",
    multiple=True,
    metavar="VALUE",
    help="What stands for `not rated`, such as 0; may be given several times. `none` keeps every number.",
)
@click.option("--user", metavar="ID", help="Whose ratings to take, of a file with those of several people.")
@click.option("--table", metavar="NAME", help="The sheet or table, of a file that has several.")
@click.option(
    "--unmatched",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Write what is not found to a table: fill in movieId or correct the title, and import it.",
)
@force_option
@click.option("--dry-run", is_flag=True, help="Only show what would be imported.")
@profile_option
@run_option
@json_option
def import_(
    file: Path,
    top: str | None,
    columns: dict[str, str] | None,
    missing: tuple[str, ...],
    user: str | None,
    table: str | None,
    unmatched: Path | None,
    force: bool,
    dry_run: bool,
    profile_name: str | None,
    run_text: str | None,
    as_json: bool,
) -> None:
    """Import your ratings from FILE: an export of Letterboxd, IMDb, Trakt, TMDb, Simkl, … or any table of yours.

    FILE may be a CSV, JSON, a workbook, compressed, a zip or a directory. Films are found by IMDb or TMDb id if the
    data set has links.csv, else by title and year. Films that are not found are listed with similar titles, and kept
    for a model that has them. If a film has two ratings, the later one counts.
    """
    from mftui.data.dataset import Scale
    from mftui.data.incoming.incoming import Wanted, read_incoming
    from mftui.data.incoming.mend import as_mendable
    from mftui.data.incoming.merge import import_into, resolve
    from mftui.data.profiles.match import Matcher
    from mftui.data.storage.results import check_result, write_result

    if unmatched is not None:
        check_result(unmatched, force=force)
    profile = profile_of(profile_name)
    scale = None if top is None else Scale(0, float(top), 0)
    incoming = read_incoming(file, Wanted(columns or {}, missing, user, scale, table))
    run, factors = open_model(run_text)
    matcher = Matcher(factors, _links(factors))
    resolved = resolve(incoming, matcher)
    if unmatched is not None:
        write_result(unmatched, as_mendable(resolved.unmatched, matcher), force=force, private=True)
    done = None if dry_run else import_into(profile, resolved, matcher)
    if as_json:
        print_json(run_document(run) | _import_document(profile, matcher, resolved, done, unmatched))
        return
    _print_import(profile, matcher, resolved, done, unmatched)


def _links(factors: Factors) -> Links:
    """Read ids elsewhere from the data that the model was trained on; none if they cannot be read."""
    from mftui.data.profiles.links import Links, links_of_data

    try:
        return links_of_data(str(factors.meta.get("source") or ""))
    except DataError as error:
        note(f"Films are found by title only: {error}")
        return Links()


def _import_document(
    profile: Profile, matcher: Matcher, resolved: Resolved, done: Imported | None, unmatched: Path | None
) -> dict[str, Any]:
    incoming = resolved.incoming
    return {
        "file": str(incoming.path),
        "format": incoming.kind,
        "read_as": [reading.document() for reading in incoming.readings],
        "scale": [incoming.scale.lo, incoming.scale.hi, incoming.scale.step],
        "profile": profile.name,
        "saved": done is not None,
        "unmatched_file": None if unmatched is None else str(unmatched),
        **_counts(resolved, done),
        "warnings": _warnings(resolved, matcher),
        "matched": [
            row_document(row)
            | {"movie_id": matcher.raw_id(match.movie), "rating": matcher.rating(row), "by": match.how}
            for row, match in resolved.matched
        ],
        "unmatched": [
            row_document(row) | {"nearest": _nearest(matcher, row), "why_not": matcher.contradiction(row) or None}
            for row in resolved.unmatched
        ],
        "not_films": row_documents(resolved.not_films),
    }


def _counts(resolved: Resolved, done: Imported | None) -> dict[str, Any]:
    return {
        "n_ratings": resolved.n_ratings,
        "n_matched": len(resolved.matched),
        "n_unmatched": len(resolved.unmatched),
        "n_not_films": len(resolved.not_films),
        "n_repeated": resolved.n_repeated,
        "n_unrated": resolved.incoming.n_unrated,
        "n_undated": resolved.incoming.n_undated,
        "n_older": None if done is None else len(done.older),
    }


def _warnings(resolved: Resolved, matcher: Matcher) -> list[str]:
    incoming = resolved.incoming
    said = []
    if incoming.n_undated == resolved.n_ratings:
        why = f" ({incoming.why_undated})" if incoming.why_undated else ""
        said.append(f"No dates read{why}: the ratings count as of now, and replace older ones.")
    elif incoming.n_undated:
        said.append(f"{incoming.n_undated} of {resolved.n_ratings} ratings have no date, and count as of now.")
    without = [row.title for row, match in resolved.matched if match.how == "title without a year"]
    if without:
        some = "; ".join(without[:5]) + ("; …" if len(without) > 5 else "")
        said.append(f"{counted(len(without))} found by a title without a year, so check: {some}")
    for (row, match), written in zip(resolved.matched, resolved.as_written, strict=True):
        if match.how != "title" and (other := matcher.other_title(written, match.movie)):
            said.append(f"{written.title} is taken as {row.title} by its id, and not as {other}.")
    return said


def _print_import(
    profile: Profile, matcher: Matcher, resolved: Resolved, done: Imported | None, unmatched: Path | None
) -> None:
    counts, incoming = _counts(resolved, done), resolved.incoming
    for reading in incoming.readings:
        note(reading.sentence())
    for warning in _warnings(resolved, matcher):
        note(warning)
    lines = {
        "found in the model": counts["n_matched"],
        "not found, kept for a model that has them": counts["n_unmatched"],
        "series, episodes or games, left out": counts["n_not_films"],
        "replaced by a later rating in the file, left out": counts["n_repeated"],
        "lines without a rating": counts["n_unrated"],
        "older than the rating in your profile, left out": counts["n_older"],
    }
    where = f"saved in profile {profile.name}" if done is not None else "nothing saved (dry run)"
    best = f"{incoming.scale.hi:g} is the highest possible"
    heading = f"{incoming.path} ({incoming.kind}): {counted(resolved.n_ratings)}, {best}; {where}"
    print_table(("", ""), [[n, text] for text, n in lines.items() if n], heading)
    shown = resolved.unmatched[:MAX_LISTED]
    if not shown:
        return
    rows: list[list[Cell]] = [[row.name, row.stars, _instead(matcher, row)] for row in shown]
    print_line()
    print_table(("not found", "stars", "nearest in the model"), rows, formats={"stars": "g"})
    if len(resolved.unmatched) > MAX_LISTED:
        note(f"{MAX_LISTED} of {len(resolved.unmatched)} are shown; --json has all.")
    if unmatched is not None:
        note(
            f"They are in {unmatched}: fill in movieId or correct the title, then "
            f"mftui ratings import {shell_word(unmatched)}"
        )
    else:
        note("To correct them in a table and import it: --unmatched FILE.csv")


def _instead(matcher: Matcher, row: Rated) -> str | None:
    """Say why the movie of that title is not meant, else which movies may be."""
    nearest = "; ".join(near["title"] for near in _nearest(matcher, row))
    return matcher.contradiction(row) or nearest or None


def _nearest(matcher: Matcher, row: Rated) -> list[dict[str, Any]]:
    return [{"movie_id": matcher.raw_id(movie), "title": matcher.titles[movie]} for movie in matcher.nearest(row)]
