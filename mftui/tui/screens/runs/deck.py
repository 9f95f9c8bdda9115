"""The charts of the Runs screen: the run under the cursor, the marked ones over it, and replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mftui.runs.store.run import run_of
from mftui.tui.base.background import LatestWins
from mftui.tui.base.display import display_of
from mftui.tui.base.messages import TrainingNews
from mftui.tui.base.shell import shell_of
from mftui.tui.charts.curves import AUDIENCE, Curves
from mftui.tui.charts.deck import Deck
from mftui.tui.charts.training_charts import pictures
from mftui.tui.monitor.overlays import Overlays
from mftui.tui.monitor.snapshot import no_curve
from mftui.tui.monitor.trainings import Trainings, trainings_of

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.timer import Timer

    from mftui.runs.store.summary import Summary

MAX_CURVES = 8
"""Curves that are overlaid at once."""
REPLAY_S = 6.0
"""How long a replay lasts, however long the training took."""
_NO_RUN = "Here is the curve of the run under the cursor."


class Replay:
    """Draws the curve of a finished run once more from its first step, a part at each `advance`."""

    def __init__(self, metrics: Sequence[Mapping[str, Any]], interval_s: float) -> None:
        self._metrics = metrics
        self._parts = max(1, round(REPLAY_S / interval_s))
        self._part = 0
        self.curves = Curves()
        """What has been drawn so far."""

    @property
    def share(self) -> float:
        """Return how much of it has been drawn, 0 to 1."""
        return self._part / self._parts

    def advance(self) -> None:
        """Draw the next part."""
        n = len(self._metrics)
        start, end = n * self._part // self._parts, n * (self._part + 1) // self._parts
        self._part += 1
        self.curves.add(self._metrics[start:end])


class RunCharts:
    """Follows one run, and up to MAX_CURVES that are marked, and draws them on a deck.

    `owner` is sent TrainingNews and OverlayNews, and calls `news` and `overlay_news`.
    """

    def __init__(self, owner: MessagePump, deck: Deck) -> None:
        self._owner, self.deck = owner, deck
        self._here: Summary | None = None
        self._replay: Replay | None = None
        self._ticking: Timer | None = None
        self._replays = LatestWins(deck, "replay")
        self._refresh_s = display_of(owner).refresh_s
        self._followed = Trainings(owner, self._refresh_s)
        self._overlays = Overlays(owner, self._refresh_s, trainings_of(owner).run_slots)

    def close(self) -> None:
        """Follow no run any longer."""
        self._overlays.close()
        self._followed.let_go()

    def follow(self, here: Summary | None) -> None:
        """Show the curve of this run."""
        before, self._here = self._here, here
        if here is None:
            self._followed.let_go()
            self._followed.run = None
        elif before is None or before.run != here.run:
            self._end_replay()
            self._followed.watch(run_of(here.run))
            self.deck.forget()
        self._picture()

    def add(self, row: Summary) -> None:
        """Lay a run's curve over, while there are fewer than MAX_CURVES."""
        if row.run not in self._overlays and len(self._overlays) < MAX_CURVES:
            self._overlays.toggle(run_of(row.run), row.called, row.tested_on)

    def remove(self, run_id: str) -> None:
        """Lay it over no longer."""
        if run_id in self._overlays:
            self._overlays.toggle(run_of(run_id), "", ("", ""))

    def sign(self, run_id: str) -> str:
        """Return the letter of a run that is laid over, or "*" for one that is not."""
        return self._overlays.mark(run_id) if run_id in self._overlays else "*"

    def news(self, event: TrainingNews) -> None:
        """Draw what is new of the run under the cursor."""
        if self._followed.answer(event):
            self._picture()

    def overlay_news(self) -> None:
        """Draw what is new of the overlaid runs."""
        self._overlays.poll()
        self._picture()

    def _picture(self) -> None:
        here, followed, replay = self._here, self._followed, self._replay
        if here is None or followed.run is None:
            self.deck.show(pictures(followed.curves, live=False, total=None, empty=_NO_RUN), "rmse")
            return
        snapshot, last = followed.snapshot, followed.curves.loss.last
        steps = snapshot.steps if snapshot and snapshot.steps else None
        named = f"{here.called} replay {replay.share:.0%}" if replay else here.called
        made = pictures(
            replay.curves if replay else followed.curves,
            live=followed.live or replay is not None,
            total=last[0] if replay and last else steps,
            others=self._overlays.others(here.run, here.tested_on),
            of=named,
            empty=no_curve(snapshot),
            caution=_audience_after(followed.curves),
            counts=self.deck.view.x,
        )
        self.deck.show(made, "rmse")

    def next_axis(self) -> None:
        """Draw by the next of steps, epochs and time."""
        self.deck.next_axis(self._followed.curves.counted)
        self._picture()

    def replay(self) -> None:
        """Draw the curve once more from its first step; again ends that."""
        run = self._followed.run
        if self._replay is not None:
            self._end_replay()
            self._picture()
        elif run is not None:
            self._replays.ask(run.curve, lambda metrics: self._begin_replay(run.id, metrics))

    def _begin_replay(self, run_id: str, metrics: list[dict[str, Any]]) -> None:
        run = self._followed.run
        # What was learned of ratings sets the pace: the audience block, where there is one, has a chart of its own.
        metrics = [line for line in metrics if line.get("block") != AUDIENCE] or metrics
        if not metrics:
            shell_of(self._owner).say(no_curve(self._followed.snapshot))
        elif self._replay is None and run is not None and run.id == run_id:
            self._replay = Replay(metrics, self._refresh_s)
            self._ticking = self.deck.set_interval(self._refresh_s, self._tick)
            self._tick()

    def _tick(self) -> None:
        if self._replay is None or self._replay.share >= 1:
            self._end_replay()
        else:
            self._replay.advance()
        self._picture()

    def _end_replay(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = self._replay = None


def _audience_after(curves: Curves) -> str:
    """Say where the curves of RMSE end because something else was learned, where that is so."""
    steps = curves.ratings_steps
    return f"RMSE ends at step {steps:,}: then it learned who watched what." if steps else ""
