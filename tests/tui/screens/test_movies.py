"""Movies: search, neighbours, and neighbours of neighbours."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown, until_still

from mftui.engine.model.factors import Factors
from mftui.engine.model.store import save_factors
from mftui.engine.model.user_prior import movie_bias_in_stars
from mftui.engine.query import approximate
from mftui.engine.query.movie_filter import MovieFilter, passing
from mftui.engine.query.neighbours import similar
from mftui.runs.store.publish import publish
from mftui.tui.app import MftuiApp
from mftui.tui.base.open_model import OpenModel
from mftui.tui.lists import choices
from mftui.tui.screens.movies import screen
from mftui.tui.screens.movies.page import MoviePage, movie_page, ratings_of_movie

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
        movies, scores = similar(factors, TITLES.index("Hamlet (1996)"), 50)
        text = shown(app).split("Neighbours of")[1]
        for movie, score in zip(movies[:5], scores[:5], strict=True):
            line = next(line for line in text.splitlines() if TITLES[movie][:20] in line)
            assert f"{score:.3f}" in line


async def test_the_neighbours_follow_a_search_without_being_asked_for(
    make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch
):
    toy_run(home)
    looked_up: list[int] = []

    def noted(factors: Factors, movie: int, *args: Any, **options: Any) -> Any:
        looked_up.append(movie)
        return similar(factors, movie, *args, **options)

    monkeypatch.setattr(approximate, "similar", noted)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2", "slash", *"hea")
        await until(pilot, lambda: neighbours_of(app) == "Heat (1995)", "the first result's neighbours")
        await pilot.press("t")
        await until_shown(pilot, "1/1")
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        assert looked_up.count(TITLES.index("Heat (1995)")) == 1, "the first result is the same"


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


@pytest.mark.long
async def test_hostile_titles_are_shown_as_themselves(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(HOSTILE))
    async with (app := make_app()).run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("f2")
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
        await pilot.press("f2")
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
        await until_shown(pilot, "seconds.")


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
            _, scores = similar(factors, factors.movie_ids.index(subject), 1, by=by)
            await until_shown(pilot, f"{scores[0]:.3f}")
            await until(pilot, partial(told, app, f"Neighbours by {by}:"), "what that means")


async def test_b_says_so_where_the_model_knows_taste_alone(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "by taste")
        await pilot.press("b")
        await until(pilot, partial(told, app, "has taste factors only"), "why there is nothing to choose")


def told(app: MftuiApp, text: str) -> bool:
    """Whether a toast says so."""
    return any(text in str(toast.message) for toast in app._notifications)


def results(app: MftuiApp) -> list[str]:
    """The titles of the list, as far as they are to be seen."""
    lines = shown(app).split("Neighbours of")[0].splitlines()
    return [title for line in lines[4:] for title in TITLES if title[:20] in line]


async def test_f_narrows_the_list_by_genre_years_and_ratings(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=(80, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("f", *"dra", "tab", *"1970..1990", "down", "7", "enter")
        await until_shown(pilot, "only Drama, 1970..1990, 7+ ratings")
        where = MovieFilter("Drama", (1970, 1990), 7)
        assert set(results(app)) == {TITLES[i] for i in range(len(TITLES)) if passing(factors, where)[i]}
        await pilot.press("f", "tab", "tab", *"999", "enter")
        await until_shown(pilot, "No movie passes the search and the filters")
        await pilot.press("f", "ctrl+r", "tab", "tab", "tab", "3", "enter")
        await until_shown(pilot, "Toy Story (1995)")
        await until_shown(pilot, "1/3")


@pytest.mark.long
@pytest.mark.parametrize(
    ("typed", "problem"),
    [(("x",), "no such genre"), (("tab", *"19"), "not a span of years"), (("tab", "tab", "x"), "not a whole number")],
)
async def test_a_filter_that_makes_no_sense_is_refused_as_it_is_typed(
    make_app: MakeApp, home: Path, typed: tuple[str, ...], problem: str
):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await pilot.press("f", *typed)
        await until_shown(pilot, problem)
        await pilot.press("enter")
        await until_shown(pilot, "Filters")
        await pilot.press("escape")
        await until_shown(pilot, "Toy Story (1995)")


@pytest.mark.long
async def test_s_sorts_by_each_column_and_capital_s_the_other_way_round(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    most_rated = np.argsort(-factors.movie_counts, kind="stable")
    keys: dict[str, Callable[[int], Any]] = {
        "title": lambda i: TITLES[i],
        "year": lambda i: -factors.movies.years[i],
        "ratings": lambda i: -factors.movie_counts[i],
        "mean": lambda i: -factors.movie_means[i],
        "bias": lambda i: -factors.parameters.movie_bias[i],
    }
    async with (app := make_app()).run_test(size=(80, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        for name, key in keys.items():
            await pilot.press("s", "slash", *name, "enter")
            expected = [TITLES[i] for i in sorted(most_rated.tolist(), key=key)]
            await until_shown(pilot, f"by {name}")
            assert results(app) == expected
            await pilot.press("S")
            await until(pilot, partial(lambda titles: results(app) == titles, expected[::-1]), f"{name}, reversed")
        await pilot.press("s", "enter")
        await until_shown(pilot, "Most rated movies")


async def test_m_goes_round_the_metrics(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        subject = TITLES.index(neighbours_of(app)) + 1
        for metric in ("dot", "full", "euclidean", "cosine"):
            await pilot.press("m")
            measured, shrink = choices.MovieChoices(metric=metric).measured
            movies, scores = similar(factors, factors.movie_ids.index(subject), 1, metric=measured, shrink=shrink)
            row = f"{scores[0]:.3f}  {TITLES[movies[0]][:20]}"
            await until_shown(pilot, choices.METRICS[metric])
            await until_shown(pilot, row)


async def test_neighbours_of_few_ratings_can_be_left_out(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        subject = TITLES.index(neighbours_of(app)) + 1
        await pilot.press("f", "up", *"10", "enter")
        await until_shown(pilot, "10+ ratings")
        movies, _ = similar(factors, factors.movie_ids.index(subject), 50, where=MovieFilter(min_ratings=10))
        assert 0 < len(movies) < len(TITLES) - 1
        await until_shown(pilot, f"1/{len(movies)}")


async def test_the_neighbours_do_not_wait_for_the_page(make_app: MakeApp, home: Path, monkeypatch: pytest.MonkeyPatch):
    gathered = threading.Event()

    def slow_page(model: OpenModel, movie: int) -> MoviePage:
        gathered.wait(20)
        return movie_page(model, movie)

    monkeypatch.setattr(screen, "movie_page", slow_page)
    toy_run(home)
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("2", "slash", *"hamlet 1996", "enter")
        await until(pilot, lambda: neighbours_of(app) == "Hamlet (1996)", "Hamlet's neighbours")
        assert "average film" not in shown(app)
        gathered.set()
        await until_shown(pilot, "average film")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_i_shows_a_movies_page_and_hides_it(make_app: MakeApp, home: Path, size: tuple[int, int]):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Neighbours of")
        await until_still(pilot)
        if size == (80, 24):
            await pilot.press("i")
        subject = TITLES.index(neighbours_of(app))
        ratings = ratings_of_movie(factors, subject)
        await until_shown(pilot, f"mean {ratings.mean():.2f}")
        text = shown(app)
        assert f"bias {movie_bias_in_stars(factors, np.array([subject]))[0]:+.2f}" in text
        assert f"{len(ratings)} ratings" in text and "4 factors" in text
        assert factors.movies.genres_of(subject)[0] in text
        await pilot.press("i")
        await until_gone(pilot, "4 factors")
