"""Train: say what to train, start it, watch it learn."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from mftui.errors import MftuiError
from mftui.tui.base import keys
from mftui.tui.base.shell import showing_errors
from mftui.tui.charts.deck import Deck
from mftui.tui.charts.training_charts import pictures
from mftui.tui.monitor.overlays import Overlays
from mftui.tui.monitor.snapshot import no_curve
from mftui.tui.monitor.trainings import trainings_of
from mftui.tui.screens.base import BaseScreen
from mftui.tui.screens.train.first_time import invitation, no_runs, welcome
from mftui.tui.screens.train.form import TrainForm
from mftui.tui.screens.train.form_view import FormView
from mftui.tui.screens.train.getting_ready import GettingReady
from mftui.tui.screens.train.log_pane import LogPane
from mftui.tui.screens.train.other_runs import OtherRuns
from mftui.tui.screens.train.picking import called, picker
from mftui.tui.screens.train.reading_job import ReadingJob
from mftui.tui.screens.train.status_line import StatusLine

if TYPE_CHECKING:
    from mftui.engine.recipes import Recipe
    from mftui.runs.store.request import TrainRequest
    from mftui.runs.store.run import Run
    from mftui.tui.screens.train.reading_dialog import Taken

_NEEDS_FORM_OR_CURVE = ("more_fields", "defaults", "view", "smooth", "log", "axis", "tail", "compare", "same_again")

_NO_RUN = "No run is shown. Press {train.toggle} to train one, or {train.watch} to choose one."
_LOADED = "The settings are those of this run. Change one, then press {train.toggle}."
_UNREAD = "The training could not read its data. See how it is read, and press {train.toggle} again."
_ALONE = "-chart"
"""The class of the screen when the charts have all the room."""


class TrainScreen(BaseScreen):
    """Form on the left, charts on the right, state and log below."""

    MODE = "train"
    BINDINGS = keys.TRAIN

    def __init__(self) -> None:
        from mftui.engine.recipes import RECIPES  # imports no TensorFlow

        self._first_time = no_runs()
        # Given to the screen before it has parts: later, each of them would be styled again.
        super().__init__(classes=_ALONE if self._first_time else "")
        self.trainings = trainings_of(self)
        self.form = TrainForm(RECIPES, self.shell.settings)
        self.overlays = Overlays(self, self.terminal.refresh_s, self.trainings.run_slots)
        self._other_runs = OtherRuns(self, self.overlays)
        self.deck = Deck(id="deck")
        self._chart_alone: bool | None = None
        self._watched = ""
        self._reading = ReadingJob(self)
        self._getting_ready = GettingReady(self, self._wanted)

    def compose(self) -> ComposeResult:
        yield from self.head()
        with Horizontal(id="train"):
            yield FormView(self._pick, self._form_changed, id="form")
            yield self.deck
        yield StatusLine(id="status")
        yield LogPane(id="log")
        yield from self.foot()

    def on_mount(self) -> None:
        view = self.query_one(FormView)
        view.show(self.form)
        if not self._first_time:
            view.focus()

    def on_unmount(self) -> None:
        self.overlays.close()
        self._reading.cancel()

    def training_changed(self) -> None:
        """Show the watched training as it is now."""
        trainings = self.trainings
        snapshot, curves, run = trainings.snapshot, trainings.curves, trainings.run
        if run is not None and run.id != self._watched:
            if not (trainings.started_here or self.form.touched or self.shell.on_tour):
                self.run_worker(self._restore(run), group="restore", exclusive=True)
            self._watched, self._first_time = run.id, False
            self.deck.forget()
        asked = self.form.data, self._own_keys
        made = pictures(
            curves,
            live=trainings.live,
            total=snapshot.steps if snapshot and snapshot.steps else None,
            others=self.overlays.others(self._watched, snapshot.tested_on if snapshot else None),
            of=called(self.shell.model, trainings),
            empty=no_curve(snapshot) if run else (welcome if self._first_time else invitation)(*asked),
            caution=self._recipe.caution,
            counts=self.deck.view.x,
        )
        in_audience = trainings.live and curves.in_audience
        self.deck.show(made, "rmse" if self._recipe.in_stars and not in_audience else "loss")
        self.query_one(StatusLine).show(snapshot, curves, curves.block if in_audience else "")
        self.query_one(LogPane).show(snapshot.log if snapshot else ())
        self._divide()
        self.refresh_bindings()
        if not trainings.live:
            self._form_changed()

    def _form_changed(self) -> None:
        if self.shell.settings.standby:
            self._getting_ready.ask()

    def _wanted(self) -> TrainRequest | None:
        """Return what the form asks for, unless its data is being read or cannot be."""
        seen = self.form.seen
        readable = not self._reading.busy and (seen is None or seen.trouble is None)
        return self.form.asked() if readable else None

    def on_overlay_news(self) -> None:
        self.overlays.poll()
        self.training_changed()

    def on_resize(self) -> None:
        self._divide()

    def _divide(self) -> None:
        """Divide the room between form and charts. Show both if they fit. If not, show the charts while there is
        something to see in them, or what the user has asked for."""
        tiny, narrow = self.size.width < 60, self.size.width < 100
        by_itself = (tiny and self.trainings.live) or (narrow and self.deck.panels) or self._first_time
        alone = by_itself if self._chart_alone is None else self._chart_alone
        if alone == self.has_class(_ALONE):
            return
        self.set_class(alone, _ALONE)
        self.refresh_bindings()
        if alone and self.query_one(FormView).has_focus_within:
            self.set_focus(None if self._first_time else self.deck)
        elif (
            not alone and self.focused in (None, self.deck) and (tiny or not self.focused or self._chart_alone is False)
        ):
            self.query_one(FormView).focus()

    async def _restore(self, run: Run) -> None:
        """Load what the run beside the form was asked for; one that cannot be read is let be."""
        with suppress(MftuiError):
            request = await asyncio.to_thread(run.request)
            if not self.form.touched:
                self.form.load(request)
                self.form.touched = False  # it follows the curve until somebody changes it
                self.query_one(FormView).show(self.form)

    @property
    def _own_keys(self) -> Mapping[str, str]:
        return self.shell.settings.keys

    @property
    def _recipe(self) -> Recipe:
        """Return the recipe of the training that is watched, else that of the form."""
        snapshot = self.trainings.snapshot
        return self.form.recipes.get(snapshot.recipe if snapshot else "") or self.form.recipe

    @property
    def key_names(self) -> dict[str, str]:
        """Return what keys do just now, by the id of their binding, if that differs from what they are called."""
        snapshot = self.trainings.snapshot
        if snapshot is None or not snapshot.live:
            return {}
        names = {"train.toggle": "Stop"}
        return names | {"train.pause": "Continue"} if snapshot.state == "paused" else names

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        snapshot = self.trainings.snapshot
        if action in _NEEDS_FORM_OR_CURVE and self._first_time and self.has_class(_ALONE):
            return False
        if action == "pause":
            return snapshot is not None and snapshot.state in ("running", "paused")
        if action == "resume":
            return snapshot is not None and snapshot.resumable
        return True

    async def action_toggle_training(self) -> None:
        """Start what the form says; while a training runs, stop it, if that is meant."""
        if self.trainings.live:
            from mftui.tui.dialogs.choice import ask_to_stop

            ask_to_stop(self.app, self.shell.stop_training)
            return
        if self.form.seen is not None and self.form.seen.trouble is not None:
            self.action_reading()
            return
        from mftui.tui.dialogs.fetch import fetch_first

        fetch_first(self.app, self.form.data, lambda: self.run_worker(self._start(), group="start"))

    async def _start(self) -> None:
        with showing_errors(self.shell):
            await self.shell.start_training(self.form.request())

    def action_reading(self) -> None:
        """Show how the data is read, and let it be changed."""
        from mftui.tui.screens.train.reading_dialog import ReadingDialog

        form = self.form
        seen = form.seen if form.seen is not None and form.seen.whole else None
        data = form.data

        def take(taken: Taken | None) -> None:
            if taken is not None:
                how, seen = taken
                self._reading.cancel()
                form.read_as(data, how, seen)
                self.query_one(FormView).show(form)
                if not seen.whole:
                    self._reading.begin(data, how)

        self.app.push_screen(ReadingDialog(data, form.how, seen), take)

    def on_reading_job_news(self, news: ReadingJob.News) -> None:
        """Show how the chosen data is read; ask where that is doubtful, and nothing else is going on."""
        if not self._reading.is_of_now(news):
            return
        self.form.seen = news.preview
        self.query_one(FormView).show(self.form)
        if news.preview.whole and news.preview.trouble and self.is_current and not self.trainings.live:
            self.action_reading()

    def action_pause(self) -> None:
        """Pause after the step under way, or go on."""
        self.run_worker(self._pause(), group="pause", exclusive=True)

    async def _pause(self) -> None:
        with showing_errors(self.shell):
            await self.trainings.pause()

    async def action_resume(self) -> None:
        """Go on with a run that was stopped or has crashed."""
        with showing_errors(self.shell):
            await self.trainings.resume()

    def action_more_fields(self) -> None:
        """Show the recipe's other fields, or hide them."""
        self.form.more = not self.form.more
        self.query_one(FormView).show(self.form)

    def action_defaults(self) -> None:
        """Set every field back to the recipe's default."""
        self.form.reset()
        self.query_one(FormView).show(self.form)

    async def action_same_again(self) -> None:
        """Take what the watched run was asked for into the form."""
        run = self.trainings.run
        if run is None:
            self.shell.say(self.told(_NO_RUN))
            return
        with showing_errors(self.shell):
            self.edit_request(await asyncio.to_thread(run.request))

    def edit_request(self, request: TrainRequest, *, ask: bool = False, tell: bool = True) -> None:
        """Load what is to be trained into the form, and `tell` that; `ask` how its data is read. Raises MftuiError."""
        self.form.load(request)
        self.query_one(FormView).show(self.form)
        self._reading.cancel()
        self.guidance_changed()
        if tell:
            self.shell.say(self.told(_UNREAD if ask else _LOADED), warn=ask)
        if ask:
            self.action_reading()

    def action_form(self) -> None:
        """Hide the form, or show it."""
        self._chart_alone = not self.has_class(_ALONE)
        self._divide()

    def action_view(self) -> None:
        """Switch between one chart and four."""
        self.deck.toggle_panels()
        self._divide()

    def action_smooth(self) -> None:
        """Choose the next strength of smoothing."""
        self.deck.smooth()

    def action_log(self) -> None:
        """Switch logarithmic values on or off."""
        self.deck.toggle_log()

    def action_export(self) -> None:
        """Write the chart to a file."""
        self.deck.export()

    def action_axis(self) -> None:
        """Draw by the next of steps, epochs and time."""
        self.deck.next_axis(self.trainings.curves.counted)
        self.training_changed()

    def action_tail(self) -> None:
        """Switch between the newest part and all."""
        self.deck.toggle_tail()

    def action_go_back(self) -> None:
        """Go back from the cursor, from a zoom, or from the charts to the form."""
        if not self.deck.back() and self.deck.has_focus and not self.has_class(_ALONE):
            self.query_one(FormView).focus()

    def action_compare(self) -> None:
        """Overlay another run; again removes it."""
        self._other_runs.compare(self._watched)

    def action_watch(self) -> None:
        """Show another run."""
        self._other_runs.watch(self._watched)

    def _pick(self, key: str) -> None:
        from mftui.tui.dialogs.fetch import fetch_first

        def take(chosen: str | None) -> None:
            if chosen is not None:
                fetch_first(self.app, chosen if key == "data" else "", lambda: self._set(key, chosen))

        self.app.push_screen(picker(key, self.form), take)

    def _set(self, key: str, chosen: str) -> None:
        self.form.set(key, chosen)
        self.query_one(FormView).show(self.form)
        self.training_changed()
        if key == "data":
            self._reading.begin(self.form.data, self.form.how)
