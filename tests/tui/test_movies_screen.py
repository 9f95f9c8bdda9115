"""Movies: search, neighbours, and neighbours of neighbours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from helpers.models import HOSTILE, TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_shown

from mftui.engine.factors_io import save_factors
from mftui.runs.files import publish
from mftui.tui.app import MftuiApp

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


def neighbours_of(app: MftuiApp) -> str:
    """The title whose neighbours are shown."""
    line = next((line for line in shown(app).splitlines() if "Neighbours of" in line), "Neighbours of ")
    return line.split("Neighbours of ")[1].split("  ")[0]


async def test_a_search_narrows_as_it_is_typed(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story (1995)")
        await pilot.press("slash", *"batm")
        await until_shown(pilot, "1/2")
        results = shown(app).split("Neighbours of")[0]
        assert "Batman (1989)" in results and "Toy Story" not in results
        await pilot.press("enter")
        await until(pilot, lambda: "Batman" in neighbours_of(app), "the first result's neighbours")


async def test_the_neighbours_are_those_of_the_movie_under_the_cursor(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2", "slash", *"hamlet 1996", "enter")
        await until(pilot, lambda: neighbours_of(app) == "Hamlet (1996)", "Hamlet's neighbours")
        movies, scores = factors.similar(TITLES.index("Hamlet (1996)") + 1, 50)
        text = shown(app).split("Neighbours of")[1]
        for movie, score in zip(movies[:5], scores[:5], strict=True):
            line = next(line for line in text.splitlines() if TITLES[movie][:20] in line)
            assert f"{score:.3f}" in line


async def test_enter_goes_on_to_a_neighbours_neighbours_and_escape_back(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        first = neighbours_of(app)
        await pilot.press("enter", "j", "enter")
        await until(pilot, lambda: neighbours_of(app) != first, "another movie's neighbours")
        await pilot.press("escape")
        await until(pilot, lambda: neighbours_of(app) == first, "the first movie's neighbours")


async def test_nothing_found_says_what_to_do(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story (1995)")
        await pilot.press("slash", *"zzzzqqq")
        await until_shown(pilot, "No title has these words")
        await pilot.press("down", "escape")
        await until_shown(pilot, "Toy Story (1995)")


async def test_hostile_titles_are_shown_as_themselves(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(HOSTILE))
    async with (app := make_app()).run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        for title in ("[REC] (2007)", "[/b] oops (2001)", "␛[31mred␛[0m", "千と千尋の神隠し (2001)",
                      "🎬 (2019)", "⟨U+202E⟩", "Two␊lines␉and", ":smile:"):  # fmt: skip
            assert title in shown(app)
        for _ in HOSTILE:
            await pilot.press("j", "enter", "h")
        app.say("[/b] [REC] \x1b[2J")
        await until_shown(pilot, "[/b] [REC] ␛[2J")


async def test_a_newer_model_of_the_run_is_shown_without_losing_the_place(make_app: MakeApp, home: Path):
    run = toy_run(home, state="running")
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("j", "j")
        await pilot.pause()
        subject, before = neighbours_of(app), app.model
        newer = toy_factors(seed=1)
        publish(run.factors_path, lambda directory: save_factors(newer, directory))
        await until(pilot, lambda: app.model is not before, "the newer model")
        assert neighbours_of(app) == subject


async def test_a_model_that_cannot_be_opened_is_said_so_beside_what_to_do(make_app: MakeApp, home: Path):
    run = toy_run(home)
    (run.factors_path / "factors.json").write_text('{"format_version": 99}')
    async with make_app().run_test(size=(100, 30)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "99")
        await until_shown(pilot, "takes seconds.")


async def test_b_goes_round_both_taste_and_audience_and_says_what_they_are(make_app: MakeApp, home: Path):
    factors = toy_factors(audience=True)
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "by both")
        subject = TITLES.index(neighbours_of(app)) + 1
        for by in ("taste", "audience", "both"):
            await pilot.press("b")
            await until_shown(pilot, f"by {by}")
            _, scores = factors.similar(subject, 1, by=by)
            await until_shown(pilot, f"{scores[0]:.3f}")
            await until(pilot, partial(told, app, f"Neighbours by {by}:"), "what that means")


async def test_b_says_so_where_the_model_knows_taste_alone(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "by taste")
        await pilot.press("b")
        await until(pilot, partial(told, app, "knows taste alone"), "why there is nothing to choose")


def told(app: MftuiApp, text: str) -> bool:
    """Whether a toast says so."""
    return any(text in str(toast.message) for toast in app._notifications)
