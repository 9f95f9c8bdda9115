"""How a training shows its progress on standard error: a bar on a terminal, lines elsewhere, or nothing."""

from __future__ import annotations

import contextlib
import time
from types import TracebackType
from typing import IO, Any, Protocol, Self, TextIO, cast

from mftui.runs.store.run import Run

PHASES = {
    "load": "reading the data",
    "import": "importing TensorFlow",
    "compile": "compiling",
    "train": "training",
    "evaluate": "evaluating",
}
_LINE_EVERY_S = 5.0
_ROOM_FOR_BAR = 100
"""Columns of a terminal that has room for a bar beside the numbers."""


class Progress(Protocol):
    """What shows a training under way."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def phase(self, name: str) -> None:
        """A phase begins."""

    def metrics(self, line: dict[str, Any]) -> None:
        """A line of `metrics.jsonl`."""


def make_progress(screen: TextIO, run: Run, *, quiet: bool) -> Progress:
    """The progress that fits where `screen` goes."""
    if quiet:
        return Silent()
    return Bar(screen, run) if screen.isatty() else Lines(screen, run)


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def phase(self, name: str) -> None:
        pass

    def metrics(self, line: dict[str, Any]) -> None:
        pass


class Lines(Silent):
    """A line for each phase, and one every few seconds while training."""

    def __init__(self, screen: TextIO, run: Run) -> None:
        self._screen, self._run = _Lasting(screen), run
        self._epochs = 0
        self._said = 0.0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._screen.flush()

    def phase(self, name: str) -> None:
        if name == "train":
            self._epochs = self._run.status().epochs
            self._said = time.monotonic()
        self._screen.write(f"{PHASES[name]} …\n")

    def metrics(self, line: dict[str, Any]) -> None:
        ends = line["epoch"] >= self._epochs
        if time.monotonic() - self._said >= _LINE_EVERY_S or ends:
            self._said = time.monotonic()
            self._screen.write(f"epoch {line['epoch']:.4g}/{self._epochs}  {describe(line)}\n")


class Bar(Silent):
    """A bar that is redrawn in place."""

    def __init__(self, screen: TextIO, run: Run) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._run = run
        self._valid: object = None
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def phase(self, name: str) -> None:
        self._bar.update(self._task, description=PHASES[name])
        if name == "train":
            status = self._run.status()
            self._bar.reset(self._task, total=status.epochs, completed=status.epoch)

    def metrics(self, line: dict[str, Any]) -> None:
        self._valid = line["valid_rmse"] or self._valid
        total = self._bar.tasks[0].total or 0
        self._bar.update(
            self._task,
            completed=line["epoch"],
            description=f"epoch {line['epoch']:.0f}/{total:.0f}",
            numbers=describe({**line, "train_rmse": None, "valid_rmse": self._valid}),
        )


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
    """Loss, RMSE with what it was measured on, and speed, in one short text."""
    parts = [_part("loss", line.get("train_loss")), _part("training RMSE", line.get("train_rmse"))]
    parts += [_part("validation RMSE", line.get("valid_rmse")), _part("R-hat", line.get("r_hat"))]
    rate = line.get("ratings_per_second")
    parts.append(f"{_short(rate)} ratings/s" if isinstance(rate, int | float) else "")
    return "  ".join(part for part in parts if part)


def _part(name: str, value: object) -> str:
    return f"{name} {value:.4f}" if isinstance(value, int | float) else ""


def _short(number: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.1f} {letter}"
    return f"{number:.0f}"
