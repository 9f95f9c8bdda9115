"""Factors kept in float16: half the room, predictions and lists nearly the same, computed in float32."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import toy_factors

from mftui.engine.model.factors import Factors
from mftui.engine.model.store import load_factors, save_factors
from mftui.engine.query.neighbours import similar
from mftui.engine.query.recommend import recommend
from mftui.engine.recipes import row_priors
from mftui.errors import UsageError
from mftui.runs.store.request import TrainRequest

TOLERANCE = 0.005
"""Of a prediction, in rating units."""


def kept(model: Factors, directory: Path, store: str) -> Factors:
    directory.mkdir()
    save_factors(model, directory, store=store)
    return load_factors(directory, row_priors)


@pytest.fixture
def wide() -> Factors:
    model, random = toy_factors(), np.random.default_rng(0)
    p = model.parameters
    tables: dict[str, Any] = {
        name: random.normal(0, 0.3, (len(getattr(p, name)), 32)).astype(np.float32)
        for name in ("user_factors", "movie_factors")
    }
    audience: dict[str, Any] = {f"audience_{name}": table.copy() for name, table in tables.items()}
    return model.with_parameters(replace(p, **tables, **audience))


def test_half_the_room_and_nearly_the_same_answers(wide: Factors, tmp_path: Path) -> None:
    whole, half = (kept(wide, tmp_path / store, store) for store in ("float32", "float16"))
    for name in ("user_factors", "movie_factors", "audience_user_factors", "audience_movie_factors"):
        sizes = [np.load(tmp_path / store / f"{name}.npy", mmap_mode="r").nbytes for store in ("float16", "float32")]
        assert sizes[0] * 2 == sizes[1]
        assert getattr(half.parameters, name).dtype == np.float32
    users, movies = np.divmod(np.arange(wide.n_users * wide.n_movies), wide.n_movies)
    difference = half.shown(half.logits(users, movies)) - whole.shown(whole.logits(users, movies))
    assert np.abs(difference).max() < TOLERANCE
    for user in range(1, wide.n_users + 1):
        before, after = (recommend(model, model.user_ids.index(user), 5).movies.tolist() for model in (whole, half))
        assert len(set(before) & set(after)) >= len(before) - 1
    assert similar(whole, 0, 3)[0].tolist() == similar(half, 0, 3)[0].tolist()


def test_the_description_says_it_and_a_reader_of_float32_alone_refuses(wide: Factors, tmp_path: Path) -> None:
    for store, version in (("float32", 3), ("float16", 4)):
        kept(wide, tmp_path / store, store)
        document = json.loads((tmp_path / store / "factors.json").read_text())
        assert (document["dtype"], document["format_version"]) == (store, version)


def test_factors_beyond_its_range_stay_float32(wide: Factors, tmp_path: Path) -> None:
    p = wide.parameters
    large = wide.with_parameters(replace(p, movie_factors=p.movie_factors * np.float32(1e6)))
    found = kept(large, tmp_path / "large", "float16")
    np.testing.assert_array_equal(found.parameters.movie_factors, large.parameters.movie_factors)
    assert json.loads((tmp_path / "large/factors.json").read_text())["dtype"] == "float32"


def test_the_request_knows_both_and_no_other() -> None:
    assert TrainRequest.from_dict(TrainRequest(store="float16").to_dict()).store == "float16"
    with pytest.raises(UsageError, match="bfloat8"):
        TrainRequest(store="bfloat8").checked()
