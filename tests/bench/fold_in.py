"""How long it takes to fold in 20 ratings and rank 90,000 movies, to explain the list, and to say what to rate next.

    python tests/bench/fold_in.py [ROUNDS]

Models of random factors, in memory, as the app has them once a list was made, and BLAS on one thread, as the app sets
it. Times by the clock, the 95th percentile and the median, and the median of the processor's time beside it. What is
made once for a model (norms, the axes of the audience block) is made before.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

from mftui.data.dataset import Movies, Scale
from mftui.data.ids import Ids
from mftui.data.storage.string_column import StringColumn
from mftui.engine.model.factors import Factors
from mftui.engine.model.history import History
from mftui.engine.model.parameters import Parameters
from mftui.engine.query.explain import explain
from mftui.engine.query.fold_in import FoldedIn, fold_in
from mftui.engine.query.recommend import recommend_newcomer
from mftui.engine.query.suggest import suggest
from mftui.engine.recipes import row_priors

N_MOVIES, N_USERS, N_RATED = 90_000, 1_000, 20


def model(members: int, k: int, audience: int) -> Factors:
    """A model of `members` of k factors, and an audience block of `audience` factors where that is not 0."""
    random = np.random.default_rng(0)

    def drawn(*shape: int) -> np.ndarray:
        return random.normal(0, 0.3, shape).astype(np.float32)

    parameters = Parameters(
        drawn(N_USERS, members * k),
        drawn(N_MOVIES, members * k),
        drawn(N_USERS),
        drawn(N_MOVIES),
        0.4,
        0.0,
        5.5,
        members=members,
        member_user_bias=drawn(N_USERS, members) if members > 1 else None,
        member_movie_bias=drawn(N_MOVIES, members) if members > 1 else None,
        member_global_bias=tuple([0.4] * members) if members > 1 else (),
        audience_user_factors=drawn(N_USERS, audience) if audience else None,
        audience_movie_factors=drawn(N_MOVIES, audience) * np.float32(0.1) if audience else None,
    )
    counts = random.integers(1, 500, N_MOVIES).astype(np.int32)
    ones = np.ones(N_USERS)
    history = History(
        np.arange(N_USERS + 1), np.arange(N_USERS, dtype=np.int32), ones.astype(np.float32), np.zeros(N_USERS, bool)
    )
    titles = StringColumn.of(f"Film {i} (1999)" for i in range(N_MOVIES))
    movies = Movies(titles, StringColumn.of(["Drama"] * N_MOVIES), np.full(N_MOVIES, 1999, dtype=np.int16))
    ids = Ids(np.arange(N_USERS), "user"), Ids(np.arange(N_MOVIES), "movie")
    return Factors(
        parameters,
        *ids,
        movies,
        history,
        counts,
        counts,
        np.ones(N_MOVIES, np.float32),
        Scale(0.5, 5.0, 0.5),
        row_priors({}, parameters),
        {"recipe": "biased"},
    )


def timed(name: str, rounds: int, factors: Factors, work: Callable[[Factors, FoldedIn], object]) -> None:
    """Fold somebody in, and ask for more of them."""
    random = np.random.default_rng(1)
    clock, processor = [], []
    for i in range(rounds + 3):
        movies = random.choice(N_MOVIES, N_RATED, replace=False)
        ratings = random.integers(1, 11, N_RATED).astype(np.float32) / 2
        began, used = time.perf_counter(), time.process_time()
        work(factors, fold_in(factors, movies, ratings))
        if i >= 3:
            clock.append(1000 * (time.perf_counter() - began))
            processor.append(1000 * (time.process_time() - used))
    print(f"{name:<58}{np.percentile(clock, 95):>8.1f}{np.median(clock):>9.1f}{np.median(processor):>9.1f}", flush=True)


def main() -> None:
    threadpool_limits(1, user_api="blas")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"{N_RATED} ratings, {N_MOVIES:,} movies, {rounds} rounds; milliseconds\n")
    print(f"{'':<58}{'95 %':>8}{'median':>9}{'processor':>11}")
    for members, k, audience in ((1, 64, 0), (10, 16, 0), (1, 64, 256), (10, 16, 256)):
        factors = model(members, k, audience)
        label = f"{members} × k={k}" + (f", audience k={audience}" if audience else "")
        timed(
            f"fold in and rank: {label}", rounds, factors, lambda model, person: recommend_newcomer(model, person, 20)
        )
        timed(f"explain 20: {label}", rounds // 4, factors, lambda model, person: explain(model, person, np.arange(20)))
        timed(f"suggest 10: {label}", rounds // 4, factors, suggest)


if __name__ == "__main__":
    main()
