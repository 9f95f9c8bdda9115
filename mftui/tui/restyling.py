"""Style sheets are read when they change, not whenever a screen is shown for the first time."""

from __future__ import annotations

from textual.app import App


class RestylingApp(App[None]):
    """An app whose style sheets are all there from its start: only another theme has them read again.

    Textual 8 reads all of them twice for each screen that is new; its styles come to it as it is mounted.
    """

    _painted = False

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
