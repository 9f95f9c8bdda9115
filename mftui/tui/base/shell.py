"""What a screen may ask of the app: a screen knows a Shell, and no app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from mftui.errors import MftuiError

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from mftui.runs.store.request import TrainRequest
    from mftui.runs.store.run import Run
    from mftui.settings import Settings
    from mftui.tui.base.display import Display
    from mftui.tui.base.open_model import OpenModel
    from mftui.tui.base.session_state import SessionState


class Headline(NamedTuple):
    """What the right half of the top line says."""

    model: tuple[str, ...] = ()
    """The model that is open: parts of which the last leave first."""
    training: str = ""
    """The state of the training that is watched, "" if there is none."""


class Shell(Protocol):
    """The app, as screens and dialogs see it. Screens that follow trainings ask `monitor.trainings` for them."""

    terminal: Display
    settings: Settings
    session: SessionState
    model: OpenModel | None
    """The open model, None while there is none."""
    second: OpenModel | None
    """Of a second run, whose answers stand beside those of the open one; None while one is looked at alone."""
    model_trouble: str
    """Why the newest model could not be opened."""

    @property
    def on_tour(self) -> bool:
        """Return whether somebody is being shown around."""

    def say(self, text: str, *, warn: bool = False) -> None:
        """Show a toast; `text` is never markup."""

    def show_error(self, error: MftuiError, *, title: str = ..., path: str = "") -> None:
        """Show a dialog that says what is wrong and what to do."""

    def headline(self) -> Headline:
        """Return what the top line says on its right."""

    def screens(self, here: str) -> list[tuple[str, str, str]]:
        """Return (mode, key, title) of each screen; the keys are those that lead there from the mode `here`."""

    def guidance(self, mode: str, *, low: bool = False, hidden: bool = False) -> str:
        """Return the sentence for somebody new on a screen, "" for none.

        `low`: there is little room, so only the tour may speak; `hidden`: also where the user has hidden it.
        """

    def remember(self, **values: object) -> None:
        """Keep these values for the next session."""

    async def open_run(self, run: Run, *, stay: bool = False) -> None:
        """Open the newest model of `run`; `stay`: until another one is asked for or trained."""

    async def open_movie(self, movie: int) -> None:
        """Show the movie at an index of the open model on Movies; escape comes back."""

    async def start_training(self, request: TrainRequest) -> None:
        """Start a training and watch it."""

    async def stop_training(self) -> None:
        """Ask the watched training to stop."""

    async def edit_settings(self, request: TrainRequest, *, ask: bool = False) -> None:
        """Load what a run was asked for into the form on Train, and go there; `ask` how its data is to be read."""


def shell_of(node: MessagePump) -> Shell:
    """Return the app that `node` belongs to, as a Shell."""
    return cast("Shell", node.app)


@contextmanager
def showing_errors(shell: Shell, **title: str) -> Iterator[None]:
    """Show the MftuiError that is raised within, which ends there."""
    try:
        yield
    except MftuiError as error:
        shell.show_error(error, **title)
