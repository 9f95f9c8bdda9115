"""Start trainers for the app, each in a process and session of its own; keep the next one warm."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from mftui.data.storage.regular import change_own
from mftui.errors import RunError
from mftui.runs.control.signal_run import stop_run
from mftui.runs.store import status as states
from mftui.runs.store.process import REQUEST_SIGNALS, Process
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run
from mftui.runs.store.status import Status, write_status

log = logging.getLogger(__name__)

# -P: the user's working directory is not a place to import modules from.
STANDBY_COMMAND = (sys.executable, "-P", "-m", "mftui", "train", "--standby")


class Supervisor:
    """Start, stop and watch the trainers of one app. Trainings outlive it; a standby does not.

    Every call may block for a moment (files, a new process), and may come from any thread.
    """

    def __init__(self, command: Sequence[str] = STANDBY_COMMAND) -> None:
        self._command = list(command)
        self._standby: subprocess.Popen[bytes] | None = None
        self._prepared: TrainRequest | None = None
        self._trainers: dict[Run, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()

    @property
    def warm_ready(self) -> bool:
        """Return whether there is a standby process (it may still be importing)."""
        return self._standby is not None and self._standby.poll() is None

    @property
    def running(self) -> list[Run]:
        """Return the runs started here whose trainer is still at work. This also reaps those that have ended."""
        with self._lock:
            for run, child in self._trainers.items():
                if child.poll() is not None:
                    log.info("the trainer of run %s ended with %d", run.id, child.returncode)
            self._trainers = {run: child for run, child in self._trainers.items() if child.returncode is None}
            return list(self._trainers)

    def warm(self) -> None:
        """Start a standby, unless there is one."""
        with self._lock:
            if not self.warm_ready:
                self._let_standby_go()
                self._standby, self._prepared = self._spawn(subprocess.DEVNULL), None
                log.debug("process %d stands by", self._standby.pid)

    def tend(self) -> None:
        """Start the next standby once no training runs, whose cores it would take; call this now and then."""
        with self._lock:
            if not self.running:
                self.warm()

    def prepare(self, request: TrainRequest) -> bool:
        """Let a standby prepare what may be asked for next; return False while a training runs, whose cores it would
        take.

        A standby prepares one training: another one takes the place of one that has begun with something else.
        Raises UsageError, DataError, RunError.
        """
        if self.running:
            return False
        request = request.checked()
        with self._lock:
            if self.running:  # since then
                return False
            if self._prepared is not None and not self._prepared.same_training(request):
                self._let_standby_go()
            self.warm()
            if self._prepared is None and self._standby is not None and self._standby.stdin is not None:
                self._prepared = request
                with contextlib.suppress(OSError):  # it has ended: the next one is told
                    self._standby.stdin.write(json.dumps(request.to_dict()).encode() + b"\n")
                    self._standby.stdin.flush()
            return True

    def start(self, request: TrainRequest) -> Run:
        """Make a run and start its trainer: the standby, or else a new process. Raises UsageError, RunError."""
        run = create_run(request)
        try:
            self._train(run)
        except RunError as error:
            write_status(run.path, Status(state=states.FAILED, message=str(error)))
            raise
        return run

    def resume(self, run: Run) -> None:
        """Resume `run` from its last checkpoint. Raises RunError if a trainer is at work on it."""
        if run.state in states.ACTIVE:
            raise RunError(f"run {run.id} is already {run.state}.")
        self._train(run)

    def stop(self, run: Run) -> None:
        """Ask the trainer of `run` to stop, without waiting."""
        log.info("run %s is asked to stop", run.id)
        child = self._trainers.get(run)
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGTERM)  # it may not hold the run's lock yet
            child.send_signal(signal.SIGCONT)  # one that was suspended would not hear it
        else:
            stop_run(run, timeout_s=0)

    def close(self) -> None:
        """Stop the standby. Trainings continue."""
        with self._lock:
            self._let_standby_go()

    def _train(self, run: Run) -> None:
        with self._lock:
            standby, self._standby = self._standby, None
            if standby is not None and self._hand_over(run, standby):
                return
            try:
                log_file = change_own(run.log_path, append=True)
            except OSError as error:
                raise RunError(f"{run.log_path}: cannot be written ({error.strerror}).") from error
            try:
                child = self._spawn(log_file)
            finally:
                os.close(log_file)
            if self._hand_over(run, child):
                return
            raise RunError(f"run {run.id} could not be started.", hint=f"See {run.log_path}.")

    def _spawn(self, output: int) -> subprocess.Popen[bytes]:
        # Blocked until the trainer has its handlers: a stop that comes before waits, and kills nobody.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, REQUEST_SIGNALS)
        try:
            return subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
            )
        except OSError as error:
            raise RunError(f"cannot start a trainer process ({error.strerror}).") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _hand_over(self, run: Run, child: subprocess.Popen[bytes]) -> bool:
        """Give `run` to a waiting process; return False if that has ended."""
        assert child.stdin is not None
        if child.poll() is not None:
            return False
        # Before the trainer knows of the run, so that it cannot be overtaken by this older status.
        with contextlib.suppress(OSError):
            write_status(run.path, Status(process=Process.of(child.pid), heartbeat=time.time()))
        try:
            child.stdin.write(os.fsencode(run.path) + b"\n")
            child.stdin.close()
        except OSError:
            return False
        child.send_signal(signal.SIGCONT)  # it may have been suspended while it stood by
        self._trainers[run] = child
        log.info("run %s is trained by process %d", run.id, child.pid)
        return True

    def _let_standby_go(self) -> None:
        standby, self._standby = self._standby, None
        if standby is not None and standby.stdin is not None:
            with contextlib.suppress(OSError):
                standby.stdin.close()
            standby.kill()  # it holds nothing, and a polite end would wait for the import
            standby.wait()
