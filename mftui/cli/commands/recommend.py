"""`mftui recommend` and `mftui suggest`: what to watch, why, and what to rate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mftui.cli.shared.explanation import because_documents, print_because
from mftui.cli.shared.movie_lists import (
    count_option,
    filter_options,
    genres_cell,
    print_list,
    print_recommendations,
    recommended_documents,
    shortness,
    uncertainty_document,
    without_year,
)
from mftui.cli.shared.open_model import model_label, movie_document, open_model, run_document, run_option
from mftui.cli.shared.output import Cell, json_option, print_json
from mftui.cli.shared.person import find_person, person_options


@click.command()
@person_options
@run_option
@count_option
@filter_options
@click.option(
    "--rank",
    type=click.Choice(("like", "watch", "both")),
    help="By the rating expected, by who watches what, or both [default: both, where the model has both].",
)
@click.option(
    "--bound",
    type=click.Choice(("lower", "upper")),
    help="lower: safe bets, by the least that the expected rating may well be; upper: adventurous, by the most. It "
    "lies between them with 80 % probability (--recipe bayes). Ranks by like where --rank is left out.",
)
@click.option(
    "--discover",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="0: as relevant as can be; 1: less-seen films first.",
)
@click.option("--explain", "explained", is_flag=True, help="Say why: what each of the person's ratings adds.")
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
    """List the movies that USER has not rated and would watch and like.

    "would like" is the predicted rating; "would watch" the share of the movies not rated that are less
    watched by people who watch what USER does. With --ratings the list is for whoever made them: their
    factors are solved from the ratings, without training again; with USER and --ratings, for that user with
    these newer ratings.

    ± is how uncertain the expected rating is. A run of recipe bayes is made of draws from what the data leaves open:
    ± is their standard deviation, and what --bound says of probabilities holds. Of other runs with several members it
    is how far these disagree, no probability: they may well agree on a movie of which little is known.

    --explain shows for every movie what the person's own ratings add to the predicted rating: mean, biases and all
    shares add up to it on the linear scale (before the sigmoid). A user of the data is explained by solving
    their row from their ratings; where the trained prediction differs by more than rounding, it is shown. A
    place on a list ranked by "watch" or "both" comes mainly from who watches what: "on the list" is what each
    rating adds to that score (the audience score and, for ratings from a file, the leaning for or against
    films of one audience; what most people watch is added too, the less the more ratings there are). With
    "both" the predicted rating is added to it as a whole.
    """
    run, factors = open_model(run_text)
    person = find_person(factors, user, ratings_file)
    result = person.recommend(factors, n, rank=rank, discover=discover, where=where, bound=bound)
    recommendations = recommended_documents(factors, person.cold(factors, result.movies), result)
    because = person.because(factors, result.movies, result.ranked_by) if explained else None
    if because is not None:
        reasons = because_documents(factors, because)
        recommendations = [line | reason for line, reason in zip(recommendations, reasons, strict=True)]
    if as_json:
        document = run_document(run) | {"user": person.raw, "ranked_by": result.ranked_by}
        document |= {"bound": result.bound, "uncertainty": uncertainty_document(factors)}
        print_json(document | {"recommendations": recommendations, "note": result.note})
        return
    title = f"Recommended {person.whom}; {model_label(run, factors)}"
    print_recommendations(factors, recommendations, title, shortness(result, n))
    if because is not None:
        print_because(factors, because)


@click.command()
@person_options
@run_option
@count_option
@filter_options
@json_option
def suggest(
    user: str | None,
    ratings_file: Path | None,
    run_text: str | None,
    n: int,
    where: Any,
    as_json: bool,
) -> None:
    """List the movies whose ratings would tell most about a person: what to rate next.

    For USER, for whoever made the ratings of --ratings, or without both for somebody of whom nothing is known.
    "seen" is how probably they have seen it; ± how uncertain its predicted rating is; "tells" the share of the
    uncertainty of all predictions that its rating would remove. The movies are chosen one after the other, as if
    those above were rated.
    """
    import numpy as np

    from mftui.engine.query.suggest import suggest as suggest_movies

    run, factors = open_model(run_text)
    person = None if user is None and ratings_file is None else find_person(factors, user, ratings_file)
    nothing = np.array([], dtype=np.int64), np.array([], dtype=np.float32)
    movies, ratings = nothing if person is None else (person.movies, person.ratings)
    known = None if person is None or person.index is None else factors.history.of_user(person.index).movies
    found = suggest_movies(factors, movies, ratings, n, skipped=known, where=where)
    documents = [
        without_year(movie_document(factors, movie)) | {"seen": seen, "uncertainty": std, "gain": gain}
        for movie, seen, std, gain in zip(found.movies, found.seen, found.uncertainty, found.gains, strict=True)
    ]
    if as_json:
        raw = None if person is None else person.raw
        print_json(run_document(run) | {"user": raw, "n_ratings": len(movies), "suggestions": documents})
        return
    rows: list[list[Cell]] = [
        [
            f"{x['gain']:.1%}",
            f"{x['seen']:.0%}",
            x["uncertainty"],
            x["title"],
            genres_cell(x),
            x["n_ratings"],
            str(x["movie_id"]),
        ]
        for x in documents
    ]
    label = "somebody without ratings" if person is None else person.label
    columns = ["tells", "seen", "±", "title", "genres", "ratings", "movie id"]
    short = f"{len(rows)} of {n} listed: no other movie can be asked for." if len(rows) < n else ""
    print_list(columns, rows, f"To rate next, for {label}; {model_label(run, factors)}", short)
