"""What every screen looks like, as text, at several sizes: compared with dumps kept beside this file.

After a change that is meant: `MFTUI_WRITE_DUMPS=1 pytest --long tests/tui/test_dumps.py`, then look at the difference.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.dumps import LOOKS, each_look, looks_as_kept
from helpers.finished import make_run
from helpers.live_run import log_metrics, set_status
from helpers.members import with_members
from helpers.models import TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_shown
from textual.pilot import Pilot

from mftui import paths
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.runs.store.process import Process
from mftui.runs.store.run import Run
from mftui.runs.store.status import DIVERGED, FINISHED, RUNNING
from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.charts.chart import Chart
from mftui.tui.monitor.load import Load, Meter

MakeApp = Callable[..., MftuiApp]


async def train(pilot: Pilot[Any]) -> None:
    await until_shown(pilot, "finished")
    await until_shown(pilot, "0.844" if pilot.app.size.width >= 60 else "100%")


async def train_charts(pilot: Pilot[Any]) -> None:
    await pilot.press("v", "s")
    await until_shown(pilot, "loss")


async def train_running(pilot: Pilot[Any]) -> None:
    await until_shown(pilot, "running")
    for text in ("0.844", "320 MB") if pilot.app.size.width >= 60 else ("70%", "step"):
        await until_shown(pilot, text)


async def train_fields(pilot: Pilot[Any]) -> None:
    await train(pilot)
    if pilot.app.screen.has_class("-chart"):
        await pilot.press("f")
    await pilot.press("m", "G")
    await until_shown(pilot, "deterministic")


async def diverged(pilot: Pilot[Any]) -> None:
    await until_shown(pilot, "diverged")


async def preset(pilot: Pilot[Any]) -> None:
    await train(pilot)
    if pilot.app.screen.has_class("-chart"):
        await pilot.press("f")
    await pilot.press("j", "j", "enter", "j")
    await until_shown(pilot, "Preset of biased")


async def recipe(pilot: Pilot[Any]) -> None:
    await train(pilot)
    if pilot.app.screen.has_class("-chart"):
        await pilot.press("f")
    await pilot.press("j", "enter")
    await until_shown(pilot, "Recipe")


async def quitting(pilot: Pilot[Any]) -> None:
    await train_running(pilot)
    await pilot.press("q")
    await until_shown(pilot, "A training is under way")


async def error(pilot: Pilot[Any]) -> None:
    await pilot.press("3", "slash", "9", "9", "enter")
    await until_shown(pilot, "no user with id 99")


async def export(pilot: Pilot[Any]) -> None:
    await movies(pilot)
    await pilot.press("e")
    await until_shown(pilot, "Export")


async def keys(pilot: Pilot[Any]) -> None:
    await train(pilot)
    await pilot.press("question_mark")
    await until_shown(pilot, "Keys")


async def first_start(pilot: Pilot[Any]) -> None:
    pilot_app(pilot).session.put(hints=True)
    await pilot.press("2", "1")
    await until_shown(pilot, "mftui learns" if pilot.app.size.height < 20 else "A model learns from")


async def movies(pilot: Pilot[Any]) -> None:
    await pilot.press("f2")
    await until_shown(pilot, "Neighbours of" if pilot.app.size.width > 40 else "Near ")


async def movie_page(pilot: Pilot[Any]) -> None:
    await movies(pilot)
    if not pilot.app.screen.has_class("-page"):
        await pilot.press("i")
    await until_shown(pilot, "bias ")


async def filters(pilot: Pilot[Any]) -> None:
    await movies(pilot)
    await pilot.press("f", *"dra")
    await until_shown(pilot, "genre")


async def users(pilot: Pilot[Any]) -> None:
    await pilot.press("3", "slash", "7", "enter")
    await until_shown(pilot, "Recommended to")


async def user_page(pilot: Pilot[Any]) -> None:
    await users(pilot)
    if not pilot.app.screen.has_class("-page"):
        await pilot.press("i")
    await until_shown(pilot, "likes")


async def compare(pilot: Pilot[Any]) -> None:
    await pilot.press("c")
    await until_shown(pilot, "Compare with")
    await pilot.press("enter")
    await until(pilot, lambda: "2 other" in " ".join(shown(pilot.app).split()), "both runs")


async def movies_compared(pilot: Pilot[Any]) -> None:
    await movies(pilot)
    make_run(paths.home(), "other", 2, model=toy_factors(audience=True, seed=1))
    await compare(pilot)
    await until_shown(pilot, "Change" if pilot.app.size.width > 40 else "Near ")


async def users_compared(pilot: Pilot[Any]) -> None:
    await users(pilot)
    more = toy_factors((*TITLES[:7], "Alien (1979)", *TITLES[8:], "Up (2009)"), n_users=25)
    make_run(paths.home(), "other", 2, model=more)
    await compare(pilot)
    await until_shown(pilot, "Change" if pilot.app.size.width > 40 else "Recommended to")


def rated() -> None:
    """Ratings of one's own, one of them of a film that the model does not have."""
    for at, (movie, rating) in enumerate({2: 5.0, 6: 2.0, 10: 4.5}.items()):
        Profile().rate(Matcher(toy_factors()), movie, rating, timestamp=at * 100_000 + 1)
    other = replace(toy_factors(("Solaris (1972)",)), meta={"dataset": "other", "fingerprint": "other"})
    Profile().rate(Matcher(other), 0, 4.0, timestamp=500_000)


async def you(pilot: Pilot[Any]) -> None:
    await pilot.press("f4")
    await until_shown(pilot, "1/12")


async def you_rated(pilot: Pilot[Any]) -> None:
    rated()
    await pilot.press("f4")
    await until_shown(pilot, "Recommended to")
    await pilot.press("t")
    await until_shown(pilot, "Ratings of me")


async def you_why(pilot: Pilot[Any]) -> None:
    await you_rated(pilot)
    await pilot.press("l")
    if not pilot.app.screen.has_class("-page"):
        await pilot.press("i")
    await until_shown(pilot, "predicted")


async def runs(pilot: Pilot[Any]) -> None:
    for number, rmse in enumerate((0.91, 0.874, 0.8821), 1):
        make_run(paths.home(), f"try {number}", number, rmse=rmse)
    await pilot.press("f6")
    await until_shown(pilot, "try 1")
    await pilot.press("space", "space")
    await until_shown(pilot, "2 marked" if pilot.app.size.width >= 60 else "2 mar")
    await until(pilot, lambda: len(pilot.app.screen.query(Chart).first().picture.curves) == 3, "the curves")


async def runs_differ(pilot: Pilot[Any]) -> None:
    await runs(pilot)
    await pilot.press("d")
    if pilot.app.screen.has_class("-low"):
        await pilot.press("l")
    await until_shown(pilot, "What differs")


async def runs_notes(pilot: Pilot[Any]) -> None:
    await runs(pilot)
    await pilot.press("c", "ctrl+r", *"The best")
    await until_shown(pilot, "What you call it")


async def users_safe(pilot: Pilot[Any]) -> None:
    await users(pilot)
    await pilot.press(*"bbbb")
    await until(pilot, lambda: getattr(pilot.app.screen, "_page").ranked_by == "safe", "safe bets first")  # noqa: B009


async def runs_calibration(pilot: Pilot[Any]) -> None:
    make_run(paths.home(), "other", 2, rmse=0.91)
    await pilot.press("f6")
    await until_shown(pilot, "other")
    await pilot.press("j", "i")
    await until_shown(pilot, "Test ratings within the p %")


async def film_map(pilot: Pilot[Any]) -> None:
    await pilot.press("f5")
    await until_shown(pilot, "by genre")
    await pilot.press("enter")
    await until_shown(pilot, "Hamlet")


async def factors(pilot: Pilot[Any]) -> None:
    await film_map(pilot)
    await pilot.press("i", "j")
    await until_shown(pilot, "Axis 2" if not pilot.app.screen.has_class("-low") else "Axes of taste")


async def words(pilot: Pilot[Any]) -> None:
    await pilot.press("2", "question_mark", "tab")
    await until_shown(pilot, "Words")


SCENES: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    scene.__name__: scene
    for scene in (
        *(train, train_charts, train_running, train_fields, diverged, recipe, preset, quitting, error, export, keys),
        *(
            first_start,
            movies,
            movie_page,
            filters,
            users,
            user_page,
            movies_compared,
            users_compared,
            users_safe,
            you,
            you_rated,
            you_why,
            runs,
            runs_differ,
            runs_notes,
            runs_calibration,
            film_map,
            factors,
            words,
        ),
    )
}
WITHOUT_RUNS = ("first_start",)
DRAWN = ("users_safe", "you_why", "runs_calibration")
"""Scenes whose model is made of draws, with enough held-out ratings for a ±."""
LIVE = {
    "state": RUNNING,
    "phase": "train",
    "process": Process.current(),
    "steps": 200,
    "epochs": 30,
    "eta_seconds": 8.0,
}
STATES: dict[str, dict[str, Any]] = {
    "train_running": LIVE,
    "quitting": LIVE,
    "diverged": {"state": DIVERGED, "message": "The loss is no number at step 120."},
}
STEPS = 140


def curve(run: Run, **state: Any) -> None:
    """A training as it is kept: 20 epochs of seven steps, the last a little worse than the best."""
    for step in range(1, STEPS + 1):
        rmse = 0.75 + 0.45 * math.exp(-step / 30) + 0.004 * math.sin(step)
        valid = None if step % 7 else 0.84 + 0.35 * math.exp(-step / 25) + max(0, step - 110) / 5_000
        log_metrics(run, {"step": step, "epoch": step / 7, "train_loss": rmse**2, "train_rmse": rmse,
                          "valid_rmse": valid, "learning_rate": 0.07 * (1 - step / STEPS) ** 2,
                          "ratings_per_second": 1.5e6 + 1e5 * math.cos(step)})  # fmt: skip
    set_status(run, **{"step": STEPS, "steps": STEPS, "epoch": 20, "epochs": 20, "seconds": 12.0} | state)
    run.log_path.write_text("".join(f"2026-01-01 00:00:{s:02} INFO epoch {s}: RMSE 0.9\n" for s in range(1, 21)))


def pilot_app(pilot: Pilot[Any]) -> MftuiApp:
    """The app, by its own type."""
    assert isinstance(pilot.app, MftuiApp)
    return pilot.app


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer that always takes the same, and no extra that adds a field."""
    monkeypatch.setattr(Meter, "read", lambda meter, pid, now=False: Load(185, 320))
    monkeypatch.setattr("mftui.runs.store.summary.size_of", lambda path: 7_420_000)
    monkeypatch.setattr("mftui.engine.query.approximate.available", lambda: False)


@each_look
@pytest.mark.parametrize("scene", SCENES)
async def test_the_screen_looks_as_it_is_kept(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch, scene: str, look: str
):
    monkeypatch.chdir("/")
    if scene not in WITHOUT_RUNS:
        drawn = scene in DRAWN
        model = toy_factors(audience=True, n_users=80 if drawn else 20)
        state = STATES.get(scene, {})
        kept = with_members(model, noise=0.5) if drawn else model
        curve(toy_run(home, kept, state=state.get("state", FINISHED)), **state)
    size, how = LOOKS[look]
    async with make_app(how, Settings(standby=False)).run_test(size=size) as pilot:
        await SCENES[scene](pilot)
        await looks_as_kept(pilot, scene, look)


async def test_a_training_under_way_can_be_resized_to_any_of_them(make_app: MakeApp, home: Path):
    run = toy_run(home, toy_factors(audience=True), state=RUNNING)
    curve(run, **LIVE)
    async with (app := make_app()).run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, "running")
        for turn, (size, _) in enumerate([*LOOKS.values(), *reversed(LOOKS.values())], 1):
            await pilot.resize_terminal(*size)
            log_metrics(run, {"step": STEPS + turn, "train_rmse": 0.7 - turn / 1000})
            set_status(run, step=STEPS + turn)
            for text in ("running", f"{0.7 - turn / 1000:.3f}", f"{STEPS + turn}/200"):
                await until_shown(pilot, text)
            lines = shown(app).splitlines()
            assert len(lines) == size[1] and all(len(line) <= size[0] for line in lines)
