"""A second run beside the open one, on Movies and Users: chosen from a list, named above the lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.errors import MftuiError
from mftui.tui.base.background import LatestWins, or_error
from mftui.tui.base.shell import showing_errors
from mftui.tui.widgets.cells import wrap
from mftui.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from mftui.api.two_models.answers import Models
    from mftui.data.ids import RawId
    from mftui.runs.store.run import Run
    from mftui.tui.base.open_model import OpenModel
    from mftui.tui.screens.base import BaseScreen

_MAX_RUNS = 500
"""Runs that are offered at most."""
_NAME_WIDTH = 30
_LINES = {20: (1, 1), 32: (1, 2)}
"""Lines for what is said of both runs, and for that and what is said of their lists, in a terminal of fewer rows than
that; if it has more, as many as are needed."""
_CHANGES = "New: on list 2 alone; gone: on list 1 alone."


@dataclass(frozen=True)
class Named:
    """What is said of two runs, a sentence each: which they are, and in few words; that their data differ, or else in
    what they do."""

    fully: str
    briefly: str
    matched: str
    apart: str


@dataclass(frozen=True)
class Pair:
    """The open model and the one beside it."""

    first: OpenModel
    second: OpenModel

    @property
    def models(self) -> Models:
        """Return the two, as questions take them."""
        return self.first.factors, self.second.factors

    def second_knows(self, user: RawId) -> bool:
        """Return whether a user is in the data of the second."""
        return self.second.factors.user_ids.find(user) is not None


class Comparing:
    """Chooses the second run, which all screens share, and says which runs 1 and 2 are.

    Parameters
    ----------
    changed: is called when there is another second run, or none any longer.
    """

    def __init__(self, screen: BaseScreen, changed: Callable[[], None]) -> None:
        self._screen, self._changed = screen, changed
        self.line = Prose(("text", ""), classes="guide")
        """What stands above the lists."""
        self.line.display = False
        self._told: Pair | None = None
        """The models that the screen shows."""
        self._loading, self._telling = LatestWins(screen, "second"), LatestWins(screen, "runs")

    @property
    def pair(self) -> Pair | None:
        """Return both models; None where one alone is looked at, or the second is the open run itself."""
        first, second = self._screen.shell.model, self._screen.shell.second
        return None if first is None or second is None or first.same_run(second) else Pair(first, second)

    def catch_up(self) -> None:
        """Follow what has changed on another screen; end where the second run has become the open one."""
        shell = self._screen.shell
        if shell.second is not None and shell.second.same_run(shell.model):
            shell.second = None
        if self.pair != self._told:
            self._changed()

    def toggle(self) -> None:
        """Choose a second run; where there is one, close it."""
        if self.pair is not None:
            self._screen.shell.second = None
            self._changed()
        elif self._screen.shell.model is not None:
            self._screen.run_worker(self._pick(self._screen.shell.model), group="runs", exclusive=True)
        else:
            self._screen.shell.say(self._screen.no_model(), warn=True)

    async def _pick(self, model: OpenModel) -> None:
        from mftui.runs.store.run import names_of, runs_and_configs
        from mftui.runs.store.summary import described
        from mftui.tui.dialogs.pick import Item, PickScreen

        def work() -> list[tuple[Run, Item]]:
            listed = runs_and_configs()
            names = names_of(listed)
            others = [run for run, _ in listed if run.has_factors and run.path != model.run.path][:_MAX_RUNS]
            return [(run, (names[run.id], described(run), str(run.path))) for run in others]

        shell = self._screen.shell
        with showing_errors(shell):
            if found := await asyncio.to_thread(work):
                named = {item[0]: run for run, item in found}
                widest = max(map(len, named))
                picker = PickScreen("Compare with", [item for _, item in found], widths=(min(widest, _NAME_WIDTH), 0))
                self._screen.app.push_screen(picker, lambda name: self._chosen(None if name is None else named[name]))
            else:
                shell.say("There is no other run with a model. Train one, then compare.", warn=True)

    def _chosen(self, run: Run | None) -> None:
        if run is None:
            return
        from mftui.tui.base.open_model import open_model

        def show(found: OpenModel | MftuiError) -> None:
            if isinstance(found, MftuiError):
                self._screen.shell.show_error(found)
            else:
                self._screen.shell.second = found
                self._changed()

        self._loading.ask(or_error(lambda: open_model(run)), show)

    def tell(self, notes: Sequence[str] = ()) -> None:
        """Name both runs above the lists, with what is to be known of these; nothing where there is one run alone."""
        self._told = pair = self.pair
        self._screen.set_class(pair is not None, "-compared")
        if pair is None:
            self.line.say("")
            return

        def show(runs: Named) -> None:
            if self.pair == pair:
                self.line.say(self._as_much_as_fits(runs, notes))

        self._telling.ask(lambda: _named(pair), show)

    def _as_much_as_fits(self, runs: Named, notes: Sequence[str]) -> str:
        """Return which runs these are and, before how they differ, the notes: as far as there are lines, and in few
        words where it is low and all has no room else."""
        width, height = self._screen.size
        few, most = next((lines for rows, lines in _LINES.items() if height < rows), (height, height))
        most = most if notes else few
        sentences = [*filter(None, dict.fromkeys((runs.matched, *notes, runs.apart)))]

        def lines(said: str) -> int:
            return len(wrap(said, max(width - 2, 1)))

        if lines(" ".join((runs.fully, *sentences))) <= most:
            said, sentences = " ".join((runs.fully, *sentences)), [_CHANGES]
        else:
            said, sentences = runs.briefly if height < max(_LINES) else runs.fully, [*sentences, _CHANGES]
        for sentence in sentences:
            if lines(f"{said} {sentence}") <= most:
                said = f"{said} {sentence}"
        return said


def _named(pair: Pair) -> Named:
    """Return what is said of the two runs; of runs on the same data, also in what they differ."""
    from mftui.api.two_models.answers import MATCHED
    from mftui.engine.query.compare_lists import same_data
    from mftui.runs.store.run import names_of, runs_and_configs
    from mftui.runs.store.summary import apart, described

    names, runs = names_of(runs_and_configs()), (pair.first.run, pair.second.run)
    called = [f"{side} {names.get(run.id, run.id)}" for side, run in enumerate(runs, 1)]
    fully = ". ".join(f"{name}: {described(run)}" for name, run in zip(called, runs, strict=True))
    matched = "" if same_data(pair.models) else MATCHED
    different = "" if matched else apart(*runs)
    differ = f"They differ in {different}." if different else ""
    return Named(f"{fully}.", f"{', '.join(called)}.", matched, differ)
