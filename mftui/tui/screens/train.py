"""Train: say what to train, start it, watch it learn."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget

from mftui.errors import MftuiError
from mftui.tui import keys
from mftui.tui.form import TrainForm
from mftui.tui.screens.base import BaseScreen
from mftui.tui.widgets.chart import Chart, Curve, Picture
from mftui.tui.widgets.form import FormView
from mftui.tui.widgets.log_pane import LogPane
from mftui.tui.widgets.status_line import StatusLine

_INVITATION = "Nothing trained yet.\nPress t to train on the sample (synthetic ratings):\nthe loss curve appears here."
_WAITING = "The curve begins with the first steps."


class TrainScreen(BaseScreen):
    """Form on the left, chart on the right, state and log below."""

    MODE = "train"
    BINDINGS = keys.TRAIN

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="train"):
            yield FormView(self._pick, id="form")
            yield Chart(id="chart")
        yield StatusLine(id="status")
        yield LogPane(id="log")

    def on_mount(self) -> None:
        self.form = TrainForm(self.mftui.recipes(), self.mftui.settings)
        view = self.query_one(FormView)
        view.show(self.form)
        view.focus()

    def training_changed(self) -> None:
        """Show the watched training as it is now."""
        trainings = self.mftui.trainings
        snapshot, curves = trainings.snapshot, trainings.curves
        shown = [Curve("training", curves.train)]
        if len(curves.valid):
            shown.append(Curve("validation", curves.valid, dots=True))
        self.query_one(Chart).show(
            Picture(
                title="RMSE",
                x_label="step",
                curves=tuple(shown),
                best=curves.best,
                total=snapshot.steps if snapshot and snapshot.steps else None,
                empty=_WAITING if trainings.run else _INVITATION,
            )
        )
        self.query_one(StatusLine).show(snapshot, curves.ratings_per_second)
        self.query_one(LogPane).show(snapshot.log if snapshot else ())
        self.refresh_bindings()

    async def action_toggle_training(self) -> None:
        """Start what the form says; while a training runs, ask it to stop."""
        if self.mftui.trainings.live:
            await self.mftui.stop_training()
            return
        try:
            request = self.form.request()
        except MftuiError as error:
            self.mftui.show_error(error)
            return
        await self.mftui.start_training(request)

    def action_more_fields(self) -> None:
        """Show the recipe's other fields, or hide them."""
        self.form.more = not self.form.more
        self.query_one(FormView).show(self.form)

    def action_defaults(self) -> None:
        """Every field back to the recipe's default."""
        self.form.reset()
        self.query_one(FormView).show(self.form)

    def _pick(self, key: str) -> None:
        from mftui.tui.screens.choices import pick_data, pick_recipe

        def take(chosen: str | None) -> None:
            if chosen is not None:
                self.form.set(key, chosen)
                self.query_one(FormView).show(self.form)

        picker = pick_data(self.form.data) if key == "data" else pick_recipe(self.form.recipes)
        self.app.push_screen(picker, take)
