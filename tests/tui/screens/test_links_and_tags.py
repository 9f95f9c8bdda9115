"""Links and tags in the app: on a film's page, as a filter, as a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.models import TITLES, toy_factors, toy_run, with_links_and_tags
from helpers.screens import shown, until, until_shown

from mftui.data.storage.string_column import StringColumn
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display

MakeApp = Callable[..., MftuiApp]


@pytest.fixture
def linked(home: Path) -> None:
    toy_run(home, with_links_and_tags(toy_factors()))


def links(app: MftuiApp) -> set[str]:
    """The addresses of all hyperlinks on the screen."""
    strips = app.screen._compositor.render_strips()
    return {segment.style.link for strip in strips for segment in strip if segment.style and segment.style.link}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_films_page_has_its_tags_and_links(make_app: MakeApp, linked: None, size: tuple[int, int]) -> None:
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("2", "slash", *"toy story 1995", "enter")
        await until_shown(pilot, "Neighbours of Toy Story (1995)")
        if size == (80, 24):
            await pilot.press("i")
        await until_shown(pilot, "tags: quiet evening, film")
        await until_shown(pilot, "IMDb tt0000101  TMDb 201")
        assert links(app) == {"https://www.imdb.com/title/tt0000101/", "https://www.themoviedb.org/movie/201"}
        assert "bias" in shown(app) and "4 factors" in shown(app)


@pytest.mark.parametrize("display", [Display(ascii=True), Display(few_colors=True)])
async def test_old_terminals_get_no_hyperlinks(make_app: MakeApp, linked: None, display: Display) -> None:
    async with (app := make_app(display)).run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "IMDb tt")
        assert links(app) == set()


async def test_f_narrows_the_list_to_a_tag(make_app: MakeApp, linked: None) -> None:
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "Toy Story 2 (1999)")
        await pilot.press("f", "tab", "x")
        await until_shown(pilot, "no such tag. Such as: film, quiet evening.")
        await pilot.press("backspace", *"qui", "enter")
        await until_shown(pilot, "only tag quiet evening")
        results = shown(app).split("Neighbours of")[0]
        assert "1/4" in results and "Toy Story 2 (1999)" not in results


async def test_a_search_takes_an_id_of_imdb_or_tmdb(make_app: MakeApp, linked: None) -> None:
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "slash", *"tt0000103")
        await until_shown(pilot, "1/1")
        assert TITLES[2] in shown(app)
        await pilot.press("escape", "slash", *"tmdb:204")
        await until(pilot, lambda: "1/1" in shown(app) and TITLES[3] in shown(app), "the movie of that id")


async def test_hostile_tags_are_shown_as_themselves(make_app: MakeApp, home: Path) -> None:
    factors = with_links_and_tags(toy_factors())
    tags = StringColumn.of(["[/b] [red]x|esc \x1b[31m \u202e"] * factors.n_movies)
    toy_run(home, replace(factors, movies=replace(factors.movies, tags=tags)))
    async with (app := make_app()).run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until_shown(pilot, "tags: [/b] [red]x, esc ␛[31m ⟨U+202E⟩")
        await pilot.press("f", "tab")
        await until_shown(pilot, "[/b] [red]x")
        await pilot.press(*"esc", "enter")
        await until_shown(pilot, "only tag esc ␛[31m")
        assert "\x1b" not in shown(app)
