"""Match a person's ratings to movies of a model: by id of the same data set, else by title and year."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import gc_paused
from mftui.data.dataset import Movies, Scale
from mftui.data.ids import Ids, RawId
from mftui.data.profiles.film_names import first_keys, keys_of, parts_in, year_and_keys
from mftui.data.profiles.links import Links, links_of_data, links_of_movies
from mftui.data.profiles.many_names import Names
from mftui.data.profiles.many_rows import Rows
from mftui.data.profiles.rated import Rated, kept_rows
from mftui.data.profiles.stars import from_stars, to_stars
from mftui.data.titles.title import parse_year
from mftui.data.web_ids import imdb_number
from mftui.errors import DataError

_ALIKE = 70
"""Share of the letters, in percent, that two titles have in common to be named as near."""
_MIN_PREFIX = 4
_MANY = 10_000
"""Rows from which on they are looked through by columns: that takes an import of Arrow."""
How = Literal["id", "imdb", "tmdb", "title", "title without a year", "year off by one", "part of the title"]
BY_ID = ("id", "imdb", "tmdb")
"""Found whatever the title is."""
LOOSE = ("year off by one", "part of the title")
"""Of two films that seem to be one movie, the one found so is another."""


class Model(Protocol):
    """What is needed of a trained model (`engine.factors.Factors`)."""

    @property
    def movie_ids(self) -> Ids: ...
    @property
    def movies(self) -> Movies: ...
    @property
    def movie_counts(self) -> NDArray[np.int32]: ...
    @property
    def scale(self) -> Scale: ...
    @property
    def meta(self) -> dict[str, Any]: ...


class Match(NamedTuple):
    """The movie that was found, and by what."""

    movie: int
    how: How


@dataclass(frozen=True)
class Matched:
    """A person's ratings as a model takes them: n of them, in the order in which they were made."""

    movies: NDArray[np.int64]
    """(n,) movie indices, each once: of two ratings of one movie the later counts."""
    ratings: NDArray[np.float32]
    """(n,) on the model's scale."""
    rows: list[Rated]
    """n: what they were made of."""
    missing: list[Rated] = field(default_factory=list)
    """Ratings of films that the model does not have."""


class Matcher:
    """Find the movies of a model that ratings mean.

    Parameters
    ----------
    model: its vocabulary is what is looked in.
    links: ids elsewhere of the movies of its data, beside those that the model has itself. Without them, and if the
        model has none either, they are read from its data once a rating comes that has such an id.
    """

    def __init__(self, model: Model, links: Links | None = None) -> None:
        self._model = model
        self._given = links
        self.scale = model.scale
        self._rating = cache(lambda stars: from_stars(stars, model.scale))
        self.dataset = str(model.meta.get("dataset") or "")
        self.fingerprint = str(model.meta.get("fingerprint") or "")

    @cached_property
    def titles(self) -> Sequence[str]:
        """Return all titles, by movie index."""
        return self._model.movies.title_list

    def raw_id(self, movie: int) -> RawId:
        """Return the raw id of the movie at an index."""
        return self._model.movie_ids.raw(movie)

    def rated(self, movie: int, rating: float, timestamp: int = 0) -> Rated:
        """Return a rating, on the model's scale, of the movie at an index, as a profile keeps it."""
        return self.identified(Rated("", to_stars(rating, self.scale), timestamp=timestamp), movie)

    def identified(self, row: Rated, movie: int) -> Rated:
        """Return `row` with the model's title and id of the movie at an index."""
        return self.identified_all([row], [movie])[0]

    def identified_all(self, rows: Sequence[Rated], movies: Sequence[int]) -> list[Rated]:
        """Return each row with the model's title and id of the movie at an index."""
        whole = [self._identified(row, movie) for row, movie in zip(rows, movies, strict=True)]
        return kept_rows(*zip(*whole, strict=True)) if whole else []

    def _identified(self, row: Rated, movie: int) -> Rated:
        raw = str(self.raw_id(movie))
        ids, web = self._given or Links(), self._model.movies.web_ids
        return row._replace(
            title=self.titles[movie] if self._model.movies.titled else "",
            movie_id=raw,
            imdb_id=row.imdb_id or ids.imdb_of.get(raw) or ("" if web is None else web.imdb_id(movie)),
            tmdb_id=row.tmdb_id or ids.tmdb_of.get(raw) or ("" if web is None else str(web.tmdb_id(movie) or "")),
            dataset=self.dataset,
            fingerprint=self.fingerprint,
        )

    def rating(self, row: Rated) -> float:
        """Return the row's stars on the model's scale."""
        return self._rating(row.stars)

    def match(self, rows: Iterable[Rated]) -> Matched:
        """Match each row to a movie of the model; rows without one are in `missing`."""
        found: dict[int, Rated] = {}
        missing = []
        rows = rows.in_order() if isinstance(rows, Rows) else sorted(rows, key=lambda row: row.timestamp)
        for row, match in zip(rows, self.find_all(rows), strict=True):
            if match is None:
                missing.append(row)
            else:
                found.pop(match.movie, None)
                found[match.movie] = row
        ratings = np.array([self.rating(row) for row in found.values()], dtype=np.float32)
        return Matched(np.array(list(found), dtype=np.int64), ratings, list(found.values()), missing)

    @gc_paused()
    def find_all(self, rows: Sequence[Rated]) -> list[Match | None]:
        """Find the movie of each row, as `find` does; but a movie that one row means strictly, no other means loosely:
        with "Rashomon (1950)" and "Rashomon (1951)" there are two films."""
        if len(rows) < _MANY:
            return self.settled([self.find(row) for row in rows])
        found = self.find_many(Names(Rows.joined([rows])))
        return [found.get(at) for at in range(len(rows))]

    @gc_paused()
    def find_many(self, names: Names) -> dict[int, Match]:
        """Find as `find_all` does the movies of very many rows; return the places of those that have one."""
        known = {*self._names, *self._parts}
        at = np.flatnonzero(~names.plain | names.among(known))
        found = self.settled([self.find(row) for row in names.rows.take(at)])
        return {place: match for place, match in zip(at.tolist(), found, strict=True) if match is not None}

    @staticmethod
    def settled(matches: Sequence[Match | None]) -> list[Match | None]:
        """Return what `find` found for all rows of a person, but loose matches of a movie that another row means."""
        strict = {match.movie for match in matches if match is not None and match.how not in LOOSE}
        return [None if match and match.how in LOOSE and match.movie in strict else match for match in matches]

    def rows_of(self, rows: Sequence[Rated], movie: int) -> list[Rated]:
        """Return the rows that are ratings of the movie at an index."""
        return [row for row, match in zip(rows, self.find_all(rows), strict=True) if match and match.movie == movie]

    def find(self, row: Rated) -> Match | None:
        """Find the movie that a row means; None if there is none, or if several are possible.

        By id where the data set is the same, or there is no title to go by; by IMDb or TMDb id; by any of its titles
        and year; by title and a year beside it; by year and a part of the title ("The Empire Strikes Back"). A movie
        that is known to have another id than the row is none of its title.
        """
        movie = self._by_id(row)
        if movie is not None:
            return Match(movie, "id")
        if row.imdb_id or row.tmdb_id:
            movie = self._of_raw(self._links.imdb.get(imdb_number(row.imdb_id)))
            if movie is not None:
                return Match(movie, "imdb")
            movie = self._of_raw(self._links.tmdb.get(int(row.tmdb_id or 0)))
            if movie is not None and not self._other_id(row, movie):
                return Match(movie, "tmdb")
        match = self._by_title(row) if row.title else None
        return None if match is None or self._other_id(row, match.movie) else match

    def contradiction(self, row: Rated) -> str:
        """Return why a row is not the movie that its title says; "" where nothing speaks against it."""
        match = self._by_title(row) if row.title else None
        other = "" if match is None else self._other_id(row, match.movie)
        return f"not {self.titles[match.movie]}, {other}" if match and other else ""

    def other_title(self, row: Rated, movie: int) -> str:
        """Return the movie that the title and year of a row say, where an id says another one; "" where they agree."""
        match = self._by_title(row) if parse_year(row.title) else None
        if match is None or match.how in LOOSE or match.movie == movie:
            return ""
        title = self.titles[match.movie]
        return "" if keys_of(title) & keys_of(self.titles[movie]) else title

    def _other_id(self, row: Rated, movie: int) -> str:
        """Return what says that a movie has another IMDb id (or, where the row has none, TMDb id) than the row."""
        if not (row.imdb_id or row.tmdb_id):
            return ""
        raw = str(self.raw_id(movie))
        number = imdb_number(row.imdb_id)
        if number > 0:
            theirs, other = self._links.imdb_of.get(raw, ""), self._links.imdb.get(number, raw)
            differs = bool(theirs) and imdb_number(theirs) != number
            ours = row.imdb_id
        else:
            theirs, other = self._links.tmdb_of.get(raw, ""), self._links.tmdb.get(int(row.tmdb_id), raw)
            differs = bool(theirs) and theirs != row.tmdb_id
            theirs, ours = f"TMDb's {theirs}", f"TMDb's {row.tmdb_id}"
        if differs:
            return f"which is {theirs} and not {ours}"
        return f"as {ours} is movie {other}" if other != raw else ""

    def _of_raw(self, raw: str | None) -> int | None:
        return None if raw is None else self._model.movie_ids.find(raw)

    @cached_property
    def _links(self) -> Links:
        own = links_of_movies(self._model.movies, self._model.movie_ids)
        if self._given is not None:
            return Links(own.imdb | self._given.imdb, own.tmdb | self._given.tmdb)
        try:
            return own or links_of_data(str(self._model.meta.get("source") or ""))
        except DataError:
            return Links()

    def nearest(self, row: Rated, limit: int = 3) -> list[int]:
        """Return up to `limit` movies that the row may mean: of the same title first, then with one that begins with
        it, then with one spelled much like it; of several, those of years near its own."""
        from rapidfuzz import fuzz, process

        asked, names = sorted(keys_of(row.title)), self._sorted_names
        like = list(asked)
        for key in asked:
            after = names[bisect_left(names, key) :][:limit]
            like += [name for name in after if len(key) >= _MIN_PREFIX and name.startswith(key)]
        for key in asked:
            like += [
                name for name, *_ in process.extract(key, names, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=limit)
            ]
        year = parse_year(row.title) or 0
        movies = [sorted(self._names.get(name, ()), key=lambda movie: abs(self._year(movie) - year)) for name in like]
        return list(dict.fromkeys(movie for some in movies for movie in some))[:limit]

    def _knows_id(self, row: Rated) -> bool:
        """Return whether the row's id is an id of this model's data set."""
        if not row.movie_id:
            return False
        if row.fingerprint and row.fingerprint == self.fingerprint:
            return True
        untitled = row.title in ("", row.movie_id) or not self._model.movies.titled
        return untitled and row.dataset in ("", self.dataset)

    def _by_id(self, row: Rated) -> int | None:
        return self._model.movie_ids.find(row.movie_id) if self._knows_id(row) else None

    def _by_title(self, row: Rated) -> Match | None:
        year, keys = year_and_keys(row.title)
        found = {movie for key in keys for movie in self._names.get(key, ())}
        if not found:
            return None if year is None else self._by_part(row, year, keys)
        same = [movie for movie in found if year in (None, self._year(movie))]
        unknown = [movie for movie in found if self._year(movie) == 0]
        near = [movie for movie in found if year is not None and abs(self._year(movie) - year) == 1]
        if same or unknown:
            chosen = self._chosen(row, same or unknown, year is not None)
            how: How = (
                "title" if year is not None or chosen is None or not self._year(chosen) else "title without a year"
            )
            return None if chosen is None else Match(chosen, how)
        chosen = self._chosen(row, near, False)
        return None if chosen is None else Match(chosen, "year off by one")

    def _by_part(self, row: Rated, year: int, keys: frozenset[str]) -> Match | None:
        parts = keys | parts_in(row.title, whole=True)
        same_year = {movie for part in parts for movie in self._parts.get(part, ()) if self._year(movie) == year}
        return Match(same_year.pop(), "part of the title") if len(same_year) == 1 else None

    def _chosen(self, row: Rated, movies: list[int], most_rated: bool) -> int | None:
        """Choose the movie that is meant: of several the one with the row's id, then with its first title, then
        (where the year is the same too) the most rated."""
        if len(movies) > 1:
            with_id = [movie for movie in movies if str(self.raw_id(movie)) == row.movie_id]
            first = [movie for movie in movies if first_keys(row.title) & first_keys(self.titles[movie])]
            movies = with_id or first or movies
        if len(movies) > 1 and most_rated:
            movies = [max(movies, key=lambda movie: (int(self._model.movie_counts[movie]), -movie))]
        return movies[0] if len(movies) == 1 else None

    def _year(self, movie: int) -> int:
        return int(self._model.movies.years[movie])

    @cached_property
    def _names(self) -> Mapping[str, list[int]]:
        """Map every name of every title to the movies that have it."""
        if not self._model.movies.titled:
            return {}
        names: defaultdict[str, list[int]] = defaultdict(list)
        for movie, title in enumerate(self.titles):
            for key in keys_of(title):
                names[key].append(movie)
        return dict(names)

    @cached_property
    def _sorted_names(self) -> list[str]:
        return sorted(self._names)

    @cached_property
    def _parts(self) -> Mapping[str, list[int]]:
        """Map parts of titles to the movies that have them."""
        parts: defaultdict[str, list[int]] = defaultdict(list)
        for movie, title in enumerate(self.titles):
            for part in parts_in(title):
                parts[part].append(movie)
        return dict(parts)
