"""Several devices learn what one learns; clusters by their environment, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import numpy as np
import pytest
from helpers.command import answer_of, call
from helpers.runs import TESTS
from helpers.workers import tf_config

from mftui.engine.compute.cluster import Cluster, find_cluster, require_distributable
from mftui.engine.compute.replicas import ALONE, find_devices
from mftui.errors import UsageError

TWO = ["one:1", "two:2"]


@pytest.mark.long  # short: tests/faults/test_workers.py
@pytest.mark.parametrize(
    "given",
    [("2",), ("4", "optimizer=adafactor", "batch_size=63"), ("3", "stream_in=STREAM")],
    ids=["in memory", "adafactor", "out of core"],
)
def test_logical_devices_have_the_loss_curve_of_one_device(given: tuple[str, ...], tmp_path: Path) -> None:
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-m", "helpers.logical_devices", *(one.replace("STREAM", str(tmp_path)) for one in given)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    answer = answer_of(process)
    assert answer.code == 0, answer.err
    found = answer.document
    assert len(found["one-device"]) >= 3
    np.testing.assert_allclose(found["mirrored"], found["one-device"], atol=1e-3)
    assert found["difference"] < 1e-2
    assert found["audience"] < 1e-2


@pytest.mark.parametrize(
    ("asked", "n_gpus", "expected"),
    [
        ("auto", 2, ["/GPU:0", "/GPU:1"]),
        ("mirrored", 1, ["/GPU:0"]),
        ("mirrored", 0, ["/CPU:0"]),
        ("auto", 1, None),
        ("auto", 0, None),
        ("one-device", 2, None),
    ],
)
def test_several_gpus_are_mirrored_and_one_device_stays_alone(
    asked: str, n_gpus: int, expected: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"GPU": n_gpus, "CPU": 1}
    logical = lambda kind: [SimpleNamespace(name=f"/{kind}:{i}") for i in range(counts[kind])]  # noqa: E731
    fake = SimpleNamespace(config=SimpleNamespace(list_logical_devices=logical), distribute=SimpleNamespace())
    fake.distribute.MirroredStrategy = lambda names: SimpleNamespace(names=names, num_replicas_in_sync=len(names))
    monkeypatch.setitem(sys.modules, "tensorflow", cast(ModuleType, fake))

    found = find_devices(asked, n_gpus)

    assert (found.strategy and found.strategy.names) == expected
    assert (found.kind, found.replicas) == (("mirrored", len(expected)) if expected else ("one-device", 1))


def test_the_cluster_is_found_in_the_environment() -> None:
    assert find_cluster({}) is None
    assert find_cluster({"TF_CONFIG": tf_config(TWO, 0)}) == Cluster(2, chief=True, address="one:1")
    assert find_cluster({"TF_CONFIG": tf_config(TWO, 1)}) == Cluster(2, chief=False, address="two:2")
    here = Cluster(2, chief=True, address="localhost:1", one_machine=True)
    assert find_cluster({"TF_CONFIG": tf_config(["localhost:1", "localhost:2"], 0)}) == here
    assert find_cluster({"TF_CONFIG": tf_config(TWO[:1], 0)}) is None
    with_chief = {"cluster": {"chief": ["c:1"], "worker": TWO}, "task": {"type": "worker", "index": 0}}
    assert find_cluster({"TF_CONFIG": json.dumps(with_chief)}) == Cluster(3, chief=False, address="one:1")
    assert find_cluster({"SLURM_NTASKS": "3", "SLURM_PROCID": "0"}) is None, "the batch script is no worker"


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"cluster": {}}', tf_config(TWO, 2), tf_config(TWO, 0).replace('"worker"', '"ps"')],
)
def test_a_cluster_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="TF_CONFIG is not a cluster"):
        find_cluster({"TF_CONFIG": text})


def test_what_cannot_be_distributed_is_refused() -> None:
    two, here = Cluster(2, chief=True), Cluster(2, chief=True, one_machine=True)
    for strategy in ("auto", "multi-worker"):
        require_distributable("biased", strategy, here)
    require_distributable("biased", "multi-worker", two)
    with pytest.raises(UsageError, match="2 workers on other machines"):
        require_distributable("biased", "auto", two)
    require_distributable("als", None, None)
    with pytest.raises(UsageError, match="recipe als cannot be distributed"):
        require_distributable("als", None, two)
    with pytest.raises(UsageError, match="strategy mirrored, and there is a cluster of 2"):
        require_distributable("biased", "mirrored", two)
    with pytest.raises(UsageError, match="there is no cluster"):
        require_distributable("biased", "multi-worker", None)


def test_a_process_alone_agrees_with_itself() -> None:
    assert ALONE.any(True, False) == (True, False) and ALONE.same("anything") and ALONE.replicas == ALONE.workers == 1


@pytest.mark.parametrize("command", [("tune", "--trials", 1), ("evaluate", "--folds", 2)])
def test_a_command_in_which_workers_have_no_part_says_so(
    command: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    monkeypatch.setenv("TF_CONFIG", tf_config(TWO, 0))
    answer = call(capfd, *command)
    assert answer.code == 2 and "trains in one process, and there is a cluster of 2 workers" in answer.err
