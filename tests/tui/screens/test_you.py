"""You: one key rates a film, the list beside it follows, and nothing is called saved that is not."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown
from helpers.you import MATRIX, SIZE, MakeApp, find, given, opened, rate, recommended

from mftui.data.dataset import Scale
from mftui.engine.query import fold_in as fold_in_module
from mftui.engine.query.explain import explain
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.recommend import recommend_newcomer
from mftui.engine.query.row_solver import RowProblem, RowSolution, solve_rows
from mftui.engine.query.suggest import suggest
from mftui.tui.dialogs.help import help_bindings
from mftui.tui.screens.you.page import YouChoices, about, why_you, you_list
from mftui.tui.screens.you.ratings import ProfileRatings
from mftui.tui.screens.you.star_line import nudged, ratings_of_stars
from mftui.tui.widgets.table import Table


async def test_one_key_rates_the_film_that_was_searched_and_the_list_follows(make_app: MakeApp, home: Path):
    factors = toy_factors(audience=True)
    toy_run(home, factors)
    expected = recommend_newcomer(factors, fold_in(factors, np.array([MATRIX]), np.array([4.0], dtype=np.float32)), 100)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await until_shown(pilot, "by both, for anybody")
        assert "The Matrix" not in given()
        await find(pilot, "matrix")
        await pilot.press("4")
        await until_shown(pilot, "saved Matrix, The (1999): 4")
        assert given() == {TITLES[MATRIX]: 4.0}
        await until_shown(pilot, "by both, from 1 rating")
        lines = recommended(app).splitlines()[2:]
        for line, movie, predicted in zip(lines, expected.movies[:5], expected.predicted, strict=False):
            assert TITLES[movie][:12] in line and f"{predicted:.2f}" in line
        assert TITLES[MATRIX][:8] not in recommended(app).replace("4 Matrix", "")


@pytest.mark.long
async def test_each_of_the_ten_keys_is_shown_with_its_rating_and_gives_it(make_app: MakeApp, home: Path):
    toy_run(home)
    keys = {"0": 0.5, "1": 1, "!": 1.5, "2": 2, "@": 2.5, "3": 3, "#": 3.5, "4": 4, "$": 4.5, "5": 5}
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await find(pilot, "matrix")
        for key, rating in keys.items():
            assert (f"{key} {rating:g}" if rating % 1 else "1  2  3  4  5 stars") in shown(pilot.app)
            await pilot.press(key)
            await until_shown(pilot, f"saved Matrix, The (1999): {rating:g}")
            assert given() == {TITLES[MATRIX]: rating}


async def test_a_scale_of_whole_stars_has_five_keys(make_app: MakeApp, home: Path):
    toy_run(home, replace(toy_factors(), scale=Scale(1.0, 5.0, 1.0)))
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await find(pilot, "matrix")
        assert "1  2  3  4  5 stars  + -" in shown(pilot.app)
        await pilot.press("$")
        await until_shown(pilot, "no half stars")
        assert not given()


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (Scale(0.5, 5, 0.5), {0.5: 0.5, 1: 1, 1.5: 1.5, 2: 2, 2.5: 2.5, 3: 3, 3.5: 3.5, 4: 4, 4.5: 4.5, 5: 5}),
        (Scale(1, 5, 1), {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}),
        (Scale(1, 10, 1), {0.5: 1, 1: 2, 1.5: 3, 2: 4, 2.5: 5, 3: 6, 3.5: 7, 4: 8, 4.5: 9, 5: 10}),
        (Scale(0, 1, 1), {1: 0, 2: 0, 3: 1, 4: 1, 5: 1}),
        (Scale(-10, 10, 0), {0.5: -8, 1: -6, 1.5: -4, 2: -2, 2.5: 0, 3: 2, 3.5: 4, 4: 6, 4.5: 8, 5: 10}),
    ],
)
def test_half_and_whole_stars_are_the_nearest_ratings_of_any_scale(scale: Scale, expected: dict[float, float]):
    assert ratings_of_stars(scale) == expected
    assert nudged(scale.lo, -1, scale) == scale.lo and nudged(scale.hi, 1, scale) == scale.hi
    assert scale.lo < nudged(scale.lo, 1, scale) <= scale.hi


async def test_plus_and_minus_change_a_rating_by_a_step_and_x_takes_it_back(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await find(pilot, "matrix")
        await pilot.press("plus")
        await until_shown(pilot, "Not rated yet")
        await pilot.press("4", "plus", "plus", "plus")
        await until_shown(pilot, "5 is as far as the scale goes")
        await until(pilot, lambda: given() == {TITLES[MATRIX]: 5.0}, "five stars")
        await pilot.press("minus")
        await until_shown(pilot, "saved Matrix, The (1999): 4.5")
        await pilot.press("x")
        await until_shown(pilot, "saved Matrix, The (1999): rating removed")
        assert not given()
        await until_shown(pilot, "for anybody")


async def test_u_takes_back_the_last_change_whoever_made_it(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    rate(factors, {0: 3.0})
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await find(pilot, "matrix")
        await pilot.press("5")
        await until_shown(pilot, "saved Matrix")
        await pilot.press("u")
        await until_shown(pilot, "undone: Matrix, The (1999)")
        assert given() == {TITLES[0]: 3.0}
        await pilot.press("u")
        await until_shown(pilot, f"undone: {TITLES[0]}")
        await pilot.press("u")
        await until_shown(pilot, "nothing to undo")
        assert not given()


async def test_what_to_rate_next_is_what_tells_most_and_one_key_after_the_other_rates_it(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    none = np.array([], dtype=np.int64)
    first = suggest(factors, fold_in(factors, none, none.astype(np.float32)), 20).movies
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await until_shown(pilot, "1/12")
        lines = shown(app).split("Rate next")[1].splitlines()[2:]
        assert all(TITLES[movie][:12] in line for line, movie in zip(lines, first[:5], strict=False))
        for number in range(1, 4):
            own = app.screen.query_one("#own", Table)
            title = TITLES[own.screen._listed.film(own.cursor)]  # type: ignore[attr-defined]
            await pilot.press("4")
            await until_shown(pilot, f"saved {title}")
            await until_shown(pilot, f"from {number} rating")
            assert title in given()
        assert len(given()) == 3
        await pilot.press("t")
        await until_shown(pilot, "the newest first, mean 4.00")


async def test_keys_typed_at_once_rate_one_recommended_film_after_the_other(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    none = np.array([], dtype=np.int64)
    first = recommend_newcomer(factors, fold_in(factors, none, none.astype(np.float32)), 3).movies
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("l", "5", "4", "1")
        await until_shown(pilot, "from 3 ratings")
        await until(pilot, lambda: len(given()) == 3, "three ratings")
        assert given() == {TITLES[movie]: stars for movie, stars in zip(first, (5.0, 4.0, 1.0), strict=True)}


async def test_o_asks_no_more_for_a_film_that_was_not_seen(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await until_shown(pilot, "1/12")
        await pilot.press("o")
        await until_shown(pilot, "saved not seen:")
        await until_shown(pilot, "/11")
        title = shown(app).split("not seen: ")[1].splitlines()[0].strip()
        assert title not in shown(app).split("Rate next")[1].split("Recommended to")[0]
        assert not given()


async def test_a_rating_made_in_another_terminal_appears(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await until_shown(pilot, "for anybody")
        rate(factors, {MATRIX: 2.5})
        await until_shown(pilot, "from 1 rating")
        await until_shown(pilot, "changed in another terminal")
        await pilot.press("t")
        await until_shown(pilot, "the newest first, mean 2.50")


async def test_films_that_the_model_does_not_have_are_listed_as_such_and_can_be_taken_back(
    make_app: MakeApp, home: Path
):
    toy_run(home)
    other = replace(toy_factors(["Solaris (1972)"]), meta={"dataset": "other", "fingerprint": "other"})
    rate(other, {0: 4.0})
    async with make_app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await until_shown(pilot, "1 not in this model (last)")
        await until_shown(pilot, "Solaris (1972)")
        await pilot.press("5")
        await until_shown(pilot, "This model does not have that film.")
        await pilot.press("x")
        await until_shown(pilot, "saved Solaris (1972): rating removed")
        await until_shown(pilot, "No rating yet.")
        assert not given()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_i_says_why_and_the_shares_are_those_of_the_engine(make_app: MakeApp, home: Path, size: tuple[int, int]):
    factors = toy_factors(audience=True)
    toy_run(home, factors)
    ratings = {MATRIX: 5.0, 0: 2.0, 5: 4.5}
    rate(factors, ratings)
    own = np.array(list(ratings)), np.array(list(ratings.values()), dtype=np.float32)
    best = recommend_newcomer(factors, fold_in(factors, *own), 1)
    because = explain(factors, fold_in(factors, *own), best.movies)
    async with (app := make_app()).run_test(size=size) as pilot:
        await opened(pilot)
        await until_shown(pilot, "from 3 ratings")
        await pilot.press("l")
        if size == (80, 24):
            await pilot.press("i")
        await until_shown(pilot, f"predicted {best.predicted[0]:.2f}")
        await until_shown(pilot, "axis 1:")
        await until_shown(pilot, "users ")
        text = shown(app)
        for at, (movie, rating) in enumerate(ratings.items()):
            line = next(line for line in text.splitlines() if f"{rating:<4g}{TITLES[movie][:12]}" in line)
            assert f"{because.shown_parts(0)[1][at]:+.2f}" in line
        assert f"= {because.predicted[0]:.2f}" in text
        await pilot.press("i")
        await until_gone(pilot, "predicted ")


async def test_without_a_model_it_says_what_to_do(make_app: MakeApp, home: Path):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("4")
        await until_shown(pilot, "No model yet. Press F1, then t")
        await pilot.press("5", "full_stop", "plus", "x", "u", "t", "o", "d", "b", "f", "S")
        await until_shown(pilot, "No model yet.")


async def test_b_goes_round_the_rankings_and_choices_are_remembered(make_app: MakeApp, home: Path):
    factors = toy_factors(audience=True)
    toy_run(home, factors)
    rate(factors, {MATRIX: 5.0})
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        for rank in ("like", "watch", "both", "like"):
            await pilot.press("b")
            await until_shown(pilot, f"by {rank}, from 1 rating")
        await pilot.press("f", *"drama", "enter")
        await until_shown(pilot, "only Drama")
        kept = app.session.get("you")
        assert isinstance(kept, dict) and kept["rank"] == "like" and kept["narrowed"]["genre"] == "Drama"


async def test_s_sorts_ones_ratings(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    rate(factors, {0: 3.0, 1: 5.0, 2: 1.0})
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)

        def listed(*movies: int) -> bool:
            lines = shown(app).split("Ratings of me")[1].splitlines()[2:5]
            return all(TITLES[movie][:12] in line for movie, line in zip(movies, lines, strict=False))

        await pilot.press("t")
        await until_shown(pilot, "the newest first")
        await until(pilot, partial(listed, 2, 1, 0), "the newest first")
        await pilot.press("s", "slash", *"rating", "enter")
        await until_shown(pilot, "by rating")
        await until(pilot, partial(listed, 1, 0, 2), "the highest first")
        await pilot.press("S")
        await until_shown(pilot, "by rating, reversed")
        await until(pilot, partial(listed, 2, 0, 1), "the lowest first")


async def test_its_keys_are_in_the_help(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        named = {str(binding.id) for binding, _ in help_bindings(app.screen)}
        assert {"you.stars_5", "you.stars_0.5", "you.undo", "you.profile", "screen.you", "table.export"} <= named


@pytest.mark.parametrize("noise", [0.0, 0.7])
def test_all_that_the_screen_shows_of_a_rating_is_solved_once(noise: float, monkeypatch: pytest.MonkeyPatch) -> None:
    factors = with_members(toy_factors(audience=True), 3, noise=noise)
    solved: list[int] = []

    def counted(problem: RowProblem) -> RowSolution:
        solved.append(len(problem.ratings))
        return solve_rows(problem)

    monkeypatch.setattr(fold_in_module, "solve_rows", counted)
    mine = ProfileRatings("", np.array([0, 3]), np.array([5.0, 1.0], dtype=np.float32))
    now = you_list(factors, mine, YouChoices())
    about(factors, now, YouChoices())
    why_you(factors, now, int(now.recommended.movies[0]), now.recommended.ranked_by)
    assert solved == [3], "one system, of the three members"
