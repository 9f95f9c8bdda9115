"""`mftui rate`: rate a movie."""

from __future__ import annotations

from typing import Any

import click

from mftui.api.rows import movie_row
from mftui.cli.shared.completion import complete_title
from mftui.cli.shared.open_model import open_model, run_document, run_option
from mftui.cli.shared.output import json_option, print_json, print_line
from mftui.cli.shared.profile import counted, profile_of, profile_option


class Stars(click.ParamType[float | str]):
    """A number of stars; where the shell asks how to go on, it may be a word of the title instead."""

    name = "float"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | str:
        if ctx is not None and ctx.resilient_parsing and isinstance(value, str):
            return value
        return float(click.FLOAT.convert(value, param, ctx))


@click.command()
@click.argument("movie", nargs=-1, required=True, shell_complete=complete_title)
@click.argument("stars", type=Stars())
@profile_option
@run_option
@json_option
def rate(movie: tuple[str, ...], stars: float, profile_name: str | None, run_text: str | None, as_json: bool) -> None:
    """Rate MOVIE: `mftui rate toy story 4.5`.

    MOVIE is a movie id or words of a title; STARS is a rating on the model's scale. The rating is saved in your
    profile, which works with every model: `mftui recommend --ratings @` lists what you would like. If you have rated
    the film before, the new rating replaces the old one.
    """
    from mftui.api.arguments import find_movie
    from mftui.data.profiles.match import Matcher

    profile = profile_of(profile_name)
    run, factors = open_model(run_text)
    index = find_movie(factors, " ".join(movie))
    matcher = Matcher(factors)
    change = profile.rate(matcher, index, stars)
    n_ratings, before = change.n_rows, [matcher.rating(row) for row in change.before]
    assert n_ratings is not None
    document = movie_row(factors, index)
    if as_json:
        print_json(
            run_document(run)
            | {"profile": profile.name, "file": str(profile.path), "movie": document, "rating": stars}
            | {"before": before[-1] if before else None, "n_ratings": n_ratings}
        )
        return
    was = f" (was {before[-1]:g})" if before else ""
    print_line(f"{document['title']}: {stars:g}{was}; saved in profile {profile.name}, {counted(n_ratings)}.")
