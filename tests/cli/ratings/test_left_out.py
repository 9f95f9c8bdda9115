"""Films left out of the lists: the commands that set, list and take back; what recommend, suggest and Python list."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.command import call
from helpers.models import TITLES, toy_factors, toy_run

import mftui
from mftui.api.model import Model
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.tui.screens.you.page import YouChoices, about, you_list
from mftui.tui.screens.you.ratings import read_profile

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    toy_run(tmp_path)
    return tmp_path


def titles(capfd: Capture, command: str, *who: str) -> list[str]:
    listed = call(capfd, command, *(who or ("--ratings", "@")), "-n", "20", "--json").document
    return [movie["title"] for movie in listed["recommendations" if command == "recommend" else "suggestions"]]


def test_what_is_not_wanted_is_in_no_list_and_what_was_not_seen_is_not_asked_for(capfd: Capture) -> None:
    call(capfd, "rate", "toy story", "5")
    before = {command: titles(capfd, command) for command in ("recommend", "suggest")}
    assert call(capfd, "ratings", "not-seen", "heat").out == 'Heat (1995): marked "not seen" (profile me).\n'
    assert call(capfd, "ratings", "not-interested", "the matrix").code == 0
    heat, matrix = "Heat (1995)", "Matrix, The (1999)"
    assert set(before["recommend"]) - set(titles(capfd, "recommend")) == {matrix}
    assert set(before["suggest"]) - set(titles(capfd, "suggest")) == {heat, matrix}
    short = call(capfd, "recommend", "--ratings", "@", "-n", "20", "--json").document["note"]
    assert "1 of them already rated, 1 of them left out." in short
    assert matrix not in titles(capfd, "recommend", "7", "--ratings", "@")
    back = call(capfd, "ratings", "not-interested", "matrix", "--back").out
    assert back == f'{matrix}: "not interested" taken back (profile me).\n'
    assert titles(capfd, "recommend") == before["recommend"]


def test_they_are_listed_undone_and_refused_with_a_reason(capfd: Capture) -> None:
    assert 'No film is marked "not seen" in profile me. Mark one: ' in call(capfd, "ratings", "not-seen").out
    added = call(capfd, "ratings", "not-seen", "3", "--json").document
    assert (added["list"], added["n_listed"], added["n_ratings"]) == ("not_seen", 1, 0)
    films = call(capfd, "ratings", "not-seen", "--json").document["films"]
    assert [(film["title"], film["movie_id"]) for film in films] == [("Matrix, The (1999)", 3)]
    assert "Matrix, The (1999)" in call(capfd, "ratings", "not-seen").out
    assert "was on the list" in call(capfd, "ratings", "not-seen", "3").err
    assert call(capfd, "ratings", "undo").out == 'Matrix, The (1999): "not seen" taken back (profile me).\n'
    call(capfd, "rate", "heat", "2")
    for arguments, said in (
        (("not-seen", "heat"), "you have rated Heat (1995)"),
        (("not-seen", "--back"), "--back needs a movie"),
        (("not-interested", "heat", "--back"), "no movie matches"),
        (("not-interested", "hamlet"), "2 movies match"),
    ):
        answer = call(capfd, "ratings", *arguments)
        assert answer.code == 2 and said in answer.err and not answer.out


def test_command_python_and_app_list_the_same(capfd: Capture) -> None:
    factors, profile = toy_factors(), Profile()
    matcher = Matcher(factors)
    profile.rate(matcher, 0, 4.5)
    for movie in (3, 5):
        profile.leave_out(matcher, movie, "not_interested")
    profile.leave_out(matcher, 7, "not_seen")
    now = you_list(factors, read_profile(profile, matcher), YouChoices(many=20))
    assert titles(capfd, "recommend") == [TITLES[movie] for movie in now.recommended.movies]
    assert titles(capfd, "suggest") == [TITLES[movie] for movie in about(factors, now, YouChoices()).suggested.movies]
    model = Model(factors)
    mine = mftui.own_ratings(model, "@")
    assert mine.title.tolist() == [TITLES[0]]
    assert len(mine.attrs["not_interested"]) == 2 and len(mine.attrs["not_seen"]) == 1
    with pytest.warns(UserWarning, match="2 of them left out"):
        listed = model.recommend(mine, 20, leave_out=mine.attrs["not_interested"])
    assert listed.title.tolist() == titles(capfd, "recommend")


def test_python_leaves_out_movies_by_id_or_title_whoever_the_list_is_for() -> None:
    model = Model(toy_factors())
    best = model.recommend(7, 2)
    left = model.recommend(7, 1, leave_out=[best.title[0], 999_999])
    assert left.movie_id.tolist() == [best.movie_id[1]]
    assert model.recommend(7, 1, leave_out=np.array([best.movie_id[0]])).movie_id.tolist() == [best.movie_id[1]]
    assert model.recommend(7, 1, leave_out=best.title[0]).movie_id.tolist() == [best.movie_id[1]]
