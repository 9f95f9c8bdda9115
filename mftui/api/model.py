"""A trained model, asked from Python."""

from __future__ import annotations

import os
import warnings
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftui.api.arguments import count, find_movie, is_one, movie_filter, pair_indices, seconds_in, title_index
from mftui.api.datasets import known_ratings
from mftui.api.explanation import Explanation, explanation_of
from mftui.api.person import Person, find_person
from mftui.api.rows import NEIGHBOURS, RECOMMENDED, frame_of, neighbour_rows, recommended_rows, share_rows
from mftui.api.show import html_table, model_facts, one_line
from mftui.api.tables import movies_table, read_only, users_table
from mftui.engine.evaluation.evaluate import evaluate
from mftui.engine.query.approximate import Search, find_similar
from mftui.engine.query.neighbours import By, Metric, has_neighbours
from mftui.engine.query.recommend import Bound, Rank
from mftui.errors import UsageError
from mftui.runs.results.export import export_model
from mftui.runs.store.run import Run
from mftui.text import visible

if TYPE_CHECKING:
    import pandas as pd

    from mftui.api.datasets import Dataset
    from mftui.data.titles.search import TitleIndex
    from mftui.engine.model.factors import Factors

_LINE = "<mftui.Model {recipe}, {factors} factors, {data}: {users} users, {movies} movies; {run}>"


class Model:
    """A trained model: ask it what is similar, what to recommend, and why.

    `mftui.open_run` opens one, `mftui.train` trains one. Users and movies are named by their ids as the ratings file
    has them; movies also by words of their title, where an exact title wins.

    Attributes
    ----------
    factors : mftui.engine.model.factors.Factors
        The same model by indices, as the rest of mftui uses it.
    run : mftui.runs.store.run.Run or None
        The run that keeps it; None for a model in memory.

    Examples
    --------
    The examples of the methods go on from here.

    >>> import mftui
    >>> model = mftui.open_run()
    >>> model.similar("toy story", n=3).columns.tolist()
    ['movie_id', 'title', 'genres', 'year', 'score', 'n_ratings']
    """

    def __init__(self, factors: Factors, run: Run | None = None) -> None:
        self.factors, self.run = factors, run

    @property
    def movies(self) -> pd.DataFrame:
        """Return every movie: ids, title, genres and tags (joined by "|"), year, numbers of ratings, mean and biases.

        Row i belongs to row i of `movie_factors`; `n_train` counts the ratings in training; `bias` is in rating units,
        as in the app, and `bias_in_formula` is b_m of the formula in docs/recipes.md.

        Examples
        --------
        >>> model.movies.title[0], model.movies.year[0].item()
        ('Toy Story (1995)', 1995)
        """
        return movies_table(self.factors)

    @property
    def users(self) -> pd.DataFrame:
        """Return every user, in the order of `user_factors`: numbers of ratings, mean, and biases as of `movies`.

        Examples
        --------
        >>> model.users.columns.tolist()
        ['user_id', 'n_ratings', 'n_train', 'mean', 'bias', 'bias_in_formula']
        """
        return users_table(self.factors)

    @property
    def movie_factors(self) -> NDArray[np.float32]:
        """Return the (n_movies, k) factors of the movies, read-only; of an ensemble the members stand side by side.

        Examples
        --------
        >>> model.movie_factors.shape[0] == len(model.movies)
        True
        """
        return read_only(self.factors.parameters.movie_factors)

    @property
    def user_factors(self) -> NDArray[np.float32]:
        """Return the (n_users, k) factors of the users, read-only.

        Examples
        --------
        >>> model.user_factors.shape[1] == model.movie_factors.shape[1]
        True
        """
        return read_only(self.factors.parameters.user_factors)

    def similar(
        self,
        movie: object,
        n: int = 10,
        *,
        metric: Metric = "cosine",
        by: By | None = None,
        genre: str | None = None,
        tag: str | None = None,
        years: Any = None,
        min_ratings: int = 0,
        search: Search = "exact",
        shrink: bool = True,
    ) -> pd.DataFrame:
        """List the `n` movies nearest to a movie in the space of what was learned.

        Parameters
        ----------
        movie: an id, IMDb's ("tt0114709") or TMDb's ("tmdb:862") too, or words of a title.
        metric: "cosine"; "dot", as a share of the movie's own (1 is the movie itself); or "euclidean", a distance.
        shrink: count movies with few ratings for less, as docs/guide.md#2-movies says; the 2019 post did not.
        by: "taste" (what people thought), "audience" (who watched) or "both", the default where the model has both.
        genre, tag, years, min_ratings: list only movies of this genre, with this tag among those of most people, of
            these years (1994, "1990-1999" or (1990, 1999)), with so many ratings.
        search: "exact", or "approximate" to use an index where looking at all movies is slow (needs `mftui[ann]`).

        Returns
        -------
        DataFrame
            movie_id, title, genres, year, score and n_ratings, nearest first; empty, with a warning, of an unknown one.

        Raises
        ------
        UnknownId, TitleError
            Where the model has no such movie, or several; both are ValueErrors.

        Examples
        --------
        >>> assert len(model.similar("toy story", n=5, years=(1990, 1999))) == 5
        """
        f, index = self.factors, find_movie(self.factors, movie, self._titles)
        where = movie_filter(genre, years, min_ratings, tag)
        if not has_neighbours(f, index, by):
            warnings.warn("No rating of this movie was trained on: its neighbours are unknown.", stacklevel=2)
            return frame_of([], NEIGHBOURS)
        found = find_similar(f, index, count(n), metric=metric, by=by, where=where, search=search, shrink=shrink)
        return frame_of(neighbour_rows(f, found.movies, found.scores), NEIGHBOURS)

    def recommend(
        self,
        who: Any,
        n: int = 10,
        *,
        ratings: Any = None,
        rank: Rank | None = None,
        discover: float = 0.0,
        genre: str | None = None,
        tag: str | None = None,
        years: Any = None,
        min_ratings: int = 0,
        bound: Bound | None = None,
        leave_out: Any = (),
        explain: bool = False,
    ) -> pd.DataFrame:
        """List the `n` movies that somebody has not rated and would most likely watch and like.

        Parameters
        ----------
        who: a user id; or somebody new by their ratings: a dict, a Series or a DataFrame with a rating for each movie
            id or title. Nothing is trained again: their factors are solved from the ratings.
        ratings: newer ratings of the user `who`, in any of these forms.
        rank: "like" ranks by the predicted rating, "watch" by who watches what, "both" by both, the default where the
            model has both.
        discover: from 0 (as relevant as can be) to 1 (less-seen films first).
        genre, tag, years, min_ratings: as for `similar`.
        bound: rank by the "lower" end of the interval (safe bets), or the "upper" one (adventurous).
        leave_out: ids or titles of movies that are not to be listed; those that the model does not have do not count.
        explain: add a column `because`: the person's ratings, and what each adds to prediction and score.

        Returns
        -------
        DataFrame
            movie_id, title, genres, year, predicted (a rating), std (of ratings around it), plus_minus (90 % of ratings
            lie so near), would_watch (a percentile, 0 to 100), score (that ranks the list, if no rating does),
            n_ratings, lower, upper (the interval), and cold (nothing is known of user or movie); best first. Unknown
            is NaN. A warning says why a list is short.

        Raises
        ------
        UnknownId, TitleError, UsageError
            For a user or movie that the model does not know, and for a rating off its scale; all are ValueErrors.

        Examples
        --------
        >>> len(model.recommend(7, n=3, genre="Drama"))
        3
        >>> "Toy Story (1995)" in model.recommend({"toy story": 5, "alien": 2}, n=20).title.tolist()
        False
        """
        f, person = self.factors, self._person(who, ratings, leave_out)
        where = movie_filter(genre, years, min_ratings, tag)
        result = person.recommend(f, count(n), rank=rank, discover=discover, where=where, bound=bound)
        rows = recommended_rows(f, person, result)
        if result.note:
            warnings.warn(visible(f"{len(rows)} of {n} listed: {result.note}"), stacklevel=2)
        if not explain:
            return frame_of(rows, RECOMMENDED)
        because = person.because(f, result.movies, rank=result.ranked_by, bound=bound, discover=discover)
        rows = [row | {"because": share_rows(f, because, at)} for at, row in enumerate(rows)]
        return frame_of(rows, (*RECOMMENDED, "because"))

    def predict(self, users: Any, movies: Any, dates: Any = None) -> Any:
        """Predict the rating of each pair of a user and a movie.

        Parameters
        ----------
        users, movies: an id each, or n of them; one id beside n stands for all. Movies can be titles. An id that the
            model does not know is no error: it is predicted from what is known of the other, and from the mean.
        dates: when they are rated, for a model that learned from the dates of ratings (others warn that they ignore
            them): a date, datetime or text such as "2018-09-24", or seconds since 1970; one for all, or n. On a day on
            which the user rated nothing that the model learned from, the prediction is as without.

        Returns
        -------
        (n,) float32 array, within the rating scale; a float for one user and one movie

        Raises
        ------
        ValueError
            Where there are not as many users as movies or dates, an id is missing, or a date is none.

        Examples
        --------
        >>> model.predict([1, 1, 2], [1, 4, 1]).shape
        (3,)
        """
        f = self.factors
        user, movie, known = pair_indices(f, users, movies, self._titles)
        predicted = f.predict(user, movie, known, seconds_in(dates, len(user), learned=f.parameters.dates is not None))
        return float(predicted[0]) if is_one(users) and is_one(movies) else predicted

    def explain(self, who: Any, movie: object, *, ratings: Any = None, **ranked: Any) -> Explanation:
        """Say why somebody is predicted a rating of a movie, and how it comes to its place on their list.

        Parameters
        ----------
        who, ratings: as for `recommend`.
        movie: an id, or words of a title.
        ranked: `rank`, `discover` and `bound`, by which the list is ranked, as for `recommend`.

        Returns
        -------
        Explanation
            The terms of the prediction, and in `because` the person's ratings with the contribution of each.

        Examples
        --------
        >>> model.explain(7, "alien").because.columns.tolist()
        ['movie_id', 'title', 'rating', 'contribution', 'on_list']
        """
        f, index = self.factors, find_movie(self.factors, movie, self._titles)
        return explanation_of(f, self._person(who, ratings).because(f, np.array([index]), **ranked))

    def evaluate(self, ratings: pd.DataFrame | Dataset | str | Path | None = None, k: int = 10) -> dict[str, Any]:
        """Measure the model on test ratings, beside simple baselines.

        Parameters
        ----------
        ratings: what to test on; where left out, the ratings that the training held out.
        k: length of the lists that are judged.

        Returns
        -------
        dict
            rmse, mae, ndcg@k, recall@k, coverage, baselines and more, as `mftui evaluate --json` prints them.

        Raises
        ------
        UsageError
            Where there is nothing to test on: a ValueError.

        Examples
        --------
        >>> measures = model.evaluate()
        >>> measures["rmse"] < measures["baselines"]["global_mean"]["rmse"]
        True
        """
        part = known_ratings(self.factors, ratings)
        for note in part.notes:
            warnings.warn(visible(note), stacklevel=2)
        measures = evaluate(self.factors, part.ratings, count(k, "k"))
        if not measures["n_test"]:
            raise UsageError("the training held no ratings out.", hint="Give ratings to test on.")
        return part.counts | measures

    def export(
        self, destination: str | os.PathLike[str], to: str = "parquet", *, n: int = 20, rank: Rank | None = None
    ) -> Path:
        """Write the model as other programs read it, whole or not at all.

        Parameters
        ----------
        destination: a new directory; for "hdf5" a new file.
        to: "parquet" or "csv" (tables), "hdf5" (weights), "projector" (TensorBoard's), or "savedmodel" (TensorFlow's).
        n, rank: how many recommendations for every user, and by what, with "parquet" and "csv"; n=0 leaves them out.

        Returns
        -------
        Path
            What was written; of a SavedModel the version's own directory.

        Raises
        ------
        UsageError
            Where the place is taken, or there is no such export: a ValueError.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     path = model.export(f"{directory}/tables", to="csv", n=5)
        ...     sorted(file.name for file in path.iterdir())
        ['model.json', 'movies.csv', 'recommendations.csv', 'users.csv']
        """
        return export_model(self.factors, Path(destination), to, n=n, rank=rank)[0]

    @cached_property
    def _titles(self) -> TitleIndex:
        return title_index(self.factors)

    def _person(self, who: Any, ratings: Any, leave_out: Any = ()) -> Person:
        return find_person(self.factors, who, ratings, self._titles, leave_out)

    def __repr__(self) -> str:
        return one_line(_LINE, model_facts(self.factors, self.run))

    def _repr_html_(self) -> str:
        return html_table("mftui model", model_facts(self.factors, self.run))
