"""The SavedModel, read by TensorFlow in a process without mftui and by saved_model_cli, beside `factors`."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import toy_factors, toy_run

from mftui.data.ids import Ids, RawId
from mftui.data.storage.string_column import StringColumn
from mftui.engine.model.factors import Factors
from mftui.engine.query.neighbours import similar
from mftui.engine.query.recommend import recommend
from mftui.runs.results.export import export_run

READER = Path(__file__).resolve().parents[2] / "helpers" / "savedmodel_reader.py"
pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]  # TensorFlow is started two or three times for each model
PAIRS = [(1, 3), (2, 5), (20, 12), (7, 7)]


def with_names(model: Factors) -> Factors:
    """The same model, its raw ids being strings, and its ratings not squeezed by a sigmoid."""
    users = StringColumn.of(f"user {i:02}" for i in range(model.n_users))
    movies = StringColumn.of(f"=tt{i:03}é" for i in range(model.n_movies))
    parameters = replace(model.parameters, link="linear", global_bias=3.0)
    return replace(model, user_ids=Ids(users, "user"), movie_ids=Ids(movies, "movie"), parameters=parameters)


MODELS = {"numbers": toy_factors(audience=True), "names": with_names(toy_factors())}


@pytest.fixture(scope="module", params=["numbers", pytest.param("names", marks=pytest.mark.long)])
def name(request: pytest.FixtureRequest) -> str:
    """Which of the models."""
    return str(request.param)


@pytest.fixture(scope="module")
def path(name: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("models")
    return export_run(toy_run(home, MODELS[name], name=name), home / f"{name} out", "savedmodel").path


@pytest.fixture(scope="module")
def answers(name: str, path: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """By request, all of them asked in one process."""
    model = MODELS[name]
    users = [model.user_ids.raw(u - 1) for u, _ in PAIRS]
    movies = [model.movie_ids.raw(m - 1) for _, m in PAIRS]
    nobody: RawId = -5 if name == "numbers" else "nobody"
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "predict": ("predict", {"user_id": [*users, nobody, users[0]], "movie_id": [*movies, movies[0], nobody]}),
        "recommend": ("recommend", {"user_id": users[1], "k": 4}),
        "recommend all": ("recommend", {"user_id": users[0], "k": 1_000}),
        "recommend none": ("recommend", {"user_id": users[0], "k": 0}),
        "recommend nobody": ("recommend", {"user_id": nobody, "k": 4}),
        "similar": ("similar", {"movie_id": movies[0], "k": 1_000}),
        "similar to nothing": ("similar", {"movie_id": nobody, "k": 4}),
    }
    requests = [{"path": path, "signature": signature, "inputs": inputs} for signature, inputs in asked.values()]
    file = tmp_path_factory.mktemp("requests") / "requests.json"
    file.write_text(json.dumps(requests), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", READER, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(zip(asked, json.loads(done.stdout), strict=True))


def test_it_predicts_as_factors_does_also_where_an_id_is_not_known(name: str, answers: dict[str, Any]) -> None:
    model, found = MODELS[name], answers["predict"]
    users = [model.user_ids.raw(u - 1) for u, _ in PAIRS]
    movies = [model.movie_ids.raw(m - 1) for _, m in PAIRS]
    u, user_known = model.user_ids.indices([*users, -5, users[0]])
    m, movie_known = model.movie_ids.indices([*movies, movies[0], -5])
    expected = model.predict(u, m, (user_known, movie_known))
    np.testing.assert_allclose(found["rating"], expected, atol=1e-5)
    assert found["known"] == [True] * 4 + [False] * 2


def test_it_recommends_as_factors_does(name: str, answers: dict[str, Any]) -> None:
    model = MODELS[name]
    for what, user, n in (("recommend", 1, 4), ("recommend all", 0, 1_000)):
        found, expected = answers[what], recommend(model, user, n)
        assert found["movie_id"] == model.movie_ids.raws(expected.movies)
        np.testing.assert_allclose(found["score"], expected.scores, atol=1e-5)
        np.testing.assert_allclose(found["rating"], expected.predicted, atol=1e-5)
    assert answers["recommend none"] == {"movie_id": [], "score": [], "rating": []}


def test_it_finds_the_neighbours_that_factors_finds(name: str, answers: dict[str, Any]) -> None:
    model, found = MODELS[name], answers["similar"]
    movies, scores = similar(model, PAIRS[0][1] - 1, 1_000)
    assert found["movie_id"] == model.movie_ids.raws(movies)
    np.testing.assert_allclose(found["score"], scores, atol=1e-5)


def test_an_unknown_id_is_an_error_that_names_it(name: str, answers: dict[str, Any]) -> None:
    nobody = {"numbers": "-5", "names": "nobody"}[name]
    for what, kind in (("recommend nobody", "user"), ("similar to nothing", "movie")):
        error = answers[what]["error"]
        assert f"unknown {kind} id" in error and nobody in error


@pytest.mark.long
def test_saved_model_cli_runs_it(name: str, path: str) -> None:
    model, user = MODELS[name], MODELS[name].user_ids.raw(1)
    inputs = f"user_id={user!r};k=3"
    cli = Path(sys.executable).with_name("saved_model_cli")
    options = ["--tag_set", "serve", "--signature_def", "recommend", "--input_exprs", inputs]
    done = subprocess.run([cli, "run", "--dir", path, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = dict(re.findall(r"Result for output key (\w+):\n(\[.*?\])", done.stdout, re.DOTALL))
    expected = recommend(model, 1, 3)
    listed = [ast.literal_eval(one) for one in re.findall(r"b'.*?'|\d+", found["movie_id"])]
    raws = model.movie_ids.raws(expected.movies)
    assert [one.decode() if isinstance(one, bytes) else one for one in listed] == raws
    np.testing.assert_allclose([float(x) for x in found["score"].strip("[]").split()], expected.scores, atol=1e-5)


def test_it_stands_where_tensorflow_serving_looks(path: str) -> None:
    version = Path(path)
    assert version.name == "1" and (version / "saved_model.pb").is_file()
    assert (version / "variables" / "variables.index").is_file()
    assert [one.name for one in version.parent.iterdir()] == ["1"]
