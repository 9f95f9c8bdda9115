"""What the tasks of a Slurm step tell each other before TensorFlow joins them.

Each has a line to task 0 until the training has begun. So a task that is refused or dies ends the others, with a
sentence, and nobody waits for it.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from mftui.engine.compute.lines import Line, LineLost
from mftui.engine.compute.slurm import SlurmStep
from mftui.errors import MftuiError, TrainingError, UsageError
from mftui.text import visible

WAITING = "MFTUI_WORKER_SECONDS sets how long to wait."
_WATCHER = """
import os, signal, sys, time
process, until = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
while os.getppid() == process:
    if time.monotonic() > until:
        print(sys.argv[3], file=sys.stderr, flush=True)
        os.kill(process, signal.SIGKILL)
    time.sleep(0.2)
"""
_PATIENCE = 10
"""A task that is ready waits for the others this many times as long as it took itself, and the set time besides."""


class Meeting:
    """The tasks of one step, as one of them sees them.

    Parameters
    ----------
    lines: on task 0 those to all others, by task; on another the one to task 0.
    task_nodes: the node of each task.
    wait_s: how long to wait for the others, at least.
    """

    def __init__(self, step: SlurmStep, lines: dict[int, Line], task_nodes: list[str], wait_s: float) -> None:
        self.step, self.lines, self.task_nodes = step, lines, task_nodes
        self._wait_s = wait_s
        self._since = time.monotonic()
        self._screen = os.dup(2)
        """Standard error, also where it goes to the run's log afterwards."""

    def gather(self, mine: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what every task brings, in the order of the tasks. All must call this at the same point.

        Raises UsageError or TrainingError, on all tasks, where one has been refused or is gone.
        """
        now = time.monotonic()
        until = now + self._wait_s + _PATIENCE * (now - self._since)
        try:
            if self.step.task == 0:
                return self._collect(mine, until)
            return self._bring(mine, until + self._wait_s)  # task 0 says who was late
        finally:
            self._since = time.monotonic()

    def _collect(self, mine: dict[str, Any], until: float) -> list[dict[str, Any]]:
        brought, waiting = {0: mine}, dict(self.lines)
        while waiting:
            for task, line in list(waiting.items()):
                try:
                    message = line.next()
                except LineLost:
                    self.end(self._gone(task))
                if message is not None:
                    if "refused" in message:
                        self.end(error_in(message))
                    brought[task] = message
                    del waiting[task]
            left = until - time.monotonic()
            if waiting and left <= 0:
                self.end(TrainingError(f"{self._names(waiting)} did not get ready in time."))
            self._take(waiting, left)
        everything = [brought[task] for task in sorted(brought)]
        self._tell({"all": everything})
        return everything

    def _take(self, waiting: dict[int, Line], seconds: float) -> None:
        """Wait for at most `seconds` until one of the tasks says something or is gone."""
        ready = select.select(list(waiting.values()), [], [], seconds)[0] if waiting else []
        for task, line in waiting.items():
            if line in ready:
                try:
                    line.take()
                except LineLost:
                    self.end(self._gone(task))

    def _bring(self, mine: dict[str, Any], until: float) -> list[dict[str, Any]]:
        try:
            with contextlib.suppress(LineLost):  # what task 0 said before it went is read all the same
                self.lines[0].send(mine)
            message = self.lines[0].receive(until)
        except LineLost:
            raise self._gone(0) from None
        if message is None:
            raise TrainingError(f"{self._names([0])} did not get ready in time.")
        if "refused" in message:
            raise error_in(message)
        everything: list[dict[str, Any]] = message["all"]
        return everything

    @contextmanager
    def joining(self) -> Iterator[None]:
        """End this process, with a sentence, if what is done within lasts too long.

        TensorFlow joins the tasks in C++, lets no other thread and no signal in meanwhile, and has no end of its own
        if one of them is gone since the last `gather`. So another process watches.
        """
        told = f"mftui: not all tasks joined within {self._wait_s:g} s: one of them ended. {WAITING}"
        command = [sys.executable, "-I", "-S", "-c", _WATCHER, str(os.getpid()), str(self._wait_s), told]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._screen) as one:
            try:
                yield
            finally:
                one.kill()

    def end(self, error: MftuiError) -> NoReturn:
        """Raise `error` here, and if this is task 0 on all the others."""
        self._tell(refusal(error))
        raise error

    def refuse(self, error: MftuiError) -> None:
        """Tell the others why this task cannot take part."""
        told = UsageError if error.exit_code == UsageError.exit_code else TrainingError
        self._tell(refusal(told(f"{self._names([self.step.task])} could not take part: {error}")))

    def _tell(self, message: dict[str, Any]) -> None:
        for line in self.lines.values():
            with contextlib.suppress(LineLost):
                line.send(message)

    def close(self) -> None:
        for line in self.lines.values():
            line.close()
        os.close(self._screen)

    def _gone(self, task: int) -> TrainingError:
        return TrainingError(
            f"{self._names([task])} ended before the training began.",
            hint="What it said itself is in the job's output.",
        )

    def _names(self, tasks: Iterable[int]) -> str:
        return named(tasks, self.task_nodes)


def named(tasks: Iterable[int], task_nodes: list[str]) -> str:
    """Name tasks for people, each with its node."""
    return ", ".join(f"task {task} on node {visible(task_nodes[task])}" for task in sorted(tasks))


def refusal(error: MftuiError) -> dict[str, Any]:
    """Return the message that ends another task with the same sentence."""
    return {"refused": str(error), "usage": isinstance(error, UsageError)}


def error_in(message: dict[str, Any]) -> MftuiError:
    """Return the error that another task has sent."""
    return (UsageError if message.get("usage") else TrainingError)(visible(str(message["refused"])))
