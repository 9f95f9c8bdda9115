"""How wide intervals have to be: measured on ratings that were held out of training, for trained rows and for people
folded in from a few ratings. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.dataset import Ratings
from mftui.engine.model.arrays import Doubles, Indices
from mftui.engine.model.error_scale import ErrorScale, HeldOutErrors
from mftui.engine.model.factors import Factors, once_per_model
from mftui.engine.model.members import some_members
from mftui.engine.query.expected import expected_std_of, variance_of
from mftui.engine.query.fold_in import fold_in_many

MAX_CELLS = 2_000_000
"""Numbers of the systems that are solved at once: 16 MB."""
MIN_PAIRS = 50
"""Held-out ratings; fewer do not say how wide an interval has to be."""
MAX_USERS, MAX_PAIRS = 1_000, 4_000
"""Of more, a sample with a fixed seed: so many users at most, and so many of their held-out ratings."""
COUNTS = (0, 1, 4, 16)
"""Ratings that people are folded in from to see how wrong their predictions are."""
MAX_MEMBERS = 12
"""Of many draws, so many evenly spaced ones are as wrong, in a fraction of the time."""
MAX_WORK = 500_000_000
"""Multiplications in one step of solving all people folded in; with many factors there are fewer people."""
N_BINS = 4
"""Of trained users, by their number of ratings."""


@once_per_model
def held_out_errors(model: Factors) -> HeldOutErrors | None:
    """Return how far the held-out ratings of a model lie from its predictions; None where there are too few of them.

    A model that was trained to its end brings it along.
    """
    return model.errors or errors_on(model, model.history.part(held_out=True))


def measured_on(model: Factors) -> tuple[int, int]:
    """Return on how many of its held-out ratings the ± of a model was measured, and how many there are; (0, 0) where it
    has none."""
    if (found := held_out_errors(model)) is None:
        return 0, 0
    return found.n, max(found.n, int(np.count_nonzero(model.history.held_out)))


def measured_words(model: Factors) -> str:
    """Say the same: "measured on 4,000 of the 10,083 ratings held out"; "" where the model has no ±."""
    used, held_out = measured_on(model)
    if not used:
        return ""
    which = f"the {used:,}" if used == held_out else f"{used:,} of the {held_out:,}"
    return f"measured on {which} ratings held out"


@once_per_model
def has_held_out(model: Factors) -> bool:
    """Return whether there are enough held-out ratings; quick, also where errors have not been measured."""
    return model.errors is not None or int(np.count_nonzero(model.history.held_out)) >= MIN_PAIRS


def errors_on(model: Factors, held_out: Ratings) -> HeldOutErrors | None:
    """Return the same of some held-out ratings (indices)."""
    if len(held_out) < MIN_PAIRS:
        return None
    random, users = np.random.default_rng(0), np.unique(held_out.users)
    if len(users) > MAX_USERS:
        held_out = held_out.take(np.isin(held_out.users, random.choice(users, MAX_USERS, replace=False)))
    if len(held_out) > MAX_PAIRS:
        held_out = held_out.take(np.sort(random.choice(len(held_out), MAX_PAIRS, replace=False)))
    few = model.with_parameters(some_members(model.parameters, MAX_MEMBERS))
    return HeldOutErrors(len(held_out), trained_errors(model, held_out), _folded(few, held_out, random))


def trained_errors(model: Factors, held_out: Ratings) -> ErrorScale:
    """Return how far held-out ratings (indices) lie from what the trained rows predict."""
    counts = model.user_train_counts[held_out.users]
    bins = np.array_split(np.argsort(counts, kind="stable"), max(1, min(N_BINS, len(held_out) // MIN_PAIRS)))
    errors = held_out.values.astype(np.float64) - model.predict_dated(held_out)
    variance = expected_std_of(model, held_out.users, held_out.movies).astype(np.float64) ** 2
    middles = [float(np.median(counts[rows])) for rows in bins]
    return ErrorScale.fit([errors[rows] for rows in bins], [variance[rows] for rows in bins], middles)


def _folded(model: Factors, held_out: Ratings, random: np.random.Generator) -> ErrorScale:
    """Fold each user in from some of their training ratings, chosen by chance, and predict their held-out ones."""
    held_out = _affordable(model, held_out, random)
    users, at = np.unique(held_out.users, return_inverse=True)
    order = [_shuffled(model, int(user), random) for user in users]
    errors, variances, counts = [], [], []
    for n in COUNTS:
        enough = np.array([len(places) >= n for places in order])
        pairs = np.flatnonzero(enough[at])
        if len(pairs) < MIN_PAIRS:
            break
        chosen = np.array([places[:n] for places in order if len(places) >= n], dtype=np.int64)
        user = (np.cumsum(enough) - 1)[at[pairs]]
        chosen = chosen.reshape(int(enough.sum()), n)
        predicted, variance = _as_folded(model, chosen, user, held_out.movies[pairs])
        errors.append(held_out.values[pairs] - predicted)
        variances.append(variance)
        counts.append(float(n))
    return ErrorScale.fit(errors, variances, counts)


def _affordable(model: Factors, held_out: Ratings, random: np.random.Generator) -> Ratings:
    """Return the held-out ratings of as many users as MAX_WORK allows; those of some at least, for MIN_PAIRS."""
    users, counts = np.unique(held_out.users, return_counts=True)
    members = model.parameters.members
    most = MAX_WORK // (members * (model.n_factors // members + 1) ** 3)
    if most >= len(users):
        return held_out
    order = random.permutation(len(users))
    enough = int(np.searchsorted(np.cumsum(counts[order]), MIN_PAIRS)) + 1
    return held_out.take(np.isin(held_out.users, users[order[: max(most, enough)]]))


def _as_folded(model: Factors, chosen: Indices, user: NDArray[Any], movies: NDArray[Any]) -> tuple[Doubles, Doubles]:
    """Return (m,) predictions, within the scale, and variances of expected ratings, of users folded in, some at a time.

    Parameters
    ----------
    chosen: (b, n) places in the history of the ratings of b users.
    user, movies: (m,) which of them, rising, and movie indices.
    """
    p, predicted, variance = model.parameters, np.empty(len(movies)), np.empty(len(movies))
    k = model.n_factors // p.members
    step = max(1, MAX_CELLS // (p.members * (k + 1) * max(k + 1, chosen.shape[1])))
    for start in range(0, len(chosen), step):
        places = chosen[start : start + step]
        rows = fold_in_many(model, *model.history.at(places))
        part = slice(*np.searchsorted(user, [start, start + step]))
        row, of = user[part] - start, movies[part]
        logits = (rows.factors[row] * p.movie_factors[of]).sum(1) + rows.bias[row] + p.movie_bias[of] + p.global_bias
        predicted[part] = model.shown(logits.astype(np.float32))
        variance[part] = variance_of(model, rows, row, of)
    return predicted, variance


def _shuffled(model: Factors, user: int, random: np.random.Generator) -> Indices:
    """Return places in the history of a user's training ratings, as many as are needed at most, in any order."""
    span = np.arange(model.history.offsets[user], model.history.offsets[user + 1])
    return random.permutation(span[~model.history.held_out[span]])[: COUNTS[-1]]
