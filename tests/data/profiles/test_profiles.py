"""Profiles: one's own ratings in a file, changed by several at a time, taken back, matched to any model."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.models import HOSTILE, TITLES, toy_factors
from helpers.runs import TESTS

from mftui import paths
from mftui.data.dataset import Scale
from mftui.data.profiles import rows, tables
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.rated import Rated
from mftui.data.profiles.rows import read_rows
from mftui.data.profiles.stars import check_rating, from_stars, to_stars
from mftui.data.profiles.store import Profile, choose, current, profiles
from mftui.data.profiles.tables import Table
from mftui.data.storage.files import FileRef
from mftui.data.storage.writing import write_text
from mftui.engine.model.factors import Factors
from mftui.errors import DataError, MftuiError, UsageError

TOY_STORY, MATRIX, HAMLET_1990 = 0, 2, 8


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    return tmp_path


def of_data(factors: Factors, dataset: str, fingerprint: str, scale: Scale | None = None) -> Factors:
    meta = factors.meta | {"dataset": dataset, "fingerprint": fingerprint}
    return replace(factors, meta=meta, scale=scale or factors.scale)


MODEL = of_data(toy_factors(), "toy", "f1")


def titles(profile: Profile) -> list[str]:
    return [row.title for row in profile.rows()]


def test_a_rating_is_a_line_of_movielens_with_its_title_for_nobody_else_to_read() -> None:
    profile = Profile()
    profile.rate(Matcher(MODEL), TOY_STORY, 4.5, timestamp=1_000_000_000)
    assert profile.path == paths.ratings_dir() / "me.csv"
    assert profile.path.read_bytes().decode().split("\r\n") == [
        "userId,movieId,rating,timestamp,title,imdbId,tmdbId,dataset,fingerprint",
        "0,1,4.5,1000000000,Toy Story (1995),,,toy,f1",
        "",
    ]
    choose("me")
    for file in paths.ratings_dir().iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(profile.path.parent.stat().st_mode) == 0o700


def test_a_film_rated_again_has_one_rating_and_one_removed_has_none() -> None:
    profile, matcher = Profile(), Matcher(MODEL)
    profile.rate(matcher, TOY_STORY, 4.5)
    profile.rate(matcher, MATRIX, 3)
    profile.rate(matcher, TOY_STORY, 1)
    matched = matcher.match(profile.rows())
    assert dict(zip(matched.movies.tolist(), matched.ratings.tolist(), strict=True)) == {TOY_STORY: 1, MATRIX: 3}
    profile.remove(matcher, TOY_STORY)
    assert titles(profile) == ["Matrix, The (1999)"]
    assert profile.remove(matcher, TOY_STORY).before == ()


def test_a_change_says_how_many_rows_there_are_then() -> None:
    profile, matcher = Profile(), Matcher(MODEL)
    for change in (
        lambda: profile.rate(matcher, TOY_STORY, 4.5),
        lambda: profile.rate(matcher, MATRIX, 3),
        lambda: profile.rate(matcher, TOY_STORY, 1),
        lambda: profile.remove(matcher, TOY_STORY),
        lambda: profile.remove(matcher, TOY_STORY),
        profile.undo,
    ):
        made = change()
        assert made is not None and made.n_rows == len(profile.rows())


def test_undo_takes_back_one_change_after_the_other_whoever_made_it() -> None:
    matcher = Matcher(MODEL)
    Profile().rate(matcher, TOY_STORY, 4.5, timestamp=1)
    Profile().rate(matcher, TOY_STORY, 1, timestamp=2)
    Profile().remove(matcher, TOY_STORY)
    seen = []
    while Profile().undo():
        seen.append([row.stars for row in Profile().rows()])
    assert seen == [[1.0], [4.5], []]
    assert Profile().undo() is None


def test_undo_leaves_alone_what_was_changed_by_hand_since() -> None:
    profile, matcher = Profile(), Matcher(MODEL)
    profile.rate(matcher, MATRIX, 2, timestamp=1)
    profile.rate(matcher, TOY_STORY, 4.5, timestamp=2)
    profile.path.write_text(profile.path.read_text().replace("4.5", "5"))
    change = profile.undo()
    assert change is not None and change.before[0].title == "Matrix, The (1999)"
    assert [(row.title, row.stars) for row in profile.rows()] == [("Toy Story (1995)", 5.0)]


def test_a_damaged_undo_log_costs_the_undo_and_no_rating() -> None:
    profile, matcher = Profile(), Matcher(MODEL)
    profile.rate(matcher, MATRIX, 2)
    for damage in ("", "[]", '{"format_version": 1, "changes": [{"before": [{"title": []}], "after": []}]}'):
        (paths.ratings_dir() / ".me.undo.json").write_text(damage)
        assert profile.undo() is None and titles(profile) == ["Matrix, The (1999)"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda text: text.replace("4.5", "good"),
            "line 2: the rating good is not a number. Correct or remove the line.",
        ),
        (lambda text: text.replace("4.5", "11"), "line 2: the rating 11 is not within 0 and 5 stars"),
        (lambda text: text[:-30], "line 3: too few columns"),
        (lambda text: text.replace('"Matrix', '"Ma"trix'), "broken quoting"),
        (lambda text: text.replace("Toy Story (1995)", "").replace("0,1,", "0,,"), "line 2: neither title nor movieId"),
        (lambda text: "\0\1\2", "not a file of ratings"),
        (lambda text: "", "not a file of ratings"),
    ],
)
def test_a_damaged_file_is_named_with_line_and_remedy_and_stays_as_it_is(damage: object, message: str) -> None:
    profile, matcher = Profile(), Matcher(MODEL)
    profile.rate(matcher, TOY_STORY, 4.5, timestamp=1)
    profile.rate(matcher, MATRIX, 2, timestamp=2)
    assert callable(damage)
    broken = str(damage(profile.path.read_text())).encode()
    profile.path.write_bytes(broken)
    for change in (lambda: profile.rate(matcher, MATRIX, 3), profile.undo, lambda: profile.remove(matcher, MATRIX)):
        with pytest.raises(DataError) as raised:
            change()
        assert message in str(raised.value) and str(profile.path) in str(raised.value)
    assert profile.path.read_bytes() == broken


def test_a_file_saved_by_a_spreadsheet_is_read_all_the_same() -> None:
    profile = Profile()
    paths.ratings_dir().mkdir()
    text = '\ufefftitle;movieId;rating\r\n"Fargo; or not (1996)";;4,5\r\n;7;3\r\n\r\n'
    profile.path.write_text(text, encoding="utf-8", newline="")
    assert profile.rows() == [Rated("Fargo; or not (1996)", 4.5), Rated("", 3.0, "7")]


def test_titles_of_any_kind_come_back_and_none_is_a_formula_in_a_spreadsheet() -> None:
    given = [*HOSTILE, "=1+1 (2001)", "-30- (1959)", "'=x (1999)", "@ (2000)", '+1, "two" (2013)']
    matcher = Matcher(of_data(toy_factors(given), "odd", "f9"))
    profile = Profile()
    for movie in range(len(given)):
        profile.rate(matcher, movie, 3, timestamp=movie)
    assert [row.title for row in profile.rows()] == [" ".join(title.split()) for title in given]
    cells = [line.split(",")[4].strip('"') for line in profile.path.read_text().splitlines()[1:]]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert matcher.match(profile.rows()).movies.tolist() == list(range(len(given)))


def test_a_profile_that_is_a_link_is_neither_read_nor_written_through(home: Path) -> None:
    paths.ratings_dir().mkdir()
    (home / "elsewhere.csv").write_text("title,movieId,rating\nHeat (1995),,2\n")
    profile = Profile()
    profile.path.symlink_to(home / "elsewhere.csv")
    with pytest.raises(DataError, match="a link"):
        profile.rate(Matcher(MODEL), TOY_STORY, 4)
    assert (home / "elsewhere.csv").read_text() == "title,movieId,rating\nHeat (1995),,2\n"


def test_profiles_have_names_and_one_of_them_is_current() -> None:
    assert [profile.name for profile in profiles()] == ["me"] and current() == "me"
    choose("Zoë-2")
    Profile().rate(Matcher(MODEL), TOY_STORY, 5)
    Profile("me").rate(Matcher(MODEL), MATRIX, 5)
    assert [(profile.name, titles(profile)) for profile in profiles()] == [
        ("Zoë-2", ["Toy Story (1995)"]),
        ("me", ["Matrix, The (1999)"]),
    ]


@pytest.mark.parametrize("name", ["", ".", "../x", "a/b", ".hidden", "a" * 41, "a\nb", "a b", "\udcff"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="not a valid profile name"):
        Profile(name)


def test_a_rating_off_the_scale_is_refused_and_the_scale_named() -> None:
    for rating in (0, 5.5, 4.3, float("nan")):
        with pytest.raises(UsageError, match=r"0\.5 to 5 in steps of 0\.5"):
            Profile().rate(Matcher(MODEL), TOY_STORY, rating)
    assert not Profile().path.exists()
    assert check_rating(4.3, Scale(0, 10, 0)) == 4.3


def test_what_cannot_be_written_is_said_and_what_was_there_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    profile, matcher = Profile(), Matcher(MODEL)
    profile.rate(matcher, TOY_STORY, 4.5)
    before = profile.path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(MftuiError, match=r"could not be saved \(No space left on device\)"):
            profile.rate(matcher, MATRIX, 3)
    assert profile.path.read_bytes() == before
    assert sorted(file.name for file in paths.ratings_dir().iterdir()) == [".lock", ".me.undo.json", "me.csv"]
    profile.undo()
    assert titles(profile) == []


def test_an_undo_whose_log_cannot_be_written_is_told_as_done_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profile, matcher = Profile(), Matcher(MODEL)
    profile.rate(matcher, TOY_STORY, 4.5)
    profile.rate(matcher, MATRIX, 3)

    def full(path: Path, text: str | Iterable[str], **options: bool) -> None:
        if path.suffix == ".json":
            raise OSError(28, "No space left on device")
        write_text(path, text, **options)

    with monkeypatch.context() as patch:
        patch.setattr("mftui.data.profiles.store.write_text", full)
        undone = profile.undo()
    assert undone is not None and [row.title for row in undone.before] == ["Matrix, The (1999)"]
    assert titles(profile) == ["Toy Story (1995)"]
    assert profile.undo() is not None and titles(profile) == [] and profile.undo() is None


WRITER = """
import sys
from helpers.models import toy_factors
from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
matcher = Matcher(toy_factors([f"Film {i} (2000)" for i in range(60)]))
for movie in range(int(sys.argv[1]), 60, 3):
    Profile().rate(matcher, movie, 3)
"""


def test_three_that_write_at_once_lose_nothing() -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(i)], env={**os.environ, "PYTHONPATH": str(TESTS)})
        for i in range(3)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    assert sorted(titles(Profile())) == sorted(f"Film {i} (2000)" for i in range(60))
    assert read_rows(Profile().path) == Profile().rows()


def test_ids_count_within_the_same_data_and_titles_between_others() -> None:
    rated = [Matcher(MODEL).rated(movie, 4) for movie in (TOY_STORY, MATRIX, HAMLET_1990)]
    renamed = of_data(toy_factors(["Renamed (1900)", *TITLES[1:]]), "toy", "f1")
    assert Matcher(renamed).match(rated).movies.tolist() == [0, 2, 8]
    other = of_data(toy_factors(["Heat (1995)", "The Matrix (1999)", "Hamlet (1996)", "Hamlet (1992)"]), "mine", "f2")
    matched = Matcher(other).match(rated)
    assert matched.movies.tolist() == [1] and [row.title for row in matched.missing] == [TITLES[0], TITLES[8]]
    assert Matcher(of_data(toy_factors(TITLES[:9]), "mine", "f3")).match(rated).movies.tolist() == [0, 2, 8]


def test_of_two_ratings_that_become_one_movie_the_later_counts() -> None:
    rows = [Rated("The Matrix (1999)", 5, timestamp=20), Rated("Matrix, The (1999)", 1, timestamp=10)]
    matched = Matcher(MODEL).match(rows)
    assert matched.movies.tolist() == [MATRIX] and matched.ratings.tolist() == [5.0]


@pytest.mark.parametrize(
    ("title", "movie"),
    [
        ("The Matrix (1999)", 2),
        ("matrix", 2),
        ("Amélie (2001)", 6),
        ("Le Fabuleux Destin d'Amélie Poulain (2001)", 6),
        ("Se7en (1995)", 7),
        ("Heat (1996)", 10),
        ("Heat (1997)", None),
        ("Hamlet (1990)", 8),
        ("Hamlet (1991)", 8),
        ("Hamlet", None),
        ("Hamlet (1993)", None),
        ("Babylon 5 (1994)", 11),
        ("Batman: The Movie (1989)", None),
        ("Batman Forever (1995)", None),
        ("", None),
    ],
)
def test_a_title_is_found_by_any_of_its_names_and_its_year_or_one_beside_it(title: str, movie: int | None) -> None:
    match = Matcher(MODEL).find(Rated(title, 3))
    assert (match and match.movie) == movie


def test_stars_keep_their_share_of_the_best_on_every_scale_and_back() -> None:
    half, whole, ten = Scale(0.5, 5, 0.5), Scale(1, 5, 1), Scale(1, 10, 1)
    assert [to_stars(7, ten), to_stars(3.5, half), from_stars(3.5, whole), from_stars(3.5, ten)] == [3.5, 3.5, 3.5, 7]
    assert from_stars(0.5, whole) == 1
    for scale in (half, whole, ten, Scale(0, 100, 1), Scale(-10, 10, 0.25), Scale(0, 1, 1), Scale(1, 3, 1)):
        for value in np.arange(scale.lo, scale.hi + scale.step / 2, scale.step):
            kept = Rated("x", to_stars(float(value), scale)).kept()
            assert from_stars(kept.stars, scale) == pytest.approx(value, abs=1e-4)
    assert from_stars(to_stars(6.283, Scale(0, 10, 0)), Scale(0, 10, 0)) == pytest.approx(6.283)


def test_a_file_is_parsed_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, parsed = tmp_path / "x.csv", list[FileRef]()

    def read_table(ref: FileRef) -> Table:
        parsed.append(ref)
        return tables.read_table(ref)

    monkeypatch.setattr(rows, "read_table", read_table)
    file.write_text("movieId,rating,title\n1,4,Heat (1995)\n")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    first = rows.read_rows(file)
    assert isinstance(first, list)
    first.clear()
    assert [row.title for row in rows.read_rows(file)] == ["Heat (1995)"] and len(parsed) == 1
    for year in (1996, 1997, 1998):  # of a file that has just been written, the time tells nothing
        file.write_text(f"movieId,rating,title\n1,4,Heat ({year})\n")
        assert [row.title for row in rows.read_rows(file)] == [f"Heat ({year})"]
