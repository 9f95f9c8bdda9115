"""`mftui recommend`: what to watch, and why."""

from __future__ import annotations

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
from mftui.cli.shared.open_model import model_label, open_model, run_document, run_option
from mftui.cli.shared.output import json_option, print_json
from mftui.cli.shared.viewer import find_viewer, viewer_options


@click.command()
@viewer_options
@run_option
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
    run_text: str | None,
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
    "training". The place in a list ranked by "watch" or "both" depends mainly on who watches what: "on the list" is
    what each rating adds to the ranking score. What most people watch counts as well, but less the more ratings there
    are. With "both", the predicted rating is added to that score.
    """
    run, factors = open_model(run_text)
    viewer = find_viewer(factors, user, ratings_file)
    result = viewer.person.recommend(factors, n, rank=rank, discover=discover, where=where, bound=bound)
    recommendations = recommended_documents(factors, viewer.person, result)
    explanation = viewer.person.because(factors, result.movies, result.ranked_by) if explained else None
    if explanation is not None:
        reasons = explanation_documents(factors, explanation)
        recommendations = [line | reason for line, reason in zip(recommendations, reasons, strict=True)]
    if as_json:
        document = run_document(run) | {"user": viewer.raw, "ranked_by": result.ranked_by}
        document |= {"bound": result.bound, "uncertainty": uncertainty_document(factors)}
        print_json(document | {"recommendations": recommendations, "note": result.note})
        return
    title = f"Recommended {viewer.whom}; {model_label(run, factors)}"
    print_recommendations(factors, recommendations, title, shortness(result, n))
    if explanation is not None:
        print_explanations(factors, explanation)
