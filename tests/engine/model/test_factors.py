"""The trained model as NumPy: one contract for predictions, neighbours and lists."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.models import TITLES, assembled, predicted, toy_dataset, toy_factors

from mftui.data.ids import Ids
from mftui.data.splits import Split, SplitSpec, make_split
from mftui.data.storage.integrity import sealed, unsealed
from mftui.data.storage.string_column import StringColumn
from mftui.engine.model.factors import Factors
from mftui.engine.model.parameters import Parameters
from mftui.engine.model.store import FILE, load_factors, save_factors
from mftui.engine.query.movie_filter import MovieFilter
from mftui.engine.query.neighbours import similar
from mftui.engine.query.recommend import recommend
from mftui.engine.recipes import row_priors
from mftui.errors import FormatError, UnknownId, UsageError


@pytest.fixture
def model() -> Factors:
    return toy_factors()


def formula(f: Factors, user: int, movie: int) -> float:
    """lo + (hi - lo) · sigmoid(U·M + b_u + b_m + b), clipped, for indices."""
    p = f.parameters
    logit = p.user_factors[user] @ p.movie_factors[movie] + p.user_bias[user] + p.movie_bias[movie] + p.global_bias
    return float(np.clip(p.lo + (p.hi - p.lo) / (1 + np.exp(-logit)), f.scale.lo, f.scale.hi))


def test_predictions_follow_the_formula_for_a_pair_and_for_a_batch(model: Factors) -> None:
    assert predicted(model, 3, "5") == pytest.approx(formula(model, 2, 4), abs=1e-5)
    batch = model.predict(np.arange(3), np.array([0, 0, 11]))
    np.testing.assert_allclose(batch, [formula(model, 0, 0), formula(model, 1, 0), formula(model, 2, 11)], atol=1e-5)


def test_an_unknown_id_is_an_error_that_names_the_nearest(model: Factors) -> None:
    with pytest.raises(UnknownId, match=r"no user with id 999\. Nearest known: 20"):
        predicted(model, 999, 1)
    with pytest.raises(UnknownId, match="no movie with id 0"):
        similar(model, model.movie_ids.index(0))


def test_ids_unlike_all_that_are_known_are_refused_with_some_of_these() -> None:
    ids = Ids(StringColumn.of(["K0001", "K0002", "K0003", "K0004"]), "user")
    with pytest.raises(UnknownId, match=r"no user with id 7\. Known are such as: K0001, K0002, K0003\."):
        ids.index(7)
    with pytest.raises(UnknownId, match=r"Nearest known: K0004"):
        ids.index("K00044")
    with pytest.raises(UnknownId, match=r"no user with id 7\.$"):
        Ids(StringColumn.of([]), "user").index(7)


def test_unknown_ids_leave_the_mean_and_the_bias_that_is_known(model: Factors) -> None:
    users, user_known = model.user_ids.indices([1, 999, 999])
    movies, movie_known = model.movie_ids.indices([999, 1, 999])
    ratings = model.predict(users, movies, (user_known, movie_known))

    p = model.parameters
    logits = np.array(
        [p.global_bias + p.user_bias[0], p.global_bias + p.movie_bias[0], p.global_bias], dtype=np.float32
    )
    np.testing.assert_allclose(ratings, model.shown(logits), atol=1e-6)
    assert user_known.tolist() == [True, False, False]
    assert movie_known.tolist() == [False, True, False]


def support(model: Factors) -> np.ndarray:
    return model.movie_train_counts / (model.movie_train_counts + model.support)


def test_cosine_neighbours_are_those_of_a_plain_loop_weighed_by_support(model: Factors) -> None:
    movies, scores = similar(model, 0, 5)

    f, weight = model.parameters.movie_factors, support(model)
    cosine = {m: weight[m] * f[0] @ f[m] / np.linalg.norm(f[0]) / np.linalg.norm(f[m]) for m in range(1, len(f))}
    expected = sorted(cosine, key=lambda m: -cosine[m])[:5]
    assert movies.tolist() == expected
    np.testing.assert_allclose(scores, [cosine[m] for m in expected], atol=1e-5)


def test_dot_is_normalised_by_the_movies_own_score(model: Factors) -> None:
    movies, scores = similar(model, 0, 11, metric="dot")

    f = model.parameters.movie_factors
    np.testing.assert_allclose(scores, support(model)[movies] * (f[movies] @ f[0]) / (f[0] @ f[0]), rtol=1e-4)
    assert (np.diff(scores) <= 0).all()


def test_euclidean_is_a_distance_smallest_first(model: Factors) -> None:
    movies, scores = similar(model, 0, 11, metric="euclidean")

    f = model.parameters.movie_factors
    np.testing.assert_allclose(scores, np.linalg.norm(f[movies] - f[0], axis=1) / support(model)[movies], rtol=1e-4)
    assert (np.diff(scores) >= 0).all()


def test_a_movie_is_never_its_own_neighbour_and_filters_hold(model: Factors) -> None:
    movies, _ = similar(model, 0, 100, where=MovieFilter(genre="drama", years=(1990, 2000)))

    assert 0 not in movies
    assert all("Drama" in model.row(m).genres for m in movies)
    assert all(1990 <= (model.row(m).year or 0) <= 2000 for m in movies)


def test_an_unknown_genre_or_metric_lists_those_there_are(model: Factors) -> None:
    with pytest.raises(UsageError, match="There are: Action"):
        recommend(model, 0, where=MovieFilter(genre="Noodles"))
    with pytest.raises(UsageError, match="cosine, dot, euclidean"):
        similar(model, 0, metric="manhattan")  # type: ignore[arg-type]  # that is the point


def test_what_a_user_rated_is_never_recommended_held_out_or_not(model: Factors) -> None:
    for user in range(1, 21):
        rated = set(model.history.of_user(model.user_ids.index(user)).movies.tolist())
        assert not rated & set(recommend(model, model.user_ids.index(user), 100).movies.tolist())


def test_lists_are_ranked_on_logits_where_clipping_would_tie(model: Factors) -> None:
    p = model.parameters
    high = replace(model, parameters=replace(p, movie_bias=p.movie_bias + 50))

    listed = recommend(high, 0, 5)

    assert set(listed.predicted.tolist()) == {5.0}
    assert listed.movies.tolist() == recommend(model, 0, 5).movies.tolist()
    assert (np.diff(listed.scores) < 0).all()


def test_a_short_list_says_why(model: Factors) -> None:
    rated = len(model.history.of_user(0))

    assert f"{len(TITLES)} movies, {rated} of them already rated" in recommend(model, 0, 100).note
    assert recommend(model, 0, 1).note == ""


def test_cold_users_and_movies_have_zero_factors_and_biases() -> None:
    dataset = toy_dataset()
    split = make_split(dataset, SplitSpec("random", 0.2, 0))
    keep = split.train_rows[
        (dataset.ratings.users[split.train_rows] != 3) & (dataset.ratings.movies[split.train_rows] != 5)
    ]
    random = np.random.default_rng(0)
    p = Parameters(
        random.normal(size=(20, 4)).astype(np.float32),
        random.normal(size=(12, 4)).astype(np.float32),
        random.normal(size=20).astype(np.float32),
        random.normal(size=12).astype(np.float32),
        0.1,
        0.0,
        5.5,
    )
    model = assembled(p, dataset, Split.of(split.spec, len(dataset.ratings), keep, split.test_rows), {})

    assert predicted(model, 4, 6) == pytest.approx(float(model.shown(np.array([0.1], dtype=np.float32))[0]))
    assert 5 not in similar(model, 0, 100)[0]


def test_saved_and_loaded_it_answers_the_same(model: Factors, tmp_path: Path) -> None:
    save_factors(model, tmp_path)
    loaded = load_factors(tmp_path, row_priors)

    assert not loaded.parameters.user_factors.flags.writeable
    np.testing.assert_array_equal(recommend(loaded, 0).scores, recommend(model, 0).scores)
    np.testing.assert_array_equal(similar(loaded, 1)[0], similar(model, 1)[0])
    assert loaded.movies.titles.tolist() == list(TITLES)
    assert loaded.meta == model.meta


def test_what_training_does_not_change_is_linked_not_written_again(model: Factors, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    save_factors(model, first)
    save_factors(model, second, reuse=first)

    assert (second / "history_movies.npy").stat().st_ino == (first / "history_movies.npy").stat().st_ino
    assert (second / "user_factors.npy").stat().st_ino != (first / "user_factors.npy").stat().st_ino
    np.testing.assert_array_equal(recommend(load_factors(second, row_priors), 0).movies, recommend(model, 0).movies)


def test_a_future_format_is_refused_by_name(model: Factors, tmp_path: Path) -> None:
    save_factors(model, tmp_path)
    document = json.loads((tmp_path / "factors.json").read_text())
    (tmp_path / "factors.json").write_text(json.dumps(document | {"format_version": 99}))

    with pytest.raises(FormatError, match="format version 99; this mftui reads versions 1 to 4"):
        load_factors(tmp_path, row_priors)


@pytest.mark.parametrize("name", ["user_factors.npy", "history_offsets.npy", "movie_ids.npy", "titles.offsets.npy"])
def test_a_damaged_file_is_an_error_not_a_traceback(model: Factors, tmp_path: Path, name: str) -> None:
    save_factors(model, tmp_path)
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    with pytest.raises(FormatError, match="damaged"):
        load_factors(tmp_path, row_priors)


def test_with_a_linear_link_a_logit_is_the_rating_also_after_loading(model: Factors, tmp_path: Path) -> None:
    linear = replace(model, parameters=replace(model.parameters, link="linear"))
    save_factors(linear, tmp_path)

    logits = np.array([-7.0, 3.25], dtype=np.float32)
    np.testing.assert_array_equal(load_factors(tmp_path, row_priors).to_rating(logits), logits)
    np.testing.assert_array_equal(load_factors(tmp_path, row_priors).shown(logits), [model.scale.lo, 3.25])


def test_a_model_from_before_means_were_kept_is_opened_with_them(tmp_path: Path) -> None:
    factors = toy_factors()
    save_factors(factors, tmp_path)
    (tmp_path / "movie_means.npy").unlink()
    document = unsealed(json.loads((tmp_path / FILE).read_text()))
    del document["files"]["movie_means.npy"]
    (tmp_path / FILE).write_text(json.dumps(sealed(document)))
    np.testing.assert_array_equal(load_factors(tmp_path, row_priors).movie_means, factors.movie_means)
