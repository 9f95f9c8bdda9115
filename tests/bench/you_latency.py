"""How soon the list of recommendations follows a rating on the You screen, with 90,000 films.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/you_latency.py [presses]`. The app runs in a real pseudo-terminal of
120×40, with 20 ratings of one's own. The clock runs from the writing of the key to the reading of the last byte of what
must be on the screen then: the ten films that the model recommends after that rating, as `recommend_newcomer` gives
them. Beside each time stands what the app's process computed for the key, with all that follows from it: saving,
explaining, and what to rate next. Processor time does not depend on what else the machine does; the rest does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from app_latency import lists, report, titles
from helpers.models import toy_factors, toy_run
from terminal import COLUMNS, App, Key
from threadpoolctl import threadpool_limits

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.engine.model.factors import Factors
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.recommend import recommend_newcomer

N_MOVIES, N_FACTORS, N_RATED = 90_000, 64, 20
OWN, RECOMMENDED = (0, 60), (60, COLUMNS)
LISTED = 10
STARS = {"x": 1.0, "m": 5.0, "c": 2.0, "M": 4.5, "v": 3.0, "X": 0.5, "n": 4.0}


def rated(factors: Factors) -> dict[int, float]:
    """The ratings of the profile, as they are saved."""
    random = np.random.default_rng(0)
    movies = random.choice(factors.n_movies, N_RATED, replace=False).tolist()
    given = {int(movie): float(random.integers(1, 11)) / 2 for movie in movies}
    for at, (movie, rating) in enumerate(given.items()):
        Profile().rate(Matcher(factors), movie, rating, timestamp=at + 1)
    return given


def rating(home: str, factors: Factors, presses: int) -> dict[str, list[Key]]:
    """One film after the other gets other stars; then the cursor moves, with the explanation beside it."""
    names, given = factors.movies.title_list, rated(factors)

    def best() -> list[str]:
        movies, ratings = np.array(list(given), dtype=np.int64), np.array(list(given.values()), dtype=np.float32)
        return [
            names[int(movie)] for movie in recommend_newcomer(factors, fold_in(factors, movies, ratings), LISTED).movies
        ]

    app = App(home)
    try:
        app.until("made by a test")
        app.press("4", OWN, 2.0)
        app.until("Rate next")
        app.press("t", OWN, 2.0)
        app.until(f"Ratings of me: {N_RATED}")
        found: dict[str, list[Key]] = {"rating": [], "own list": [], "cursor": []}
        film = list(given)[-1]  # the newest stands under the cursor
        while len(found["rating"]) < presses:
            key = list(STARS)[len(found["rating"]) % len(STARS)]
            before = best()
            given[film] = STARS[key]
            expected = best()
            shows = lists(expected, RECOMMENDED, "Like")
            if expected == before or shows(app.lines):
                app.press(key, OWN, 1.0)
                found["rating"].append(Key(None, 0.0))
            else:
                found["rating"].append(app.press_for(key, shows))
        stars = list(STARS)
        found["own list"] = [app.press(stars[i % len(stars)], OWN) for i in range(presses // 2)]
        app.press("l", RECOMMENDED)
        found["cursor"] = [app.press("j" if i % 20 < 10 else "k", RECOMMENDED) for i in range(presses // 2)]
        return found
    finally:
        app.close()


def main() -> None:
    threadpool_limits(1)  # this process is to be idle while the app works
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for audience in (False, True):
        factors = toy_factors(titles(N_MOVIES), n_users=40, k=N_FACTORS, audience=audience)
        with TemporaryDirectory() as home:
            os.environ["MFTUI_HOME"] = home
            toy_run(Path(home), factors)
            found = rating(home, factors, presses)
        which = f"{N_MOVIES:,} films, k={N_FACTORS}" + (" and as much of audience" if audience else "")
        report(f"a rating, and the list has moved; {which}", found["rating"], "100 ms 95%")
        report(f"a rating in the list of one's own; {which}", found["own list"], "100 ms 95%")
        report(f"the next film, and why; {which}", found["cursor"], "100 ms 95%")


if __name__ == "__main__":
    main()
