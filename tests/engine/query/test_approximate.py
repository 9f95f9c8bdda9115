"""Neighbours by an index: the same as exact search but for the recall it tells, and never of another model."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from helpers.models import toy_factors

from mftui import paths
from mftui.data.storage.integrity import sealed, unsealed
from mftui.engine.query import approximate
from mftui.engine.query.approximate import IndexKey, find_similar, opened
from mftui.engine.query.movie_filter import MovieFilter
from mftui.engine.query.neighbours import METRICS, movie_scores, similar
from mftui.errors import UsageError

needs_faiss = pytest.mark.skipif(not approximate.available(), reason="FAISS is not installed: pip install 'mftui[ann]'")


@pytest.fixture(scope="module")
def model():
    return toy_factors([f"Film {i} ({1950 + i % 70})" for i in range(600)], n_users=30, k=6, audience=True)


@pytest.fixture
def slow(monkeypatch, tmp_path):
    """Exact search counts as slow, whatever it takes."""
    monkeypatch.setattr(approximate, "EXACT_MS", -1.0)
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    opened.cache_clear()
    yield
    opened.cache_clear()


@pytest.mark.long
@needs_faiss
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("by", ["taste", "audience", "both"])
def test_an_index_finds_the_nearest_with_their_exact_scores(model, slow, metric, by):
    found = find_similar(model, 5, 10, metric=metric, by=by, search="approximate")
    exact, _ = similar(model, 5, 10, metric=metric, by=by)
    assert found.search == "approximate"
    assert found.recall is not None and found.recall > 0.5
    assert len(set(found.movies.tolist()) & set(exact.tolist())) >= 5
    assert found.scores == pytest.approx(movie_scores(model, 5, metric, by)[found.movies], abs=1e-5)
    falling = -found.scores if metric == "euclidean" else found.scores
    assert (np.diff(falling) <= 1e-6).all()
    assert 5 not in found.movies
    assert (model.movie_train_counts[found.movies] > 0).all()


@needs_faiss
def test_the_recall_told_is_the_recall_measured_again(model, slow):
    index = opened(IndexKey(model, "cosine", None))
    trained = np.flatnonzero(model.movie_train_counts > 0)
    movies = np.random.default_rng(1).choice(trained, min(len(trained), approximate.RECALL_QUERIES), replace=False)
    shares = []
    for movie in movies.tolist():
        exact, _ = similar(model, movie, approximate.RECALL_AT)
        shares.append(
            len(set(exact.tolist()) & set(index.nearest(model, movie, approximate.RECALL_AT)[0].tolist())) / len(exact)
        )
    assert index.recall == pytest.approx(np.mean(shares), abs=1e-6)


@needs_faiss
def test_an_index_is_made_once_and_opened_again(model, slow, monkeypatch):
    first = find_similar(model, 5, 10, search="approximate")
    opened.cache_clear()
    monkeypatch.setattr(approximate, "_built", lambda asked: pytest.fail("made again"))
    again = find_similar(model, 5, 10, search="approximate")
    assert again.recall == first.recall
    assert again.movies.tolist() == first.movies.tolist()
    assert not list((paths.cache_dir() / "neighbours").glob(".*")), "something is left over"


@needs_faiss
def test_a_model_with_other_factors_gets_an_index_of_its_own(model, slow):
    find_similar(model, 5, 10, search="approximate")
    p = model.parameters
    other = replace(model, parameters=replace(p, movie_factors=p.movie_factors[::-1].copy()))
    exact, _ = similar(other, 5, 1)
    assert find_similar(other, 5, 10, search="approximate").movies[0] == exact[0]
    assert len(list((paths.cache_dir() / "neighbours").iterdir())) == 2


@needs_faiss
@pytest.mark.parametrize("file", ["index.json", "index.faiss"])
def test_a_damaged_index_is_made_again(model, slow, file):
    first = find_similar(model, 5, 10, search="approximate")
    (damaged,) = (paths.cache_dir() / "neighbours").glob(f"*/{file}")
    damaged.write_bytes(damaged.read_bytes()[:-40])
    opened.cache_clear()
    assert find_similar(model, 5, 10, search="approximate").movies.tolist() == first.movies.tolist()
    opened.cache_clear()
    assert approximate._load(damaged.parent, IndexKey(model, "cosine", None)) is not None


@needs_faiss
@pytest.mark.parametrize("forged", [{"probes": 0}, {"probes": float("inf")}, {"probes": 2**70}, {"recall": 7}])
def test_an_index_that_says_what_cannot_be_is_made_again(model, slow, forged):
    find_similar(model, 5, 10, search="approximate")
    (manifest,) = (paths.cache_dir() / "neighbours").glob("*/index.json")
    manifest.write_text(json.dumps(sealed(unsealed(json.loads(manifest.read_text())) | forged)))
    assert approximate._load(manifest.parent, IndexKey(model, "cosine", None)) is None


@needs_faiss
def test_with_a_filter_the_search_is_exact_and_says_so(model, slow):
    where = MovieFilter(min_ratings=12)
    found = find_similar(model, 5, 10, where=where, search="approximate")
    assert found.search == "exact"
    assert "filter" in found.note
    assert (model.movie_counts[found.movies] >= 12).all()


@needs_faiss
def test_where_exact_search_is_fast_it_is_used_and_says_so(model, monkeypatch, tmp_path):
    monkeypatch.setattr(approximate, "EXACT_MS", 1e9)
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    found = find_similar(model, 5, 10, search="approximate")
    assert (found.search, found.recall) == ("exact", None)
    assert "Exact search takes less than" in found.note
    assert not paths.cache_dir().exists()


def test_without_the_extra_it_says_how_to_get_it(model, monkeypatch):
    monkeypatch.setattr(approximate, "available", lambda: False)
    with pytest.raises(UsageError, match="FAISS") as refused:
        find_similar(model, 5, 10, search="approximate")
    assert "mftui[ann]" in refused.value.hint
