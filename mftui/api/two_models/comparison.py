"""Two models, asked the same from Python."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mftui.api.arguments import count, find_movie, movie_filter, plain_id, title_index
from mftui.api.model import Model
from mftui.api.person import find_person
from mftui.api.rows import Row, frame_of
from mftui.api.runs import open_run
from mftui.api.show import model_facts
from mftui.api.two_models import answers
from mftui.errors import MftuiError, TitleError, UnknownId
from mftui.text import visible

if TYPE_CHECKING:
    import pandas as pd

    from mftui.data.titles.search import TitleIndex
    from mftui.engine.query.recommend import Recommendations

Given = Model | str | os.PathLike[str]


class Comparison:
    """Two models that are asked the same; `mftui.compare` makes one.

    Its lists have `place_1` and `place_2`, where a movie stands in the list of the first and of the second model (NA:
    not on it); `change`: "same", "up", "down", "new" or "gone", from the first to the second; `moved`, by how many
    places up; and `unknown_to`, which model's data does not have the movie (NA: both have it). Of models that learned
    from different data a warning says that movies are matched by their ids.

    Attributes
    ----------
    first, second : mftui.Model
        The models.

    Examples
    --------
    The examples of the methods go on from here.

    >>> import mftui
    >>> both = mftui.compare(mftui.open_run(), mftui.open_run())
    >>> both.similar("toy story", n=3).change.tolist()
    ['same', 'same', 'same']
    """

    def __init__(self, first: Model, second: Model) -> None:
        self.first, self.second = first, second

    def similar(
        self, movie: object, n: int = 10, *, genre: str | None = None, tag: str | None = None, years: Any = None,
        min_ratings: int = 0, **options: Any,
    ) -> pd.DataFrame:  # fmt: skip
        """List the `n` movies nearest to a movie in each model, as one list.

        Parameters
        ----------
        movie: an id, or words of a title of the first model (or of the second, if only that knows it).
        genre, tag, years, min_ratings, options: as for `Model.similar`; `by` is each model's own best by default.

        Returns
        -------
        DataFrame
            movie_id, title, genres, year, n_ratings, place_1, place_2, change, moved, unknown_to, score_1 and score_2.

        Raises
        ------
        UnknownId, TitleError
            Where neither model has such a movie, or the words name several; both are ValueErrors.

        Examples
        --------
        >>> both.similar("toy story", n=3).place_2.tolist()
        [1, 2, 3]
        """
        where = movie_filter(genre, years, min_ratings, tag)
        answer = answers.similar_in_both(self._models, self._movie(movie), count(n), where=where, **options)
        return _frame(answer.rows, answers.NEIGHBOURS, (*answer.notes, *answer.examples))

    def recommend(
        self, who: Any, n: int = 10, *, ratings: Any = None, genre: str | None = None, tag: str | None = None,
        years: Any = None, min_ratings: int = 0, leave_out: Any = (), **options: Any,
    ) -> pd.DataFrame:  # fmt: skip
        """List the `n` movies that each model recommends to somebody, as one list.

        Parameters
        ----------
        who, ratings, genre, tag, years, min_ratings, leave_out, options: as for `Model.recommend`, without `explain`.

        Returns
        -------
        DataFrame
            movie_id, title, genres, year, n_ratings, place_1, place_2, change, moved, unknown_to; predicted,
            plus_minus and would_watch of each model.

        Raises
        ------
        UnknownId, TitleError, UsageError
            For a user whom neither model knows, and for a rating that one cannot take; all are ValueErrors.

        Examples
        --------
        >>> sorted(set(both.recommend(7, n=5).change))
        ['same']
        """
        where = movie_filter(genre, years, min_ratings, tag)
        lists: list[Recommendations | None] = []
        unknown: list[UnknownId] = []
        for model, titles in zip(self._models, self._titles, strict=True):
            try:
                person = find_person(model, who, ratings, titles, leave_out)
            except UnknownId as error:
                if error.what != "user" or unknown:
                    raise
                unknown.append(error)
                lists.append(None)
            else:
                lists.append(person.recommend(model, count(n), where=where, **options))
        answer = answers.recommended_by_both(self._models, (lists[0], lists[1]))
        notes = answers.user_notes((lists[0], lists[1]), unknown[0].raw) if unknown else ()
        return _frame(answer.rows, answers.RECOMMENDED, (*notes, *answer.notes, *answer.examples))

    def rated(self, user: object) -> pd.DataFrame:
        """List a user's ratings with what each model predicts, the highest rating first.

        Parameters
        ----------
        user: a user id.

        Returns
        -------
        DataFrame
            movie_id, title, genres, year, n_ratings, rating, predicted_1, predicted_2, difference (second minus first),
            held_out_1, held_out_2 (whether each training left the rating out; NA: it is not in that data), unknown_to.

        Raises
        ------
        UnknownId
            Where neither model knows the user: a ValueError.

        Examples
        --------
        >>> bool((both.rated(7).difference == 0).all())
        True
        """
        ids = self.first.factors.user_ids, self.second.factors.user_ids
        raw = plain_id(user, "user")
        known = answers.known_id(ids, raw)
        answer = answers.rated_in_both(self._models, known)
        return _frame(answer.rows, answers.RATED, (*answers.user_notes(known, raw), *answer.notes, *answer.examples))

    @property
    def _models(self) -> answers.Models:
        return self.first.factors, self.second.factors

    @cached_property
    def _titles(self) -> tuple[TitleIndex, TitleIndex]:
        return title_index(self.first.factors), title_index(self.second.factors)

    def _movie(self, movie: object) -> answers.Known:
        return movie_named(self._models, movie, self._titles)

    def __repr__(self) -> str:
        facts = (model_facts(model.factors, model.run) for model in (self.first, self.second))
        both = " and ".join(f"{one['recipe']}, {one['run']}" for one in facts)
        return visible(f"<mftui.Comparison of {both}>")


def compare(first: Given, second: Given) -> Comparison:
    """Put two models beside each other, to ask both the same.

    Parameters
    ----------
    first, second: a Model each, or what `mftui.open_run` takes: the id or the name of a run.

    Returns
    -------
    Comparison
        With `similar`, `recommend` and `rated`.

    Raises
    ------
    RunError
        Where there is no such run, or it has no model yet.

    Examples
    --------
    >>> import mftui
    >>> both = mftui.compare(mftui.open_run(), mftui.open_run())
    >>> both.recommend(7, n=3).place_1.tolist()
    [1, 2, 3]
    """
    one, other = (given if isinstance(given, Model) else open_run(given) for given in (first, second))
    return Comparison(one, other)


def movie_named(
    models: answers.Models, movie: object, titles: tuple[TitleIndex | None, TitleIndex | None] = (None, None)
) -> answers.Known:
    """Return the index in both models of a movie: as the first knows it by id or title, else as the second does.

    Raises what `find_movie` raises of the first, where neither knows it.
    """
    try:
        return answers.movie_in_both(models, find_movie(models[0], movie, titles[0]))
    except (UnknownId, TitleError) as error:
        try:
            return answers.movie_in_both(models, find_movie(models[1], movie, titles[1]), 1)
        except MftuiError:
            raise error from None


def _frame(rows: Sequence[Row], columns: Sequence[str], notes: Sequence[str]) -> pd.DataFrame:
    for note in notes:
        warnings.warn(visible(note), stacklevel=3)
    return frame_of(rows, columns)
