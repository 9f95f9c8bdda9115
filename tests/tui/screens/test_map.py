"""Map: points, cursor, search, neighbours, axes, filters, users, t-SNE; and Factors."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from helpers.map import SIZE, MakeApp, opened, the_map
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.data.sources.catalogue import SAMPLE
from mftui.engine.insight.principal_axes import principal_axes
from mftui.engine.query.fold_in import fold_in
from mftui.engine.query.neighbours import similar
from mftui.settings import Settings
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.screens.map.screen import MapScreen


def under(app: MftuiApp) -> list[str]:
    """The titles under the cursor; none where only the nearest is named."""
    screen = the_map(app)
    assert app.model is not None
    movies, exact = screen.scatter.here()
    return [app.model.factors.movies.titles[m] for m in movies] if exact else []


def is_coloured(screen: MapScreen, name: str) -> bool:
    return screen._now is not None and screen._now.scene.coloring.name == name


def is_chosen(screen: MapScreen, movie: int) -> bool:
    return screen.scatter.chosen == movie


async def test_without_a_model_all_of_what_to_press_is_said_also_by_the_axes(make_app: MakeApp):
    async with make_app().run_test(size=(60, 24)) as pilot:
        await pilot.press("5")
        await until_shown(pilot, "takes seconds.")
        await pilot.press("i")
        await until_shown(pilot, "Axes")
        await until_shown(pilot, "takes seconds.")


async def test_without_a_model_it_says_what_to_press(make_app: MakeApp):
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await until_shown(pilot, "No model yet")
        for key in (
            "c",
            "t",
            "x",
            "V",
            "i",
            "i",
            "b",
            "f",
            "u",
            "n",
            "enter",
            "plus",
            "0",
            "h",
            "J",
            "right_square_bracket",
        ):
            await pilot.press(key)


async def test_every_film_is_drawn_and_named_when_the_cursor_is_on_it(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert f"{len(TITLES)} films" in shown(app)
        for movie, title in enumerate(TITLES):
            screen.scatter.go_to(movie)
            assert title in under(app)
            await until_shown(pilot, title[:14])


async def test_the_cursor_moves_by_cells_and_names_the_nearest_film(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        column, row = screen.scatter.cursor
        await pilot.press("l", "l", "j")
        await until(pilot, lambda: screen.scatter.cursor == (column + 2, row + 1), "the cursor there")
        await pilot.press("h", "k", "left")
        await until(pilot, lambda: screen.scatter.cursor == (column, row), "the cursor there")
        await pilot.press(*"l" * 60)
        assert screen.scatter.cursor[0] < screen.scatter.grid.columns  # the map moved on under it
        await until_shown(pilot, "Nearest film")
        await pilot.press("0")
        assert screen.scatter.cursor == (column, row)


async def test_zoom_keeps_what_is_under_the_cursor_and_0_shows_all_again(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        whole = screen.scatter._window
        screen.scatter.go_to(2)
        await pilot.press("plus", "plus", "plus")
        await until(
            pilot,
            lambda: TITLES[2] in under(app) and screen.scatter._window.width == pytest.approx(whole.width / 8),
            "the film, near",
        )
        await pilot.press("H", "J", "shift+right", "shift+up", "minus")
        await pilot.press("0")
        await until(pilot, lambda: screen.scatter._window == whole, "the whole map")


async def test_a_search_lights_up_what_it_finds_and_steps_through_it(make_app: MakeApp, home: Path):
    toy_run(home)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await pilot.press("slash", *"hamlet")
        await until(pilot, lambda: len(screen.scatter.matches) == 2, "two Hamlets")
        await pilot.press("enter")
        seen = set()
        for _ in range(2):
            await pilot.press("right_square_bracket")
            seen |= {title for title in under(app) if "Hamlet" in title}
        assert len(seen) == 2
        assert shown(app).count("◆") >= 1
        await pilot.press("escape")
        await until(pilot, lambda: not len(screen.scatter.matches), "no search")


async def test_enter_lights_up_the_neighbours_and_the_list_leads_from_one_to_the_next(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        screen.scatter.go_to(2)
        await pilot.press("enter")
        await until_shown(pilot, "Neighbours of Matrix")
        expected = similar(factors, 2, 20, by="taste")[0].tolist()
        assert screen.scatter.near.tolist() == expected and screen.scatter.chosen == 2
        await pilot.press("tab", "j", "enter")
        await until_shown(pilot, f"Near {TITLES[expected[1]]}")
        assert screen.scatter.chosen == expected[1] and TITLES[expected[1]] in under(app)
        await pilot.press("escape", "escape")
        await until_gone(pilot, f"Near {TITLES[expected[1]]}")


async def test_colours_axes_and_filters_change_the_picture(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(TITLES * 3, k=5))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        for name in ("decade", "mean", "bias", "none", "genre"):
            await pilot.press("c")
            await until(pilot, partial(is_coloured, screen, name), name)
        await pilot.press("a")
        await until_shown(pilot, "x axis 3  y axis 2")
        await pilot.press("A", "A")
        await until_shown(pilot, "x axis 5")
        await pilot.press("v")
        await until_shown(pilot, "y axis 3")
        await pilot.press("V")
        await until_shown(pilot, "y axis 2")
        assert screen._now is not None
        np.testing.assert_array_equal(screen._now.layout.points[:, 0], screen._now.axes.movies[:, 4])
        await pilot.press("f", *"drama", "enter")
        await until_shown(pilot, "only Drama")
        dramas = sum("Drama" in genres for genres in map(screen._now.model.factors.movies.genres_of, range(36)))
        await until_shown(pilot, f"{dramas} films")
        await pilot.press("m")
        await until(pilot, lambda: not screen.scatter.names and app.session.get("map")["names"] is False, "no names")  # type: ignore[index]


async def test_users_stand_among_the_films(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with make_app().run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to")
        screen = await opened(pilot)
        await pilot.press("o")
        await until_shown(pilot, "@ user 7")
        assert screen._now is not None
        place = screen._now.layout.place(factors.parameters.user_factors[6])[0]
        assert (screen.scatter.pins[0].x, screen.scatter.pins[0].y) == pytest.approx(tuple(place))
        await pilot.press("o")
        await until(pilot, lambda: len(screen.scatter.pins) == factors.n_users, "all users")
        await pilot.press("o")
        await until(pilot, lambda: not screen.scatter.pins, "none")


async def test_one_stands_among_the_films_by_ones_own_ratings(make_app: MakeApp, home: Path):
    factors = toy_factors()
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert not screen.scatter.pins
        profile, matcher = Profile(), Matcher(factors)
        profile.rate(matcher, 0, 5.0)
        profile.rate(matcher, 2, 1.0)
        await pilot.press("1", "5")
        await until_shown(pilot, "@ You")
        rows = fold_in(factors, np.array([0, 2]), np.array([5, 1], dtype=np.float32)).row
        assert screen._now is not None
        place = screen._now.layout.place(rows.factors)[0]
        assert (screen.scatter.pins[0].x, screen.scatter.pins[0].y) == pytest.approx(tuple(place), rel=1e-4)
        assert app.is_running


async def test_factors_tell_of_every_axis_and_lead_back_to_the_map_along_it(make_app: MakeApp, home: Path):
    factors = toy_factors(TITLES * 3)
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("i")
        await until_shown(pilot, "Axes of taste")
        await until_shown(pilot, "goes with")
        axes = principal_axes(factors)
        await pilot.press("j", "j")
        await until_shown(pilot, f"Axis 3: {axes.axis(3).share:.1%}")
        assert factors.movies.titles[axes.axis(3).high[0]][:20] in shown(app)
        await pilot.press("enter")
        await until_shown(pilot, "x axis 3")
        await pilot.press("i", "escape")
        await until_shown(pilot, "by genre")


async def test_the_axes_of_audience_where_the_model_has_it(make_app: MakeApp, home: Path):
    factors = toy_factors(audience=True)
    toy_run(home, factors)
    async with make_app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await pilot.press("b")
        await until_shown(pilot, "Audience: 12 films")
        screen.scatter.go_to(2)
        await pilot.press("enter")
        near = similar(factors, 2, 20, by="audience")[0]
        await until(pilot, lambda: screen.scatter.near.tolist() == near.tolist(), "its neighbours by audience")


async def test_without_colour_or_unicode_letters_tell_the_classes_apart(make_app: MakeApp, home: Path):
    toy_run(home)
    for look in (Display(ascii=True), Display(no_color=True)):
        async with (app := make_app(look, Settings(standby=False))).run_test(size=SIZE) as pilot:
            screen = await opened(pilot)
            lines = shown(app).splitlines()
            first = 1 + next(i for i, line in enumerate(lines) if "by genre" in line)
            legend = " ".join(lines[first : first + 2])
            assert screen._now is not None
            classes = screen._now.scene.coloring
            for letter, label in zip(classes.letters, classes.labels, strict=True):
                assert f"{letter} {label}" in legend
            if look.ascii:
                assert shown(app).isascii()


async def test_films_of_one_name_have_their_years_and_made_up_ratings_are_said(make_app: MakeApp, home: Path):
    model = toy_factors()
    toy_run(home, replace(model, meta={**model.meta, "dataset": SAMPLE.label}))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await opened(pilot)
        points = "\n".join(shown(app).splitlines()[5:])
        assert "Hamlet (1990)" in points and "Hamlet (1996)" in points
        assert "Heat" in points and "Heat (1995)" not in points.replace("Heat (1995)  ", "")
        assert "made-up ratings" in shown(app).splitlines()[2]


async def test_hostile_titles_are_shown_as_themselves(make_app: MakeApp, home: Path):
    toy_run(home, toy_factors(HOSTILE))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        for movie in range(len(HOSTILE)):
            screen.scatter.go_to(movie)
            await pilot.press("enter")
            await until(pilot, partial(is_chosen, screen, movie), "the film")
            assert not set(shown(app)) & {"\x1b", "\u202e", "\t"}
        await pilot.press("escape", "i")
        await until_shown(pilot, "[REC] (2007)")


async def test_a_newer_model_of_the_run_keeps_the_place(make_app: MakeApp, home: Path):
    from mftui.engine.model.store import save_factors
    from mftui.runs.store.publish import publish

    run = toy_run(home, state="running")
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await pilot.press("plus", "l", "l")
        window, before = screen.scatter._window, app.model
        publish(run.factors_path, lambda directory: save_factors(toy_factors(seed=1), directory))
        await until(pilot, lambda: screen._now is not None and screen._now.model is not before, "the newer model")
        assert screen.scatter._window == window


async def test_a_click_puts_the_cursor_there(make_app: MakeApp, home: Path):
    toy_run(home)
    async with make_app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await pilot.click("#map", offset=(10, 8))
        await until(pilot, lambda: screen.scatter.cursor == (9, 5), "the cursor there")
