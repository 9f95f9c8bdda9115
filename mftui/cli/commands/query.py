"""Questions to a trained model: similar, user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.movie_lists import (
    COLD,
    count_option,
    genres_cell,
    min_ratings_option,
    movie_filter,
    print_list,
    print_recommendations,
    recommended_documents,
    shortness,
    uncertainty_document,
    without_year,
)
from mftui.cli.shared.open_model import (
    cold,
    find_movie,
    model_label,
    movie_document,
    open_model,
    run_document,
    run_option,
)
from mftui.cli.shared.output import Cell, json_option, print_json
from mftui.cli.shared.person import Person, find_person, person_options

if TYPE_CHECKING:
    from mftui.engine.model.factors import Factors
    from mftui.engine.query.approximate import Found

METRICS = ("cosine", "dot", "euclidean")
BLOCKS = {"taste": "taste", "audience": "audience", "both": "taste and audience"}
FIT = "part fit: the prediction is of a row that was solved from these very ratings; it is no test."


@click.command()
@click.argument("movie", nargs=-1, required=True)
@run_option
@count_option
@click.option("--metric", type=click.Choice(METRICS), default="cosine", show_default=True, help="How near is measured.")
@click.option(
    "--by",
    type=click.Choice(("taste", "audience", "both")),
    help="What people thought of the movies, who watched them, or both [default: both, where the model has both].",
)
@min_ratings_option
@click.option(
    "--index",
    "search",
    type=click.Choice(("exact", "approximate")),
    help="Look at all movies, or, where that is slow, by an index (extra `ann`) [default: the setting `neighbours`].",
)
@json_option
def similar(
    movie: tuple[str, ...],
    run_text: str | None,
    n: int,
    metric: Any,
    by: Any,
    min_ratings: int,
    search: Any,
    as_json: bool,
) -> None:
    """List the movies nearest to MOVIE in the space of what was learned.

    MOVIE is a movie id or words of a title: `mftui similar toy story`. An exact title wins; otherwise
    several matches are listed. A number is a movie id first, and a title only where no movie has that id.
    """
    from mftui.engine.query.approximate import find_similar
    from mftui.engine.query.neighbours import blocks_of
    from mftui.settings import load_settings

    search = search or load_settings().neighbours
    run, factors = open_model(run_text)
    by = by or ("both" if factors.has_audience else "taste")
    blocks_of(factors, by)
    index = find_movie(factors, " ".join(movie))
    reason = ""
    found: Found | None = None
    if factors.movie_train_counts[index]:
        where = movie_filter(min_ratings=min_ratings)
        found = find_similar(factors, index, n, metric=metric, by=by, where=where, search=search)
        neighbours = [
            without_year(movie_document(factors, m)) | {"score": s}
            for m, s in zip(found.movies, found.scores, strict=True)
        ]
        if len(neighbours) < n:
            rated = f" with at least {min_ratings} ratings" if min_ratings else ""
            reason = f"The model has {len(neighbours)} other movies{rated} that it was trained on."
    else:
        neighbours = []
        reason = "No rating of this movie was trained on, so the model knows nothing of its neighbours."
    document = movie_document(factors, index)
    if as_json:
        print_json(
            run_document(run)
            | {"movie": document, "metric": metric, "by": by, "neighbours": neighbours, "note": reason}
            | {"search": search_document(found)}
        )
        return
    rows = [[x["score"], x["title"], genres_cell(x), x["n_ratings"], str(x["movie_id"])] for x in neighbours]
    title = f"Neighbours of {document['title']} by {metric}, {BLOCKS[by]}; {model_label(run, factors)}"
    how = found.label if found else ""
    print_list([metric, "title", "genres", "ratings", "movie id"], rows, title, " ".join(filter(None, (reason, how))))


def search_document(found: Found | None) -> dict[str, Any] | None:
    """For JSON: how neighbours were found; None where there was no search. `recall_at_10` is null of exact search."""
    return None if found is None else {"by": found.search, "recall_at_10": found.recall, "note": found.note}


@click.command()
@person_options
@run_option
@count_option
@json_option
def user(user: str | None, ratings_file: Path | None, run_text: str | None, n: int, as_json: bool) -> None:
    """Show what USER rated beside what the model predicts, and what it recommends.

    The tables show the first N lines of each; JSON has every rating. The error is predicted minus rated. With
    --ratings it is whoever made them: their row is solved from the ratings, and the predictions for these are a fit,
    no test. With both, USER has the ratings of the data and these, the newer in place of the older.
    """
    run, factors = open_model(run_text)
    person = find_person(factors, user, ratings_file)
    rated = _fitted(factors, person) if person.folded else _rated(factors, person)
    result = person.recommend(factors, n)
    recommendations = recommended_documents(factors, person.cold(factors, result.movies), result)
    if as_json:
        document = run_document(run) | {"user": person.raw, "n_ratings": len(rated), "folded_in": person.folded}
        document |= {"rated": rated, "recommendations": recommendations, "note": result.note}
        print_json(document | {"uncertainty": uncertainty_document(factors)})
        return
    rows: list[list[Cell]] = [
        [
            x["rating"],
            x["predicted"],
            x["error"],
            f"{_part(x, person)}{' (cold)' * x['cold']}",
            x["title"],
            str(x["movie_id"]),
        ]
        for x in rated[:n]
    ]
    more = [f"{n} of {len(rated)} ratings are shown; -n {len(rated)} shows all."] if len(rated) > n else []
    more += [FIT] if person.folded else []
    more += [COLD] if any(x["cold"] for x in rated[:n]) else []
    columns = ["rated", "predicted", "error", "part", "title", "movie id"]
    count = "" if person.index is None else f": {len(rated)} ratings"
    title = f"{person.label}{count}; {model_label(run, factors)}"
    print_list(columns, rows, title[0].upper() + title[1:], " ".join(more))
    click.echo()
    print_recommendations(factors, recommendations, f"Recommended {person.whom}", shortness(result, n))


def _part(line: dict[str, Any], person: Person) -> str:
    if person.folded:
        return "fit"
    return "test" if line["held_out"] else "train"


def _rated(factors: Factors, person: Person) -> list[dict[str, Any]]:
    """Everything the user rated, the highest ratings first."""
    import numpy as np

    history = factors.history.of_user(person.known_index)
    users = np.full(len(history), person.known_index)
    predicted = factors.shown(factors.logits(users, history.movies))
    unknown = cold(factors, users, history.movies)
    return _lines(factors, history.movies, history.ratings, predicted, history.held_out, unknown)


def _fitted(factors: Factors, person: Person) -> list[dict[str, Any]]:
    """Everything that the row was solved from, the highest ratings first."""
    import numpy as np

    from mftui.engine.query.recommend import logits_of

    logits = logits_of(factors, person.row(factors), person.movies)
    unknown = factors.movie_train_counts[person.movies] == 0
    return _lines(
        factors, person.movies, person.ratings, factors.shown(logits), np.zeros(len(unknown), dtype=bool), unknown
    )


def _lines(
    factors: Factors, movies: Any, ratings: Any, predicted: Any, held_out: Any, unknown: Any
) -> list[dict[str, Any]]:
    import numpy as np

    return [
        {
            "movie_id": factors.movie_ids.raw(movies[at]),
            "title": factors.movies.titles[movies[at]],
            "rating": ratings[at],
            "predicted": predicted[at],
            "error": predicted[at] - ratings[at],
            "held_out": bool(held_out[at]),
            "cold": bool(unknown[at]),
        }
        for at in np.lexsort((-predicted, -ratings))
    ]
