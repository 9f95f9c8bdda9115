"""The app: its screens, the model that is open, the training that is watched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.screen import Screen

from mftui.errors import MftuiError
from mftui.settings import Settings
from mftui.tui.base import keys
from mftui.tui.base.background import LatestWins
from mftui.tui.base.display import Display
from mftui.tui.base.messages import ExportAsked, RowCopied, TrainingNews
from mftui.tui.base.panes import PANES, TITLES
from mftui.tui.base.session_state import SessionState
from mftui.tui.base.shell import Headline, showing_errors
from mftui.tui.base.themes import THEMES, default_theme
from mftui.tui.commands import commands
from mftui.tui.leaving import Leaving
from mftui.tui.monitor.trainings import Starter, Trainings
from mftui.tui.prefix_keys import PrefixKeys
from mftui.tui.registry import SCREENS, import_screens
from mftui.tui.screens.base import BaseScreen
from mftui.tui.textual8.base_app import Textual8App
from mftui.tui.tour import Guide, Tour

if TYPE_CHECKING:
    from mftui.runs.store.request import TrainRequest
    from mftui.runs.store.run import Run
    from mftui.tui.base.open_model import OpenModel


class MftuiApp(Textual8App):
    """The Shell of the screens. It reads run directories; training happens in other processes."""

    TITLE = "mftui"
    # All at once: a style sheet that came with a later screen would have Textual read all of them again.
    CSS_PATH = [f"styles/{name}.tcss" for name in ("base", "train", "movies", "you", "map", "runs", "dialogs")]  # noqa: RUF012
    BINDINGS = keys.APP
    MODES: ClassVar = SCREENS
    DEFAULT_MODE = "train"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012 (declared as instance variable in Textual)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-short"), (32, "-tall")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        terminal: Display | None = None,
        settings: Settings | None = None,
        starter: Starter | None = None,
        session: SessionState | None = None,
    ) -> None:
        self.terminal = terminal or Display()
        self.session = session or SessionState()
        last = self.session.text("screen")
        if last in self.MODES:
            self.DEFAULT_MODE = last  # type: ignore[misc]  # Textual asks the app, not its class
        # Without colour for good; with the terminal's own colours until another theme is chosen.
        super().__init__(ansi_color=True if self.terminal.plain_colors else None)
        self.settings = settings or Settings()
        self.guide = Guide(self.session, self.settings.keys)
        self.guidance = self.guide.sentence
        self._saving = LatestWins(self, "session")
        self._prefix_keys, self._leaving = PrefixKeys(self), Leaving(self, self.leave)
        self.trainings: Trainings = Trainings(self, self.terminal.refresh_s, starter)
        self._stays_open = ""  # the run whose model somebody has asked for
        self.model: OpenModel | None = None
        self.second: OpenModel | None = None
        self.model_trouble = ""
        self._opening = asyncio.Lock()
        self.set_class(self.terminal.ascii, "-ascii")
        if self.terminal.low_bandwidth:
            self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        wanted = self.settings.theme or self.session.text("theme")
        self.set_reactive(App.theme, wanted if wanted in self.available_themes else default_theme(self.terminal))
        self.stylesheet.set_variables(self.get_css_variables())
        if self.settings.keys:
            self.set_keymap(dict(self.settings.keys))

    def watch_theme(self) -> None:
        """Let another theme have its own colours."""
        if self.painted:
            if not self.terminal.no_color:
                self.ansi_color = None
            self.remember(theme=self.theme)

    def on_mount(self) -> None:
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.painted = True
        if self.on_tour:
            self.guide.follow(self, self.base_screen)
        self.run_worker(self._begin(), group="begin")

    async def _begin(self) -> None:
        """Open the newest run, and get a trainer ready."""
        from mftui.tui.base.open_model import runs_to_open

        if self.session.trouble:
            self.say(self.session.trouble, warn=True)
        run, usable = await asyncio.to_thread(runs_to_open, self.session)
        if run is not None and self.trainings.run is None:
            self.trainings.watch(run)
        if usable is not None:
            await self.open_run(usable)
        await asyncio.sleep(_FIRST_LOOK_S)
        await asyncio.to_thread(import_screens)
        if self.settings.standby:
            await self.trainings.warm()

    # What the screens ask of the app

    def screens(self, here: str) -> list[tuple[str, str, str]]:
        return [(mode, keys.screen_key(mode, here, self.settings.keys), title) for mode, title in TITLES.items()]

    def headline(self) -> Headline:
        snapshot = self.trainings.snapshot
        return Headline(self.model.label if self.model else (), snapshot.in_short if snapshot else "")

    def show_error(self, error: MftuiError, *, title: str = "This does not work", path: str = "") -> None:
        from mftui.tui.dialogs.choice import MessageDialog

        self.push_screen(MessageDialog(title, error.message, hint=error.hint, path=path))

    def say(self, text: str, *, warn: bool = False) -> None:
        self.clear_notifications()
        self.notify(self.terminal.text(text), severity="warning" if warn else "information", markup=False)

    async def start_training(self, request: TrainRequest) -> None:
        self._stays_open = ""
        with showing_errors(self, title="The training did not start"):
            await self.trainings.start(request)

    async def stop_training(self) -> None:
        with showing_errors(self):
            await self.trainings.stop()
            self.say("Stopping after this step; the model is kept.")

    async def open_run(self, run: Run, *, stay: bool = False) -> None:
        from mftui.tui.base.open_model import open_model

        self._stays_open = run.id if stay else ""
        async with self._opening:
            before = self.model
            try:
                self.model = await asyncio.to_thread(lambda: open_model(run, before))
                self.model_trouble = ""
            except MftuiError as error:
                self.model_trouble = str(error)
                self.say(self.model_trouble, warn=True)
        if (screen := self.base_screen()) is not None and (self.model is not before or self.model_trouble):
            screen.headline_changed()
            screen.model_changed()
        if self.model is not None and self.model is not before:
            self.run_worker(self._prepare(self.model), group="prepare", exclusive=True)

    async def _prepare(self, model: OpenModel) -> None:
        """Load what a search and the top line will need, once the screen has what it shows first."""
        await asyncio.sleep(_FIRST_LOOK_S)
        await asyncio.to_thread(model.prepare)
        if (screen := self.base_screen()) is not None:
            screen.headline_changed()

    async def open_movie(self, movie: int) -> None:
        from mftui.tui.screens.movies.screen import MoviesScreen

        came_from = self.current_mode
        await self.switch_mode("movies")
        if isinstance(self.screen, MoviesScreen):
            self.screen.visit(movie, came_from)

    async def edit_settings(self, request: TrainRequest, *, ask: bool = False, tell: bool = True) -> None:
        from mftui.tui.screens.train.screen import TrainScreen

        await self.switch_mode("train")
        if isinstance(screen := self.base_screen(), TrainScreen):
            screen.edit_request(request, ask=ask, tell=tell)

    def on_row_copied(self, event: RowCopied) -> None:
        if not event.cells:
            self.say("There is no row to copy.", warn=True)
            return
        self.copy_to_clipboard("\t".join(event.cells))
        shown = ", ".join(f"{name} {cell}" for name, cell in zip(event.names, event.cells, strict=True) if cell)
        self.say(f"Copied: {shown}")

    def on_export_asked(self, event: ExportAsked) -> None:
        from mftui.tui.dialogs.export_table import ExportDialog

        if event.what:
            self.push_screen(ExportDialog(event))
        else:
            self.say("There is nothing to export.", warn=True)

    # For somebody new

    @property
    def on_tour(self) -> bool:
        return self.guide.tour is not None

    def begin_tour(self) -> None:
        """Begin with the first step, on the sample, with a recipe that takes seconds."""
        self.settings = replace(self.settings, data="sample", recipe="")
        self.guide.tour = Tour()

    async def action_tour(self) -> None:
        """Begin the tour, on Train."""
        from mftui.runs.store.request import TrainRequest

        self.begin_tour()
        self.guide.follow(self, self.base_screen)
        await self.edit_settings(TrainRequest(), tell=False)

    def action_hint(self) -> None:
        """End the tour; else hide the sentence of every screen, or bring it back."""
        self.guide.toggle()
        self.remember()
        if (screen := self.base_screen()) is not None:
            screen.guidance_changed()

    # The watched training

    def on_training_news(self, event: TrainingNews) -> None:
        trainings = self.trainings
        was_live = trainings.live or trainings.snapshot is None
        if not trainings.answer(event) or trainings.run is None:
            return
        snapshot = trainings.snapshot
        if (screen := self.base_screen()) is not None:
            screen.headline_changed()
            screen.training_changed()
        if snapshot is None:
            return
        ended = was_live and not snapshot.live and trainings.started_here
        newest = trainings.run.path, snapshot.factors_version
        follows = snapshot.factors_version is not None and self._stays_open in ("", trainings.run.id)
        newer = follows and (self.model is None or (self.model.run.path, self.model.version) != newest)
        if (newer and (snapshot.live or trainings.started_here)) or ended:
            self.run_worker(self._catch_up(trainings.run, newer, ended), group="catch-up", exclusive=True)

    async def _catch_up(self, run: Run, newer: bool, ended: bool) -> None:
        if newer:
            await self.open_run(run)
        if ended:
            await self._training_ended(run)
            if self.settings.standby:
                await self.trainings.warm()

    async def _training_ended(self, run: Run) -> None:
        snapshot = self.trainings.snapshot
        assert snapshot is not None
        if snapshot.state in ("finished", "stopped"):
            measured = "" if snapshot.test_rmse is None else f" Test RMSE {snapshot.test_rmse:.4f}."
            self.say(f"Training {snapshot.state}.{measured} {snapshot.message}".strip())
            if snapshot.factors_version and self.settings.after_training == "browse":
                self.set_timer(_LOOK_AT_CURVE_S, self._browse)
            return
        if snapshot.unread and len(self.screen_stack) == 1:
            with suppress(MftuiError):  # what was asked for cannot be known
                await self.edit_settings(await asyncio.to_thread(run.request), ask=True)
                return
        from mftui.tui.endings import bad_ending

        self.push_screen(bad_ending(snapshot, self.settings.keys))

    def _browse(self) -> None:
        """Go from the finished curve to what was learned, unless somebody has gone elsewhere."""
        if self.current_mode == "train" and len(self.screen_stack) == 1 and not self.trainings.live:
            self.switch_mode("movies")

    # From screen to screen

    def base_screen(self) -> BaseScreen | None:
        """Return the screen under any dialog, once it is there: what it missed before, it asks for when it comes. None
        while the app closes, which takes the screen's parts one by one."""
        bottom = self.screen_stack[0] if self.is_running and self._screen_stack else None
        return bottom if isinstance(bottom, BaseScreen) and bottom.is_mounted else None

    def action_mode(self, mode: str) -> None:
        """Go to a screen, unless a dialog is open."""
        if len(self.screen_stack) == 1:
            self.switch_mode(mode)

    def action_jump(self) -> None:
        """Choose a pane of any screen."""
        from mftui.tui.dialogs.pickers import pick_pane

        if len(self.screen_stack) == 1:
            self.push_screen(pick_pane(), self.go_to_pane)

    async def go_to_pane(self, pane: str | None) -> None:
        """Go to a pane by its name in PANES."""
        if pane is not None:
            mode, selector = PANES[pane]
            await self.switch_mode(mode)
            if (screen := self.base_screen()) is not None:
                self.call_after_refresh(screen.focus_pane, selector)

    def action_go_back(self) -> None:
        """Do what escape does where nothing nearer takes it."""
        getattr(self.screen, "action_go_back", lambda: None)()

    def handled_before(self, key: events.Key) -> bool:
        return self._prefix_keys.handle(key)

    def action_help(self) -> None:
        """Show all keys."""
        from mftui.tui.dialogs.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    async def action_quit(self) -> None:
        """Leave; while a training is under way, ask what is to become of it."""
        await self._leaving.ask()

    async def action_interrupt(self) -> None:
        """Quit as a terminal's ctrl+c does."""
        await self._leaving.interrupt()

    async def leave(self) -> None:
        """End, and let the standby go."""
        self.remember()
        await asyncio.to_thread(self.session.save)
        await self.trainings.close()
        self.exit()

    def remember(self, **values: object) -> None:
        if self.model and self.trainings.run:
            self.session.put_runs(self.model.run.id, self.trainings.run.id)
        self.session.put(screen=self.current_mode, **values)
        self._saving.ask(self.session.save, lambda _: None)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        return commands(self, screen, self.go_to_pane)


_LOOK_AT_CURVE_S = 1.2
_FIRST_LOOK_S = 0.3
"""So long the screen that was opened has the processor for itself."""
