"""Slurm itself, on this machine: `srun mftui train`, what it refuses, tasks that end, and a job that is put back."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.command import Answer, answer_of
from helpers.one_slurm import NODES, OneSlurm, one_slurm
from helpers.runs import runs_in, wait_until

from mftui.runs.store.run import Run

SMALL = "--members 1 --factors 4 --patience 1000 --no-audience --quiet --checkpoint-seconds 0.2 --learning-rate 0.01"
LONG = "--epochs 900 --batch-size 200"
DOCS = Path(__file__).parents[2] / "docs" / "large-data.md"


@pytest.fixture(scope="module")
def slurm() -> Iterator[OneSlurm]:
    with one_slurm() as found:
        yield found


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_WORKER_SECONDS", "15")


def runs(home: Path) -> list[Run]:
    return runs_in(home)


def says(answer: Answer) -> list[str]:
    """The sentences of the tasks; none is a traceback."""
    assert "Traceback" not in answer.err, answer.err
    return [line for line in answer.err.splitlines() if line.startswith("mftui: ")]


def train(ratings: Path, *more: str) -> str:
    return f"exec mftui train --data {ratings} {SMALL} {' '.join(more)}"


@pytest.mark.long
def test_the_tasks_of_two_steps_at_a_time_find_their_own(slurm: OneSlurm, tmp_path: Path) -> None:
    """In one job, on nodes whose names nothing resolves; and what a batch script says is not taken for a task."""
    program = tmp_path / "meet.py"
    program.write_text(
        "from mftui.engine.compute.arrival import exchange_addresses, meet\n"
        "from mftui.engine.compute.cluster import find_cluster\n"
        "cluster = find_cluster()\n"
        "if cluster is None:\n    print('alone')\n"
        "else:\n    print(len(exchange_addresses(meet(cluster), 0)), meet(cluster).task_nodes)\n"
    )
    batch = tmp_path / "job"
    batch.write_text(
        f"#!/bin/sh\npython {program}\nsrun -n1 -N1 python {program}\n"
        f"srun --overlap -n3 -N2 python {program} &\nsrun --overlap -n2 -N2 python {program} &\nwait\n"
    )
    out = tmp_path / "out"
    answer = answer_of(slurm.start("sbatch", "--wait", "-N2", "-n4", f"--output={out}", batch))
    left, right = NODES
    three, two = f"3 {[left, left, right]}", f"2 {[left, right]}"
    assert answer.code == 0 and sorted(out.read_text().splitlines()) == sorted(
        ["alone"] * 2 + [three] * 3 + [two] * 2
    ), out.read_text()


@pytest.mark.long
def test_two_tasks_train_one_run_and_one_task_trains_alone(slurm: OneSlurm, home: Path, ratings: Path) -> None:
    for tasks, strategy in ((2, "multi-worker"), (1, "one-device")):
        answer = slurm.srun("-n", tasks, "-N", tasks, "sh", "-c", train(ratings, "--epochs 1 --name", f"by{tasks}"))
        assert answer.code == 0, answer.err
        (run,) = [run for run in runs(home) if run.name == f"by{tasks}"]
        assert (run.state, run.config().strategy, run.config().replicas) == ("finished", strategy, tasks)
        assert answer.out.count(f"{run.id} (finished)") == 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("cd /", "task 1 on node mftui-right could not take part: /here.csv"),
        ("export MFTUI_SEED=7", "the workers were not started by the same command"),
    ],
    ids=["data that one does not have", "different settings"],
)
def test_tasks_that_are_not_alike_are_refused(
    slurm: OneSlurm, home: Path, tmp_path: Path, ratings: Path, before: str, reason: str
) -> None:
    (tmp_path / "here.csv").symlink_to(ratings)
    command = f"cd {tmp_path}; [ $SLURM_PROCID = 1 ] && {before}; {train(Path('here.csv'), '--epochs 1')}"
    answer = slurm.srun("-n2", "-N2", "sh", "-c", command)
    assert answer.code == 2 and any(reason in line for line in says(answer)) and len(says(answer)) == 2, answer.err
    assert all(run.state == "failed" for run in runs(home))


@pytest.mark.long
def test_a_recipe_that_cannot_be_distributed_is_refused(slurm: OneSlurm, home: Path, ratings: Path) -> None:
    answer = slurm.srun("-n2", "-N2", "mftui", "train", "--data", ratings, "--recipe", "als")
    assert answer.code == 2 and not runs(home), answer.err
    assert any("recipe als cannot be distributed" in line for line in says(answer)), answer.err


@pytest.mark.long
def test_more_tasks_than_ratings_in_a_step_are_refused(slurm: OneSlurm, home: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("user,movie,rating\n1,1,5\n2,1,4\n1,2,3\n")
    answer = slurm.srun(
        "-n4", "-N2", "sh", "-c", f"exec mftui train --data {few} --split none --no-audience --quiet --epochs 1"
    )
    assert answer.code == 2 and says(answer), answer.err
    assert all("4 devices, and only" in line for line in says(answer)), answer.err


@pytest.mark.long
@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize("when", ["import", "training"])
def test_a_task_that_is_killed_ends_the_other_with_a_sentence(
    slurm: OneSlurm, home: Path, ratings: Path, tmp_path: Path, who: int, when: str
) -> None:
    command = f"echo $$ > {tmp_path}/$SLURM_PROCID; {train(ratings, LONG)}"
    step = slurm.start("srun", "-n2", "-N2", "sh", "-c", command)
    sign = "*/checkpoint" if when == "training" else "*/train.log"
    wait_until(lambda: list((home / "runs").glob(sign)), f"it is at {when}", timeout_s=90)
    pid = int((tmp_path / str(who)).read_text())
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    answer = answer_of(step)
    reason = "a worker no longer answers" if when == "training" else "ended before the training began"
    assert any(reason in line for line in says(answer)) and time.monotonic() - began < 60, answer.err
    (run,) = runs(home)
    assert run.state == ("crashed" if who == 0 else "failed")


@pytest.mark.long
@pytest.mark.timeout(500)
@pytest.mark.parametrize("end", [("scontrol", "requeue"), ("scancel", "--signal=TERM")], ids=["by Slurm", "time is up"])
def test_the_batch_file_of_the_docs_goes_on_after_it_was_put_back(
    slurm: OneSlurm, home: Path, ratings: Path, tmp_path: Path, end: tuple[str, str]
) -> None:
    """By Slurm, or by itself after the signal that Slurm sends to the tasks before the time is up."""
    (text,) = re.findall(r"```sh\n(#!/bin/bash\n#SBATCH.*?)```", DOCS.read_text(), re.DOTALL)
    batch, out = tmp_path / "train.sbatch", tmp_path / "out"
    batch.write_text(text)
    options = f"--data {ratings} {SMALL} --epochs 600 --batch-size 400"
    submit = ("sbatch", "--parsable", f"--output={out}", batch)
    job = answer_of(slurm.start(*submit, *options.split())).out.strip()
    wait_until(lambda: list((home / "runs").glob("*/checkpoint")), "there is a checkpoint", timeout_s=90)
    (run,) = runs(home)
    answer_of(slurm.start(*end, job))
    wait_until(lambda: run.state == "stopped", "it has stopped and saved", timeout_s=60)
    before = run.status().step

    def is_now(state: str) -> bool:
        shown = answer_of(slurm.start("scontrol", "show", "job", job)).out
        return f"JobState={state}" in shown and "Restarts=1" in shown

    wait_until(lambda: is_now("PENDING"), "it is in the queue again", timeout_s=90)
    # Without the two minutes that Slurm lets it wait, but not in the second in which it ended: a node refuses that.
    answer_of(slurm.start("scontrol", "update", f"JobId={job}", "StartTime=now+3"))
    wait_until(lambda: is_now("RUNNING"), "it has started again", timeout_s=90)
    wait_until(lambda: run.state == "finished", "it has gone on to its end", timeout_s=180)
    assert [one.id for one in runs(home)] == [run.id] and run.status().step > before > 0
    assert re.search(r"resumed at step [1-9]", run.log_path.read_text())
    assert "Traceback" not in out.read_text()
