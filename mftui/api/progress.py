"""How a training shows its progress: a bar on a terminal or in a notebook, lines elsewhere, or nothing."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from html import escape
from typing import IO, TYPE_CHECKING, Any, Protocol, Self, TextIO, cast

from mftui.text import visible

if TYPE_CHECKING:
    from mftui.runs.store.status import Status

PHASES = {
    "load": "reading the data",
    "import": "importing TensorFlow",
    "compile": "compiling",
    "train": "training",
    "evaluate": "evaluating",
}
HowFar = Callable[[], tuple[int, int, int]]
"""Returns the steps done, of how many, and the epochs of the ratings' block."""
_LINE_EVERY_S = 5.0
_NOTEBOOK_EVERY_S = 0.25
_ROOM_FOR_BAR = 100
"""Columns of a terminal that has room for a bar beside the numbers."""


def how_far(status: Status) -> tuple[int, int, int]:
    """Return what HowFar does, of a run."""
    return status.step, status.steps, status.epochs


class Progress(Protocol):
    """What shows a training under way."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def follow(self, how_far: HowFar) -> None:
        """Ask `how_far` from the phase "train" on."""

    def phase(self, name: str) -> None:
        """Note that a phase begins."""

    def say(self, sentence: str) -> None:
        """Show a sentence that stays."""

    def metrics(self, line: dict[str, Any]) -> None:
        """Take a line of `metrics.jsonl`."""


def make_progress(screen: TextIO, *, quiet: bool) -> Progress:
    """Return the progress that fits where `screen` goes."""
    if quiet:
        return Silent()
    return Bar(screen) if screen.isatty() else Lines(screen)


def progress_for(wanted: bool | None) -> Progress:
    """Return the progress that fits a call from Python: None shows a bar in a terminal and a notebook alone."""
    if wanted is not False and (display := _notebook_display()):
        return NotebookBar(display)
    if sys.stderr is None:  # as without a terminal, or with `2>&-`
        return Silent()
    return make_progress(sys.stderr, quiet=not (sys.stderr.isatty() if wanted is None else wanted))


def _notebook_display() -> Callable[..., Any] | None:
    """Return IPython's `display` within a notebook's kernel, else None."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return ipython.display.display if hasattr(shell, "kernel") else None


class Silent:
    """Show nothing."""

    def __init__(self) -> None:
        self.how_far: HowFar = lambda: (0, 0, 0)

    def follow(self, how_far: HowFar) -> None:
        self.how_far = how_far

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def phase(self, name: str) -> None:
        pass

    def say(self, sentence: str) -> None:
        pass

    def metrics(self, line: dict[str, Any]) -> None:
        pass


class Lines(Silent):
    """A line for each phase, and one every few seconds while training."""

    def __init__(self, screen: TextIO) -> None:
        super().__init__()
        self._screen = _Lasting(screen)
        self._epochs = 0
        self._said = 0.0

    def __exit__(self, *error: object) -> None:
        self._screen.flush()

    def phase(self, name: str) -> None:
        if name == "train":
            *_, self._epochs = self.how_far()
            self._said = time.monotonic()
        self._screen.write(f"{PHASES[name]} …\n")

    def say(self, sentence: str) -> None:
        self._screen.write(f"{visible(sentence)}\n")

    def metrics(self, line: dict[str, Any]) -> None:
        ends = _is_first(line) and line["epoch"] >= self._epochs
        if time.monotonic() - self._said >= _LINE_EVERY_S or ends:
            self._said = time.monotonic()
            self._screen.write(f"{_epoch(line, self._epochs)}  {describe(line)}\n")


class Bar(Silent):
    """A bar that is redrawn in place."""

    def __init__(self, screen: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        super().__init__()
        self._valid: object = None
        self._epochs = 0
        console = Console(file=cast("IO[str]", _Lasting(screen)))
        columns: list[ProgressColumn] = [SpinnerColumn("line"), TextColumn("{task.description}", markup=False)]
        if console.width >= _ROOM_FOR_BAR:
            columns.append(BarColumn(bar_width=20))
        columns += [TextColumn("{task.fields[numbers]}", markup=False), TimeRemainingColumn(compact=True)]
        self._bar = RichProgress(*columns, console=console, refresh_per_second=4, transient=True)
        self._task = self._bar.add_task(PHASES["load"], total=None, numbers="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def phase(self, name: str) -> None:
        self._bar.update(self._task, description=PHASES[name])
        if name == "train":
            done, total, self._epochs = self.how_far()
            self._bar.reset(self._task, total=total, completed=done)

    def say(self, sentence: str) -> None:
        self._bar.console.print(visible(sentence), markup=False, highlight=False)

    def metrics(self, line: dict[str, Any]) -> None:
        self._valid = line["valid_rmse"] or self._valid
        _, total, _ = self.how_far()
        self._bar.update(
            self._task,
            total=max(total, line["step"]),
            completed=line["step"],
            description=_epoch({**line, "epoch": round(line["epoch"])}, self._epochs),
            numbers=describe({**line, "train_rmse": None, "valid_rmse": self._valid}),
        )


class NotebookBar(Silent):
    """A bar in the output of a notebook's cell, drawn again in place.

    Parameters
    ----------
    display: IPython's.
    """

    def __init__(self, display: Callable[..., Any]) -> None:
        super().__init__()
        self._display = display
        self._handle: Any = None
        self._text, self._drawn = "", 0.0

    def phase(self, name: str) -> None:
        self._text = PHASES[name]
        self._draw(0.0, 1.0)

    def metrics(self, line: dict[str, Any]) -> None:
        _, total, epochs = self.how_far()
        self._text = f"{_epoch(line, epochs)}  {describe(line)}"
        if line["step"] >= total or time.monotonic() - self._drawn >= _NOTEBOOK_EVERY_S:
            self._draw(line["step"], max(total, line["step"]))

    def _draw(self, done: float, total: float) -> None:
        self._drawn = time.monotonic()
        bar = f"<progress value='{done:g}' max='{total:g}'></progress> {escape(self._text)}"
        shown = {"text/html": bar, "text/plain": self._text}
        if self._handle is None:
            self._handle = self._display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)


class _Lasting:
    """A stream whose terminal may go away: what cannot be written any more is dropped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def describe(line: dict[str, Any]) -> str:
    """Describe loss, RMSE with what it was measured on, and speed, in one short text."""
    parts = [_part("loss", line.get("train_loss")), _part("training RMSE", line.get("train_rmse"))]
    parts += [_part("validation RMSE", line.get("valid_rmse")), _part("R-hat", line.get("r_hat"))]
    rate = line.get("ratings_per_second")
    parts.append(f"{_short(rate)} ratings/s" if isinstance(rate, int | float) else "")
    return "  ".join(part for part in parts if part)


def _epoch(line: dict[str, Any], total: float) -> str:
    """Describe how far the current block is; only the first has a known number of epochs."""
    of = f"/{total:.0f}" if _is_first(line) else " of the audience block"
    return f"epoch {line['epoch']:.4g}{of}"


def _is_first(line: dict[str, Any]) -> bool:
    return bool(line.get("block", "taste") == "taste")


def _part(name: str, value: object) -> str:
    return f"{name} {value:.4f}" if isinstance(value, int | float) else ""


def _short(number: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.1f} {letter}"
    return f"{number:.0f}"
