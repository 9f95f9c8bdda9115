"""`mftui recommend`: what to watch, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mftui.cli.shared.explanation import explanation_documents, print_explanations
from mftui.cli.shared.movie_lists import (
    count_option,
    filter_options,
    print_recommendations,
    recommended_documents,
    shortness,
    uncertainty_document,
)
from mftui.cli.shared.open_model import model_label, open_model, run_document
from mftui.cli.shared.output import json_option, print_json
from mftui.cli.shared.two_runs import TwoRuns, answer_document, only, open_two, print_answer, runs_option
from mftui.cli.shared.viewer import find_viewer, in_both, viewer_options
from mftui.errors import UsageError


@click.command()
@viewer_options
@runs_option
@count_option
@filter_options
@click.option(
    "--rank",
    type=click.Choice(("like", "watch", "both")),
    help="Rank by predicted rating, by who watches what, or by both [default: both if the model has both].",
)
@click.option(
    "--bound",
    type=click.Choice(("lower", "upper")),
    help="Rank by an end of the interval of the rating: lower for safe bets, upper for adventurous ones. Without "
    "--rank this ranks by like.",
)
@click.option(
    "--discover",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="From 0, the most relevant movies, to 1, less-seen movies first.",
)
@click.option("--explain", "explained", is_flag=True, help="Show why: how much each rating of the person adds.")
@json_option
def recommend(
    user: str | None,
    ratings_file: Path | None,
    run_texts: tuple[str, ...],
    n: int,
    where: Any,
    rank: Any,
    bound: Any,
    discover: float,
    explained: bool,
    as_json: bool,
) -> None:
    """Recommend movies that USER has not rated.

    "would like" is the predicted rating. "would watch" is a percentile: the share of the other movies not yet rated
    that are less popular with people who watch what USER watches.

    With --ratings FILE, the list is for the person who made those ratings: mftui computes their factors from the
    ratings, without training. With both USER and --ratings, the ratings in FILE are added to the user's, and replace
    older ones of the same movies.

    ± says how far the rating itself may be from the prediction: 90 % of ratings lie between "from" and "to", as
    measured on the ratings that the run held out. For people with few ratings it is wider. A run that held out fewer
    than 50 ratings has no ±.

    --explain shows what a prediction is made of, in stars: what everybody gives, what this film, the person and their
    ratings add, and what each of these ratings adds. All of it adds up to the prediction. The shares are computed by
    solving for the user's factors from their ratings; what the trained factors predict beyond that is called
    "training". Where the list is ranked by something else, it also shows what the score adds up from: what most people
    watch ("popularity", which counts less the more ratings there are), what their ratings add through who watches what
    ("on the list"; the largest come first), and with "both" the predicted rating ("would like"). Safe bets and
    adventurous lists are ranked by the prediction and its ±.

    USER is one user. For every user at once: `mftui export RUN DIR --to csv` writes DIR/recommendations.csv, and
    `mftui predict DIR/recommendations.csv --interval 0.9 --run RUN` adds the ends of the intervals.

    With --run A --run B the lists of both runs stand in one table: the places in A (1) and B (2), and whether a movie
    is new, gone, up or down in B. Runs on different data are matched by movie id and user id.
    """
    if (both := open_two(run_texts)) is not None:
        if explained:
            raise UsageError("--explain is about one run.", hint="Ask each run by itself, or leave --explain out.")
        options = {"rank": rank, "discover": discover, "where": where, "bound": bound}
        return _by_both(both, user, ratings_file, n, options, as_json)
    run, factors = open_model(only(run_texts))
    viewer = find_viewer(factors, user, ratings_file)
    result = viewer.person.recommend(factors, n, rank=rank, discover=discover, where=where, bound=bound)
    recommendations = recommended_documents(factors, viewer.person, result)
    ranked = {"rank": result.ranked_by, "bound": bound, "discover": discover}
    explanation = viewer.person.because(factors, result.movies, **ranked) if explained else None
    if explanation is not None:
        reasons = explanation_documents(factors, explanation)
        recommendations = [line | reason for line, reason in zip(recommendations, reasons, strict=True)]
    if as_json:
        document = run_document(run) | {"user": viewer.raw, "ranked_by": result.ranked_by}
        document |= {"bound": result.bound, "uncertainty": uncertainty_document(factors)}
        print_json(document | {"recommendations": recommendations, "note": result.note})
        return None
    title = f"Recommended {viewer.whom}; {model_label(run, factors)}"
    print_recommendations(factors, recommendations, title, shortness(result, n))
    if explanation is not None:
        print_explanations(factors, explanation)
    return None


def _by_both(
    both: TwoRuns, user: str | None, ratings_file: Path | None, n: int, options: dict[str, Any], as_json: bool
) -> None:
    """List what two runs recommend."""
    from mftui.api.two_models.answers import recommended_by_both

    viewers, unknown = in_both(both.models, user, ratings_file)
    first, second = (
        None if one is None else one.person.recommend(model, n, **options)
        for model, one in zip(both.models, viewers, strict=True)
    )
    answer = recommended_by_both(both.models, (first, second))
    answer = replace(answer, notes=(*unknown, *answer.notes))
    viewer = next(one for one in viewers if one is not None)
    if as_json:
        how = {"user": viewer.raw, "ranked_by": [how or None for how in answer.how], "bound": options["bound"]}
        print_json(both.document() | how | answer_document(answer, "recommendations"))
        return
    both.print_heading(f"Recommended {viewer.whom} by two runs")
    print_answer(answer, "predicted", "like")
