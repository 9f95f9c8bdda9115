"""The charts of the Runs screen: the run under the cursor, the marked ones laid over it, and replays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mftui.tui.base.background import Latest
from mftui.tui.base.display import look_of
from mftui.tui.base.messages import OverlayNews, TrainingNews
from mftui.tui.charts.curves import AUDIENCE
from mftui.tui.charts.deck import Deck
from mftui.tui.charts.training_charts import pictures
from mftui.tui.monitor.overlays import Overlays
from mftui.tui.monitor.trainings import Trainings
from mftui.tui.screens.base import app_of
from mftui.tui.screens.runs.replay import Replay
from mftui.tui.screens.runs.rows import called
from mftui.tui.screens.train.run_picker import run_of

if TYPE_CHECKING:
    from textual.timer import Timer

    from mftui.runs.store.summary import Summary

MOST = 8
"""Curves that are laid over at once."""
_NO_CURVE = "This run has no curve yet."
_NO_RUN = "Here is the curve of the run under the cursor."


class RunDeck(Deck):
    """Follows one run, and up to MOST that are marked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._here: Summary | None = None
        self._replay: Replay | None = None
        self._ticking: Timer | None = None
        self._replays = Latest(self, "replay")

    def on_mount(self) -> None:
        super().on_mount()
        app, look = app_of(self), look_of(self)
        self._followed = Trainings(self, look.refresh_s)
        self._overlays = Overlays(self._overlay_woke, look.refresh_s, app.run_slots)

    def on_unmount(self) -> None:
        self._overlays.close()
        self._followed.let_go()

    def _overlay_woke(self) -> None:
        self.post_message(OverlayNews())

    def follow(self, here: Summary | None) -> None:
        """Show the curve of this run."""
        before, self._here = self._here, here
        if here is None:
            self._followed.let_go()
            self._followed.run = None
        elif before is None or before.run != here.run:
            self._end_replay()
            self._followed.watch(run_of(here.run))
            self.forget()
        self._picture()

    def lay_over(self, row: Summary) -> None:
        """Lay a run's curve over, while there are fewer than MOST."""
        if row.run not in self._overlays and len(self._overlays) < MOST:
            self._overlays.toggle(run_of(row.run), called(row)[:20])

    def take_off(self, run_id: str) -> None:
        """Lay it over no longer."""
        if run_id in self._overlays:
            self._overlays.toggle(run_of(run_id), "")

    def sign(self, run_id: str) -> str:
        """The letter of a run that is laid over; "*" of one that is not."""
        return self._overlays.mark(run_id) if run_id in self._overlays else "*"

    def on_training_news(self, event: TrainingNews) -> None:
        run = self._followed.run
        if run is not None and run.id == event.watched:
            if self._followed.take():
                self.post_message(TrainingNews(event.watched))
            self._picture()

    def on_overlay_news(self) -> None:
        if self._overlays.take():
            self.post_message(OverlayNews())
        self._picture()

    def _picture(self) -> None:
        here, followed, replay = self._here, self._followed, self._replay
        if here is None or followed.run is None:
            self.show(pictures(followed.curves, live=False, total=None, empty=_NO_RUN), "rmse")
            return
        snapshot, last = followed.snapshot, followed.curves.loss.last
        steps = snapshot.steps if snapshot and snapshot.steps else None
        made = pictures(
            replay.curves if replay else followed.curves,
            live=followed.live or replay is not None,
            total=last[0] if replay and last else steps,
            others=self._overlays.others(here.run),
            empty=_NO_CURVE,
        )
        named = f"{called(here)} replay {replay.share:.0%}" if replay else called(here)
        self.show({metric: replace(p, title=f"{named}: {p.title}") for metric, p in made.items()}, "rmse")

    def replay(self) -> None:
        """Draw the curve once more from its first step; again ends that."""
        run = self._followed.run
        if self._replay is not None:
            self._end_replay()
            self._picture()
        elif run is not None:
            self._replays.ask(run.metrics, lambda metrics: self._begin_replay(run.id, metrics))

    def _begin_replay(self, run_id: str, metrics: list[dict[str, Any]]) -> None:
        run, every = self._followed.run, look_of(self).refresh_s
        # What was learned of ratings sets the pace: the audience block, where there is one, has a chart of its own.
        metrics = [line for line in metrics if line.get("block") != AUDIENCE] or metrics
        if not metrics:
            app_of(self).say(_NO_CURVE)
        elif self._replay is None and run is not None and run.id == run_id:
            self._replay = Replay(metrics, every)
            self._ticking = self.set_interval(every, self._tick)
            self._tick()

    def _tick(self) -> None:
        if self._replay is None or self._replay.over:
            self._end_replay()
        else:
            self._replay.advance()
        self._picture()

    def _end_replay(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = self._replay = None
