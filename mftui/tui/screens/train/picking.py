"""Ask for a run, by the name that it is shown with, or for what a field of the form may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from mftui.tui.base.keys import key_of
from mftui.tui.base.shell import shell_of, showing_errors

if TYPE_CHECKING:
    from mftui.runs.store.config import RunConfig
    from mftui.runs.store.run import Run
    from mftui.tui.base.open_model import OpenModel
    from mftui.tui.dialogs.pick import Item, PickScreen
    from mftui.tui.monitor.trainings import Trainings
    from mftui.tui.screens.base import BaseScreen
    from mftui.tui.screens.train.form import TrainForm

_MAX_RUNS = 500
"""Runs that are offered at most."""
_NAME_WIDTH = 36
Part = tuple[str, str]
"""Data and test part, see `RunConfig`."""


async def pick_run(
    screen: BaseScreen, title: str, take: Callable[[Run, str, Part], None], *, sign: Callable[[str], str], but: str = ""
) -> None:
    """Ask for a run, and `take` it, its name, and what it was tested on.

    Parameters
    ----------
    sign: what stands before a run, by its id.
    but: the id of a run that is not offered.
    """
    from mftui.runs.store.run import names_of, runs_and_configs
    from mftui.tui.dialogs.pick import PickScreen

    found: dict[str, tuple[Run, RunConfig]] = {}

    def work() -> list[Item]:
        listed = runs_and_configs()
        names = names_of(listed)
        found.update({names[run.id]: (run, config) for run, config in listed[:_MAX_RUNS] if run.id != but})
        return [(name, f"{sign(run.id)} {_about(run, config)}", str(run.path)) for name, (run, config) in found.items()]

    def chosen(name: str | None) -> None:
        if name is not None:
            run, config = found[name]
            take(run, name, config.tested_on)

    shell = shell_of(screen)
    with showing_errors(shell):
        if items := await asyncio.to_thread(work):
            screen.app.push_screen(PickScreen(title, items, widths=(_NAME_WIDTH, 0)), chosen)
        else:
            pressed = key_of("train.toggle", shell.settings.keys)
            shell.say(f"There are no {'other ' if but else ''}runs yet. Press {pressed} to train one.")


def called(model: OpenModel | None, trainings: Trainings) -> str:
    """Return what the watched run is called, as the top line calls it where that names it, too."""
    run, snapshot = trainings.run, trainings.snapshot
    if run and model and model.run.path == run.path:
        return model.called
    return snapshot.called if snapshot else ""


def picker(key: str, form: TrainForm) -> PickScreen:
    """Return the dialog that asks for a field of the form: data, recipe or preset."""
    from mftui.tui.dialogs.pickers import pick_data, pick_preset, pick_recipe

    if key == "data":
        return pick_data(form.data)
    if key == "recipe":
        return pick_recipe(form.recipes, form.recipe.name)
    return pick_preset(form.recipe, form.preset)


def _about(run: Run, config: RunConfig) -> str:
    """Return the state, the test RMSE if there is one, the data, and when the run was started."""
    rmse = run.known_result().get("test_rmse")
    measured = f"{rmse:.4f}" if isinstance(rmse, int | float) else ""
    started = config.started[5:16].replace("T", " ")
    return "  ".join(part for part in (run.state, measured, started, config.dataset_label or "") if part)
