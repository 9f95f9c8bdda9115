"""Questions to a trained model: similar, user, recommend."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mftui.cli.model import cold, find_movie, model_label, movie_document, open_model, run_document, run_option
from mftui.cli.output import Cell, json_option, note, print_json, print_table
from mftui.cli.own import own_ratings
from mftui.errors import UsageError

if TYPE_CHECKING:
    from mftui.engine.factors import Factors
    from mftui.engine.filters import MovieFilter
    from mftui.engine.lists import Recommendations

FORMATS = {"rated": "g", "predicted": ".2f", "would like": ".2f", "±": ".2f", "error": "+.2f"}
COLD = "(cold): nothing was trained on this user or movie; predicted from the mean and from what is known of the other."
METRICS = ("cosine", "dot", "euclidean")
BLOCKS = {"taste": "taste", "audience": "audience", "both": "taste and audience"}

count_option = click.option("-n", "n", default=10, show_default=True, type=click.IntRange(1), help="How many to list.")
min_ratings_option = click.option(
    "--min-ratings", default=0, show_default=True, type=click.IntRange(0), help="Only movies rated at least so often."
)


class Years(click.ParamType[tuple[int, int]]):
    """`1990-1999`, `1994`, `1990-` or `-1999`, as (first, last)."""

    name = "years"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        match = re.fullmatch(r"\s*(\d{4})?\s*([-–]?)\s*(\d{4})?\s*", value)
        if not match or not (match[1] or match[3]) or (match[1] and match[3] and not match[2]):
            self.fail(f"{value!r} is no span of years; write 1990-1999, 1994, 1990- or -1999.", param, ctx)
        first = int(match[1] or 0)
        last = int(match[3]) if match[3] else 9999 if match[2] else first
        if first > last:
            self.fail(f"{value!r} ends before it begins.", param, ctx)
        return first, last


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
@json_option
def similar(
    movie: tuple[str, ...], run_text: str | None, n: int, metric: Any, by: Any, min_ratings: int, as_json: bool
) -> None:
    """List the movies nearest to MOVIE in the space of what was learned.

    MOVIE is a movie id or words of a title: `mftui similar toy story`. An exact title wins; otherwise
    several matches are listed. A number is a movie id first, and a title only where no movie has that id.
    """
    from mftui.engine.neighbours import blocks_of

    run, factors = open_model(run_text)
    by = by or ("both" if factors.has_audience else "taste")
    blocks_of(factors, by)
    index = find_movie(factors, " ".join(movie))
    reason = ""
    if factors.movie_train_counts[index]:
        where = _filter(min_ratings=min_ratings)
        movies, scores = factors.similar(factors.movie_ids.raw(index), n, metric=metric, by=by, where=where)
        neighbours = [
            _without_year(movie_document(factors, m)) | {"score": s} for m, s in zip(movies, scores, strict=True)
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
        )
        return
    rows = [[x["score"], x["title"], _genres(x), x["n_ratings"], str(x["movie_id"])] for x in neighbours]
    title = f"Neighbours of {document['title']} by {metric}, {BLOCKS[by]}; {model_label(run, factors)}"
    _print_list([metric, "title", "genres", "ratings", "movie id"], rows, title, reason)


@click.command()
@click.argument("user")
@run_option
@count_option
@json_option
def user(user: str, run_text: str | None, n: int, as_json: bool) -> None:
    """Show what USER rated beside what the model predicts, and what it recommends.

    The tables show the first N lines of each; JSON has every rating. The error is predicted minus rated.
    """
    run, factors = open_model(run_text)
    rated = _rated(factors, user)
    result = factors.recommend(user, n)
    index = factors.user_ids.index(user)
    raw = factors.user_ids.raw(index)
    recommendations = _recommended(factors, cold(factors, index, result.movies), result)
    if as_json:
        document = run_document(run) | {"user": raw, "n_ratings": len(rated), "rated": rated}
        print_json(document | {"recommendations": recommendations, "note": result.note})
        return
    label = model_label(run, factors)
    rows: list[list[Cell]] = [
        [
            x["rating"],
            x["predicted"],
            x["error"],
            f"{'test' if x['held_out'] else 'train'}{' (cold)' * x['cold']}",
            x["title"],
            str(x["movie_id"]),
        ]
        for x in rated[:n]
    ]
    more = f"{n} of {len(rated)} ratings are shown; -n {len(rated)} shows all." if len(rated) > n else ""
    if any(x["cold"] for x in rated[:n]):
        more = f"{more} {COLD}".strip()
    columns = ["rated", "predicted", "error", "part", "title", "movie id"]
    _print_list(columns, rows, f"User {raw}: {len(rated)} ratings; {label}", more)
    click.echo()
    _print_recommendations(recommendations, f"Recommended to user {raw}", _shortness(result, n))


@click.command()
@click.argument("user", required=False)
@click.option(
    "--ratings",
    "ratings_file",
    type=click.Path(path_type=Path),
    metavar="FILE|@PROFILE",
    help="Your own ratings instead of a user of the data: a profile (@ is the current one), a CSV with movieId or "
    "title and rating, or an export of Letterboxd or IMDb.",
)
@run_option
@count_option
@click.option("--genre", help="Only movies of this genre.")
@click.option("--years", type=Years(), metavar="1990-1999", help="Only movies of these years.")
@min_ratings_option
@click.option(
    "--rank",
    type=click.Choice(("like", "watch", "both")),
    help="By the rating expected, by who watches what, or both [default: both, where the model has both].",
)
@click.option(
    "--discover",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="0: as relevant as can be; 1: less-seen films first.",
)
@json_option
def recommend(
    user: str | None,
    ratings_file: Path | None,
    run_text: str | None,
    n: int,
    genre: str | None,
    years: tuple[int, int] | None,
    min_ratings: int,
    rank: Any,
    discover: float,
    as_json: bool,
) -> None:
    """List the movies that USER has not rated and would watch and like.

    "would like" is the predicted rating; "would watch" the share of the movies not rated that are less
    watched by people who watch what USER does. With --ratings the list is for whoever made them: their
    factors are solved from the ratings, without training again.
    """
    if (user is None) == (ratings_file is None):
        raise UsageError("name a user of the data, or give --ratings FILE.")
    run, factors = open_model(run_text)
    where = _filter(genre, years, min_ratings)
    if ratings_file is not None:
        raw: Any = str(ratings_file)
        movies, ratings = own_ratings(factors, ratings_file)
        result = factors.recommend_newcomer(movies, ratings, n, rank=rank, discover=discover, where=where)
        title = f"Recommended for {len(movies)} ratings of {ratings_file}; {model_label(run, factors)}"
        cold_rows = factors.movie_train_counts[result.movies] == 0
    else:
        index = factors.user_ids.index(user)
        raw = factors.user_ids.raw(index)
        result = factors.recommend(raw, n, rank=rank, discover=discover, where=where)
        title = f"Recommended to user {raw}; {model_label(run, factors)}"
        cold_rows = cold(factors, index, result.movies)
    recommendations = _recommended(factors, cold_rows, result)
    if as_json:
        document = run_document(run) | {"user": raw, "ranked_by": result.ranked_by, "recommendations": recommendations}
        print_json(document | {"note": result.note})
        return
    _print_recommendations(recommendations, title, _shortness(result, n))


def _filter(genre: str | None = None, years: tuple[int, int] | None = None, min_ratings: int = 0) -> MovieFilter | None:
    from mftui.engine.filters import MovieFilter

    return MovieFilter(genre, years, min_ratings) if genre or years or min_ratings else None


def _rated(factors: Factors, user: str) -> list[dict[str, Any]]:
    """Everything the user rated, the highest ratings first."""
    import numpy as np

    history = factors.history_of(user)
    index = factors.user_ids.index(user)
    predicted = factors.shown(factors.logits(np.full(len(history), index), history.movies))
    unknown = cold(factors, np.full(len(history), index), history.movies)
    return [
        {
            "movie_id": factors.movie_ids.raw(history.movies[at]),
            "title": factors.movies.titles[history.movies[at]],
            "rating": history.ratings[at],
            "predicted": predicted[at],
            "error": predicted[at] - history.ratings[at],
            "held_out": bool(history.held_out[at]),
            "cold": bool(unknown[at]),
        }
        for at in np.lexsort((-predicted, -history.ratings))
    ]


def _recommended(factors: Factors, unknown: Any, result: Recommendations) -> list[dict[str, Any]]:
    nothing = [None] * len(result.movies)
    watch = nothing if result.watch is None else result.watch
    spread = nothing if result.std is None else result.std
    return [
        _without_year(movie_document(factors, movie))
        | {"predicted": predicted, "std": std, "cold": bool(is_cold), "would_watch": percentile, "because": []}
        for movie, predicted, percentile, std, is_cold in zip(
            result.movies, result.predicted, watch, spread, unknown, strict=True
        )
    ]


def _shortness(result: Recommendations, n: int) -> str:
    """Why fewer than `n` are listed, as a sentence; empty where they are not."""
    return f"{len(result.movies)} of {n} listed: {result.note}" if result.note else ""


def _without_year(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "year"}


def _print_recommendations(recommendations: list[dict[str, Any]], title: str, reason: str) -> None:
    from mftui.engine.lists import FEW_RATINGS

    rows: list[list[Cell]] = []
    for x in recommendations:
        few = "*" if x["n_ratings"] < FEW_RATINGS else ""
        rated = f"{few}{x['n_ratings']}{' (cold)' * x['cold']}"
        rows.append([x["predicted"], x["title"], _genres(x), rated, str(x["movie_id"])])
    columns = ["would like", "title", "genres", "ratings", "movie id"]
    if any(x["would_watch"] is not None for x in recommendations):
        columns.insert(1, "would watch")
        for row, x in zip(rows, recommendations, strict=True):
            row.insert(1, f"{x['would_watch']:.1f} %")
    if any(x["std"] is not None for x in recommendations):
        columns.insert(1, "±")
        for row, x in zip(rows, recommendations, strict=True):
            row.insert(1, x["std"])
        reason = f"{reason} ± is the spread of the model's members.".strip()
    if any(str(row[-2]).startswith("*") for row in rows):
        reason = f"{reason} * fewer than {FEW_RATINGS} ratings: little is known of this movie.".strip()
    if any(x["cold"] for x in recommendations):
        reason = f"{reason} {COLD}".strip()
    _print_list(columns, rows, title, reason)


def _print_list(columns: list[str], rows: list[list[Cell]], title: str, reason: str) -> None:
    print_table(columns, rows, title, formats=FORMATS)
    if reason:
        note(reason)


def _genres(document: dict[str, Any]) -> str:
    return ", ".join(document["genres"])
