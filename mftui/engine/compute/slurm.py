"""What Slurm says in the environment of a task: its step, the nodes of the step, ports, and a share of the GPUs."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mftui.errors import UsageError

FIRST_PORT = 12_000
PORTS = 64
"""How many ports a step may use on each machine."""
_BLOCKS = 312
"""Blocks of ports: all below those that Linux gives to connections (from 32,768)."""
_MOST_HOSTS = 65_536
_LISTED = re.compile(r"(?:[^,\[\]]|\[[^\[\]]*\])+")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_SCONTROL_S = 10

T = TypeVar("T")


@dataclass(frozen=True)
class SlurmStep:
    """A step of a job, as one of its tasks sees it."""

    job: str
    number: str
    restart: str
    """How often the job was put back into the queue and started again."""
    task: int
    tasks: int
    node: str
    """The name of this task's node."""
    nodes: tuple[str, ...]
    divided: bool = False
    """Whether Slurm shows each task its own GPUs only."""

    @property
    def key(self) -> str:
        """Return what the tasks of this step, and no others, have in common."""
        return f"{self.job}.{self.number}.{self.restart}"

    @property
    def ports(self) -> range:
        """Return the ports that tasks of this step try, most often others than those of another step."""
        numbers = [int(text) if text.isdecimal() else 0 for text in (self.job, self.number)]
        first = FIRST_PORT + (numbers[0] * 17 + numbers[1]) % _BLOCKS * PORTS
        return range(first, first + PORTS)


def read_step(environ: Mapping[str, str]) -> SlurmStep | None:
    """Read the step that this process is a task of; None if it is not started by `srun`, or is the only task.

    Raises UsageError where Slurm's list of nodes cannot be read.
    """
    tasks, task = environ.get("SLURM_STEP_NUM_TASKS", ""), environ.get("SLURM_PROCID", "")
    if not (tasks.isdecimal() and int(tasks) > 1 and task.isdecimal()):
        return None
    nodes = expand(environ.get("SLURM_STEP_NODELIST", ""))
    by_task = any(environ.get(f"SLURM_{name}") for name in ("GPUS_PER_TASK", "NTASKS_PER_GPU", "TRES_PER_TASK"))
    bound = re.match(r"(verbose,)?(single|per_task|map_gpu|mask_gpu)", environ.get("SLURM_GPU_BIND", ""))
    return SlurmStep(
        job=environ.get("SLURM_HET_JOB_ID") or environ.get("SLURM_JOB_ID", ""),
        number=environ.get("SLURM_STEP_ID", ""),
        restart=environ.get("SLURM_RESTART_COUNT", "0"),
        task=int(task),
        tasks=int(tasks),
        node=environ.get("SLURMD_NODENAME") or nodes[0],
        nodes=nodes,
        divided=by_task or bound is not None,
    )


def expand(hostlist: str) -> tuple[str, ...]:
    """Return the names in a list of hosts as Slurm writes it: `n[01-03,7],m` is n01, n02, n03, n7, m.

    Raises UsageError for anything else.
    """
    names: list[str] = []
    for part in _LISTED.findall(hostlist):
        names += _names(part, hostlist)
        if len(names) > _MOST_HOSTS:
            break
    if not names or len(names) > _MOST_HOSTS or ",".join(_LISTED.findall(hostlist)) != hostlist:
        raise _unreadable(hostlist)
    return tuple(names)


def _names(part: str, hostlist: str) -> list[str]:
    """Expand one entry, with any number of ranges in brackets, the last counting fastest."""
    head, bracket, rest = part.partition("[")
    if not bracket:
        return [part]
    inner, _, tail = rest.partition("]")
    numbers: list[str] = []
    for item in inner.split(","):
        match = _RANGE.fullmatch(item)
        if match is None or len(item) > 32 or int(match[2] or match[1]) - int(match[1]) > _MOST_HOSTS:
            raise _unreadable(hostlist)
        numbers += [f"{n:0{len(match[1])}}" for n in range(int(match[1]), int(match[2] or match[1]) + 1)]
    ends = _names(tail, hostlist) if tail else [""]
    if len(numbers) * len(ends) > _MOST_HOSTS:
        raise _unreadable(hostlist)
    return [head + number + end for number in numbers for end in ends]


def _unreadable(hostlist: str) -> UsageError:
    return UsageError(
        f"SLURM_STEP_NODELIST is no list of nodes: {hostlist[:200]!r}.",
        hint="Start the tasks by srun, and let nothing change Slurm's variables.",
    )


def addresses_of(node: str) -> list[str]:
    """Return the numeric addresses of a node, by its name, or else as Slurm knows it; none where neither works."""
    return _resolved(node) or [address for known in _known_to_slurm(node) for address in _resolved(known)]


def _resolved(name: str) -> list[str]:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _known_to_slurm(node: str) -> list[str]:
    """Return the address of a node in Slurm's own configuration, which need not be its name."""
    command = ["scontrol", "show", "node", "--oneliner", node]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, timeout=_SCONTROL_S, check=True).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
    return re.findall(r"\bNode(?:Addr|HostName)=(\S+)", shown)


def share_of(found: Sequence[T], step: SlurmStep, task_nodes: Sequence[str]) -> list[T]:
    """Return this task's part of the GPUs that it sees on its node.

    Parameters
    ----------
    found: the GPUs that TensorFlow sees.
    task_nodes: the node of each task of the step.

    Raises UsageError where a node has fewer GPUs than tasks.
    """
    here = [task for task, node in enumerate(task_nodes) if node == step.node]
    if step.divided or not found or len(here) == 1:
        return list(found)
    each = len(found) // len(here)
    if not each:
        raise UsageError(
            f"{len(here)} tasks on node {step.node} and {len(found)} GPU{'s' * (len(found) > 1)} there.",
            hint="Start at most one task for each GPU (srun --gpus-per-task=1), or give --device cpu.",
        )
    mine = here.index(step.task)
    return list(found[mine * each : (mine + 1) * each])
