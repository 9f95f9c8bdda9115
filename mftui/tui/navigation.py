"""From screen to screen: by number, by pane, back, and to the help."""

from __future__ import annotations

from textual.app import App

from mftui.tui.registry import PANES
from mftui.tui.screens.base import BaseScreen


class NavigatingApp(App[None]):
    """An app whose modes are BaseScreens. While a dialog is open, none is left for another."""

    def base_screen(self) -> BaseScreen | None:
        """The screen under any dialog, once it is there: what it missed before, it asks for when it comes. None while
        the app closes, which takes the screen's parts one by one."""
        bottom = self.screen_stack[0] if self.is_running and self._screen_stack else None
        return bottom if isinstance(bottom, BaseScreen) and bottom.is_mounted else None

    def action_mode(self, mode: str) -> None:
        """Go to a screen."""
        if len(self.screen_stack) == 1:
            self.switch_mode(mode)

    def action_jump(self) -> None:
        """Choose a pane of any screen."""
        from mftui.tui.dialogs.pickers import pick_pane

        if len(self.screen_stack) == 1:
            self.push_screen(pick_pane(), self.go_to_pane)

    async def go_to_pane(self, pane: str | None) -> None:
        """Go to a pane by its name in `modes.PANES`."""
        if pane is not None:
            mode, selector = PANES[pane]
            await self.switch_mode(mode)
            screen = self.base_screen()
            if screen is not None:
                self.call_after_refresh(screen.focus_pane, selector)

    async def open_movie(self, movie: int) -> None:
        """Show the movie at an index of the open model on Movies; escape comes back to this screen."""
        from mftui.tui.screens.movies.screen import MoviesScreen

        came_from = self.current_mode
        await self.switch_mode("movies")
        if isinstance(self.screen, MoviesScreen):
            self.screen.visit(movie, came_from)

    def action_go_back(self) -> None:
        """What escape does where nothing nearer takes it."""
        back = getattr(self.screen, "action_go_back", None)
        if back is not None:
            back()

    def action_help(self) -> None:
        """All keys."""
        from mftui.tui.dialogs.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))
