"""`mftui ratings export`: ratings for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from mftui.cli.shared.output import force_option, json_option, print_json, print_line
from mftui.cli.shared.profile import counted, profile_of, profile_option


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", "kind", type=click.Choice(("movielens", "letterboxd")), default="movielens", show_default=True,
    help="A CSV as MovieLens has it, with titles, or one for letterboxd.com/import.",
)  # fmt: skip
@profile_option
@force_option
@json_option
def export(file: Path, kind: str, profile_name: str | None, force: bool, as_json: bool) -> None:
    """Export your ratings to FILE, which only you can read."""
    from mftui.data.profiles.rows import as_csv, as_letterboxd
    from mftui.data.storage.results import write_result

    profile = profile_of(profile_name)
    rows = profile.rows()
    text = as_letterboxd(rows) if kind == "letterboxd" else as_csv(rows)
    write_result(file, text, force=force, private=True)
    if as_json:
        print_json({"profile": profile.name, "file": str(file), "format": kind, "n_ratings": len(rows)})
        return
    print_line(f"{counted(len(rows))} of profile {profile.name} written to {file}.")
