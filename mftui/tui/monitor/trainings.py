"""The training that the app watches: start, stop, follow, let go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, cast

from mftui.tui.base.messages import TrainingNews
from mftui.tui.charts.curves import Curves
from mftui.tui.monitor.run_watcher import RunWatcher

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from mftui.runs.store.request import TrainRequest
    from mftui.runs.store.run import Run
    from mftui.tui.monitor.snapshot import Snapshot


class Starter(Protocol):
    """What is needed of the supervisor; all calls may block."""

    def tend(self) -> None: ...
    def prepare(self, request: TrainRequest) -> bool: ...
    def start(self, request: TrainRequest) -> Run: ...
    def resume(self, run: Run) -> None: ...
    def stop(self, run: Run) -> None: ...
    def close(self) -> None: ...


class _Watches(Protocol):
    trainings: Trainings


def trainings_of(node: MessagePump) -> Trainings:
    """Return the training that the app of `node` watches."""
    return cast("_Watches", node.app).trainings


class Trainings:
    """Watches at most one run. `owner` is sent TrainingNews and calls `answer`."""

    def __init__(self, owner: MessagePump, interval_s: float, starter: Starter | None = None) -> None:
        self._owner = owner
        self._interval_s = interval_s
        self._starter = starter
        self._watcher: RunWatcher | None = None
        self._started: set[str] = set()
        self._starting = False
        self.run: Run | None = None
        self.snapshot: Snapshot | None = None
        self.curves = Curves()
        self.run_slots: dict[str, int] = {}
        """By run id, which letter and colour its curve has when it is overlaid, on every screen."""

    @property
    def live(self) -> bool:
        """Return whether a trainer is at work on the watched run, as far as is known."""
        return self.snapshot is not None and self.snapshot.live

    @property
    def started_here(self) -> bool:
        """Return whether this app started the watched run."""
        return self.run is not None and self.run.id in self._started

    @property
    def _begins(self) -> bool:
        """Return whether a training was started here of which nothing is known yet."""
        return self.started_here and self.snapshot is None

    async def warm(self) -> None:
        """Keep a trainer ready, once none is at work."""
        await asyncio.to_thread(lambda: self._the_starter().tend())

    async def prepare(self, request: TrainRequest) -> bool:
        """Have the standby prepare what may be asked for; False while a trainer is at work. Raises MftuiError."""
        return await asyncio.to_thread(lambda: self._the_starter().prepare(request))

    async def start(self, request: TrainRequest) -> None:
        """Start a training and watch it; not a second one while that is under way, as where the key was pressed twice.
        Raises MftuiError."""
        if self._starting or self._begins:
            return
        self._starting = True
        try:
            run = await asyncio.to_thread(lambda: self._the_starter().start(request))
        finally:
            self._starting = False
        self._started.add(run.id)
        self.watch(run)

    async def stop(self) -> None:
        """Ask the watched training to stop; it keeps its model. Raises MftuiError."""
        run = self.run
        if run is not None:
            await asyncio.to_thread(lambda: self._the_starter().stop(run))

    async def pause(self) -> str:
        """Pause the watched training after the step it is at, or let it go on; the state then. Raises MftuiError."""
        from mftui.runs.control.signal_run import continue_run, pause_run

        run, paused = self.run, self.snapshot is not None and self.snapshot.state == "paused"
        return "" if run is None else await asyncio.to_thread(continue_run if paused else pause_run, run)

    async def resume(self) -> None:
        """Go on with the watched run from its last checkpoint. Raises MftuiError."""
        run = self.run
        if run is not None:
            await asyncio.to_thread(lambda: self._the_starter().resume(run))
            self._started.add(run.id)
            self.watch(run)

    def watch(self, run: Run) -> None:
        """Follow `run` instead of what was followed before."""
        self.let_go()
        self.run, self.snapshot, self.curves = run, None, Curves()
        owner, name = self._owner, run.id
        self._watcher = RunWatcher(run, lambda: _tell(owner, name), self._interval_s)

    def look_at(self, run: Run) -> None:
        """Watch `run`, but for a training that is under way or begins: that stays in sight."""
        if (self.run is None or self.run.id != run.id) and not (self.live or self._begins):
            self.watch(run)

    def let_go(self) -> None:
        """Follow no longer; the training itself goes on."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None

    async def close(self) -> None:
        """Let go of the run and of the standby."""
        self.let_go()
        if self._starter is not None:
            await asyncio.to_thread(self._starter.close)

    def answer(self, event: TrainingNews) -> bool:
        """Take in what has come; return whether the news is of the watched run."""
        watcher = self._watcher
        if watcher is None or event.watched != watcher.run.id:
            return False
        if watcher.poll():
            _tell(self._owner, event.watched)
        self.snapshot, self.curves = watcher.snapshot, watcher.curves
        return True

    def _the_starter(self) -> Starter:
        if self._starter is None:
            from mftui.runs.control.supervisor import Supervisor

            self._starter = Supervisor()
        return self._starter


def _tell(owner: MessagePump, run_id: str) -> None:
    owner.post_message(TrainingNews(run_id))
