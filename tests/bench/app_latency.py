"""How soon a key's effect is in the terminal: moving, changing screens, searching 90,000 titles, opening neighbours;
quiet, beside a training that the app started, and beside one that a shell started. Each takes all cores.

Run: `PYTHONPATH=tests .venv/bin/python tests/bench/app_latency.py [presses] [quiet|app|shell ...]`.

The app runs in a real pseudo-terminal of 120×40. The clock runs from the writing of the key to the reading of the last
byte of what must be on the screen then: the ten best titles, as the index gives them, or the eight nearest movies, as
the model gives them; for other keys, the final content of the part that they change. Beside each time stands what the
app's process computed for the key, dependent panes included: on a machine with other work the time is not the app's
alone, that is.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.models import toy_factors, toy_run
from terminal import COLUMNS, PATIENCE_S, App, Key
from threadpoolctl import threadpool_limits

from mftui.data.titles.search import TitleIndex
from mftui.engine.model.factors import Factors
from mftui.engine.query.neighbours import similar
from mftui.runs.control.supervisor import Supervisor
from mftui.runs.store.request import TrainRequest
from mftui.tui.monitor.load import Meter

N_MOVIES, N_FACTORS = 90_000, 64
FORM = (0, 34)
RESULTS = (0, 48)
NEIGHBOURS = (60, COLUMNS)
ALL = (0, COLUMNS)
LISTED, NEAR = 10, 8
SYLLABLES = [c + v for c in "bdklmnrstvz" for v in "aeio"]
RECIPE, HYPER = "post2019", {"epochs": 200_000, "factors": 256}
"""The recipe that multiplies whole matrices on all cores."""
Shows = Callable[[list[str]], bool]


def titles(n: int) -> list[str]:
    """Made-up titles of one to four words, with years."""
    draw = random.Random(0)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).title() for _ in range(8_000)]
    return [f"{' '.join(draw.choices(words, k=draw.randint(1, 4)))} ({draw.randint(1920, 2020)})" for _ in range(n)]


def lists(names: Sequence[str], part: tuple[int, int], head: str) -> Shows:
    """Whether these stand one below the other under the column `head`, as far as there is room."""

    def shows(lines: list[str]) -> bool:
        rows = [line[slice(*part)] for line in lines]
        top = next((y for y, row in enumerate(rows) if head in row and "Title" in row), None)
        if top is None:
            return False
        at = rows[top].index("Title")
        return all(rows[top + 1 + i][at:].startswith(name[:8]) for i, name in enumerate(names))

    return shows


def report(name: str, keys: list[Key], goal: str = "") -> None:
    """Print median, 95th percentile and maximum, and the processor time, which other processes do not change much."""
    found = sorted(key.ms for key in keys if key.ms is not None)
    if not found:
        print(f"{name}: nothing was seen to change", flush=True)
        return
    p95 = found[min(len(found) - 1, round(0.95 * (len(found) - 1)))]
    missed = f", {len(keys) - len(found)} without effect" if len(found) < len(keys) else ""
    goal = f"; goal {goal}" if goal else ""
    print(
        f"{name}: median {statistics.median(found):.0f} ms, 95% {p95:.0f} ms, most {found[-1]:.0f} ms"
        f"; processor {statistics.median(key.cpu_ms for key in keys):.1f} ms a key"
        f" ({len(found)} keys{missed}{goal}; load {os.getloadavg()[0]:.1f})",
        flush=True,
    )


@contextmanager
def training(home: str, *, by_app: bool) -> Iterator[None]:
    """A real trainer on the sample, started as the app starts one (it gives way), or as a shell does."""
    os.environ["MFTUI_HOME"] = home
    supervisor, by_shell = Supervisor(), None
    if by_app:
        run = supervisor.start(TrainRequest(recipe=RECIPE, hyper=HYPER))
    else:
        options = [option for name, value in HYPER.items() for option in (f"--{name}", str(value))]
        command = [sys.executable, "-m", "mftui", "train", "--recipe", RECIPE, *options, "--quiet"]
        by_shell = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE_S
        while not (found := list(Path(home).glob("runs/*/metrics.jsonl"))) or not found[0].stat().st_size:
            if time.monotonic() > end:
                raise SystemExit("the trainer did not start")
            time.sleep(0.1)
        pid = by_shell.pid if by_shell else supervisor._trainers[run].pid
        meter = Meter(0.0)
        meter.read(pid)
        time.sleep(2)
        load = meter.read(pid)
        percent = load.cpu_percent if load else "?"
        print(f"trainer: {percent}% of a core, of {os.cpu_count()}; niceness {os.getpriority(os.PRIO_PROCESS, pid)}")
        yield
    finally:
        if by_shell:
            by_shell.terminate()
            by_shell.wait()
        else:
            child = supervisor._trainers[run]
            child.terminate()
            child.wait()
            supervisor.close()


def moving(home: str, presses: int) -> list[Key]:
    """Up and down in the settings, on the screen whose chart is growing."""
    app = App(home)
    try:
        app.until("running")
        app.settle(2)
        return [app.press("jjjkkk"[i % 6], FORM) for i in range(presses)]
    finally:
        app.close()


def browsing(home: str, factors: Factors, presses: int) -> dict[str, list[Key]]:
    """Search by letters, then neighbours of one movie after the other, then from screen to screen."""
    index = TitleIndex(factors.movies.titles, factors.movie_ids, factors.movie_counts)
    names = factors.movies.title_list
    words = [name.split(" ")[0].lower() for name in names[:500]]

    def near(movie: int) -> list[int]:
        return [int(i) for i in similar(factors, movie, 50)[0]]

    def shows_near(movie: int) -> Shows:
        return lists([names[i] for i in near(movie)[:NEAR]], NEIGHBOURS, "Cosine")

    app = App(home)
    try:
        app.until("made by a test")
        app.press("2", RESULTS, 2.0)
        app.press("/", RESULTS)
        found: dict[str, list[Key]] = {"search": [], "moved": [], "opened": [], "screens": []}
        while len(found["search"]) < presses:
            word = words[len(found["search"]) % len(words)][:6]
            for end in range(1, len(word) + 1):
                best = [names[int(i)] for i in index.search(word[:end], limit=LISTED)]
                shows = lists(best, RESULTS, "Ratings")
                if shows(app.lines):  # as it is already
                    app.press(word[end - 1], RESULTS)
                else:
                    found["search"].append(app.press_for(word[end - 1], shows))
            app.press("\x15", RESULTS)  # all of it away
        app.press("\x1b", RESULTS, 1.0)
        listed = [int(i) for i in index.search("", limit=presses)]
        found["moved"] = [app.press_for("j", shows_near(movie)) for movie in listed[1 : 1 + presses // 2]]
        app.press("l", NEIGHBOURS)
        movie = listed[presses // 2]
        for _ in range(presses // 4):
            movie = near(movie)[1]
            app.press("j", NEIGHBOURS)
            found["opened"].append(app.press_for("\r", shows_near(movie)))
        first = [app.press(key, ALL, 1.5) for key in "132"]
        found["screens"] = [app.press("132"[i % 3], ALL) for i in range(presses // 4)]
        return found | {"first": first}
    finally:
        app.close()


def main() -> None:
    threadpool_limits(1)  # this process is to be idle while the app works
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 80
    chosen = sys.argv[2:] or ["quiet", "app", "shell"]
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    factors = toy_factors(titles(N_MOVIES), n_users=40, k=N_FACTORS, audience=True)
    with TemporaryDirectory() as live, TemporaryDirectory() as large, TemporaryDirectory() as by_hand:
        toy_run(Path(large), factors)
        if "quiet" in chosen:
            report_browsing("quiet", browsing(large, factors, presses))
        for home, who in ((live, "app"), (by_hand, "shell")):
            if who in chosen:
                with training(home, by_app=who == "app"):
                    when = f"beside a trainer of the {who}"
                    report(f"key on Train, {when}", moving(home, presses), "50 ms median, 120 ms 95%")
                    report_browsing(when, browsing(large, factors, presses))


def report_browsing(when: str, found: dict[str, list[Key]], n_movies: int = N_MOVIES) -> None:
    """Print what `browsing` found, beside its goals."""
    report(f"letter of a search in {n_movies:,} titles, {when}", found["search"], "80 ms 95%")
    report(f"neighbours of the next movie, {when}", found["moved"], "60 ms")
    report(f"neighbours of a neighbour, {when}", found["opened"], "60 ms")
    report(f"another screen, {when}", found["screens"], "50 ms median, 120 ms 95%")
    report(f"another screen for the first time, {when}", found["first"])


if __name__ == "__main__":
    main()
