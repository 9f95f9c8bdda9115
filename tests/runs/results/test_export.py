"""Exports as tables, HDF5 and for the projector: each read back by the reader it is for, with the same numbers."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from helpers.models import HOSTILE, TITLES, toy_factors, toy_run

from mftui.data.ids import Ids
from mftui.data.storage.csv_cells import original
from mftui.data.storage.string_column import StringColumn
from mftui.engine.descent.scaling import scaled
from mftui.engine.model.factors import Factors
from mftui.engine.query.recommend import recommend
from mftui.errors import MftuiError, UsageError
from mftui.runs.results import export
from mftui.runs.results.export import export_run

ROOT = Path(__file__).resolve().parents[3]
FORMULAS = ("=1+1", "+49 (1999)", "-2", "@SUM(A1) (2001)", "'=already", "\ttab", *TITLES)


def several_members(model: Factors) -> Factors:
    """Three members: their factors side by side, as a training leaves them."""
    random, p = np.random.default_rng(1), model.parameters
    u, m = random.normal(0, 0.5, (2, 3, max(model.n_users, model.n_movies), 4)).astype(np.float32)
    users, movies = u[:, : model.n_users], m[:, : model.n_movies]
    biases = random.normal(0, 0.3, (3, model.n_users)), random.normal(0, 0.3, (3, model.n_movies))
    return replace(
        model,
        parameters=replace(
            p,
            members=3,
            user_factors=(np.concatenate(users, axis=1) / np.sqrt(3)).astype(np.float32),
            movie_factors=(np.concatenate(movies, axis=1) / np.sqrt(3)).astype(np.float32),
            user_bias=biases[0].mean(0).astype(np.float32),
            movie_bias=biases[1].mean(0).astype(np.float32),
            member_user_bias=biases[0].T.astype(np.float32),
            member_movie_bias=biases[1].T.astype(np.float32),
            member_global_bias=(0.2, 0.3, 0.4),
        ),
    )


def all_predictions(model: Factors) -> np.ndarray:
    users, movies = (grid.reshape(-1) for grid in np.indices((model.n_users, model.n_movies)))
    return model.to_rating(model.logits(users, movies)).reshape(model.n_users, model.n_movies)


@pytest.mark.parametrize("model", [toy_factors(), several_members(toy_factors())], ids=["one member", "three members"])
def test_the_weights_file_predicts_by_the_formula_and_runs_the_posts_arithmetic(model: Factors, home: Path) -> None:
    done = export_run(toy_run(home, model), home / "mf-weights.h5", "hdf5")
    with h5py.File(done.path, "r") as hf:
        names = ("U", "M", "bu", "bm", "bg", "user_idx2id", "movie_idx2id")
        U, M, bu, bm, bg, users, movies = (hf["."][name][()] for name in names)
        lo, hi = hf.attrs["lo"], hf.attrs["hi"]
    logits = np.matmul(U, M.T) + np.expand_dims(bu, axis=1) + np.expand_dims(bm, axis=0) + bg
    np.testing.assert_allclose(lo + (hi - lo) / (1 + np.exp(-logits)), all_predictions(model), atol=1e-5)
    assert users.tolist() == list(range(1, 21)) and np.argwhere(movies == 3)[0][0] == 2
    # As the post's script has it, minus signs included.
    x_hat = np.add(np.add(np.matmul(U, M.T), np.expand_dims(-bu, axis=1)), np.expand_dims(-bm, axis=0)) - bg
    assert x_hat[np.argwhere(users == 5)].reshape(-1).shape == (model.n_movies,)


def by_link(link: str) -> Factors:
    """A model whose link this is, or one of recipe post2019 with this scaling."""
    model = toy_factors()
    p = model.parameters
    given: dict[str, Any] = {"link": link, "global_bias": 3.4 if link == "linear" else 0.0}
    if link == "probit":
        given |= {"levels": (1.0, 2.0, 3.5, 5.0), "cuts": (-0.7, 0.1, 0.9), "spread": 1.3}
    if link in ("linear", "probit"):
        return replace(model, parameters=replace(p, **given))
    shares = replace(p, lo=0.0, hi=1.0, global_bias=-3.4)
    return replace(model, parameters=scaled(shares, link, model.history.part(held_out=False), model.scale))


@pytest.mark.parametrize("link", ["linear", "probit", "stars", "highest", "post"])
def test_the_formula_of_the_documents_makes_the_ratings_of_every_link(
    link: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = by_link(link)
    export_run(toy_run(home, model), home / "weights.h5", "hdf5")
    section = (ROOT / "docs/recipes.md").read_text(encoding="utf-8").split("### An exported model")[1].split("\n## ")[0]
    code = section.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(home)
    found: dict[str, Any] = {}
    exec(code, found)
    users, movies = (grid.reshape(-1) for grid in np.indices((model.n_users, model.n_movies)))
    np.testing.assert_allclose(found["rating"].reshape(-1), model.predict(users, movies), atol=1e-4)
    assert found["how"]["link"] == model.parameters.link and np.ptp(found["rating"]) > 0.1


def test_the_weights_file_has_ids_that_are_words(home: Path) -> None:
    model = toy_factors()
    named = replace(model, user_ids=Ids(StringColumn.of(f"é{i:02}" for i in range(20)), "user"))
    with h5py.File(export_run(toy_run(home, named), home / "w.h5", "hdf5").path, "r") as hf:
        assert hf["user_idx2id"].asstr()[()].tolist() == [f"é{i:02}" for i in range(20)]


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_the_tables_hold_the_model_and_the_lists_of_everybody(to: str, home: Path) -> None:
    model = toy_factors(audience=True)
    folder = Path(export_run(toy_run(home, model), home / "out", to, n=3).path)
    read: Any = pd.read_parquet if to == "parquet" else pd.read_csv
    movies, users, lists = (read(folder / f"{name}.{to}") for name in ("movies", "users", "recommendations"))
    about = json.loads((folder / "model.json").read_text())
    factors = [f"factor_{i}" for i in range(1, 5)]
    logits = users[factors].to_numpy() @ movies[factors].to_numpy().T
    logits += users["bias"].to_numpy()[:, None] + movies["bias"].to_numpy() + about["global_bias"]
    lo, hi = about["output_range"]
    np.testing.assert_allclose(lo + (hi - lo) / (1 + np.exp(-logits)), all_predictions(model), atol=1e-5)
    audience = [f"audience_{i}" for i in range(1, 5)]
    rows = model.rows_of(np.arange(model.n_users)).audience
    assert rows is not None
    np.testing.assert_allclose(users[audience], rows[:, :4], atol=1e-5)
    weights = model.parameters.audience_movie_weights
    assert weights is not None
    np.testing.assert_allclose(movies["audience_weight"], weights, atol=1e-5)
    assert movies["title"].tolist() == list(TITLES) and movies["year"].isna().sum() == 1
    assert about["recommendations"] == {"n": 3, "ranked_by": "both"}
    for user in range(1, 21):
        mine, expected = lists[lists["user_id"] == user], recommend(model, model.user_ids.index(user), 3)
        assert mine["movie_id"].tolist() == model.movie_ids.raws(expected.movies)
        assert mine["title"].tolist() == [model.movies.titles[i] for i in expected.movies]
        assert mine["place"].tolist() == [1, 2, 3][: len(mine)]
        np.testing.assert_allclose(mine["score"], expected.scores, atol=1e-5)
        np.testing.assert_allclose(mine["predicted"], expected.predicted, atol=1e-5)


def test_no_cell_of_a_csv_is_a_formula_and_parquet_keeps_texts_as_they_are(home: Path) -> None:
    model = toy_factors(FORMULAS)
    ids = Ids(StringColumn.of(sorted(["=id", "-id", "@id", *(f"m{i:02}" for i in range(len(FORMULAS) - 3))])), "movie")
    run = toy_run(home, replace(model, movie_ids=ids))
    folder = Path(export_run(run, home / "csv", "csv").path)
    for name in ("movies", "recommendations"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for column in ("movie_id", "title"):
            assert not any(row[column].lstrip().startswith(("=", "+", "-", "@")) for row in rows)
    with (folder / "movies.csv").open(encoding="utf-8", newline="") as file:
        assert [original(row["title"]) for row in csv.DictReader(file)] == list(FORMULAS)
    table = parquet.read_table(Path(export_run(run, home / "parquet", "parquet").path) / "movies.parquet")
    assert table["title"].to_pylist() == list(FORMULAS) and table["movie_id"].to_pylist() == list(ids.values)


def test_lists_can_be_left_out_and_progress_is_told(home: Path) -> None:
    said: list[tuple[str, float]] = []
    tell = lambda what, share: said.append((what, share))  # noqa: E731
    run = toy_run(home)
    with_lists = export_run(run, home / "a", "parquet", on_progress=tell)
    assert {what for what, _ in said} == {"movies", "users", "recommendations"} and said[-1][1] == 1.0
    without = export_run(run, home / "b", "parquet", n=0)
    assert set(with_lists.files) - set(without.files) == {"recommendations.parquet"}


def test_projector_labels_stay_in_their_cells(home: Path) -> None:
    model = toy_factors(HOSTILE)
    folder = Path(export_run(toy_run(home, model), home / "out", "projector").path)
    lines = (folder / "movies.tsv").read_text(encoding="utf-8").split("\n")[:-1]
    assert lines[0] == "title\tyear\tgenres\tratings"
    assert len(lines) == 1 + (model.movie_train_counts > 0).sum()
    assert {line.count("\t") for line in lines} == {3}
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("to", ["csv", "parquet", "hdf5", "projector", "savedmodel"])
def test_what_is_there_is_left_alone(to: str, home: Path) -> None:
    run = toy_run(home)
    taken = home / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="already exists"):
        export_run(run, taken, to)
    assert [one.name for one in taken.iterdir()] == ["mine.txt"]


def test_an_export_that_fails_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_formula", fail)
    with pytest.raises(MftuiError, match="No space left"):
        export_run(toy_run(home), home / "deep" / "out", "csv")
    assert list((home / "deep").iterdir()) == []
