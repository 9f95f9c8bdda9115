"""`mftui user`: what a user rated, what the model predicts for it, and what it recommends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.shared.movie_lists import (
    COLD,
    count_option,
    print_list,
    print_recommendations,
    recommended_documents,
    shortness,
    uncertainty_document,
)
from mftui.cli.shared.open_model import model_label, open_model, run_document
from mftui.cli.shared.output import Cell, json_option, note, print_json, print_line
from mftui.cli.shared.two_runs import (
    TwoRuns,
    answer_document,
    only,
    open_two,
    print_answer,
    print_rated,
    runs_option,
)
from mftui.cli.shared.viewer import find_viewer, in_both, viewer_options
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.api.person import Person
    from mftui.engine.model.factors import Factors

FIT = "part fit: predicted by factors that were computed from these very ratings; this is not a test."


@click.command()
@viewer_options
@runs_option
@count_option
@json_option
def user(user: str | None, ratings_file: Path | None, run_texts: tuple[str, ...], n: int, as_json: bool) -> None:
    """Show USER's ratings next to the model's predictions, and recommendations.

    Each table has N lines; --json prints every rating. The error is the predicted rating minus the given one.

    With --ratings FILE, the user is the person who made those ratings: mftui computes their factors from the ratings,
    without training, so the predictions of these ratings are a fit and not a test. With both USER and --ratings, the
    ratings in FILE are added to the user's, and replace older ones of the same movies.

    With --run A --run B the predictions and the lists of both runs stand in one table each, as in `mftui recommend`.
    """
    if (both := open_two(run_texts)) is not None:
        if user is None or ratings_file is not None:
            raise UsageError("two runs are asked about a user of the data.", hint="Name USER, without --ratings.")
        return _in_both(both, user, n, as_json)
    run, factors = open_model(only(run_texts))
    viewer = find_viewer(factors, user, ratings_file)
    person = viewer.person
    rated = _fitted(factors, person) if person.folded is not None else _rated(factors, person)
    result = person.recommend(factors, n)
    recommendations = recommended_documents(factors, person, result)
    if as_json:
        folded = person.folded is not None
        document = run_document(run) | {"user": viewer.raw, "n_ratings": len(rated), "folded_in": folded}
        document |= {"rated": rated, "recommendations": recommendations, "note": result.note}
        print_json(document | {"uncertainty": uncertainty_document(factors)})
        return None
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
    more += [FIT] if person.folded is not None else []
    more += [COLD] if any(x["cold"] for x in rated[:n]) else []
    columns = ["rated", "predicted", "error", "part", "title", "movie id"]
    count = "" if person.index is None else f": {len(rated)} ratings"
    title = f"{viewer.label}{count}; {model_label(run, factors)}"
    print_list(columns, rows, title[0].upper() + title[1:], " ".join(more))
    print_line()
    print_recommendations(factors, recommendations, f"Recommended {viewer.whom}", shortness(result, n))
    return None


def _in_both(both: TwoRuns, user: str, n: int, as_json: bool) -> None:
    """Show what two runs predict and recommend."""
    from mftui.api.two_models.answers import rated_in_both, recommended_by_both

    (first, second), unknown = in_both(both.models, user, None)
    one, other = (
        None if viewer is None else viewer.person.recommend(model, n)
        for model, viewer in zip(both.models, (first, second), strict=True)
    )
    index, other_index = (None if viewer is None else viewer.person.index for viewer in (first, second))
    rated = rated_in_both(both.models, (index, other_index))
    listed = recommended_by_both(both.models, (one, other))
    if as_json:
        document = both.document() | {"user": user} | answer_document(rated, "rated")
        found = answer_document(listed, "recommendations")
        notes = [*unknown, *document["notes"], *found["notes"]]
        print_json(document | found | {"notes": list(dict.fromkeys(notes))})
        return
    both.print_heading(f"User {user}: {len(rated.rows)} ratings, as two runs predict them")
    print_rated(rated, n)
    print_line()
    print_line(f"Recommended to user {user} by two runs")
    print_answer(listed, "predicted", "like")
    for text in unknown:
        note(text)


def _part(line: dict[str, Any], person: Person) -> str:
    if person.folded is not None:
        return "fit"
    return "test" if line["held_out"] else "train"


def _rated(factors: Factors, person: Person) -> list[dict[str, Any]]:
    """Return a line for each rating of a user, the highest first."""
    import numpy as np

    history = factors.history.of_user(person.known_index)
    users = np.full(len(history), person.known_index)
    predicted = factors.shown(factors.logits(users, history.movies))
    unknown = factors.is_cold(users, history.movies)
    return _lines(factors, history.movies, history.ratings, predicted, history.held_out, unknown)


def _fitted(factors: Factors, person: Person) -> list[dict[str, Any]]:
    """Return a line for each rating that a person's factors were computed from, the highest first."""
    import numpy as np

    from mftui.engine.query.recommend import logits_of

    logits = logits_of(factors, person.row(factors), person.movies)
    unknown = factors.is_cold(None, person.movies)
    return _lines(
        factors, person.movies, person.ratings, factors.shown(logits), np.zeros(len(unknown), dtype=bool), unknown
    )


def _lines(
    factors: Factors, movies: Any, ratings: Any, predicted: Any, held_out: Any, unknown: Any
) -> list[dict[str, Any]]:
    from mftui.api.rows import rated_order

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
        for at in rated_order(ratings, predicted)
    ]
