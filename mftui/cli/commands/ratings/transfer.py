"""`mftui ratings import` and `mftui ratings export`: exchange ratings with other sites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.open_model import open_model, run_document, run_option
from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line, print_table
from mftui.cli.shared.profile import counted, profile_of, profile_option, row_document, row_documents
from mftui.errors import DataError, UsageError

if TYPE_CHECKING:
    from mftui.data.profiles.match import Matcher
    from mftui.data.incoming.merge import Imported, Resolved
    from mftui.data.profiles.rows import Rated
    from mftui.data.profiles.store import Profile
    from mftui.engine.model.factors import Factors

MAX_LISTED = 20
"""Films that were not found and are listed in the table; JSON has all."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--of", "top", type=click.Choice(("5", "10", "100")), help="The best possible rating, if the file does not say."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be imported.")
@profile_option
@run_option
@json_option
def import_(
    file: Path, top: str | None, dry_run: bool, profile_name: str | None, run_text: str | None, as_json: bool
) -> None:
    """Import ratings: ratings.csv (or the zip) from Letterboxd, the ratings export of IMDb, or a MovieLens CSV.

    Films are found by IMDb id if the data set has links.csv, else by title and year. Films that are not found are
    listed with similar titles, and kept for a model that has them. If a film has two ratings, the later one counts.
    """
    from mftui.data.dataset import Scale
    from mftui.data.incoming.incoming import read_incoming
    from mftui.data.profiles.match import Matcher
    from mftui.data.incoming.merge import import_into, resolve

    profile = profile_of(profile_name)
    incoming = read_incoming(file, None if top is None else Scale(0, float(top), 0))
    run, factors = open_model(run_text)
    matcher = Matcher(factors, _links(factors))
    resolved = resolve(incoming, matcher)
    done = None if dry_run else import_into(profile, resolved, matcher)
    if as_json:
        print_json(run_document(run) | _import_document(profile, matcher, resolved, done))
        return
    _print_import(profile, matcher, resolved, done)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", "kind", type=click.Choice(("movielens", "letterboxd")), default="movielens", show_default=True,
    help="A CSV as MovieLens has it, with titles, or one for letterboxd.com/import.",
)  # fmt: skip
@profile_option
@json_option
def export(file: Path, kind: str, profile_name: str | None, as_json: bool) -> None:
    """Export your ratings to FILE, and replace what is there."""
    from mftui.data.profiles.rows import as_csv, as_letterboxd
    from mftui.data.storage.writing import write_text

    profile = profile_of(profile_name)
    rows = profile.rows()
    target = file.resolve()
    if target.exists() and not target.is_file():
        raise UsageError(f"{file} is not a file, and cannot be replaced.", hint="Give another file.")
    try:
        write_text(target, as_letterboxd(rows) if kind == "letterboxd" else as_csv(rows))
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).", hint="Give another file.") from error
    if as_json:
        print_json({"profile": profile.name, "file": str(file), "format": kind, "n_ratings": len(rows)})
        return
    print_line(f"{counted(len(rows))} of profile {profile.name} written to {file}.")


def _links(factors: Factors) -> dict[int, str]:
    """Read IMDb's ids from the data that the model was trained on; none if they cannot be read."""
    from mftui.data.profiles.links import read_links

    try:
        return read_links(str(factors.meta.get("source") or ""))
    except DataError as error:
        note(f"Films are found by title only: {error}")
        return {}


def _import_document(profile: Profile, matcher: Matcher, resolved: Resolved, done: Imported | None) -> dict[str, Any]:
    return {
        "file": str(resolved.incoming.path),
        "format": resolved.incoming.kind,
        "scale": [resolved.incoming.scale.lo, resolved.incoming.scale.hi, resolved.incoming.scale.step],
        "profile": profile.name,
        "saved": done is not None,
        **_counts(resolved, done),
        "matched": [
            row_document(row)
            | {"movie_id": matcher.raw_id(match.movie), "rating": matcher.rating(row), "by": match.how}
            for row, match in resolved.matched
        ],
        "unmatched": [row_document(row) | {"nearest": _nearest(matcher, row)} for row in resolved.unmatched],
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
        "n_older": None if done is None else len(done.older),
    }


def _print_import(profile: Profile, matcher: Matcher, resolved: Resolved, done: Imported | None) -> None:
    counts, incoming = _counts(resolved, done), resolved.incoming
    lines = {
        "found in the model": counts["n_matched"],
        "not found, kept for a model that has them": counts["n_unmatched"],
        "series, episodes or games, left out": counts["n_not_films"],
        "replaced by a later rating in the file, left out": counts["n_repeated"],
        "lines without a rating": counts["n_unrated"],
        "older than the rating in your profile, left out": counts["n_older"],
    }
    where = f"saved in profile {profile.name}" if done is not None else "nothing saved (dry run)"
    best = f", of {incoming.scale.hi:g}"
    heading = f"{incoming.path}: {counted(resolved.n_ratings)} ({incoming.kind}{best}); {where}"
    print_table(("", ""), [[n, text] for text, n in lines.items() if n], heading)
    shown = resolved.unmatched[:MAX_LISTED]
    if not shown:
        return
    rows: list[list[Cell]] = [
        [row.title, row.stars, "; ".join(near["title"] for near in _nearest(matcher, row)) or None] for row in shown
    ]
    click.echo()
    print_table(("not found", "stars", "nearest in the model"), rows, formats={"stars": "g"})
    if len(resolved.unmatched) > MAX_LISTED:
        note(f"{MAX_LISTED} of {len(resolved.unmatched)} are shown; --json has all.")


def _nearest(matcher: Matcher, row: Rated) -> list[dict[str, Any]]:
    return [{"movie_id": matcher.raw_id(movie), "title": matcher.titles[movie]} for movie in matcher.nearest(row)]
