"""The app and the queries on a run of many ratings: how soon it opens, what its keys cost, what its process weighs.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/large_run.py DATA [presses] [HOME]`, DATA being what
`mftui data synth DATA --users 162000 --movies 59000 --ratings 25000000` made. HOME keeps the run for the next time.

The run has the histories of DATA, made-up titles, and random factors of 4 members of 12: the app does
with them what it does with trained ones. The clocks are those of `app_latency.py`, `map_latency.py`, `you_latency.py`.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import app_latency
import map_latency
import numpy as np
import you_latency
from first_paint import first_paint
from helpers.models import assembled, toy_run
from terminal import COLUMNS, Key
from threadpoolctl import threadpool_limits

from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.data.storage.string_column import StringColumn
from mftui.engine.model.parameters import Parameters
from mftui.runs.store.run import Run

K, K_AUDIENCE = 48, 64
OPENINGS = 5
SIGN = "made by a test"
RATED, RECOMMENDED = (0, 60), (60, COLUMNS)


def make_run(data: str, home: Path) -> Run:
    """The run, of which nothing was trained."""
    dataset = open_dataset(data)
    titles = StringColumn.of(app_latency.titles(dataset.n_movies))
    dataset = replace(dataset, movies=replace(dataset.movies, titles=titles), label=f"large ({SIGN})")
    random = np.random.default_rng(0)

    def drawn(*shape: int) -> np.ndarray:
        return random.normal(0, 0.3, shape).astype(np.float32)

    users, movies = dataset.n_users, dataset.n_movies
    parameters = Parameters(drawn(users, K), drawn(movies, K), drawn(users), drawn(movies), 0.3, 0.3, 5.2)
    blocks = {"audience_user_factors": drawn(users, K_AUDIENCE), "audience_movie_factors": drawn(movies, K_AUDIENCE)}
    split = make_split(dataset, SplitSpec("random"))
    meta = {"dataset": dataset.label, "fingerprint": dataset.fingerprint, "recipe": "biased", "split": split.spec.label}
    return toy_run(home, assembled(replace(parameters, **blocks), dataset, split, meta), name="large")


def opening(home: Path, screen: str, sign: str) -> None:
    """From the start of `mftui` to the model on the screen that was left open."""
    found = []
    for _ in range(OPENINGS):
        (home / "state.json").write_text(f'{{"format_version": 1, "screen": "{screen}"}}')
        command = [sys.executable, "-m", "mftui"]
        found.append(first_paint(command, sign, {"MFTUI_HOME": str(home), "MFTUI_STANDBY": "0", "SSH_CONNECTION": ""}))
    times = sorted(one.seconds for one in found)
    cpu_s = sorted(one.cpu_s for one in found)[OPENINGS // 2]
    print(
        f"from start to {screen}: {times[OPENINGS // 2]:.2f} s ({', '.join(f'{t:.2f}' for t in times)})"
        f", processor {cpu_s:.2f} s; {max(one.mb for one in found):.0f} MB resident, mapped files included; goal 1 s"
        f" (load {os.getloadavg()[0]:.1f})",
        flush=True,
    )


def users(home: str, presses: int) -> dict[str, list[Key]]:
    """The next user, and the next; then the cursor in their ratings."""
    app = map_latency.start(home)
    try:
        app.until(SIGN)
        app.press("3", RATED, 2.0)
        app.press("]", RATED, 2.0)
        found = {"next user": [app.press("]", RECOMMENDED) for _ in range(presses)]}
        found["cursor"] = [app.press("jjjkkk"[i % 6], RATED) for i in range(presses)]
        return found
    finally:
        app.close()


def command(home: str, *words: str) -> None:
    """A query by itself: wall and processor time, and the most memory."""
    env = {**os.environ, "MFTUI_HOME": home}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "mftui", *words], env=env, stdout=subprocess.DEVNULL, check=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"mftui {' '.join(words)[:40]}: {seconds:.2f} s, processor {cpu:.2f} s", flush=True)


def measure(home: Path, presses: int) -> None:
    """All of it."""
    run = next(iter((home / "runs").glob("*-large")))
    factors = Run(run).load_factors()
    print(f"{factors.n_users:,} users, {factors.n_movies:,} movies, {len(factors.history.movies):,} ratings")
    opening(home, "movies", "Most rated movies")
    opening(home, "users", f"{factors.n_users:,} users")
    raw, user = str(factors.movie_ids.raw(0)), str(factors.user_ids.raw(1))
    pairs = home / "pairs.csv"
    pairs.write_text(f"userId,movieId\n{user},{raw}\n")
    name = str(factors.movies.titles[0])
    for words in (["similar", raw], ["similar", name], ["user", user], ["recommend", user], ["predict", str(pairs)]):
        command(str(home), *words)
    (home / "state.json").unlink(missing_ok=True)
    browsed = app_latency.browsing(str(home), factors, presses)
    app_latency.report_browsing("quiet", browsed, factors.n_movies)
    for what, keys in users(str(home), presses).items():
        app_latency.report(f"Users: {what}", keys, "50 ms median, 120 ms 95%")
    app_latency.report("Map: first picture", [map_latency.first_picture(str(home)) for _ in range(3)], "1000 ms")
    for what, keys in map_latency.moving(str(home), presses).items():
        app_latency.report(f"Map: {what}", keys, "80 ms 95%")
    (home / "state.json").unlink(missing_ok=True)
    os.environ["MFTUI_HOME"] = str(home)
    for profile in (home / "ratings").glob("*"):
        profile.unlink()
    for what, keys in you_latency.rating(str(home), factors, presses // 2).items():
        app_latency.report(f"You: {what}", keys, "100 ms")


def main() -> None:
    threadpool_limits(1)  # this process is to be idle while the app works
    presses = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with TemporaryDirectory() as aside:
        home = Path(sys.argv[3] if len(sys.argv) > 3 else aside)
        if not list(home.glob("runs/*-large")):
            subprocess.run([sys.executable, __file__, sys.argv[1], "make", str(home)], check=True)
        measure(home, presses)


if __name__ == "__main__":
    if sys.argv[2:3] == ["make"]:
        make_run(sys.argv[1], Path(sys.argv[3]))
    else:
        main()
