"""± in the app: bars of intervals, safe bets and adventurous lists on Users and You, and what a run's ± is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from helpers.finished import make_run
from helpers.members import with_members
from helpers.models import TITLES, toy_factors, toy_run
from helpers.screens import shown, until, until_gone, until_shown

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.engine.evaluation.calibration import uncertainty
from mftui.engine.model.factors import Factors
from mftui.engine.query.recommend import Recommendations, recommend
from mftui.tui.app import MftuiApp
from mftui.tui.base.display import Display
from mftui.tui.base.session_state import revived
from mftui.tui.lists.choices import UserChoices
from mftui.tui.lists.explanation import why_user
from mftui.tui.lists.rows import interval_axis, interval_title, recommended_rows
from mftui.tui.screens.you.page import YouChoices, you_list
from mftui.tui.screens.you.ratings import read_profile
from mftui.tui.widgets.bars import interval_bar, level_lines
from mftui.tui.widgets.columns import Mark

SIZE = (80, 24)
MakeApp = Callable[..., MftuiApp]


def draws() -> Factors:
    return with_members(toy_factors(audience=True, n_users=80), noise=0.5, spread=0.6)


def first_row(app: MftuiApp, caption: str) -> str:
    """The first row of the table with this caption."""
    return shown(app).split(caption)[1].splitlines()[2]


def is_listed(app: MftuiApp, caption: str, listed: Recommendations) -> bool:
    row = first_row(app, caption)
    assert listed.plus_minus is not None
    wanted = f"{listed.predicted[0]:.2f}", f"{listed.plus_minus[0]:.2f}", TITLES[listed.movies[0]][:15]
    return all(text in row for text in wanted)


@pytest.mark.parametrize(
    ("start", "end", "unicode", "ascii"),
    [
        (1, 5, "━━━━", "####"),
        (1, 1, "╾───", "#---"),
        (5, 5, "───╼", "---#"),
        (2, 4, "─━━─", "-##-"),
        (2.5, 4, "─╼━─", "--#-"),
        (-3, 9, "━━━━", "####"),
    ],
)
def test_a_bar_shows_where_an_interval_lies_on_the_scale(start: float, end: float, unicode: str, ascii: str) -> None:
    assert interval_bar(start, end, 1, 5, 4, Display()) == unicode
    assert interval_bar(start, end, 1, 5, 4, Display(ascii=True)) == ascii


async def test_users_lists_safe_bets_and_adventurous_ones_and_remembers(make_app: MakeApp, home: Path) -> None:
    factors = draws()
    toy_run(home, factors)
    caption = "Recommended to user 7"
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "+/- holds 90% of ratings")
        await pilot.press("b", "b", "b", "b")
        await until_shown(pilot, "safe bets first")
        listed = recommend(factors, 6, 1, bound="lower")
        await until(pilot, partial(is_listed, app, caption, listed), "the safest bet")
        await pilot.press("b")
        await until_shown(pilot, "adventurous first")
        listed = recommend(factors, 6, 1, bound="upper")
        await until(pilot, partial(is_listed, app, caption, listed), "the most adventurous")
        choices = revived(UserChoices(), app.session.get("users")).valid()
        assert choices.rank == "adventurous"
        await pilot.press("b")
        await until_shown(pilot, "by both")


async def test_you_lists_safe_bets(make_app: MakeApp, home: Path) -> None:
    factors = draws()
    toy_run(home, factors)
    for movie, rating in {2: 5.0, 6: 2.0}.items():
        Profile().rate(Matcher(factors), movie, rating)
    mine = read_profile(Profile(), Matcher(factors))
    async with (app := make_app()).run_test(size=(160, 40)) as pilot:
        await pilot.press("4")
        await until_shown(pilot, "+/- holds 90%")
        await pilot.press("b", "b", "b")
        await until_shown(pilot, "safe bets first")
        listed = you_list(factors, mine, YouChoices(rank="safe")).recommended
        await until(pilot, partial(is_listed, app, "Recommended to me", listed), "the safest bet")


def steps() -> Factors:
    """Draws whose ratings are steps of the scale."""
    model = draws()
    levels = tuple(map(float, np.arange(model.scale.lo, model.scale.hi + 0.1, model.scale.step or 1)))
    middle, n = model.parameters.global_bias, len(levels)
    cuts = tuple(middle + 0.5 * (i + 1 - n / 2) for i in range(n - 1))
    probit = replace(model.parameters, link="probit", levels=levels, cuts=cuts, lo=levels[0], hi=levels[-1])
    return model.with_parameters(probit)


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width", [30, 40, 60])
def test_the_bars_of_steps_stand_over_their_labels(width: int, ascii: bool) -> None:
    chances = [(0.5 + i / 2, chance) for i, chance in enumerate([0, 0, 0.01, 0.04, 0.1, 0.2, 0.3, 0.25, 0.1, 0])]
    title, *bars, percents, labels = (line for line, _ in level_lines(chances, width, Display(ascii=ascii)))

    assert title.startswith("how probable")
    assert all(len(line) <= width for line in (*bars, percents, labels))
    at = labels.index("4")
    assert percents[at - 1 : at + 2].split() == ["25"]
    assert bars[-1][at] == ("#" if ascii else "█")
    assert ("3.5" in labels) == (width >= 40)
    assert all(line.isascii() for line in bars) == ascii


def test_where_steps_have_no_room_they_are_not_drawn() -> None:
    assert level_lines([(1.0 + i, 0.1) for i in range(10)], 29, Display()) == []
    assert level_lines([], 80, Display()) == []


def test_the_probabilities_on_the_page_have_the_prediction_as_their_mean() -> None:
    factors = steps()
    found = why_user(factors, 7, 3, "like")
    assert sum(chance for _, chance in found.chances) == pytest.approx(1)
    assert sum(level * chance for level, chance in found.chances) == pytest.approx(found.predicted, abs=1e-3)
    assert why_user(draws(), 7, 3, "like").chances == ()


async def test_users_and_you_show_how_probable_each_rating_is(make_app: MakeApp, home: Path) -> None:
    factors = steps()
    toy_run(home, factors)
    Profile().rate(Matcher(factors), 2, 5.0)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "Recommended to user 7")
        await pilot.press("w")
        await until_shown(pilot, "how probable each rating is")
        assert f"{factors.scale.hi:g}" in shown(app)
        await pilot.press("4")
        await until_shown(pilot, "Recommended to me")
        await pilot.press("i")
        await until_shown(pilot, "how probable each rating is")


@pytest.mark.parametrize("rank", ["safe", "adventurous", "watch"])
def test_a_model_without_that_ranking_lists_by_its_default(rank: str) -> None:
    factors = toy_factors()
    assert revived(YouChoices(), {"rank": rank}).valid().rank_for(factors) == "like"


def test_the_bars_of_a_list_go_from_a_whole_star_to_a_whole_star() -> None:
    factors = draws()
    listed = recommend(factors, 6, 5, bound="upper")
    assert listed.lower is not None
    assert listed.upper is not None
    lo, hi = interval_axis(listed, factors.scale)
    assert lo <= listed.lower.min()
    assert hi >= listed.upper.max()
    assert interval_title(listed, factors.scale).split() == [f"{lo:g}", f"{hi:g}"]
    bars = [row[2].text for row in recommended_rows(factors, listed, Display()) if isinstance(row[2], Mark)]
    assert {len(bar) for bar in bars} == {9}
    assert len(set(bars)) > 1


async def test_without_ratings_held_out_there_are_no_such_columns_and_rankings(make_app: MakeApp, home: Path) -> None:
    toy_run(home, with_members(toy_factors(test_fraction=0)))
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", "7", "enter")
        await until_shown(pilot, "by like")
        assert "+/-" not in shown(app)
        await pilot.press("b", "b")
        await until_shown(pilot, "by like")


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (40, 12)])
async def test_the_runs_page_shows_how_often_the_truth_lay_within(
    make_app: MakeApp, home: Path, size: tuple[int, int]
) -> None:
    factors = draws()
    toy_run(home, factors)
    found = uncertainty(factors, factors.history.part(held_out=True))
    assert found is not None
    async with (app := make_app()).run_test(size=size) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "toy")
        await pilot.press("i")
        await until_shown(pilot, "Calibration of toy")
        await until_shown(pilot, "Test ratings within the p %")
        if size[0] >= 60:
            await until_shown(pilot, f"random 20 % (seed 0), {found['n']} test ratings")
        for one in found["coverage"][0 if size[1] > 12 else -5 :]:
            line = next(line for line in shown(app).splitlines() if f"{one['level']:.0%} " in line)
            assert f"{one['covered']:.1%}" in line
        assert ("Equal parts of them by +/-" in shown(app)) == (size[1] == 50)
        await pilot.press("i")
        await until_gone(pilot, "Test ratings within the p %")


@pytest.mark.parametrize(
    ("factors", "says"),
    [
        (with_members(toy_factors()), "Too few ratings were held out"),
        (with_members(toy_factors(test_fraction=0), noise=0.5), "has no test part"),
    ],
)
async def test_what_cannot_be_said_of_a_run_is_not_shown(
    make_app: MakeApp, home: Path, factors: Factors, says: str
) -> None:
    toy_run(home, factors)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until_shown(pilot, "toy")
        await pilot.press("i")
        await until_shown(pilot, says)
        assert "Test ratings within the p %" not in shown(app)


async def test_the_calibration_follows_the_cursor_and_is_remembered(make_app: MakeApp, home: Path) -> None:
    toy_run(home, draws())
    make_run(home, "other", 2)
    async with (app := make_app()).run_test(size=SIZE) as pilot:
        await pilot.press("f6")
        await until_shown(pilot, "other")
        await pilot.press("g", "i")
        await until_shown(pilot, "Calibration of other")
        await pilot.press("G")
        await until_shown(pilot, "Calibration of toy")
        kept = app.session.get("runs")
        assert isinstance(kept, dict)
        assert kept["calibration"]
        await pilot.press("d")
        await until_shown(pilot, "Settings of")
        await pilot.press("i")
        await until_shown(pilot, "Calibration of")
        await pilot.press("p")
        await until_gone(pilot, "Calibration of")
