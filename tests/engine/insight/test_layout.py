"""Movies in two dimensions: on axes, by t-SNE in a process of its own, and users among them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import TITLES, toy_factors

from mftui.engine.insight import tsne
from mftui.engine.insight.layout import pair_layout, tsne_layout
from mftui.engine.insight.principal_axes import principal_axes
from mftui.engine.query.fold_in import fold_in
from mftui.errors import MftuiError


def test_a_pair_of_axes_is_those_coordinates_and_untrained_films_have_no_place() -> None:
    model = toy_factors(TITLES * 3)
    axes = principal_axes(model)
    trained = model.movie_train_counts > 0
    trained[5] = False
    layout = pair_layout(axes, trained, 2, 4)
    np.testing.assert_array_equal(layout.points[trained], axes.movies[trained][:, [1, 3]])
    assert np.isnan(layout.points[5]).all() and layout.pair == (2, 4)


def test_users_are_placed_by_their_own_coordinates_spread_as_far_as_films() -> None:
    model = toy_factors(TITLES * 3)
    axes = principal_axes(model)
    layout = pair_layout(axes, model.movie_train_counts > 0)
    places = layout.place(model.parameters.user_factors)
    np.testing.assert_allclose(places.std(0), np.nanstd(layout.points, axis=0), rtol=1e-4)
    assert (np.sign(places) == np.sign(axes.users[:, :2])).all()


def test_somebody_folded_in_stands_where_a_user_with_the_same_row_does() -> None:
    model = toy_factors(TITLES * 3)
    axes = principal_axes(model)
    layout = pair_layout(axes, model.movie_train_counts > 0)
    rows = fold_in(model, np.array([1, 2, 3]), np.array([5, 1, 4], dtype=np.float32)).row
    expected = layout.place(np.concatenate([rows.factors, rows.factors]))
    np.testing.assert_allclose(layout.place(rows.factors[0])[0], expected[1])


@pytest.fixture(scope="module")
def clustered() -> Any:
    """A model whose films point in three directions."""
    model = toy_factors(TITLES * 5, k=8)
    centres = np.eye(8, dtype=np.float32)[:3] * 3
    noise = np.random.default_rng(0).normal(0, 0.2, (len(TITLES) * 5, 8))
    factors = (centres[np.arange(len(TITLES) * 5) % 3] + noise).astype(np.float32)
    return replace(model, parameters=replace(model.parameters, movie_factors=factors))


@pytest.mark.long
def test_tsne_puts_films_that_point_the_same_way_together_and_says_how_far_it_is(
    clustered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []
    layout = tsne_layout(principal_axes(clustered), clustered.movie_train_counts, told.append)
    assert layout is not None and layout.pair is None
    assert told == sorted(told) and len(told) > 5 and told[-1] == 1.0
    group = np.arange(len(TITLES) * 5) % 3
    placed = np.isfinite(layout.points).all(axis=1)
    points, group = layout.points[placed], group[placed]
    far = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(len(points)) * 1e9
    assert (group[far.argmin(axis=1)] == group).mean() > 0.95
    # A user who loves one direction stands amid its films.
    at = layout.place(np.eye(8, dtype=np.float32)[1])[0]
    nearest = group[np.argsort(np.linalg.norm(points - at, axis=1))[:5]]
    assert (nearest == 1).all()


def test_films_beyond_the_best_known_are_placed_beside_those_nearest() -> None:
    known = np.eye(4, dtype=np.float32)[[0, 0, 0, 1, 1, 1]]
    places = np.array([[0, 0], [0, 1], [1, 0], [9, 9], [9, 8], [8, 9]], dtype=np.float32)
    found = tsne._beside(np.eye(4, dtype=np.float32)[[1, 0]], known, places)
    np.testing.assert_allclose(found, [[26 / 3, 26 / 3], [1 / 3, 1 / 3]], rtol=1e-5)


def test_tsne_can_be_cancelled_and_leaves_no_process(clustered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def noted(*args: Any, **kwargs: Any) -> subprocess.Popen[str]:
        started.append(popen(*args, **kwargs))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", noted)
    axes = principal_axes(clustered)
    assert tsne_layout(axes, clustered.movie_train_counts, None, lambda: bool(started)) is None
    assert started[0].returncode is not None


def test_tsne_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(MftuiError, match="t-SNE failed"):
        tsne.embed(np.ones((4, 2), dtype=np.float32), lambda _: None, lambda: False)


def test_tsne_ends_with_the_process_that_wanted_it(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.random.default_rng(0).normal(size=(3_000, 20)).astype(np.float32))
    arguments = [
        sys.executable,
        "-P",
        "-m",
        "mftui.child",
        "mftui.engine.insight.tsne",
        str(tmp_path / "rows.npy"),
        str(tmp_path / "out.npy"),
    ]
    child = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(timeout=60) == 1
    finally:
        child.kill()
        child.wait()
    assert not (tmp_path / "out.npy").exists()


def test_two_films_have_a_place_too() -> None:
    assert np.isfinite(tsne._embed_here(np.ones((2, 3), dtype=np.float32))).all()
