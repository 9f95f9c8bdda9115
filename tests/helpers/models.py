"""Small models made by hand, and run directories that hold them: for tests that need one at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mftui.data.dataset import Dataset, Movies, Ratings, Scale
from mftui.data.ids import Ids
from mftui.data.splits import Split, SplitSpec, make_split
from mftui.data.storage.string_column import StringColumn
from mftui.data.titles.title import parse_year
from mftui.data.web_ids import WebIds
from mftui.engine.model.factors import Factors
from mftui.engine.model.gladness import Gladness
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.store import save_factors
from mftui.engine.recipes import row_priors
from mftui.runs.store.lock import trainer_lock
from mftui.runs.store.naming import slug
from mftui.runs.store.process import Process
from mftui.runs.store.publish import publish, write_json
from mftui.runs.store.run import Run
from mftui.runs.store.status import ACTIVE, FINISHED, Status, write_status

TITLES = (
    "Toy Story (1995)",
    "Toy Story 2 (1999)",
    "Matrix, The (1999)",
    "Batman (1989)",
    "Batman Returns (1992)",
    "Godfather, The (1972)",
    "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)",
    "Seven (a.k.a. Se7en) (1995)",
    "Hamlet (1990)",
    "Hamlet (1996)",
    "Heat (1995)",
    "Babylon 5",
)
_STANDS_IN: dict[Path, ExitStack] = {}
"""The locks of runs that this process stands in for the trainer of."""
HOSTILE = (
    "[REC] (2007)",
    "[/b] oops (2001)",
    "Escape \x1b[31mred\x1b[0m \x1b]0;owned\x07 (2002)",
    "千と千尋の神隠し (2001)",
    "🎬 (2019)",
    "Override \u202egnp.exe (2003)",
    "Two\nlines\tand a tab (2004)",
    'Quotes, "commas" and :smile: (2005)',
)
"""Titles that break a terminal, markup or a table where they are printed as they come."""
GENRES = ("Adventure|Animation", "Action|Sci-Fi", "Drama", "(no genres listed)", "Comedy|Drama|Romance")


def toy_dataset(titles: Sequence[str] = TITLES, *, n_users: int = 20, seed: int = 0) -> Dataset:
    """Users 1 to `n_users`, movies 1 to n: each user rated a random half of them, in half stars."""
    random = np.random.default_rng(seed)
    rated = random.random((n_users, len(titles))) < 0.5
    rated[np.arange(len(titles)) % n_users, np.arange(len(titles))] = True
    rated[np.arange(n_users), np.arange(n_users) % len(titles)] = True
    users, movies = (index.astype(np.int32) for index in np.nonzero(rated))
    values = (random.integers(1, 11, len(users)) / 2).astype(np.float32)
    return Dataset(
        name="toy",
        label="toy (made by a test)",
        ratings=Ratings(users, movies, values),
        user_ids=Ids(np.arange(1, n_users + 1), "user"),
        movie_ids=Ids(np.arange(1, len(titles) + 1), "movie"),
        movies=Movies(
            StringColumn.of(titles),
            StringColumn.of(GENRES[i % len(GENRES)] for i in range(len(titles))),
            np.array([parse_year(title) or 0 for title in titles], dtype=np.int16),
        ),
        scale=Scale(0.5, 5.0, 0.5),
        fingerprint="toy",
    )


def toy_factors(
    titles: Sequence[str] = TITLES,
    *,
    n_users: int = 20,
    k: int = 4,
    test_fraction: float = 0.2,
    seed: int = 0,
    audience: bool = False,
) -> Factors:
    """A model of `toy_dataset` with random parameters; `test_fraction` 0 holds nothing out."""
    dataset = toy_dataset(titles, n_users=n_users, seed=seed)
    random = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return random.normal(0, 0.5, shape).astype(np.float32)

    n_movies = len(titles)
    parameters = Parameters(drawn(n_users, k), drawn(n_movies, k), drawn(n_users), drawn(n_movies), 0.3, 0.3, 5.2)
    if audience:
        weights = (1 + 0.1 * random.random(n_movies)).astype(np.float32)
        parameters = replace(parameters, audience_movie_factors=drawn(n_movies, k), audience_movie_weights=weights)
        parameters = replace(parameters, audience_gladness=Gladness(3.0, 1.2, 1.1))
    spec = SplitSpec("random", test_fraction) if test_fraction else SplitSpec("none")
    meta = {"dataset": dataset.label, "recipe": "biased", "split": spec.label}
    return assembled(parameters, dataset, make_split(dataset, spec), meta)


def with_links_and_tags(factors: Factors) -> Factors:
    """The same model, of data with a links.csv and a tags.csv: movie i has IMDb's id tt0000101 + i and TMDb's 201 + i,
    but the last has none; each is tagged "film", every third "quiet evening" as well."""
    n = factors.n_movies
    numbers = np.arange(n, dtype=np.int64) + 101
    numbers[-1] = 0
    web_ids = WebIds(numbers, np.where(numbers, numbers + 100, 0))
    tags = StringColumn.of("quiet evening|film" if i % 3 == 0 else "film" for i in range(n))
    return replace(factors, movies=replace(factors.movies, web_ids=web_ids, tags=tags))


def assembled(parameters: Parameters, dataset: Dataset, split: Split, meta: dict[str, Any]) -> Factors:
    """A model as a run has it, with the priors of the recipe that `meta` names."""
    return Factors.assemble(parameters, dataset, split, priors=row_priors(meta, parameters), meta=meta)


def trained_by(model: Factors, **changes: Any) -> Factors:
    """The model with changes, and the priors of the recipe that its `meta` names then."""
    changed = replace(model, **changes)
    return replace(changed, priors=row_priors(changed.meta, changed.parameters))


def predicted(model: Factors, user: int | str, movie: int | str) -> float:
    """The rating that a model predicts for a pair of raw ids."""
    pair = np.array([model.user_ids.index(user)]), np.array([model.movie_ids.index(movie)])
    return float(model.predict(*pair)[0])


def end_of(run: Run) -> None:
    """No longer stand in for the trainer of a run that `toy_run` made."""
    _STANDS_IN.pop(run.path).close()


def toy_run(home: Path, factors: Factors | None = None, *, state: str = FINISHED, name: str = "toy") -> Run:
    """A run directory under `home` (what MFTUI_HOME says) with this model, by default `toy_factors()`.

    In an active state (running, …) this process stands in for the trainer, until `end_of` or its own end.
    """
    run = Run(home / "runs" / f"20260101-000000-biased-k4-{slug(name)}")
    run.path.mkdir(parents=True)
    config = {"format_version": 1, "run": run.id, "name": name, "sequence": 1, "recipe": "biased"}
    write_json(run.path / "config.json", config)
    if state in ACTIVE:
        _STANDS_IN[run.path] = ExitStack()
        _STANDS_IN[run.path].enter_context(trainer_lock(run.path))
    write_status(run.path, Status(state=state, process=Process.current() if state in ACTIVE else None))
    model = factors or toy_factors()
    publish(run.factors_path, lambda directory: save_factors(model, directory))
    return run
