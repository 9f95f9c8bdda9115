"""What a number or a key on the screen is, is said where it stands; and one thing is said one way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.finished import make_run
from helpers.live_run import log_metrics
from helpers.members import with_members
from helpers.models import toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown

from mftui import paths
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.engine.query.explain import explain
from mftui.engine.query.fold_in import fold_in
from mftui.engine.recipes import RECIPES
from mftui.tui.app import MftuiApp
from mftui.tui.base.keys import sign
from mftui.tui.screens.map.gather import MapChoices, gather
from mftui.tui.widgets.key_bar import KeyBar

MakeApp = Callable[..., MftuiApp]
SIZES = [
    (80, 24),
    (120, 35),
    *(pytest.param(size, marks=pytest.mark.long) for size in ((100, 30), (160, 45), (200, 60))),
]


@pytest.mark.parametrize("opens", ["e", "f", "question_mark", "s"])
async def test_below_a_dialog_no_key_is_offered_that_does_nothing_there(make_app: MakeApp, home: Path, opens: str):
    toy_run(home)
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours")
        height = app.screen.query_one(KeyBar).size.height
        await pilot.press(opens)
        await until(pilot, lambda: app.screen.is_modal, "a dialog")
        await until_gone(pilot, "b Similarity")
        assert app.screen.query_one(KeyBar).size.height == height == 2
        assert f"{sign('escape')} " in shown(app).splitlines()[-1]
        await pilot.press("escape")
        await until_shown(pilot, "b Similarity")


@pytest.mark.parametrize("size", SIZES)
async def test_beside_a_list_of_neighbours_stands_by_what_it_is_ordered(
    make_app: MakeApp, home: Path, size: tuple[int, int]
):
    toy_run(home, toy_factors(audience=True))
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await until_shown(pilot, "Cosine")
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        listed = shown(app).split("Recommended to user 7")[1]
        assert "by both" in listed and "Score" in listed and "Watch" in listed


@pytest.mark.parametrize("size", SIZES)
async def test_a_bias_is_a_whole_sentence_and_all_factors_are_counted_by_member(
    make_app: MakeApp, home: Path, size: tuple[int, int]
):
    factors = with_members(toy_factors(audience=True, n_users=80), noise=0.5)
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        if not app.screen.has_class("-page"):
            await pilot.press("i")
        await until_shown(pilot, "bias ")
        text = " ".join(shown(app).split())
        assert "an average user would give it" in text and "average film" in text
        if size[0] not in (100, 120):
            n, members = factors.n_factors, factors.parameters.members
            assert f"{n} factors of taste, {n // members} in each of {members} members" in text


@pytest.mark.parametrize("size", SIZES)
async def test_a_users_histogram_and_both_axes_of_the_scatter_are_whole(
    make_app: MakeApp, home: Path, size: tuple[int, int]
):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        if not app.screen.has_class("-page"):
            await pilot.press("i")
        await until_shown(pilot, "model over rating")
        lines = shown(app).splitlines()
        top = next(at for at, line in enumerate(lines) if "model over rating" in line)
        labels = [line[line.index("└") if "└" in line else 0 :] for line in lines[top : top + 10]]
        assert any(label.startswith("└──") for label in labels)
        assert lines[top + 9].rstrip().endswith(" 5") and " 5 " in lines[top + 9]
        assert "alike  users 15 (cosine 0.82)" in shown(app) and "(1 rated)" in shown(app)


def test_the_map_never_has_one_axis_both_ways():
    toy = toy_factors()
    for x in (1, 2, 3):
        for y in (1, 2, 3):
            choices = MapChoices(x=x, y=y).valid(type("Model", (), {"factors": toy})())
            assert choices.x == x and choices.y != x


def test_what_each_rating_adds_on_the_list_adds_up_as_shown():
    factors = toy_factors(audience=True)
    movies, ratings = np.array([2, 0, 5, 7]), np.array([5.0, 2.0, 4.5, 1.0], dtype=np.float32)
    because = explain(factors, fold_in(factors, movies, ratings), np.arange(len(factors.movie_counts)))
    place = because.place
    assert place is not None
    for at in range(len(because.movies)):
        shares = place.shown_shares(at)
        assert len(shares) == len(movies)
        assert round(sum(shares), place.digits) == place.shown(at)[0].get("ratings", 0.0)


async def test_runs_says_where_the_curve_ends_and_why(make_app: MakeApp, home: Path):
    run = toy_run(home)
    for step in range(1, 31):
        audience = step > 20
        log_metrics(run, {"step": step, "epoch": step / 10, "train_loss": 1 / step}
                    | ({"block": "audience"} if audience else {"train_rmse": 1 + 1 / step}))  # fmt: skip
    async with make_app().run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "RMSE ends at step 20: then it learned who watched what.")


async def test_two_runs_side_by_side_say_what_new_and_gone_are(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(audience=True))
    make_run(paths.home(), "other", 2, model=toy_factors(audience=True, seed=1))
    async with make_app().run_test(size=(120, 35)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("c")
        await until_shown(pilot, "Compare with")
        await pilot.press("enter")
        await until_shown(pilot, "New: on list 2 alone; gone: on list 1 alone.")


async def test_what_is_empty_in_an_untouched_dialog_is_no_fault(make_app: MakeApp, home: Path):
    toy_run(home)
    Profile().rate(Matcher(toy_factors()), 2, 5.0, timestamp=1)
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await until_shown(pilot, "Rate next")
        await pilot.press("a")
        await until_shown(pilot, "Import ratings")
        assert "a file is needed" not in shown(app)
        await pilot.press("enter")
        await until_shown(pilot, "a file is needed")


@pytest.mark.parametrize("size", SIZES)
async def test_a_recipe_is_described_to_the_end_where_it_is_chosen(
    make_app: MakeApp, home: Path, size: tuple[int, int]
):
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("f", "j", "enter")
        await until_shown(pilot, "Recipe")
        for recipe in RECIPES.values():
            last = recipe.about.split()[-2:]
            await until_shown(pilot, f" {recipe.name} ")
            dialog = " ".join(line.split("│")[-2] for line in shown(app).splitlines() if line.count("│") >= 2)
            assert " ".join(last) in " ".join(dialog.split()), dialog
            await pilot.press("j")


@pytest.mark.parametrize("size", SIZES)
async def test_every_curve_of_a_chart_has_its_name(make_app: MakeApp, home: Path, size: tuple[int, int]):
    run = toy_run(home)
    for step in range(1, 31):
        log_metrics(run, {"step": step, "epoch": step, "train_loss": 1 / step, "train_rmse": 1 + 1 / step,
                          "valid_rmse": 1 + 2 / step, "draw_valid_rmse": 1 + 3 / step})  # fmt: skip
    async with make_app().run_test(size=size) as pilot:
        for screen in ("1", "6"):
            await pilot.press(screen)
            for name in ("training 1.0", "one draw, validation 1.1", "• validation 1.0"):
                await until_shown(pilot, name)


async def test_while_the_axes_are_sought_the_map_says_so(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    toy_run(home)
    go, wait = threading.Event(), threading.Event()

    def slow(*args: object, **kwargs: object) -> object:
        go.set()
        wait.wait(20)
        return gather(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("mftui.tui.screens.map.screen.gather", slow)
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.model is not None, "the model")
        await pilot.press("5")
        await until(pilot, go.is_set, "the question")
        await until_shown(pilot, "Finding the axes of this model")
        wait.set()
        await until_shown(pilot, "by genre")
