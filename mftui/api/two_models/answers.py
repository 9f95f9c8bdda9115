"""One list of two models' answers: a row for each movie, with its place in both lists, and what became of it.

Movies and users are the same where their ids are. What only one of the models knows is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mftui.api.rows import MOVIE, Row, movie_row
from mftui.data.ids import Ids
from mftui.engine.model.factors import Factors
from mftui.engine.query.approximate import Found, find_similar
from mftui.engine.query.compare_lists import Placed, compare_lists, paired, same_data
from mftui.engine.query.neighbours import By, best_by, has_neighbours
from mftui.engine.query.recommend import Recommendations

Models = tuple[Factors, Factors]
Known = tuple[int | None, int | None]
"""An index in each model; None in one that does not know it."""
PLACES = ("place_1", "place_2", "change", "moved", "unknown_to")
NEIGHBOURS = (*MOVIE, "n_ratings", *PLACES, "score_1", "score_2")
_BOTH = ("predicted", "plus_minus", "would_watch")
RECOMMENDED = (*MOVIE, "n_ratings", *PLACES, *(f"{name}_{side}" for name in _BOTH for side in (1, 2)))
RATED = (
    *MOVIE, "n_ratings", "rating", "predicted_1", "predicted_2", "difference", "held_out_1", "held_out_2", "unknown_to",
)  # fmt: skip
MATCHED = "Different data, so movies and users are matched by id."
_NAMED = 3
"""Films that are named as examples at most."""


@dataclass(frozen=True)
class Answer:
    """What both models say."""

    rows: list[Row]
    notes: tuple[str, ...]
    """What is to be known of it, a sentence each."""
    examples: tuple[str, ...] = ()
    """Films for which a note holds."""
    how: tuple[str, str] = ("", "")
    """By what each of the lists is made, where there is a choice."""


def known_id(ids: tuple[Ids, Ids], raw: object) -> Known:
    """Return the index of a raw id in both vocabularies. Raises UnknownId where neither has it."""
    found = ids[0].find(raw), ids[1].find(raw)
    if found == (None, None):
        raise ids[0].unknown(raw)
    return found


def movie_in_both(models: Models, movie: int, side: int = 0) -> Known:
    """Return the index in both models of the movie at an index of one of them, 0 or 1."""
    return paired(models, np.array([movie]), side)[0]


def similar_in_both(models: Models, movie: Known, n: int, *, by: By | None = None, **options: Any) -> Answer:
    """Return the `n` nearest movies of one movie in both models, for the options of `find_similar`."""
    found: list[Found | None] = [
        None if index is None or not has_neighbours(model, index, best_by(model, by))
        else find_similar(model, index, n, by=best_by(model, by), **options)
        for model, index in zip(models, movie, strict=True)
    ]  # fmt: skip
    lists = [_NOTHING if one is None else one.movies for one in found]
    scores = [{} if one is None else dict(zip(one.movies.tolist(), one.scores.tolist(), strict=True)) for one in found]
    placed = compare_lists(models, (lists[0], lists[1]))
    how = best_by(models[0], by), best_by(models[1], by)
    unknown = [
        f"Run {side} {'does not know this movie' if index is None else 'learned from no rating of this movie'}, "
        f"so only run {3 - side} lists neighbours."
        for side, (index, one) in enumerate(zip(movie, found, strict=True), 1)
        if one is None
    ]
    labels = [f"Run {side}: {one.label}" for side, one in enumerate(found, 1) if one is not None and one.label]
    ways = () if unknown else _different_ways(how, "compares")
    notes = *unknown, *ways, *_matching(models, placed), *labels
    rows = [_row(models, one, compared=not unknown) | _values("score", one, scores) for one in placed]
    return Answer(rows, notes, _examples(models, placed), how)


def recommended_by_both(models: Models, lists: tuple[Recommendations | None, Recommendations | None]) -> Answer:
    """Return two lists of recommendations as one; None in place of one that a model cannot make for this person."""
    movies = [_NOTHING if one is None else one.movies for one in lists]
    placed = compare_lists(models, (movies[0], movies[1]))
    found = [one for one in lists if one is not None]
    rows = [_row(models, one, compared=len(found) == 2) for one in placed]
    for name, array in zip(_BOTH, ("predicted", "plus_minus", "watch"), strict=True):
        columns = [_column(one, array) for one in lists]
        rows = [row | _values(name, one, columns) for row, one in zip(rows, placed, strict=True)]
    how = tuple("" if one is None else one.ranked_by for one in lists)
    short = [f"Run {side} lists {len(one.movies)}: {one.note}" for side, one in enumerate(lists, 1) if one and one.note]
    ways = _different_ways((how[0], how[1]), "ranks") if len(found) == 2 else ()
    return Answer(rows, (*ways, *_matching(models, placed), *short), _examples(models, placed), (how[0], how[1]))


def user_notes(found: tuple[object, object], raw: object) -> tuple[str, ...]:
    """Say which model does not know a user: that of which nothing was `found`."""
    return tuple(
        f"Run {side} does not know user {raw}, so all here is of run {3 - side}."
        for side, one in enumerate(found, 1)
        if one is None
    )


def rated_in_both(models: Models, user: Known) -> Answer:
    """Return a user's ratings with the predictions of both models, the highest rating first.

    A rating that is in the data of one model alone is predicted by the other, too, if that knows user and movie.
    """
    rows: dict[Known, Row] = {}
    other_ratings = 0
    for side, (model, index) in enumerate(zip(models, user, strict=True)):
        if index is None:
            continue
        history = model.history.of_user(index)
        parts = zip(history.ratings.tolist(), history.held_out.tolist(), strict=True)
        for pair, (rating, held_out) in zip(paired(models, history.movies.astype(np.int64), side), parts, strict=True):
            own = rows.setdefault(pair, {"rating": rating, "held_out_1": None, "held_out_2": None})
            own[f"held_out_{side + 1}"] = bool(held_out)
            other_ratings += own["rating"] != rating
    found = []
    for pair, own in rows.items():
        first, second = (_predicted(models[at], user[at], pair[at]) for at in (0, 1))
        gap = None if first is None or second is None else second - first
        values = {"predicted_1": first, "predicted_2": second, "difference": gap}
        found.append(_row_of(models, pair) | own | values | {"unknown_to": Placed(pair, (None, None)).unknown_to})
    found.sort(key=lambda row: (-row["rating"], -max(row[f"predicted_{side}"] or 0.0 for side in (1, 2))))
    others = f"{other_ratings:,} of the ratings are others in the data of run 2; those of run 1 are shown."
    placed = [Placed(pair, (None, None)) for pair in rows]
    notes = _matching(models, placed)[:1]  # what only one of them has is seen by its empty cells
    return Answer(found, (*notes, others) if other_ratings else notes, _examples(models, placed))


def change_text(row: Mapping[str, Any]) -> str:
    """Return in words what became of a movie from the first list to the second: "new", "up 3", "2 lacks it"."""
    if row["unknown_to"] is not None:
        return f"{row['unknown_to']} lacks it"
    return f"{row['change']} {abs(row['moved'])}" if row["moved"] else row["change"] or ""


def test_text(row: Mapping[str, Any]) -> str:
    """Return in which run's test a rating was: "both", "1", "2", or "" for none."""
    tests = [str(side) for side in (1, 2) if row[f"held_out_{side}"]]
    return "both" if len(tests) == 2 else "".join(tests)


def _predicted(model: Factors, user: int | None, movie: int | None) -> float | None:
    return None if user is None or movie is None else float(model.predict(np.array([user]), np.array([movie]))[0])


def _row_of(models: Models, pair: Known) -> Row:
    """Return the movie as the first model that has it knows it."""
    side = 0 if pair[0] is not None else 1
    index = pair[side]
    assert index is not None
    return movie_row(models[side], index)


def _row(models: Models, one: Placed, *, compared: bool) -> Row:
    """Return a movie with its places; nothing has become of it where one model alone has a list (not `compared`)."""
    (first, second), moved = one.places, one.moved
    change = one.change if compared else None
    places = {"place_1": first, "place_2": second, "change": change, "moved": moved, "unknown_to": one.unknown_to}
    return _row_of(models, one.movies) | places


def _column(listed: Recommendations | None, name: str) -> dict[int, float]:
    """Return one of the numbers of a list by movie; nothing where the model has none."""
    array = None if listed is None else getattr(listed, name)
    return {} if listed is None or array is None else dict(zip(listed.movies.tolist(), array.tolist(), strict=True))


def _values(name: str, one: Placed, columns: Sequence[Mapping[int, float]]) -> Row:
    """Return a number of each list for a movie; None where it is not on it."""
    return {
        f"{name}_{side}": None if movie is None else column.get(movie)
        for side, (movie, column) in enumerate(zip(one.movies, columns, strict=True), 1)
    }


def _different_ways(how: tuple[str, str], does: str) -> tuple[str, ...]:
    """Say where the lists are made in different ways."""
    return () if how[0] == how[1] else (f"Run 1 {does} by {how[0]}, run 2 by {how[1]}.",)


def _matching(models: Models, placed: Sequence[Placed]) -> tuple[str, ...]:
    """Say of runs on different data how their movies were matched, and what only one of them has."""
    if same_data(models):
        return ()
    found = [
        f"{n:,} of {len(placed):,} films {'is' if n == 1 else 'are'} not in the data of run {side}"
        for side in (1, 2)
        if (n := sum(one.unknown_to == side for one in placed))
    ]
    if n := len(_other_titles(models, placed)):
        found.append(f"{n:,} {'has' if n == 1 else 'have'} another title in run 2")
    return MATCHED, *([f"{', '.join(found)}."] if found else [])


def _examples(models: Models, placed: Sequence[Placed]) -> tuple[str, ...]:
    """Name some films whose id is that of another title in the second data: it may not be the same film."""
    if same_data(models) or not (others := _other_titles(models, placed)):
        return ()
    some = "; ".join(others[:_NAMED]) + ("; …" if len(others) > _NAMED else "")
    return (f"The same id, but another title in run 2: {some}.",)


def _other_titles(models: Models, placed: Sequence[Placed]) -> list[str]:
    titles = [
        (models[0].movies.titles[one.movies[0]], models[1].movies.titles[one.movies[1]])
        for one in placed
        if one.movies[0] is not None and one.movies[1] is not None
    ]
    return [f"{first} and {second}" for first, second in titles if first != second]


_NOTHING = np.array([], dtype=np.int64)
