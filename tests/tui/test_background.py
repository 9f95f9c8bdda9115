"""Of what is asked for in a hurry, only the last is done."""

from __future__ import annotations

from collections.abc import Callable

from helpers.screens import until

from mftui.tui.app import MftuiApp
from mftui.tui.base.background import Debounce

MakeApp = Callable[..., MftuiApp]


async def test_a_lull_does_what_was_asked_last_and_only_once(make_app: MakeApp):
    async with (app := make_app()).run_test() as pilot:
        lull, done = Debounce(app, 0.01), []
        lull.ask(lambda: done.append("first"))
        lull.ask(lambda: done.append("second"))
        await until(pilot, lambda: done, "what was asked for")
        lull.now()
        assert done == ["second"]


async def test_a_lull_can_be_cut_short_or_called_off(make_app: MakeApp):
    async with make_app().run_test() as pilot:
        lull, done = Debounce(pilot.app, 60), []
        lull.ask(lambda: done.append("at once"))
        lull.now()
        assert done == ["at once"]
        lull.ask(lambda: done.append("never"))
        lull.forget()
        lull.now()
        assert done == ["at once"]
