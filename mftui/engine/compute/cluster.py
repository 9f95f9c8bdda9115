"""Several workers of one training: found in the environment, and refused where a command does not support several."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from mftui.engine.compute.slurm import SlurmStep, read_step
from mftui.errors import UsageError
from mftui.text import visible

JOBS = ("chief", "worker")


@dataclass(frozen=True)
class Cluster:
    """The processes of one training, each started by the same command."""

    workers: int
    chief: bool
    """Whether this process is the one that writes the run directory."""
    step: SlurmStep | None = None
    """Of Slurm, where `srun` started them."""
    address: str = ""
    """Where this process listens, as TF_CONFIG says."""
    one_machine: bool = False
    """Whether TF_CONFIG names only addresses that no other machine reaches."""


def find_cluster(environ: Mapping[str, str] | None = None) -> Cluster | None:
    """Find the cluster in TF_CONFIG or in the environment of Slurm's `srun`; None if this process is alone.

    Raises UsageError where TF_CONFIG, or what Slurm says, cannot be used.
    """
    environ = os.environ if environ is None else environ
    if environ.get("TF_CONFIG"):
        return _by_tf_config(environ["TF_CONFIG"])
    step = read_step(environ)
    return None if step is None else Cluster(step.tasks, step.task == 0, step)


def _by_tf_config(text: str) -> Cluster | None:
    try:
        config = json.loads(text)
        places = {job: [str(address) for address in addresses] for job, addresses in config["cluster"].items()}
        jobs = {job: len(addresses) for job, addresses in places.items()}
        job, index = config["task"]["type"], int(config["task"]["index"])
        known = jobs.keys() <= set(JOBS) and 0 <= index < jobs[job]
    except (ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known:
        raise UsageError(
            "TF_CONFIG is not a cluster of workers and this process's task in it.",
            hint='Write {"cluster": {"worker": ["host:port", …]}, "task": {"type": "worker", "index": 0}}.',
        )
    workers = sum(jobs.values())
    chief = index == 0 and job == ("chief" if "chief" in jobs else "worker")
    if workers == 1:
        return None
    hosts = [address.rpartition(":")[0].strip("[]") for addresses in places.values() for address in addresses]
    local = all(map(_is_this_machine, hosts))
    return Cluster(workers, chief, None, places[job][index], local)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def require_asked(strategy: str, cluster: Cluster) -> None:
    """Raise UsageError where other machines would be joined, and nobody asked for that: TF_CONFIG may be left over."""
    if strategy != "multi-worker" and cluster.step is None and not cluster.one_machine:
        raise UsageError(
            f"TF_CONFIG names a cluster of {cluster.workers} workers on other machines, which could act as you.",
            hint="Give --strategy multi-worker on all of them to join it, or unset TF_CONFIG.",
        )


def listening(address: str) -> str:
    """Return a sentence on what a worker's address means: TensorFlow knows no password."""
    port = address.rpartition(":")[2]
    return (
        f"This worker listens on port {visible(port)} of all networks of this machine (its address: "
        f"{visible(address)}), without a password: whoever reaches it can act as you. See docs/large-data.md."
    )


def require_alone(what: str) -> None:
    """Raise UsageError where there is a cluster, for a command that does not support several workers."""
    if cluster := find_cluster():
        raise UsageError(
            f"{what} trains in one process, and there is a cluster of {cluster.workers} workers.",
            hint="Unset TF_CONFIG, or leave srun out.",
        )


def require_distributable(recipe: str, strategy: str | None, cluster: Cluster | None) -> None:
    """Raise UsageError where a new training cannot go as asked; `strategy` is None for a recipe that has none."""
    if cluster and strategy not in ("auto", "multi-worker"):
        what = f"recipe {recipe} cannot be distributed" if strategy is None else f"strategy {strategy}"
        raise UsageError(
            f"{what}, and there is a cluster of {cluster.workers} workers.",
            hint="Unset TF_CONFIG, or use a recipe that has a strategy, with auto.",
        )
    if cluster:
        require_asked(str(strategy), cluster)
    if strategy == "multi-worker" and cluster is None:
        raise UsageError(
            "strategy multi-worker: there is no cluster.", hint="Set TF_CONFIG for each worker, or start it by srun."
        )
