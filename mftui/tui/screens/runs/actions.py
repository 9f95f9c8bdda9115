"""What is done to runs from the app: open, train again, annotate, delete, undo."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mftui.errors import MftuiError
from mftui.runs.store.notes import Notes, change_notes
from mftui.runs.store.run import run_of
from mftui.tui.base.keys import key_of
from mftui.tui.base.shell import shell_of, showing_errors
from mftui.tui.monitor.trainings import trainings_of
from mftui.tui.screens.runs.dialogs import again_dialog, busy_dialog, delete_dialog, notes_dialog, open_dialog
from mftui.tui.screens.runs.export import export_run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.screen import Screen

    from mftui.runs.store.summary import Summary
    from mftui.runs.store.trash import Deleted

_STOP_TIMEOUT_S = 60.0


class RunActions:
    """What is done to the runs of a table; `changed` is called when one is no longer as it was."""

    def __init__(self, screen: Screen[None], changed: Callable[[], None]) -> None:
        self._screen, self._shell, self._changed = screen, shell_of(screen), changed
        self._deleted: list[Deleted] = []
        """What the last deletion moved into the trash."""

    def point_at_differences(self, n: int) -> None:
        """Say where it stands what differs between `n` runs, or how to choose several."""
        mark = key_of("runs.mark", self._shell.settings.keys)
        there = f"What differs between the {n} marked runs is beside the curves: tab goes there."
        self._shell.say(there if n > 1 else f"Mark two runs or more with {mark}: then it says what differs.")

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that may have to wait, as for another mftui that changes the list of runs: keys are heard
        meanwhile."""
        self._screen.run_worker(work, group="actions")

    # Open

    def open(self, here: Summary) -> None:
        """Ask on which screen to look at the run."""
        run = run_of(here.run)

        async def go(mode: str | None) -> None:
            trainings = trainings_of(self._screen)
            if mode == "train":
                trainings.watch(run)
            elif mode is not None:
                trainings.look_at(run)
            if mode is not None and here.has_model:
                await self._shell.open_run(run, stay=True)
            if mode is not None:
                await self._screen.app.switch_mode(mode)

        self._screen.app.push_screen(open_dialog(here), go)

    def train_again(self, here: Summary) -> None:
        """Train with the settings of the run."""

        async def answered(answer: str | None) -> None:
            if answer is None:
                return
            with showing_errors(self._shell):
                request = await asyncio.to_thread(run_of(here.run).request)
                if answer == "edit":
                    await self._shell.edit_settings(request)
                else:
                    await self._shell.start_training(request)
                    await self._screen.app.switch_mode("train")

        self._screen.app.push_screen(again_dialog(here, trainings_of(self._screen).live), answered)

    def export(self, here: Summary, export_table: Callable[[], None]) -> None:
        """Write the model of the run for other programs, or a page about it; or the table of runs."""
        export_run(self._screen, here, export_table)

    # Notes

    def annotate(self, here: Summary) -> None:
        """Edit name, note and tags of the run under the cursor."""

        def answered(answer: dict[str, Any] | None) -> None:
            if answer is not None:
                self._beside(write(answer))

        async def write(answer: dict[str, Any]) -> None:
            shown = {"name": here.name or "", "note": here.note, "tags": here.tags}
            edited = {part: value for part, value in answer.items() if value != shown[part]}

            def changed(notes: Notes) -> Notes:  # what was not edited here may have been changed elsewhere
                return replace(notes, **edited)

            with showing_errors(self._shell):
                _, damaged = await asyncio.to_thread(change_notes, run_of(here.run).path, changed)
                if damaged is not None:
                    self._shell.say(f"The notes of {here.called} were damaged. They are kept as {damaged.name}.")
            self._changed()

        self._screen.app.push_screen(notes_dialog(here), answered)

    # Delete

    def delete(self, chosen: list[Summary]) -> None:
        """Move the chosen runs into the trash; one that is being trained only after it has been stopped."""

        def decided(answer: str | None) -> None:
            if answer == "stop":
                self._beside(self._delete(chosen))

        if busy := next((row for row in chosen if row.active), None):
            self._screen.app.push_screen(busy_dialog(busy), decided)
        else:
            self._beside(self._delete(chosen))

    def ask_what_to_delete(self, here: Summary | None, marked: list[Summary]) -> None:
        """Delete the run under the cursor or the marked ones, as is answered."""

        def decided(answer: str | None) -> None:
            if answer == "marked":
                self.delete(marked)
            elif answer == "here" and here is not None:
                self.delete([here])

        self._screen.app.push_screen(delete_dialog(here, marked), decided)

    async def _delete(self, rows: list[Summary]) -> None:
        from mftui.runs.control.signal_run import stop_run
        from mftui.runs.store.trash import remove_run

        def work() -> tuple[list[Deleted], MftuiError | None]:
            gone: list[Deleted] = []
            for row in rows:
                run = run_of(row.run)
                try:
                    if row.active:
                        stop_run(run, timeout_s=_STOP_TIMEOUT_S)
                    gone.append(remove_run(run))
                except MftuiError as error:
                    return gone, error
            return gone, None

        gone, trouble = await asyncio.to_thread(work)
        if gone:
            self._deleted = gone
            what = rows[0].called if len(gone) == 1 else f"{len(gone)} runs"
            pressed = key_of("runs.undo", self._shell.settings.keys)
            self._shell.say(f"{what}: moved into the trash. Press {pressed} to undo; `mftui runs prune` empties it.")
        if trouble:
            self._shell.show_error(trouble, title="Not deleted")
        self._changed()

    def undo(self) -> None:
        """Bring back what was deleted last."""
        self._beside(self._undo())

    async def _undo(self) -> None:
        from mftui.runs.store.trash import deleted_runs, restore_run

        wanted = self._deleted

        def work() -> list[str]:
            there = deleted_runs()
            return [restore_run(one).id for one in (wanted or there[:1]) if one in there]

        with showing_errors(self._shell, title="Not restored"):
            back = await asyncio.to_thread(work)
            self._deleted = []
            self._shell.say(f"Restored: {', '.join(back)}." if back else "The trash is empty.")
            self._changed()
