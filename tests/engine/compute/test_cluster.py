"""Workers of a training that TF_CONFIG names: which are joined, and what is said of the port that they open."""

from __future__ import annotations

import json

import pytest

from mftui.engine.compute.cluster import find_cluster, listening, require_asked, require_distributable
from mftui.errors import UsageError


def config(*addresses: str) -> dict[str, str]:
    task = {"type": "worker", "index": 0}
    return {"TF_CONFIG": json.dumps({"cluster": {"worker": list(addresses)}, "task": task})}


@pytest.mark.parametrize("host", ["10.0.5.1", "node1", "[2001:db8::1]", "0.0.0.0", "127.example.org", "[::]"])
def test_other_machines_are_joined_only_if_asked_for(host: str) -> None:
    cluster = find_cluster(config(f"{host}:12000", "127.0.0.1:12001"))
    assert cluster is not None and not cluster.one_machine and cluster.address == f"{host}:12000"
    with pytest.raises(UsageError, match=r"act as you.*--strategy multi-worker"):
        require_distributable("biased", "auto", cluster)
    require_distributable("biased", "multi-worker", cluster)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "[::1]", "localhost"])
def test_workers_of_one_machine_are_joined_by_themselves(host: str) -> None:
    cluster = find_cluster(config(f"{host}:12000", "localhost:12001"))
    assert cluster is not None and cluster.one_machine
    require_asked("auto", cluster)


def test_srun_joins_by_itself() -> None:
    step = {"SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0", "SLURM_STEP_NODELIST": "n[1-2]", "SLURM_JOB_ID": "7"}
    cluster = find_cluster(step)
    assert cluster is not None
    require_asked("auto", cluster)


def test_the_port_and_what_it_means_are_said_in_one_line() -> None:
    said = listening("[fe80::1]:12345")
    assert "port 12345 of all networks" in said and "act as you" in said and "\n" not in said
    assert "\x1b" not in listening("a\x1b[31m:1")
