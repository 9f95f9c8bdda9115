"""What Slurm says to a task, and how the tasks of a step meet; with Slurm itself: tests/faults/test_slurm.py."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from mftui.engine.compute import arrival, slurm
from mftui.engine.compute.arrival import addresses_as_seen, exchange_addresses, meet, met
from mftui.engine.compute.cluster import Cluster, find_cluster
from mftui.engine.compute.meeting import Meeting
from mftui.engine.compute.slurm import FIRST_PORT, PORTS, SlurmStep, addresses_of, expand, read_step, share_of
from mftui.errors import MftuiError, TrainingError, UsageError

ENVIRONMENT = {
    "SLURM_JOB_ID": "71",
    "SLURM_STEP_ID": "3",
    "SLURM_STEP_NUM_TASKS": "3",
    "SLURM_PROCID": "2",
    "SLURM_STEP_NODELIST": "n[1-2]",
    "SLURMD_NODENAME": "n2",
}
STEP = SlurmStep("71", "3", "0", 2, 3, "n2", ("n1", "n2"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("one", "one"),
        ("a,b-1,c.example", "a b-1 c.example"),
        ("n[01-03,7],m", "n01 n02 n03 n7 m"),
        ("n[9-11]-ib", "n9-ib n10-ib n11-ib"),
        ("r[1-2]n[1-2]", "r1n1 r1n2 r2n1 r2n2"),
        ("n[099-101]", "n099 n100 n101"),
    ],
)
def test_lists_of_hosts(text: str, names: str) -> None:
    assert expand(text) == tuple(names.split())


@pytest.mark.parametrize("text", ["", ",", "a,,b", "n[", "n]", "n[1-2", "n[a]", "n[1-]", "n[]", "n[1-999999999]", "a,"])
def test_what_is_no_list_of_hosts_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="SLURM_STEP_NODELIST is no list of nodes"):
        expand(text)


def test_a_step_is_read_and_a_batch_script_or_a_task_alone_is_none() -> None:
    assert read_step(ENVIRONMENT) == STEP
    assert find_cluster(ENVIRONMENT) == Cluster(3, chief=False, step=STEP)
    assert read_step({"SLURM_NTASKS": "3", "SLURM_PROCID": "0", "SLURM_JOB_ID": "71"}) is None
    assert read_step(ENVIRONMENT | {"SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"}) is None
    assert find_cluster(ENVIRONMENT | {"TF_CONFIG": ""}) is not None


def test_steps_of_one_job_jobs_side_by_side_and_a_restart_are_told_apart() -> None:
    steps = [replace(STEP, job=str(job), number=str(number)) for job in (71, 72, 73) for number in range(4)]
    assert len({step.key for step in steps}) == len({step.ports for step in steps}) == 12
    assert replace(STEP, restart="1").key != STEP.key
    for job in ("1", "67108864", "", "71_3"):
        ports = replace(STEP, job=job).ports
        assert len(ports) == PORTS and ports[0] >= FIRST_PORT and ports[-1] < 32_768


def test_tasks_share_the_gpus_of_their_node_unless_slurm_has_divided_them() -> None:
    nodes = ["n2", "n1", "n2"]
    assert share_of("abcd", STEP, nodes) == ["c", "d"]
    assert share_of("abcde", replace(STEP, task=0), nodes) == ["a", "b"]
    assert share_of("abc", STEP, ["n1", "n1", "n2"]) == ["a", "b", "c"]
    assert share_of("", STEP, nodes) == []
    for name, value in (("SLURM_GPUS_PER_TASK", "1"), ("SLURM_GPU_BIND", "verbose,single:1")):
        step = read_step(ENVIRONMENT | {name: value})
        assert step is not None and share_of("a", step, nodes) == ["a"]
    with pytest.raises(UsageError, match=r"2 tasks on node n2 and 1 GPU there\..*--gpus-per-task"):
        share_of("a", STEP, nodes)


def test_a_task_has_the_address_by_which_task_0_sees_it() -> None:
    near, far = ["127.0.0.1", "127.0.0.1"], ["10.0.0.1", "10.0.0.2"]
    assert addresses_as_seen({"1": near}, 2) == ["127.0.0.1", "127.0.0.1"]
    assert addresses_as_seen({"1": near, "2": far}, 3) == ["10.0.0.1", "10.0.0.1", "10.0.0.2"]


def test_a_name_that_nothing_resolves_is_asked_of_slurm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slurm, "_known_to_slurm", lambda node: ["127.0.0.9"] if node == "n1" else [])
    monkeypatch.setattr(slurm, "_resolved", lambda name: [name] if name[0].isdigit() else [])
    assert addresses_of("n1") == ["127.0.0.9"] and addresses_of("n7") == []


# -- meetings, each task a thread -----------------------------------------------------------------


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_WORKER_SECONDS", "2")


def step_of(tasks: int, nodes: tuple[str, ...] = ("here",)) -> SlurmStep:
    """A step of its own on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return SlurmStep(str(one.getsockname()[1]), "0", "0", 0, tasks, nodes[0], nodes)


def together(step: SlurmStep, *parts: Callable[[Cluster], Any]) -> list[Any]:
    """What each task's part returns or raises."""
    found: list[Any] = [None] * len(parts)

    def one(task: int) -> None:
        try:
            found[task] = parts[task](Cluster(step.tasks, task == 0, replace(step, task=task)))
        except MftuiError as error:
            found[task] = error

    threads = [threading.Thread(target=one, args=(task,)) for task in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def test_all_bring_something_and_get_what_all_have_brought() -> None:
    found = together(step_of(3), *[lambda cluster: meet(cluster).gather({"of": cluster.step.task})] * 3)
    assert found == [[{"of": 0}, {"of": 1}, {"of": 2}]] * 3


def test_addresses_and_gpus_are_exchanged_and_unequal_ones_refused() -> None:
    found = together(step_of(3), *[lambda cluster: exchange_addresses(meet(cluster), 2)] * 3)
    assert found[0] == found[1] == found[2] and len(set(found[0])) == 3
    found = together(step_of(2), *[lambda cluster: exchange_addresses(meet(cluster), 1 - cluster.step.task)] * 2)
    for error in found:
        assert isinstance(error, UsageError) and "task 1 on node here has 0 GPUs" in str(error), error


def test_a_task_that_is_refused_ends_the_others_with_its_reason() -> None:
    def refused(cluster: Cluster) -> None:
        with met(cluster):
            raise UsageError("there is no such file.")

    def ready(cluster: Cluster) -> Any:
        with met(cluster):
            return meet(cluster).gather({})

    for parts in ((refused, ready, ready), (ready, ready, refused)):
        found = together(step_of(3), *parts)
        told = [str(error) for error, part in zip(found, parts, strict=True) if part is ready]
        who = parts.index(refused)
        assert told == [f"task {who} on node here could not take part: there is no such file."] * 2, found
        assert all(isinstance(error, UsageError) for error in found)


def test_a_task_that_ends_without_a_word_ends_the_others() -> None:
    def gone(cluster: Cluster) -> None:
        meet(cluster).close()

    for parts in ((gone, Meeting.gather), (Meeting.gather, gone)):
        calls = [part if part is gone else lambda cluster: meet(cluster).gather({}) for part in parts]
        (error,) = [one for one in together(step_of(2), *calls) if one is not None]
        assert isinstance(error, TrainingError) and "ended before the training began" in str(error)


@pytest.mark.long
def test_a_task_that_does_not_come_is_named() -> None:
    found = together(step_of(3), meet, meet)
    for error in found:
        assert isinstance(error, TrainingError) and "task 2 of 3 did not come within 2 s" in str(error), error
    (error,) = together(replace(step_of(2), tasks=2), meet)
    assert "task 1 of 2 did not come" in str(error)


def test_other_programs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = iter((["mftui 1"], ["mftui 2"]))
    monkeypatch.setattr(arrival, "_programs", lambda: next(programs))
    for error in together(step_of(2), meet, meet):
        assert isinstance(error, UsageError) and "the tasks run different programs: task 1 on node here" in str(error)


def test_a_port_in_use_is_passed_by_and_where_all_are_the_step_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step = step_of(2)
    with ExitStack() as stack:
        monkeypatch.setenv("MFTUI_WORKER_SECONDS", "20")
        stack.enter_context(socket.create_server(("", step.ports[0])))  # a stranger that says nothing
        assert [type(one) for one in together(step, meet, meet)] == [Meeting] * 2
    with ExitStack() as stack:
        for port in step.ports:
            stack.enter_context(socket.create_server(("", port)))
        other = replace(step, restart="1")
        (error,) = together(other, meet)
    assert isinstance(error, UsageError) and f"ports {step.ports[0]} to {step.ports[-1]}" in str(error)


def test_a_node_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "addresses_of", lambda node: [])
    step = replace(step_of(2, ("nowhere", "here")), task=1, node="here")
    with pytest.raises(UsageError, match="node nowhere, where task 0 is, has no address here"):
        meet(Cluster(2, chief=False, step=step))
