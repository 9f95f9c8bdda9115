"""How the tasks of a Slurm step find each other: task 0 listens on a port of the step, the others come to its node."""

from __future__ import annotations

import contextlib
import functools
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mftui.engine.compute.cluster import Cluster
from mftui.engine.compute.lines import Line, LineLost, is_loopback, listen, with_port
from mftui.engine.compute.meeting import WAITING, Meeting, named
from mftui.engine.compute.slurm import SlurmStep, addresses_of
from mftui.errors import MftuiError, TrainingError, UsageError
from mftui.settings import load_settings
from mftui.text import visible
from mftui.version import __version__, code_fingerprint, installed_version

_CONNECT_S, _REACH_S, _RETRY_S = 2.0, 5.0, 0.2
_INSTALL = "Let all nodes use the same installation."
_FIRST_S = 2.0
"""How long task 0 is looked for on the first node only."""
_SEE = f"What it said itself is in the job's output; {WAITING}"


@contextmanager
def met(cluster: Cluster | None) -> Iterator[None]:
    """Meet the other tasks of this process's Slurm step, if there are any; tell them if what is done within fails."""
    if cluster is None or cluster.step is None:
        yield
        return
    meeting = meet(cluster)
    try:
        yield
    except MftuiError as error:
        meeting.refuse(error)
        raise
    finally:
        meeting.close()


@functools.cache
def meet(cluster: Cluster) -> Meeting:
    """Meet the other tasks of this process's step, once; a process is in only one.

    Raises UsageError where they are not alike, or have no way to each other; TrainingError where one does not come.
    """
    step, wait_s = cluster.step, load_settings().worker_seconds
    assert step is not None, "only the tasks of a Slurm step meet"
    mine = {"key": step.key, "task": step.task, "node": step.node, "programs": _programs()}
    host = _host if step.task == 0 else _attend
    return host(step, cluster.workers, mine, wait_s)


def _programs() -> list[str]:
    packages = ("tensorflow", "numpy")
    return [f"mftui {__version__} ({code_fingerprint()})", *(f"{name} {installed_version(name)}" for name in packages)]


def _host(step: SlurmStep, tasks: int, mine: dict[str, Any], wait_s: float) -> Meeting:
    """Wait, as task 0, until all others have come."""
    listening = listen(step.ports)
    if listening is None:
        raise UsageError(
            f"ports {step.ports[0]} to {step.ports[-1]} of node {step.node} are all in use, and this step needs one.",
            hint="See which programs have them (ss -tlnp), or start the job again: another job has other ports.",
        )
    lines: dict[int, Line] = {}
    came = {0: mine}
    until = time.monotonic() + wait_s
    with listening:
        while len(came) < tasks and (left := until - time.monotonic()) > 0:
            listening.settimeout(left)
            with contextlib.suppress(OSError, LineLost):
                line = Line(listening.accept()[0])
                said = line.receive(time.monotonic() + _CONNECT_S) or {}
                line.send({"key": step.key})
                if said.get("key") == step.key and said.get("task") in range(1, tasks):
                    lines[said["task"]], came[said["task"]] = line, said
                else:
                    line.close()
    nodes = [str(came[task]["node"]) if task in came else "?" for task in range(tasks)]
    meeting = Meeting(step, lines, nodes, wait_s)
    if missing := sorted(set(range(tasks)) - set(came)):
        who = f"task{'s' * (len(missing) > 1)} {', '.join(map(str, missing[:9]))}{', …' * (len(missing) > 9)}"
        meeting.end(TrainingError(f"{who} of {tasks} did not come within {wait_s:g} s.", hint=_SEE))
    for task, said in came.items():
        for other, ours in zip(said["programs"], mine["programs"], strict=False):
            if other != ours:
                what = f"{named([task], nodes)} has {visible(str(other))}, and {named([0], nodes)} has {ours}"
                meeting.end(UsageError(f"the tasks run different programs: {what}.", hint=_INSTALL))
    meeting.gather({"nodes": nodes})  # all are alike
    return meeting


def _attend(step: SlurmStep, tasks: int, mine: dict[str, Any], wait_s: float) -> Meeting:
    """Come, as another task, to where task 0 listens: most often on the first node, so there first."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < wait_s:
        for node in step.nodes if passed > _FIRST_S else step.nodes[:1]:
            line = _find(_addresses(node, step), step.ports, mine, began + wait_s)
            if line is not None:
                meeting = Meeting(step, {0: line}, ["?"] * tasks, wait_s)
                meeting.task_nodes[0] = node
                meeting.task_nodes = meeting.gather(mine)[0]["nodes"]
                return meeting
        time.sleep(_RETRY_S)
    ports = f"ports {step.ports[0]} to {step.ports[-1]}"
    raise TrainingError(f"task 0 was not found within {wait_s:g} s on node {step.nodes[0]}, {ports}.", hint=_SEE)


@functools.cache
def _addresses(node: str, step: SlurmStep) -> list[str]:
    """Return the addresses of a node of the step. Raises UsageError if the first one has none."""
    found = (["127.0.0.1"] if node == step.node else []) + addresses_of(node)
    if not found and node == step.nodes[0]:
        raise UsageError(
            f"node {node}, where task 0 is, has no address here: its name does not resolve, and Slurm knows no other.",
            hint="Let the names of Slurm's nodes resolve on every node, or set NodeAddr in slurm.conf.",
        )
    return found


def _find(addresses: list[str], ports: range, mine: dict[str, Any], until: float) -> Line | None:
    """Return a line to the task 0 of this step, if it listens at one of `addresses`."""
    for address in addresses:
        for port in ports:
            if time.monotonic() > until:
                return None
            try:
                line = Line(socket.create_connection((address, port), _CONNECT_S))
            except TimeoutError:
                break  # nobody answers at this address
            except OSError:
                continue
            with contextlib.suppress(LineLost):
                line.send(mine)
                if (line.receive(time.monotonic() + _CONNECT_S) or {}).get("key") == mine["key"]:
                    return line
            line.close()
    return None


def exchange_addresses(meeting: Meeting, gpus: int) -> list[str]:
    """Return where TensorFlow is to listen on each task, once all are ready to join.

    Raises UsageError where the tasks have different numbers of GPUs, or one cannot reach another.
    """
    with contextlib.closing(listen((*meeting.step.ports, 0)) or socket.socket()) as held:
        port = held.getsockname()[1]
        seen = {str(task): line.ends for task, line in meeting.lines.items()}
        brought = meeting.gather({"port": port, "gpus": gpus, "seen": seen})
        nodes = meeting.task_nodes
        if odd := [task for task, said in enumerate(brought) if said["gpus"] != brought[0]["gpus"]]:
            raise UsageError(
                f"{named(odd[:1], nodes)} has {brought[odd[0]]['gpus']} GPUs, and {named([0], nodes)} has "
                f"{brought[0]['gpus']}: all need the same number.",
                hint="Ask Slurm for them by task (srun --gpus-per-task=1), or give --device cpu.",
            )
        places = addresses_as_seen(brought[0]["seen"], len(brought))
        addresses = [with_port(place, said["port"]) for place, said in zip(places, brought, strict=True)]
        cut_off = [
            {"to": task, "at": addresses[task]}
            for task, said in enumerate(brought)
            if not _reaches(places[task], said["port"])
        ]
        for task, said in enumerate(meeting.gather({"cut_off": cut_off[:1]})):
            for other in said["cut_off"]:
                raise UsageError(
                    f"{named([task], nodes)} cannot reach {named([other['to']], nodes)} at {other['at']}.",
                    hint="Let the nodes reach each other on all ports: a firewall may be between them.",
                )
    return addresses


def addresses_as_seen(seen: dict[str, list[str]], tasks: int) -> list[str]:
    """Return the address of each task, as the lines to task 0 show them.

    Parameters
    ----------
    seen: of each task but the first, as text: the addresses of task 0's end of its line, and of its own.
    """
    outside = [mine for mine, _ in seen.values() if not is_loopback(mine)]
    first = outside[0] if outside else "127.0.0.1"
    found = [first]
    for task in range(1, tasks):
        its = seen[str(task)][1]
        found.append(first if is_loopback(its) else its)
    return found


def _reaches(address: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, port), _REACH_S):
        return True
    return False
