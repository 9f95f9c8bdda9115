"""Going from screen to screen at once, without what Textual 8 takes its time for."""

from __future__ import annotations

from textual.app import App

_MASK_S = 0.01


class SwitchingApp(App[None]):
    """An app of few screens, whose style sheets are all there from its start: only another theme has them read again.

    Textual reads all of them twice for each screen that is new; its styles come to it as it is mounted.
    """

    _painted = False

    def delay_update(self, delay: float = _MASK_S) -> None:
        """Hide a transition for a moment: Textual's own, of 50 ms, is all one waits for where the screen is there."""
        super().delay_update(min(delay, _MASK_S))

    def refresh_css(self, animate: bool = True) -> None:
        """Bring the screens up to date, where the one that is shown is not. Nothing to do before the first paint: the
        style sheets were read with the first theme's colours."""
        if not self._painted or self.screen._css_update_count == self._css_update_count:
            return
        if self.get_css_variables() != self.stylesheet._variables:
            super().refresh_css(animate)
        else:
            self.stylesheet.update(self, animate=animate)
            if self.screen.is_mounted:
                self.screen._refresh_layout(self.size)
            for screen in self.screen_stack[:-1]:
                self.stylesheet.update(screen, animate=animate)
        for screen in self.screen_stack:
            screen._css_update_count = self._css_update_count
