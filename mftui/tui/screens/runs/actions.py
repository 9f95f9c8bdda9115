"""What is done to runs from the app: open, train again, annotate, delete, undo."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mftui.errors import MftuiError
from mftui.tui.screens.choosing import ChoosingScreen
from mftui.tui.screens.runs.rows import RunChoices, called
from mftui.tui.screens.train.run_picker import run_of

if TYPE_CHECKING:
    from mftui.runs.store.summary import Summary
    from mftui.runs.store.trash import Deleted
    from mftui.tui.monitor.runs_watcher import RunBook

_STOP_S = 60.0
_NONE = "No run is listed."


class RunCare(ChoosingScreen[RunChoices]):
    """A screen with `book`, the run under the cursor `here`, and the `chosen` runs."""

    CHOICES = RunChoices
    book: RunBook

    def __init__(self) -> None:
        super().__init__()
        self._deleted: list[Deleted] = []
        """What the last deletion moved into the trash."""

    @property
    def here(self) -> Summary | None:
        """The run under the cursor."""
        raise NotImplementedError

    @property
    def chosen(self) -> list[Summary]:
        """The runs that a deletion is about."""
        raise NotImplementedError

    # Open

    def action_open(self) -> None:
        """Ask on which screen to look at the run."""
        from mftui.tui.screens.runs.dialogs import open_dialog

        if (here := self.here) is None:
            self.mftui.say(_NONE, warn=True)
            return
        run = run_of(here.run)

        async def go(mode: str | None) -> None:
            if mode == "train":
                self.mftui.trainings.watch(run)
            elif mode is not None:
                await self.mftui.open_run(run, stay=True)
            if mode is not None:
                await self.app.switch_mode(mode)

        self.app.push_screen(open_dialog(here), go)

    def action_again(self) -> None:
        """Train with the settings of the run."""
        from mftui.tui.screens.runs.dialogs import again_dialog

        if (here := self.here) is None:
            self.mftui.say(_NONE, warn=True)
            return
        self.app.push_screen(
            again_dialog(here, self.mftui.trainings.live), lambda answer: self._again(here.run, answer)
        )

    async def _again(self, run_id: str, answer: str | None) -> None:
        if answer is None:
            return
        run = run_of(run_id)
        try:
            request = await asyncio.to_thread(run.request)
        except MftuiError as error:
            self.mftui.show_error(error)
            return
        if answer == "now":
            await self.mftui.start_training(request)
        await self.app.switch_mode("train")
        if answer == "edit":
            from mftui.tui.screens.train.screen import TrainScreen

            train = self.mftui.base_screen()
            if isinstance(train, TrainScreen):
                train.take_request(request)

    def action_take(self) -> None:
        """Write the model of the run under the cursor for other programs, or a page about it."""
        from mftui.tui.screens.runs.export import take_along

        if (here := self.here) is None or not here.has_model:
            self.mftui.say(_NONE if here is None else "It has no model yet.", warn=True)
            return
        take_along(self, here)

    # Notes

    def action_notes(self) -> None:
        """Name, note and tags of the run under the cursor."""
        from mftui.tui.screens.runs.dialogs import notes_dialog

        if (here := self.here) is None:
            self.mftui.say(_NONE, warn=True)
            return
        self.app.push_screen(notes_dialog(here), lambda answer: self._noted(here, answer))

    async def _noted(self, row: Summary, answer: dict[str, Any] | None) -> None:
        if answer is None:
            return
        from mftui.runs.store.notes import write_notes
        from mftui.tui.screens.runs.dialogs import notes_of

        run, notes = run_of(row.run), notes_of(answer)
        if notes.name == (row.name or ""):  # not renamed: the name that it was trained with stays its own
            notes = replace(notes, name=(await asyncio.to_thread(run.notes)).name)
        try:
            await asyncio.to_thread(write_notes, run.path, notes)
        except MftuiError as error:
            self.mftui.show_error(error)
        self.book.open()

    # Delete

    def action_delete(self) -> None:
        """Move the chosen runs into the trash; one that is being trained only after it has been stopped."""
        from mftui.tui.screens.runs.dialogs import busy_dialog

        chosen = self.chosen
        if not chosen:
            self.mftui.say(_NONE, warn=True)
            return
        busy = [row for row in chosen if row.active]
        if not busy:
            self.run_worker(self._delete(chosen), group="delete")
            return

        def decided(answer: str | None) -> None:
            if answer == "stop":
                self.run_worker(self._delete(chosen), group="delete")

        self.app.push_screen(busy_dialog(busy[0]), decided)

    async def _delete(self, rows: list[Summary]) -> None:
        from mftui.runs.control.signal_run import stop_run
        from mftui.runs.store.trash import remove_run

        def work() -> tuple[list[Deleted], MftuiError | None]:
            gone: list[Deleted] = []
            for row in rows:
                run = run_of(row.run)
                try:
                    if row.active:
                        stop_run(run, timeout_s=_STOP_S)
                    gone.append(remove_run(run))
                except MftuiError as error:
                    return gone, error
            return gone, None

        gone, trouble = await asyncio.to_thread(work)
        if gone:
            self._deleted = gone
            what = called(rows[0]) if len(gone) == 1 else f"{len(gone)} runs"
            self.mftui.say(f"{what}: moved into the trash. Press u to undo; `mftui runs prune` empties it.")
        if trouble:
            self.mftui.show_error(trouble, title="It was not deleted")
        self.book.open()

    async def action_undo(self) -> None:
        """Bring back what was deleted last."""
        from mftui.runs.store.trash import deleted_runs, restore_run

        wanted = self._deleted

        def work() -> list[str]:
            there = deleted_runs()
            return [restore_run(one).id for one in (wanted or there[:1]) if one in there]

        try:
            back = await asyncio.to_thread(work)
        except MftuiError as error:
            self.mftui.show_error(error, title="It was not restored")
            return
        self._deleted = []
        self.mftui.say(f"Back from the trash: {', '.join(back)}." if back else "The trash is empty.")
        self.book.open()
