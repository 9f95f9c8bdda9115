"""`mftui suggest`: which movies to rate next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mftui.api.rows import movie_row
from mftui.cli.shared.movie_lists import (
    count_option,
    filter_options,
    genres_cell,
    print_list,
    spread_note,
    without_year,
)
from mftui.cli.shared.open_model import model_label, open_model, run_document, run_option
from mftui.cli.shared.output import Cell, json_option, print_json
from mftui.cli.shared.viewer import find_viewer, viewer_options


@click.command()
@viewer_options
@run_option
@count_option
@filter_options
@json_option
def suggest(
    user: str | None, ratings_file: Path | None, run_text: str | None, n: int, where: Any, as_json: bool
) -> None:
    """Suggest movies to rate next: those whose ratings would say most about a person.

    The person is USER, or whoever made the ratings in --ratings FILE, or, without both, somebody of whom nothing is
    known. "info gain" is the share of the uncertainty of all predictions that a rating would remove. "P(seen)" is the
    probability that they have seen the movie; "would like" is its predicted rating, and ± the same as in `mftui
    recommend`: 90 % of ratings lie so near to the prediction. Movies are chosen one after another, as if those above
    were rated.
    """
    import numpy as np

    from mftui.api.person import Person
    from mftui.engine.query.suggest import suggest as suggest_movies

    run, factors = open_model(run_text)
    viewer = None if user is None and ratings_file is None else find_viewer(factors, user, ratings_file)
    nothing = np.array([], dtype=np.int64), np.array([], dtype=np.float32)
    person = Person.with_ratings(factors, None, *nothing) if viewer is None else viewer.person
    rated = () if person.index is None else factors.history.of_user(person.index).movies
    skipped = np.concatenate([rated, person.not_seen, person.not_interested]).astype(np.int64)
    row = person.row(factors) if viewer is not None else None
    found = suggest_movies(factors, person.folded_in(factors), n, row=row, skipped=skipped, where=where)
    reach = [None] * len(found.movies) if found.plus_minus is None else found.plus_minus
    numbers = zip(found.seen, found.predicted, reach, found.gains, strict=True)
    documents = [
        without_year(movie_row(factors, movie))
        | dict(zip(("seen", "predicted", "plus_minus", "gain"), row, strict=True))
        for movie, row in zip(found.movies, numbers, strict=True)
    ]
    if as_json:
        raw = None if viewer is None else viewer.raw
        print_json(run_document(run) | {"user": raw, "n_ratings": len(person.movies), "suggestions": documents})
        return
    rows: list[list[Cell]] = [
        [
            f"{x['gain']:.1%}",
            f"{x['seen']:.0%}",
            x["predicted"],
            x["plus_minus"],
            x["title"],
            genres_cell(x),
            x["n_ratings"],
            str(x["movie_id"]),
        ]
        for x in documents
    ]
    label = "somebody without ratings" if viewer is None else viewer.label
    columns = ["info gain", "P(seen)", "would like", "±", "title", "genres", "ratings", "movie id"]
    short = f"{len(rows)} of {n} listed: there are no other movies to ask about." if len(rows) < n else ""
    reason = f"{short} {spread_note(factors)}".strip()
    print_list(columns, rows, f"Movies to rate next, for {label}; {model_label(run, factors)}", reason)
