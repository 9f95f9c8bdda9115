"""The model that is looked at: a run's factors and the index of its titles, opened together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mftui.errors import MftuiError, RunError
from mftui.text import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.data.titles.search import TitleIndex
    from mftui.engine.model.factors import Factors
    from mftui.runs.store.run import Run
    from mftui.tui.base.session_state import SessionState


@dataclass(eq=False)
class OpenModel:
    """A model as it was published at one moment; a newer one is another OpenModel."""

    run: Run
    version: str
    factors: Factors
    index: TitleIndex
    called: str
    """What the run is called where it is shown; without a number behind it before `prepare`."""

    @cached_property
    def title_places(self) -> NDArray[np.int64]:
        """Return (n_movies,) place of each movie in the order of titles; case and accents do not matter."""
        import numpy as np

        titles = [fold(title) for title in self.factors.movies.title_list]
        places = np.empty(len(titles), dtype=np.int64)
        places[sorted(range(len(titles)), key=titles.__getitem__)] = np.arange(len(titles))
        return places

    @cached_property
    def shared_names(self) -> frozenset[str]:
        """Return the titles without their year that several movies have, such as remakes."""
        from mftui.data.titles.title import without_year

        seen: set[str] = set()
        shared: set[str] = set()
        for title in self.factors.movies.title_list:
            name = without_year(title).strip()
            (shared if name in seen else seen).add(name)
        return frozenset(shared)

    def same_run(self, other: OpenModel | None) -> bool:
        """Return whether the other model comes from the same run, of whatever moment."""
        return other is not None and other.run.path == self.run.path

    @property
    def about(self) -> str:
        """Return what to know of all of its lists, in a few words: that nobody gave the ratings; "" for nothing."""
        from mftui.data.sources.catalogue import SAMPLE

        return "made-up ratings" if self.factors.meta.get("dataset") == SAMPLE.label else ""

    @property
    def about_predictions(self) -> str:
        """Return what to know of its lists with predictions: also that no stars were learned."""
        from mftui.engine.recipes import caution_of

        return ", ".join(filter(None, (self.about, "stars rescaled" if caution_of(self.factors.meta) else "")))

    def prepare(self) -> None:
        """Load what a search will need, and see whether other runs are called the same: for that all are opened."""
        from mftui.runs.store.run import names_of, runs_and_configs

        self.index.prepare()
        self.called = names_of(runs_and_configs()).get(self.run.id, self.called)

    @property
    def label(self) -> tuple[str, ...]:
        """Return the parts of the top line's text, those that matter most first: the run, its data set, its recipe
        with the number of factors of each member."""
        recipe, k = self.factors.meta.get("recipe", ""), self.factors.n_factors // self.factors.parameters.members
        parts = (self.called, str(self.factors.meta.get("dataset") or ""), f"{recipe} k={k}".strip())
        return tuple(part for part in parts if part)


def open_model(run: Run, before: OpenModel | None = None) -> OpenModel:
    """Load the newest model of `run`; `before` again where that is the newest.

    The titles are indexed once: a model `before` of the same run gives its index. From then on this process
    multiplies in one thread: others would, after every look-up of a millisecond, spin for thirty more.

    Raises RunError or FormatError where there is nothing to load. May take a second: not for the event loop.
    """
    from threadpoolctl import threadpool_limits

    from mftui.data.titles.search import TitleIndex
    from mftui.runs.store.naming import without_date

    version = run.factors_version
    if version is None:
        raise RunError(f"run {run.id} has no model yet.", hint="It comes with the first checkpoint.")
    same = before if before is not None and before.run.path == run.path else None
    if same is not None and same.version == version:
        return same
    factors = run.load_factors()
    threadpool_limits(1, user_api="blas")
    called = same.called if same is not None else run.name or without_date(run.id)
    if same is not None and same.factors.n_movies == factors.n_movies:
        index = same.index
    else:
        index = TitleIndex(factors.movies.titles, factors.movie_ids, factors.movie_counts, factors.movies.web_ids)
    return OpenModel(run, version, factors, index, called)


def runs_to_open(session: SessionState) -> tuple[Run | None, Run | None]:
    """Return the run whose curve is shown at first, and that whose model is: one and the same, unless the newest run is
    under way or has come to no model."""
    from mftui.runs.store.run import list_runs

    newest = next(iter(list_runs()), None)
    usable = model_to_open(session, newest)
    ended = newest is not None and newest.has_factors and not newest.status().active
    return (usable or newest) if ended else newest, usable


def model_to_open(session: SessionState, newest: Run | None) -> Run | None:
    """Return the run whose model was last open, unless there is a newer run since; else the newest model."""
    from mftui.runs.store.run import find_run, newest_usable

    try:
        if newest is not None and session.text("run") and session.text("newest_run") >= newest.id:
            run = find_run(session.text("run"))
            if run.has_factors:
                return run
    except MftuiError:
        pass
    try:
        return newest_usable()
    except RunError:
        return None
