"""Users: rated against predicted, and recommendations."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from helpers.members import with_members
from helpers.models import HOSTILE, TITLES, predicted, toy_factors, toy_run, trained_by
from helpers.screens import shown, until, until_gone, until_shown

from mftui.engine.query.explain import explain_user
from mftui.engine.query.movie_filter import MovieFilter
from mftui.engine.query.recommend import recommend
from mftui.tui.app import MftuiApp
from mftui.tui.lists.rankings import ListRank, reason_rank
from mftui.tui.screens.users.page import user_page

SIZE = (80, 24)
RANKS: tuple[ListRank, ...] = ("like", "watch", "taste", "both")
MakeApp = Callable[..., MftuiApp]


async def test_a_users_tables_are_those_of_the_model(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    history = factors.history.of_user(6)
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
        assert f"{predicted(factors, 7, int(movie) + 1):.2f}" in line
        assert ("test" in line) == bool(history.held_out[0])
        best = recommend(factors, 6, 1)
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


async def test_a_page_of_nobody_and_of_no_model_says_what_to_do(make_app: MakeApp, home: Path):
    async with make_app().run_test(size=(80, 24)) as pilot:
        for screen in ("2", "3"):
            await pilot.press(screen, "i")
            await until_shown(pilot, "Press 1, then t, to train one")
            await pilot.press("i")
    toy_run(home)
    async with make_app().run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "type a user's id")
        await pilot.press("i")
        await until_gone(pilot, "20 users")
        await until_shown(pilot, "type a user's id")


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
        for rank in RANKS:
            await pilot.press("b")
            await until_shown(pilot, f"by {rank}")
            listed = user_page(factors, 7, 1, rank=rank).recommended
            assert listed.watch is not None
            line = f"{listed.predicted[0]:.2f}  "
            await until(pilot, partial(first_row, app, line, TITLES[listed.movies[0]][:20]), rank)


async def test_taste_alone_leaves_the_biases_out(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    p = factors.parameters
    unrated = np.setdiff1d(np.arange(factors.n_movies), factors.history.of_user(6).movies)
    best = unrated[np.argmax(p.movie_factors[unrated] @ p.user_factors[6])]
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "by like")
        await pilot.press("b")
        await until_shown(pilot, "by taste")
        await until(
            pilot, partial(first_row, app, f"{predicted(factors, 7, int(best) + 1):.2f}", TITLES[best][:20]), "best"
        )
        await pilot.press("b")
        await until_shown(pilot, "by like")


@pytest.mark.long
async def test_s_sorts_the_ratings_by_each_column(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    history = factors.history.of_user(6)
    given = np.array([predicted(factors, 7, int(movie) + 1) for movie in history.movies])
    titles = [TITLES[movie] for movie in history.movies]
    keys = {
        "model": -given,
        "error": -abs(given - history.ratings),
        "part": -history.held_out.astype(int),
        "title": np.argsort(np.argsort(titles)),
    }

    def rated(app: MftuiApp) -> list[str]:
        lines = shown(app).split("Recommended to user 7")[0].splitlines()[4:]
        return [title for line in lines for title in titles if title[:20] in line]

    async with (app := make_app()).run_test(size=(80, 40)) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "User 7:")
        for name, values in keys.items():
            await pilot.press("s", "slash", *name, "enter")
            await until_shown(pilot, f"by {name}" if name != "rating" else "ratings  RMSE")
            usual = np.lexsort((np.arange(len(given)), -given, -history.ratings))
            expected = [titles[i] for i in usual[np.argsort(values[usual], kind="stable")]]
            assert rated(app) == expected
            await pilot.press("S")
            await until_shown(pilot, f"by {name}, reversed")
            assert rated(app) == expected[::-1]


async def test_f_narrows_the_recommendations_and_a_short_list_says_why(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    where = MovieFilter("Drama", None, 5)
    listed = recommend(factors, 6, 100, where=where)
    assert listed.note
    async with (app := make_app()).run_test(size=(160, 40)) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        await pilot.press("f", *"drama", "tab", "tab", "5", "enter")
        await until_shown(pilot, "only Drama, 5+ ratings")
        text = shown(app)
        assert listed.note[:12] in text
        assert f"1/{len(listed.movies)}" in text.split("Recommended to user 7")[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_i_shows_a_users_page(make_app: MakeApp, home: Path, size: tuple[int, int]):
    factors = toy_factors()
    toy_run(home, factors)
    page = user_page(factors, 7)
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        if size == (80, 24):
            await pilot.press("i")
        await until_shown(pilot, "model over rating")
        text = shown(app)
        assert f"bias {page.bias:+.2f}" in text and page.likes[0][0] in text
        assert f"{page.similar[0][0]} (cosine {page.similar[0][1]:.2f})" in text
        await pilot.press("i")
        await until_gone(pilot, "model over rating")


async def test_a_goes_to_a_similar_user(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    nearest = user_page(factors, 7).similar[0][0]
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "User 7:")
        await pilot.press("a")
        await until_shown(pilot, "Users similar to 7")
        await pilot.press("enter")
        await until_shown(pilot, f"User {nearest}:")


def first_row(app: MftuiApp, predicted: str, title: str) -> bool:
    """Whether the first recommendation is `title`, with its predicted rating."""
    rows = shown(app).split("Recommended to user 7")[1].splitlines()[2:3]
    return bool(rows) and predicted in rows[0] and title in rows[0]


@pytest.mark.long
async def test_hostile_titles_are_shown_and_opened_as_themselves(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(HOSTILE))
    async with (app := make_app()).run_test(size=(160, 50)) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "type a user's id")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "Recommended to user 1")
        for title in ("[REC] (2007)", "[/b] oops (2001)", "Escape ␛[31mred"):
            await until_shown(pilot, title)
        assert "\x1b" not in shown(app)
        for _ in HOSTILE:
            await pilot.press("enter")
            await until_shown(pilot, "Neighbours of")
            await pilot.press("escape")
            await until_shown(pilot, "Recommended to user 1")
            await pilot.press("y", "j")


async def test_a_run_that_vanishes_leaves_its_model_to_be_looked_at(make_app: MakeApp, home: Path):
    run = toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "type a user's id")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "User 1:")
        shutil.rmtree(run.path)
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "User 2:")
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_w_says_which_of_the_users_ratings_a_prediction_comes_from(
    make_app: MakeApp, home: Path, size: tuple[int, int]
):
    factors = toy_factors(audience=True)
    toy_run(home, factors)
    best = recommend(factors, 6, 2).movies
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        await pilot.press("w", "l", "j")
        because = explain_user(factors, 6, best[1:])
        await until_shown(pilot, f"predicted {because.predicted[0]:.2f}")
        own = because.strongest(0, 1)[0]
        line = next(line for line in shown(app).splitlines() if f"{because.shown_parts(0)[1][own]:+.2f} " in line)
        assert f"{because.ratings[own]:<4g}{TITLES[because.rated[own]][:12]}" in line
        words = " ".join(shown(app).split())
        assert f"everybody {because.shown_parts(0)[0]['everybody']:.2f}, this film" in words
        await pilot.press("w")
        await until_shown(pilot, "model over rating")


async def test_many_users_are_narrowed_as_one_types(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(n_users=1_500))
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await until_shown(pilot, "1,500 users")
        await pilot.press("p", "slash", *"149")
        await until_shown(pilot, "▸ 149 ")
        await until_shown(pilot, "1498")
        await pilot.press("enter")
        await until_shown(pilot, "User 149:")


@pytest.mark.parametrize(
    ("rank", "shown_as"),
    [("both", "popularity"), ("watch", "popularity"), ("taste", "training"), ("safe", "-"), ("like", "")],
)
async def test_why_says_what_ranked_the_film_and_names_the_ratings_in_that_order(
    make_app: MakeApp, home: Path, rank: str, shown_as: str
):
    factors = with_members(toy_factors(audience=True, n_users=80), 2)
    toy_run(home, factors)
    page = user_page(factors, 7, rank=cast(ListRank, rank))
    movie = int(page.recommended.movies[0])
    because = explain_user(factors, 6, np.array([movie]), **reason_rank(cast(ListRank, rank)))
    async with make_app().run_test(size=(80, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, MftuiApp)
        app.session.put(users={"rank": rank})
        await pilot.press("f3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        await pilot.press("l", "w")
        await until_shown(pilot, f"predicted {because.predicted[0]:.2f}")
        text = shown(app)
        words = " ".join(text.split())
        assert ("on the list" in text) == (rank != "like")
        if because.place is not None:
            assert f"{because.place.shown(0)[1]:.{because.place.digits}f}" in words and shown_as in words
        first = because.strongest(0, 4, ranked=True)
        lines = [f"{because.ratings[own]:<4g}{TITLES[because.rated[own]][:10]}" for own in first]
        assert sorted(lines, key=text.index) == lines


async def test_of_a_recipe_that_predicts_no_stars_biases_and_reasons_say_so(make_app: MakeApp, home: Path):
    model = toy_factors()
    toy_run(home, trained_by(model, meta=model.meta | {"recipe": "post2019"}))
    async with make_app().run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "slash", "7", "enter")
        await until_shown(pilot, "rescaled, no stars")
        await pilot.press("l", "w")
        await until_shown(pilot, "rescaled: only the order counts")
        await pilot.press("f2")
        await until_shown(pilot, "rescaled, no stars")
