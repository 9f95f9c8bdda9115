"""What `train --tensorboard` and `export --to projector` write, read by TensorBoard itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from helpers.command import answer_of, launch
from helpers.live_run import log_metrics
from helpers.models import toy_factors, toy_run
from helpers.numpy_training import NumpyTraining
from helpers.runs import request

from mftui.engine.export.events import TAGS
from mftui.engine.model.factors import Factors
from mftui.runs.results.export import export_run
from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer.main import train
from mftui.runs.trainer.tensorboard import Events

pytest.importorskip("tensorboard", reason="TensorBoard is not installed (pip install -e '.[test]')")
pytestmark = pytest.mark.timeout(600)  # TensorFlow and TensorBoard are started
PROJECTOR = "data/plugin/projector"


@contextmanager
def tensorboard(folder: Path) -> Iterator[str]:
    """The address of a TensorBoard that shows `folder`."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder), "--port", "0", "--host", "127.0.0.1"]
    with subprocess.Popen([*command, "--load_fast", "false"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = ""
            for line in process.stderr:
                said += line
                if address := re.search(r"http://127\.0\.0\.1:\d+/", line):
                    yield address[0]
                    return
            raise AssertionError(said)
        finally:
            process.kill()


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return bytes(answer.read())


def check_embedding(address: str, run: str, name: str, model: Factors, factors: Any) -> None:
    """The projector of this TensorBoard shows `factors` of the trained movies, with their labels."""
    trained = np.flatnonzero(model.movie_train_counts > 0)
    asked = f"run={quote(run)}&name={name}"
    vectors = np.frombuffer(get(f"{address}{PROJECTOR}/tensor?{asked}"), dtype=np.float32)
    np.testing.assert_allclose(vectors.reshape(len(trained), -1), factors[trained], atol=1e-5)
    heading, *rows = get(f"{address}{PROJECTOR}/metadata?{asked}").decode().rstrip("\n").split("\n")
    assert heading.split("\t") == ["title", "year", "genres", "ratings"]
    expected = [model.row(movie) for movie in trained]
    assert [row.split("\t")[0] for row in rows] == [row.title for row in expected]
    assert [row.split("\t")[3] for row in rows] == [str(row.n_ratings) for row in expected]


@pytest.mark.long
def test_tensorboard_opens_the_projector_export(home: Path) -> None:
    model = toy_factors(audience=True)
    done = export_run(toy_run(home, model), home / "out", "projector")
    with tensorboard(Path(done.path)) as address:
        runs = json.loads(get(f"{address}{PROJECTOR}/runs"))
        assert runs == ["."]
        info = json.loads(get(f"{address}{PROJECTOR}/info?run=."))
        assert [one["tensorName"] for one in info["embeddings"]] == ["taste", "audience"]
        check_embedding(address, ".", "taste", model, model.parameters.movie_factors)
        check_embedding(address, ".", "audience", model, model.parameters.audience_movie_factors)


def by_command(home: Path, ratings: Path) -> Run:
    """A run that the engine has trained in a process of its own."""
    options = ("--data", ratings, "--epochs", "4", "--factors", "3", "--tensorboard")
    answer = answer_of(launch("train", *options, "--json", "--quiet", MFTUI_HOME=str(home)))
    assert answer.code == 0, answer.err
    return Run(Path(answer.document["run_dir"]))


def by_stand_in(home: Path, ratings: Path) -> Run:
    run = create_run(request(ratings, epochs=4, tensorboard=True))
    train(run, make_training=NumpyTraining)
    return run


def scalars(run: Run) -> dict[str, list[tuple[int, float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run.events_path), size_guidance={"scalars": 0})
    events.Reload()
    return {tag: [(one.step, one.value) for one in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


@pytest.mark.long
@pytest.mark.parametrize("trained", [by_stand_in, pytest.param(by_command, marks=pytest.mark.long)])
def test_a_training_writes_its_curves_and_at_its_end_the_embedding(
    home: Path, ratings: Path, trained: Callable[[Path, Path], Run]
) -> None:
    run = trained(home, ratings)
    found, lines, result = scalars(run), run.metrics(), run.result()
    assert lines and result is not None
    for name, tag in TAGS.items():
        expected = [(line["step"], line[name]) for line in lines if line["block"] == "taste" and line[name] is not None]
        np.testing.assert_allclose(found.get(f"taste/{tag}", []), expected, rtol=1e-5)
    np.testing.assert_allclose(found["rmse/test"], [(result["steps"], result["test_rmse"])], atol=1e-5)
    assert not run.status().warnings
    model = run.load_factors()
    with tensorboard(home) as address:
        name = str(run.events_path.relative_to(home))
        assert name in json.loads(get(f"{address}{PROJECTOR}/runs"))
        check_embedding(address, name, "taste", model, model.parameters.movie_factors)


def line(step: int) -> dict[str, Any]:
    return {"block": "taste", "step": step, "seconds": step / 10, "train_loss": 1 / step, "valid_rmse": None}


def test_a_training_that_is_gone_on_with_has_each_step_once(home: Path) -> None:
    run = toy_run(home)
    killed = Events(run, pytest.fail)
    for step in range(1, 9):
        killed.append(line(step))
    log_metrics(run, line(1), line(2))  # what its last checkpoint had seen
    resumed = Events(run, pytest.fail)
    resumed.append(line(3))
    resumed.finish(run.load_factors(), {"steps": 3, "test_rmse": None, "train_rmse": 0.5})
    found = scalars(run)
    assert [step for step, _ in found["taste/loss"]] == [1, 2, 3]
    assert found["rmse/training"] == [(3, 0.5)] and "rmse/test" not in found


def test_what_cannot_be_written_is_said_once_and_stops_nothing(home: Path) -> None:
    run, said = toy_run(home), list[str]()
    run.events_path.write_text("in the way")
    events = Events(run, said.append)
    events.append(line(1))
    events.finish(None, {"steps": 1})
    assert len(said) == 1 and "stopped writing event files" in said[0]


def test_without_the_option_nothing_is_written(home: Path, ratings: Path) -> None:
    run = create_run(request(ratings, epochs=2))
    train(run, make_training=NumpyTraining)
    assert not run.events_path.exists()
