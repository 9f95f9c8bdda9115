"""`mftui similar`: the movies most like one movie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mftui.api.rows import movie_row, neighbour_rows
from mftui.cli.shared.completion import complete_title
from mftui.cli.shared.movie_lists import count_option, genres_cell, min_ratings_option, print_list, without_year
from mftui.cli.shared.open_model import model_label, open_model, run_document
from mftui.cli.shared.output import json_option, print_json
from mftui.cli.shared.two_runs import TwoRuns, answer_document, only, open_two, print_answer, runs_option

if TYPE_CHECKING:
    from mftui.engine.query.approximate import Found

METRICS = ("cosine", "dot", "euclidean")
BLOCKS = {"taste": "taste", "audience": "audience", "both": "taste and audience"}


@click.command()
@click.argument("movie", nargs=-1, required=True, shell_complete=complete_title)
@runs_option
@count_option
@click.option(
    "--metric",
    type=click.Choice(METRICS),
    default="cosine",
    show_default=True,
    help="How similarity is measured: by direction; by the dot product, as a share of the movie's own, so that 1 is "
    "the movie itself; or by distance, of which the smallest comes first.",
)
@click.option(
    "--by",
    type=click.Choice(("taste", "audience", "both")),
    help="Compare what people thought of the movies, who watched them, or both [default: both if the model has both].",
)
@click.option(
    "--shrink/--no-shrink",
    default=True,
    show_default=True,
    help="Count movies with few ratings for less; the 2019 post did not. Cosine and dot are multiplied by n/(n+20), n "
    "being the training ratings; a distance is divided by it. Without the audience part: n/(n+5).",
)
@min_ratings_option
@click.option(
    "--index",
    "search",
    type=click.Choice(("exact", "approximate")),
    help="Compare with every movie, or use an index if that is slow (extra `ann`) [default: the setting `neighbours`].",
)
@json_option
def similar(
    movie: tuple[str, ...],
    run_texts: tuple[str, ...],
    n: int,
    metric: Any,
    by: Any,
    shrink: bool,
    min_ratings: int,
    search: Any,
    as_json: bool,
) -> None:
    """List the movies most like MOVIE, by the factors that the model learned.

    MOVIE is a movie id or words of a title: `mftui similar toy story`. An exact title comes first. If several movies
    match, they are listed. A number is a movie id; it is a title only if no movie has that id. If the data has a
    links.csv, tt0114709 (IMDb) and tmdb:862 (TMDb) name a movie too.

    With --run A --run B the neighbours of both runs stand in one table: their places in A (1) and B (2), and whether a
    movie is new, gone, up or down in B. Runs on different data are matched by movie id.
    """
    from mftui.api.arguments import find_movie, movie_filter
    from mftui.engine.query.approximate import find_similar
    from mftui.engine.query.neighbours import best_by, has_neighbours
    from mftui.settings import load_settings

    search = search or load_settings().neighbours
    if (both := open_two(run_texts)) is not None:
        options = {"metric": metric, "shrink": shrink, "where": movie_filter(None, None, min_ratings), "search": search}
        return _in_both(both, " ".join(movie), n, by, options, as_json)
    run, factors = open_model(only(run_texts))
    by = best_by(factors, by)
    index = find_movie(factors, " ".join(movie))
    reason = ""
    found: Found | None = None
    if has_neighbours(factors, index, by):
        where = movie_filter(None, None, min_ratings)
        found = find_similar(factors, index, n, metric=metric, by=by, where=where, search=search, shrink=shrink)
        neighbours = [without_year(row) for row in neighbour_rows(factors, found.movies, found.scores)]
        if len(neighbours) < n:
            rated = f" with at least {min_ratings} ratings" if min_ratings else ""
            reason = f"The model was trained on only {len(neighbours)} other movies{rated}."
    else:
        neighbours = []
        reason = "The model was trained on no rating of this movie, so it cannot compare it with others."
    document = movie_row(factors, index)
    if as_json:
        print_json(
            run_document(run)
            | {
                "movie": document,
                "metric": metric,
                "by": by,
                "shrink": shrink,
                "neighbours": neighbours,
                "note": reason,
            }
            | {"search": found and {"by": found.search, "recall_at_10": found.recall, "note": found.note}}
        )
        return None
    rows = [[x["score"], x["title"], genres_cell(x), x["n_ratings"], str(x["movie_id"])] for x in neighbours]
    how_reduced = "" if shrink else ", not reduced where ratings are few"
    title = f"Neighbours of {document['title']} by {metric}, {BLOCKS[by]}{how_reduced}; {model_label(run, factors)}"
    how = found.label if found else ""
    print_list([metric, "title", "genres", "ratings", "movie id"], rows, title, " ".join(filter(None, (reason, how))))
    return None


def _in_both(both: TwoRuns, movie: str, n: int, by: Any, options: dict[str, Any], as_json: bool) -> None:
    """List the neighbours in two runs."""
    from mftui.api.two_models.answers import similar_in_both
    from mftui.api.two_models.comparison import movie_named

    pair = movie_named(both.models, movie)
    answer = similar_in_both(both.models, pair, n, by=by, **options)
    subject = next(movie_row(model, at) for model, at in zip(both.models, pair, strict=True) if at is not None)
    if as_json:
        how = {"metric": options["metric"], "by": list(answer.how), "shrink": options["shrink"]}
        print_json(both.document() | {"movie": subject} | how | answer_document(answer, "neighbours"))
        return
    way = f", {BLOCKS[answer.how[0]]}" if answer.how[0] == answer.how[1] else ""
    both.print_heading(f"Neighbours of {subject['title']} in two runs, by {options['metric']}{way}")
    print_answer(answer, "score", options["metric"])
