"""What is known of the users of a data set, from the file that MovieLens puts beside the ratings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Dataset
from mftui.data.ids import RawId
from mftui.data.readers.users import read_users
from mftui.data.sources.locate import locate


@dataclass(frozen=True)
class People:
    """By user index; what is not known is 0, or empty."""

    ages: NDArray[np.int16]
    """(n_users,) years."""
    genders: list[str]
    """(n_users,) as the file has them."""
    occupations: list[str]
    """(n_users,) as the file has them: words, or numbers that stand for them."""


def people_of(dataset: Dataset) -> People | None:
    """Return the people behind the user ids; None where the data set has no file of them.

    Raises DataError, naming file and line, for a file that cannot be read.
    """
    ref = locate(dataset.source).users if dataset.source else None
    if ref is None:
        return None
    lines = read_users(ref)
    ids: list[RawId] = [line.user for line in lines]
    indices, known = dataset.user_ids.indices(ids)
    people = People(np.zeros(dataset.n_users, np.int16), [""] * dataset.n_users, [""] * dataset.n_users)
    for at, line in ((int(indices[i]), lines[i]) for i in np.flatnonzero(known).tolist()):
        people.ages[at], people.genders[at], people.occupations[at] = line.age, line.gender, line.occupation
    return people
