"""A person's own ratings, matched to the movies of a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mftui.cli.output import note
from mftui.errors import DataError, TitleError

if TYPE_CHECKING:
    from mftui.engine.factors import Factors


def own_ratings(factors: Factors, file: Path) -> tuple[Any, Any]:
    """((n,) movie indices, (n,) ratings) of a CSV: by title where it has one, else by id.

    Says on standard error which lines are in no movie of the model. Raises DataError where none is, or where
    a rating is off the model's scale.
    """
    import numpy as np

    from mftui.data.personal import read_personal
    from mftui.data.search import TitleIndex

    index = TitleIndex(factors.movies.title_list, factors.movie_ids, factors.movie_counts)
    found: dict[int, float] = {}
    missing = []
    for given in read_personal(file):
        if not factors.scale.lo <= given.rating <= factors.scale.hi:
            raise DataError(
                f"rating {given.rating:g} is outside {factors.scale.lo:g} to {factors.scale.hi:g}, the model's scale.",
                path=file,
                line=given.line,
            )
        try:
            found[index.resolve(given.title or given.movie)] = given.rating
        except TitleError:
            missing.append(given)
    if not found:
        raise DataError("none of its movies is in the model.", path=file)
    if missing:
        names = ", ".join(m.title or m.movie for m in missing[:5])
        note(f"{len(missing)} of {len(missing) + len(found)} ratings name no movie of the model: {names}.")
    return np.array(list(found), dtype=np.int64), np.array(list(found.values()), dtype=np.float32)
