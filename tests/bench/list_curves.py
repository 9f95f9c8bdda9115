"""How long the training takes to lists of a given quality: as `curves.py`, which see, with 1 - NDCG@10 as the error.

    .venv/bin/python tests/bench/list_curves.py DATA [--only NAME;…] [--most 60] [--rounds 1]

A random tenth of the ratings is kept for the test, as in `lists.py`. mftui's epochs are those of the audience part; its
seconds include the learning of ratings. implicit has 64 factors and the setting that `lists.py` chose.
"""

from __future__ import annotations

import tempfile
import time
from typing import Any

import numpy as np
from curves import System, parser, run
from lists import Case, Scores, train_by_command, watched
from peers import quiet

from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.engine.query.recommend import row_scores

EPOCHS = (1, 2, 4, 8, 16)


def systems(case: Case, source: str) -> dict[str, System]:
    """All of them, by name."""

    def judged(seconds: float, scores: Scores) -> tuple[float, float]:
        return seconds, 1 - case.ndcg(scores)

    def mftui(n: int) -> tuple[float, float]:
        with tempfile.TemporaryDirectory() as home:
            model, seconds, _ = train_by_command(source, home, "--split", "random", "--audience-epochs", str(n))
            return judged(seconds, lambda users: row_scores(model, model.rows_of(users), "both"))

    def fitted(model: Any, x: Any, factors: tuple[str, str], **how: Any) -> tuple[float, float]:
        began = time.perf_counter()
        model.fit(x, **how)
        seconds = time.perf_counter() - began
        users, movies = (np.asarray(getattr(model, name)) for name in factors)
        return judged(seconds, lambda rows: users[rows] @ movies.T)

    def implicit(n: int) -> tuple[float, float]:
        from implicit.als import AlternatingLeastSquares

        how = {"regularization": 30.0, "alpha": 5.0, "random_state": 0, "num_threads": 2}
        model = AlternatingLeastSquares(64, iterations=n, **how)
        return fitted(model, watched(case.train, case.data), ("user_factors", "item_factors"), show_progress=False)

    def cmfrec(n: int) -> tuple[float, float]:
        from cmfrec import CMF_implicit

        model = CMF_implicit(niter=n, precompute_for_predictions=False)
        return fitted(model, watched(case.train, case.data).tocoo(), ("A_", "B_"))

    made = {"mftui biased": mftui, "implicit ALS": implicit, "cmfrec, implicit": cmfrec}
    return {name: System(measure, EPOCHS) for name, measure in made.items()}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("data")
    given = options.parse_args()
    quiet()
    data = open_dataset(given.data)
    split = make_split(data, SplitSpec("random", 0.1, 0))
    case = Case(data, data.ratings.take(split.train_rows), data.ratings.take(split.test_rows))
    print(f"{data.label}: {len(case.train):,} ratings to train on, {len(case.test):,} to test on")
    run(systems(case, given.data), given, "1 - NDCG@10")


if __name__ == "__main__":
    main()
