"""Split ratings into those to train on and those held out for the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Dataset, Ratings
from mftui.data.shuffles import shuffled
from mftui.errors import DataError, UsageError

KINDS = ("random", "temporal", "leave-last", "file", "none")


@dataclass(frozen=True)
class SplitSpec:
    """How to split the ratings into training and test."""

    kind: str = "random"
    """"random", "temporal", "leave-last", "file" (explicit test file) or "none"."""
    fraction: float = 0.1
    """Share of the ratings that is tested on, for random and temporal."""
    seed: int = 0
    """For random: `default_rng(seed).permutation(n)`, test is the first `int(n * fraction)` of it."""

    @property
    def label(self) -> str:
        """Describe the split for people: "random 10 % (seed 0)"."""
        percent = f"{100 * self.fraction:g} %"
        return {
            "random": f"random {percent} (seed {self.seed})",
            "temporal": f"latest {percent}",
            "leave-last": "last rating of each user",
            "file": "given test file",
            "none": "no test ratings",
        }[self.kind]


class Split:
    """Which of a data set's ratings are in training, and which are held out for the test.

    Parameters
    ----------
    n_ratings, n_test: how many there are, and how many of them are tested on; all others are trained on.
    test_rows: finds which these are. It is asked once, when that is first needed: to draw from millions takes seconds.
    """

    def __init__(self, spec: SplitSpec, n_ratings: int, n_test: int, test_rows: Callable[[], NDArray[Any]]) -> None:
        self.spec, self.n_test, self.n_train = spec, n_test, n_ratings - n_test
        self._n, self._find = n_ratings, test_rows

    @classmethod
    def of(cls, spec: SplitSpec, n_ratings: int, train_rows: NDArray[Any], test_rows: NDArray[Any]) -> Split:
        """Make a split from the rows of both parts; a row may be in neither."""
        split = cls(spec, n_ratings, len(test_rows), lambda: test_rows)
        split.n_train, split.trained = len(train_rows), np.zeros(n_ratings, dtype=bool)
        split.trained[train_rows] = True
        return split

    @cached_property
    def held_out(self) -> NDArray[np.bool_]:
        """Return (n_ratings,) True where the rating is tested on."""
        held_out = np.zeros(self._n, dtype=bool)
        held_out[self._find()] = True
        return held_out

    @cached_property
    def trained(self) -> NDArray[np.bool_]:
        """Return (n_ratings,) True where it is trained on."""
        return ~self.held_out

    @property
    def train_rows(self) -> NDArray[np.int64]:
        """Return the training rows in file order, (n_train,)."""
        return np.flatnonzero(self.trained)

    @property
    def test_rows(self) -> NDArray[np.int64]:
        """Return the test rows in file order, (n_test,)."""
        return np.flatnonzero(self.held_out)


def make_split(dataset: Dataset, spec: SplitSpec) -> Split:
    """Split the ratings of a data set; both parts keep the order of the file.

    - random: `default_rng(seed).permutation(n)`; the first `int(n * fraction)` are the test.
    - temporal: the latest `fraction` of all ratings by timestamp; of equals, the later in the file.
    - leave-last: the last rating of each user who has at least two, by timestamp where there
      are timestamps, else by place in the file.
    - file: the rows of the explicit test file.
    - none: no test.

    Raises UsageError for an unknown kind or fraction, DataError where the data does not allow it
    or a part would be empty.
    """
    n = len(dataset.ratings)
    if spec.kind == "random":
        n_test = _share(n, spec.fraction)
        split = Split(spec, n, n_test, lambda: shuffled(spec.seed, n)[:n_test])
    else:
        test = _test_rows(dataset, spec)
        split = Split(spec, n, len(test), lambda: test)
    if not split.n_train:
        raise DataError(
            f"the split ({spec.label}) leaves no ratings to train on.",
            path=dataset.source,
            hint="Test on fewer ratings.",
        )
    if spec.kind != "none" and not split.n_test:
        raise DataError(
            f"the split ({spec.label}) leaves no ratings for the test.",
            path=dataset.source,
            hint="Test on a larger part, or on none.",
        )
    return split


def _test_rows(dataset: Dataset, spec: SplitSpec) -> NDArray[Any]:
    n = len(dataset.ratings)
    if spec.kind == "none":
        return np.zeros(0, dtype=np.int64)
    if spec.kind == "file":
        if dataset.test_rows is None:
            raise DataError("no test file was given.", path=dataset.source, hint="Name one to test on.")
        return np.asarray(dataset.test_rows)
    if spec.kind == "leave-last":
        return _last_of_each_user(dataset.ratings)
    if spec.kind not in KINDS:
        raise UsageError(f"there is no split called {spec.kind}.", hint=f"Choose one of: {', '.join(KINDS)}.")
    n_test = _share(n, spec.fraction)
    if dataset.ratings.timestamps is None:
        raise DataError(
            "a temporal split needs timestamps, and these ratings have none.",
            path=dataset.source,
            hint="Split random or leave-last.",
        )
    return np.argsort(dataset.ratings.timestamps, kind="stable")[n - n_test :]


def _share(n: int, fraction: float) -> int:
    """Return `fraction` of `n`, rounded down without the error of binary fractions (0.1 of 100,000 is 10,000)."""
    if not 0 < fraction < 1:
        raise UsageError(f"--test-fraction must be between 0 and 1 (got {fraction:g}).")
    return int(n * Fraction(str(fraction)))


def _last_of_each_user(ratings: Ratings) -> NDArray[np.int64]:
    n = len(ratings)
    if ratings.timestamps is None:
        order = np.argsort(ratings.users, kind="stable")
    else:
        order = np.lexsort((np.arange(n), ratings.timestamps, ratings.users))
    users = ratings.users[order]
    last = np.flatnonzero(np.append(users[1:] != users[:-1], True))
    counts = np.diff(last, prepend=-1)
    return order[last[counts > 1]].astype(np.int64)
