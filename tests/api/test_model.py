"""A model asked from Python: answers as frames and arrays, ids of every kind, errors that say what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.members import with_members
from helpers.models import HOSTILE, toy_factors, toy_run, with_links_and_tags

import mftui
from mftui.cli import run_command
from mftui.engine.model.parameters import DateEffects
from mftui.engine.model.user_prior import movie_bias_in_stars, user_bias_in_stars
from mftui.errors import ArgumentError, MftuiError, RunError, TitleError, UnknownId, UsageError

BIASES = ["bias", "bias_in_formula"]
LISTED = ["movie_id", "title", "genres", "year"]


def test_neighbours_are_a_frame(model: mftui.Model) -> None:
    found = model.similar("toy story", n=3)
    assert found.columns.tolist() == [*LISTED, "score", "n_ratings"]
    assert len(found) == 3 and found.score.is_monotonic_decreasing
    assert 1 not in found.movie_id.tolist()


def test_the_commands_answer_the_same(model: mftui.Model, capsys: pytest.CaptureFixture[str]) -> None:
    home = model.run.path.parent.parent  # type: ignore[union-attr]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFTUI_HOME", str(home))
        assert run_command(["similar", "toy", "story", "--json", "--metric", "dot", "--by", "taste"]) == 0
        near = json.loads(capsys.readouterr().out)["neighbours"]
        options = ["--genre", "drama", "--years", "1980-1999", "--rank", "like", "--discover", "0.5", "--explain"]
        assert run_command(["recommend", "7", "--json", *options]) == 0
        listed = json.loads(capsys.readouterr().out)["recommendations"]
    same = model.similar("toy story", metric="dot", by="taste")
    assert same.movie_id.tolist() == [row["movie_id"] for row in near]
    assert same.score.tolist() == pytest.approx([row["score"] for row in near])
    with pytest.warns(UserWarning, match="of 10 listed"):
        list_ = model.recommend(7, genre="drama", years="1980-1999", rank="like", discover=0.5, explain=True)
    assert list_.movie_id.tolist() == [row["movie_id"] for row in listed]
    assert list_.predicted.tolist() == pytest.approx([row["predicted"] for row in listed])
    shares = [[share["contribution"] for share in row["because"]] for row in listed]
    assert [[share["contribution"] for share in row] for row in list_["because"]] == [
        pytest.approx(row) for row in shares
    ]


def test_recommendations_are_a_frame(model: mftui.Model) -> None:
    found = model.recommend(7, n=3)
    assert found.columns.tolist()[:8] == [*LISTED, "predicted", "std", "plus_minus", "would_watch"]
    assert found.plus_minus.isna().all(), "too few ratings were held out"
    assert found.would_watch.between(0, 100).all()
    assert str(found.year.dtype) == "Int64" and found.predicted.dtype == float
    rated = model.factors.history.of_user(6).movies + 1
    assert not set(rated) & set(found.movie_id)


def test_a_model_of_several_members_knows_its_uncertainty() -> None:
    model = mftui.Model(with_members(toy_factors(n_users=80), noise=0.5))
    safe = model.recommend(7, n=3, bound="lower")
    assert safe["std"].gt(0).all() and safe.would_watch.isna().all()
    assert safe.lower.is_monotonic_decreasing
    assert (safe.lower <= safe.predicted).all() and (safe.predicted <= safe.upper).all()
    assert "8 × 4 factors" in repr(model)


@pytest.mark.parametrize(
    "seven", [7, "7", " 7 ", 7.0, np.int64(7), np.uint8(7), np.float32(7), np.str_("7"), np.array(7)], ids=repr
)
def test_a_user_is_named_by_any_scalar(model: mftui.Model, seven: object) -> None:
    assert model.recommend(seven, n=3).equals(model.recommend(7, n=3))


@pytest.mark.parametrize(
    "given",
    [
        {"toy story": 5, "heat": 2},
        {1: 5, "11": 2},
        {np.int64(1): np.float32(5), np.str_("heat (1995)"): np.int8(2)},
        pd.Series({"toy story": 5, "heat": 2}),
        pd.Series([5.0, 2.0], index=[1, 11]),
        pd.DataFrame({"title": ["toy story", "heat"], "rating": [5, 2]}),
        pd.DataFrame({"userId": [9, 9], "movieId": [1, 11], "rating": [5, 2], "title": ["?", "?"]}),
    ],
    ids=lambda given: type(given).__name__,
)
def test_somebody_new_is_their_ratings(model: mftui.Model, given: Any) -> None:
    found = model.recommend(given, n=10)
    assert not {1, 11} & set(found.movie_id)
    assert found.equals(model.recommend({1: 5, 11: 2}, n=10))


def test_a_user_can_have_newer_ratings(model: mftui.Model) -> None:
    old, new = model.explain(7, "heat"), model.explain(7, "heat", ratings={"batman returns": 5})
    assert 5 in new.because.movie_id.tolist()
    assert len(new.because) >= len(old.because)
    assert 5 not in model.recommend(7, n=3, ratings={"batman returns": 5}).movie_id.tolist()


def test_a_prediction_for_each_pair(model: mftui.Model) -> None:
    pairs = model.predict([1, 2, 3], [4, 5, 6])
    assert pairs.shape == (3,) and pairs.dtype == np.float32
    assert pairs[1] == pytest.approx(model.predict(2, 5))
    assert isinstance(model.predict(2, 5), float)
    assert model.predict(2, [4, 5]).tolist() == pytest.approx([model.predict(2, 4), model.predict(2, 5)])
    assert model.predict(pd.Series([2, 2]), np.array([4, 5])).tolist() == model.predict(2, [4, 5]).tolist()
    assert model.predict(2, ["toy story", "heat", 5]).tolist() == model.predict(2, [1, 11, 5]).tolist()
    assert model.predict([], []).shape == (0,)


def test_a_date_is_not_ignored_without_a_word(model: mftui.Model) -> None:
    with pytest.warns(UserWarning, match="learned from no dates") as warned:
        assert model.predict(7, 4, "2018-09-24") == model.predict(7, 4)
    assert warned[0].filename == __file__


def test_a_prediction_for_a_day() -> None:
    plain = toy_factors()
    dates = DateEffects(np.array([6], np.int32), np.array([17_798], np.int32), np.array([0.5], np.float32))
    model = mftui.Model(plain.with_parameters(replace(plain.parameters, dates=dates)))
    day, other = "2018-09-24", "2018-09-25"
    assert model.predict(7, 4, day) > model.predict(7, 4) == model.predict(7, 4, other)
    same = (day, pd.Timestamp(day, tz="UTC"), date(2018, 9, 24), 17_798 * 86_400 + 5)
    assert {model.predict(7, 4, when) for when in same} == {model.predict(7, 4, day)}
    found = model.predict(7, [4, 4, 5], pd.Series([pd.Timestamp(day), pd.NaT, pd.Timestamp(day)]))
    assert found.tolist() == [model.predict(7, 4, day), model.predict(7, 4), model.predict(7, 5, day)]
    assert model.predict(8, 4, day) == model.predict(8, 4)
    for wrong in ("some day", [day, other], object()):
        with pytest.raises(ArgumentError, match="dates: neither one date nor 1 "):
            model.predict(7, 4, wrong)


def test_an_unknown_id_is_predicted_from_the_other(model: mftui.Model) -> None:
    p, scale = model.factors.parameters, model.factors.scale
    user_alone = model.factors.to_rating(np.array([p.user_bias[0] + p.global_bias]))
    assert model.predict(1, 999) == pytest.approx(float(np.clip(user_alone[0], scale.lo, scale.hi)), abs=1e-5)
    assert model.predict("nobody", 999) == model.predict(777, 999)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=repr)
def test_a_missing_id_is_refused(model: mftui.Model, missing: object) -> None:
    questions: list[Callable[[], object]] = [
        lambda: model.predict([1, missing], [1, 2]),
        lambda: model.predict([1, 1], pd.Series([1, missing], dtype=object)),
        lambda: model.recommend(missing),
        lambda: model.similar(missing),
    ]
    for question in questions:
        with pytest.raises(ValueError, match="id is missing"):
            question()


@pytest.mark.parametrize(
    ("ask", "kind", "said"),
    [
        (lambda m: m.predict([1, 2], [1, 2, 3]), ValueError, "2 users and 3 movies"),
        (lambda m: m.predict([[1, 2]], [1, 2]), TypeError, "cannot be of the type list"),
        (lambda m: m.predict(np.ones((2, 2)), 1), TypeError, "one dimension"),
        (lambda m: m.recommend(True), TypeError, "cannot be of the type bool"),
        (lambda m: m.recommend([1, 2]), TypeError, "cannot be of the type list"),
        (lambda m: m.recommend(np.array([1, 2])), TypeError, "cannot be of the type ndarray"),
        (lambda m: m.similar(b"heat"), TypeError, "cannot be of the type bytes"),
        (lambda m: m.recommend(99), UnknownId, "Nearest known: 20"),
        (lambda m: m.similar(99), UnknownId, "no movie with id 99"),
        (lambda m: m.similar("hamlet"), TitleError, "Hamlet (1990) (id 9); Hamlet (1996) (id 10)"),
        (lambda m: m.similar("matrixx"), TitleError, "Matrix, The (1999) (id 3)"),
        (lambda m: m.similar(1, n=0), ValueError, "at least 1"),
        (lambda m: m.similar(1, n="3"), TypeError, "whole number"),
        (lambda m: m.similar(1, metric="far"), UsageError, "cosine, dot, euclidean"),
        (lambda m: m.similar(1, by="nothing"), UsageError, "taste, audience, both"),
        (lambda m: m.similar(1, years="now"), UsageError, "1990-1999"),
        (lambda m: m.similar(1, years=(1990,)), ArgumentError, "a pair of years"),
        (lambda m: m.recommend(1, genre="opera"), UsageError, "There are"),
        (lambda m: m.recommend(1, rank="x"), UsageError, "like, watch, both"),
        (lambda m: m.recommend(1, bound="lower"), UsageError, "bayes"),
        (lambda m: m.recommend(1, discover=2), UsageError, "0"),
        (lambda m: m.recommend({"heat": 6}), UsageError, "between 0.5 and 5"),
        (lambda m: m.recommend({"heat": None}), UsageError, "between 0.5 and 5"),
        (lambda m: m.recommend({"no such film": 3}), TitleError, "no movie matches"),
        (lambda m: m.recommend(1, ratings=5), ArgumentError, "dict"),
        (lambda m: m.recommend({1: 5}, ratings={1: 4}), UsageError, "twice"),
        (lambda m: m.recommend(pd.DataFrame({"film": [1]})), UsageError, "rating column"),
        (lambda m: m.export("x", to="papyrus"), UsageError, "parquet"),
        (lambda m: m.evaluate(k=0), UsageError, "k must be at least 1"),
        (lambda m: m.evaluate(pd.DataFrame({"user": [99], "movie": [1], "rating": [3]})), UsageError, "none of its"),
    ],
)
def test_an_error_is_of_its_kind_and_says_what_to_do(
    model: mftui.Model, ask: Callable[[mftui.Model], object], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind) as raised:
        ask(model)
    assert isinstance(raised.value, MftuiError) and isinstance(raised.value, ValueError | TypeError)
    assert said in str(raised.value)


def test_an_explanation_adds_up(model: mftui.Model) -> None:
    why = model.explain(7, "heat")
    assert sum(why.parts.values()) == pytest.approx(why.predicted, abs=1e-5)
    assert why.because.contribution.sum() == pytest.approx(why.parts["ratings"], abs=1e-5)
    assert why.because.on_list.abs().is_monotonic_decreasing
    assert why.because.on_list.sum() == pytest.approx(why.score_parts["ratings"], abs=1e-5)
    assert sum(why.score_parts.values()) == pytest.approx(why.score, abs=1e-5)
    listed = model.recommend(7, n=20).set_index("title").score
    assert why.score == pytest.approx(listed["Heat (1995)"], abs=1e-5)
    assert why.unit == "stars" and "on the list: popularity" in repr(why) and "on the list" in why._repr_html_()
    by_rating = model.explain(7, "heat", rank="like")
    assert by_rating.score is None and not by_rating.score_parts and by_rating.because.on_list.isna().all()
    assert by_rating.because.contribution.abs().is_monotonic_decreasing
    assert why.predicted == pytest.approx(model.predict(7, "heat"), abs=1e-5)
    assert "Heat (1995)" in repr(why) and "\n" not in repr(why)
    assert model.explain({"toy story": 5}, "heat").parts["training"] == 0


def test_what_was_learned_is_frames_and_arrays(model: mftui.Model) -> None:
    movies, users, p = model.movies, model.users, model.factors.parameters
    assert movies.columns.tolist() == [*LISTED, "imdb_id", "tmdb_id", "tags", "n_ratings", "n_train", "mean", *BIASES]
    assert movies.title[0] == "Toy Story (1995)" and movies.genres[0] == "Adventure|Animation"
    assert movies.genres[3] == "", "(no genres listed) is none"
    assert movies.year[0] == 1995 and movies.year.isna()[11]
    assert users.user_id.tolist() == list(range(1, 21))
    first = model.factors.history.of_user(0)
    assert users["mean"][0] == pytest.approx(first.ratings.mean()) and users.n_ratings[0] == len(first)
    assert np.array_equal(model.movie_factors, p.movie_factors) and np.array_equal(model.user_factors, p.user_factors)
    np.testing.assert_array_equal(
        movies.bias, movie_bias_in_stars(model.factors, np.arange(len(movies))), "as on the screens: in stars"
    )
    np.testing.assert_array_equal(users.bias, user_bias_in_stars(model.factors, np.arange(len(users))))
    np.testing.assert_array_equal(movies.bias_in_formula, p.movie_bias)
    np.testing.assert_array_equal(users.bias_in_formula, p.user_bias)
    assert np.abs(movies.bias - movies.bias_in_formula).max() > 0.01
    with pytest.raises(ValueError, match="read-only"):
        model.movie_factors[0] = 0
    movies["bias"] = 0.0
    assert not (model.movies.bias == 0).any(), "a frame of one's own"


def test_evaluation_says_what_it_was_of(model: mftui.Model) -> None:
    held_out = model.evaluate()
    assert held_out["n_test"] == len(model.factors.history.part(held_out=True)) and held_out["n_trained_on"] == 0
    one_user = pd.DataFrame({"userId": [1, 1, 99], "movieId": [1, 2, 1], "rating": [3, 3, 3]})
    with pytest.warns(UserWarning) as told:
        found = model.evaluate(one_user)
    assert (found["n_test"], found["n_left_out"]) == (2, 1)
    assert any("left out" in str(warning.message) for warning in told)


def test_a_model_shows_itself_in_one_line_and_in_a_table() -> None:
    factors = toy_factors(HOSTILE)
    factors.meta["dataset"] = "<script>alert(1)</script>\x1b[31m\n"
    model = mftui.Model(factors)
    assert "\n" not in repr(model) and "\x1b" not in repr(model) and "in memory" in repr(model)
    assert "&lt;script&gt;" in model._repr_html_() and "<script>" not in model._repr_html_()
    why = model.explain(1, 1)
    assert "\x1b" not in repr(why) and "<b>" not in why._repr_html_()


@pytest.mark.parametrize(("to", "file"), [("parquet", "movies.parquet"), ("csv", "users.csv"), ("projector", None)])
def test_an_export(model: mftui.Model, tmp_path: Path, to: str, file: str | None) -> None:
    path = model.export(tmp_path / "out", to=to, n=2)
    assert path == tmp_path / "out" and (file is None or (path / file).is_file())
    with pytest.raises(ValueError, match="already exists"):
        model.export(path, to=to)


def test_a_run_is_opened_by_what_names_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = toy_run(home, name="first")
    newer = toy_run(home, name="second")
    for name in (None, newer.id, "second", newer.path, str(newer.path)):
        assert mftui.open_run(name).run == newer
    monkeypatch.chdir(older.path)
    assert mftui.open_run(Path()).run == mftui.open_run(".").run == older
    with pytest.raises(RunError, match="second"):
        mftui.open_run("nonesuch")
    with pytest.raises(RunError, match="is no run"):
        mftui.open_run(home / "runs")
    with pytest.raises(TypeError, match="cannot be of the type int"):
        mftui.open_run(3)  # type: ignore[arg-type]


def test_a_run_that_is_not_finished_says_so(home: Path) -> None:
    toy_run(home, state="stopped")
    with pytest.warns(UserWarning, match="stopped: this is its best model so far"):
        mftui.open_run()


def test_titles_need_not_be_a_model_s_ids(model: mftui.Model) -> None:
    """A text that cannot be an id is a title: to predict it as an unknown movie would hide the mistake."""
    with pytest.raises(TitleError):
        model.predict(1, ["no such film"])


def test_ids_of_imdb_and_tmdb_name_movies_and_tags_narrow_lists() -> None:
    model = mftui.Model(with_links_and_tags(toy_factors()))
    assert model.similar("tt0000102", n=3).equals(model.similar(2, n=3))
    assert model.predict(3, "tmdb:202") == model.predict(3, 2)
    listed = model.recommend(3, n=3, tag="Quiet evening")
    assert set(listed.movie_id) <= {1, 4, 7, 10} and len(listed)
    with pytest.raises(UsageError, match="no movie has the tag"):
        model.recommend(3, tag="loud")
