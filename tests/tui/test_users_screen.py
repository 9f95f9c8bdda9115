"""Users: rated against predicted, and recommendations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from helpers.models import TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown

from mftui.tui.app import MftuiApp

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


async def test_a_users_tables_are_those_of_the_model(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    history = factors.history_of(7)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "type a user's id")
        await pilot.press("slash", "7", "enter")
        await until_shown(pilot, f"User 7: {len(history)} ratings")
        await until_shown(pilot, "Recommended to user 7")
        rated, recommended = shown(app).split("Recommended to user 7")
        movie = history.movies[0]
        line = next(line for line in rated.splitlines() if TITLES[movie][:20] in line)
        assert f"{history.ratings[0]:g}" in line
        assert f"{factors.predict(7, int(movie) + 1):.2f}" in line
        assert ("test" in line) == bool(history.held_out[0])
        best = factors.recommend(7, 1)
        line = next(line for line in recommended.splitlines() if TITLES[best.movies[0]][:20] in line)
        assert f"{best.predicted[0]:.2f}" in line
        for movie in history.movies:
            assert TITLES[movie] not in recommended


async def test_an_unknown_user_is_refused_with_the_nearest_that_are_known(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "9", "9", "enter")
        await until_shown(pilot, "no user with id 99.")
        await until_shown(pilot, "Nearest known: 20")
        await pilot.press("escape")
        await until_gone(pilot, "Nearest known")


async def test_a_user_is_picked_from_the_list(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "20 users")
        await pilot.press("p", "j", "j", "enter")
        await until_shown(pilot, "User 3:")


async def test_brackets_go_from_user_to_user_and_round(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "20 users")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "User 1:")
        await pilot.press("left_square_bracket")
        await until_shown(pilot, "User 20:")


async def test_b_goes_round_the_rankings(make_app: MakeApp, home: Path):
    factors = toy_factors(audience=True)
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "by both")
        for rank in ("like", "watch", "both"):
            await pilot.press("b")
            await until_shown(pilot, f"by {rank}")
            listed = factors.recommend(7, 1, rank=rank)
            assert listed.watch is not None
            line = f"{listed.predicted[0]:.2f}  "
            await until(pilot, partial(first_row, app, line, TITLES[listed.movies[0]][:20]), rank)


def first_row(app: MftuiApp, predicted: str, title: str) -> bool:
    """Whether the first recommendation is `title`, with its predicted rating."""
    rows = shown(app).split("Recommended to user 7")[1].splitlines()[2:3]
    return bool(rows) and predicted in rows[0] and title in rows[0]
