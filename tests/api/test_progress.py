"""The progress of a training on standard error: for a terminal, for a file, and when the terminal is gone."""

from __future__ import annotations

import io
import os
import pty
from typing import Any

import pytest

from mftui.api.progress import Bar, Lines, NotebookBar, Silent, describe, make_progress


def line(epoch: float, valid_rmse: float | None = 0.9) -> dict[str, Any]:
    return {
        "step": 10 * epoch,
        "epoch": epoch,
        "train_loss": 0.75,
        "train_rmse": 0.8,
        "valid_rmse": valid_rmse,
        "ratings_per_second": 2_345_678.0,
    }


def show(progress: Any) -> None:
    with progress:
        progress.follow(lambda: (0, 100, 10))
        for phase in ("load", "train"):
            progress.phase(phase)
        progress.metrics(line(1.0))
        progress.metrics(line(10.0, None))
        progress.phase("evaluate")


def test_a_file_gets_plain_lines() -> None:
    stream = io.StringIO()
    progress = make_progress(stream, quiet=False)
    assert isinstance(progress, Lines)
    show(progress)
    assert stream.getvalue().splitlines() == [
        "reading the data …",
        "training …",
        "epoch 10/10  loss 0.7500  training RMSE 0.8000  2.3 M ratings/s",
        "evaluating …",
    ]


def test_the_audience_block_counts_epochs_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mftui.api.progress._LINE_EVERY_S", 0.0)
    stream = io.StringIO()
    with make_progress(stream, quiet=False) as progress:
        progress.follow(lambda: (0, 100, 3))
        progress.phase("train")
        progress.metrics(line(3.0) | {"block": "taste"})
        progress.metrics(line(50.0) | {"block": "audience"})
    epochs = [text.partition("  ")[0] for text in stream.getvalue().splitlines()[1:]]
    assert epochs == ["epoch 3/3", "epoch 50 of the audience block"]


def test_quiet_is_quiet() -> None:
    stream = io.StringIO()
    progress = make_progress(stream, quiet=True)
    assert isinstance(progress, Silent)
    show(progress)
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_line_that_is_redrawn_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    primary, secondary = pty.openpty()
    with os.fdopen(secondary, "w") as screen:
        progress = make_progress(screen, quiet=False)
        assert isinstance(progress, Bar)
        show(progress)
        drawn = ""
        while "\x1b[?25h" not in drawn:
            drawn += os.read(primary, 100_000).decode(errors="replace")
    os.close(primary)
    assert "evaluating" in drawn
    assert "validation RMSE 0.9000" in drawn and "loss 0.7500" in drawn
    assert "\x1b[?25h" in drawn.split("evaluating")[-1], "the cursor is shown again"


def test_a_terminal_that_goes_away_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    primary, secondary = pty.openpty()
    with os.fdopen(secondary, "w") as screen:
        progress = make_progress(screen, quiet=False)
        with progress:
            progress.phase("train")
            os.close(primary)
            progress.metrics(line(1.0))
            progress.phase("evaluate")


def test_several_chains_say_how_far_they_agree() -> None:
    line = {"train_loss": 0.6, "train_rmse": 0.77, "valid_rmse": 0.86, "r_hat": 1.0441, "ratings_per_second": 1e6}

    assert "validation RMSE 0.8600  R-hat 1.0441  1.0 M ratings/s" in describe(line)


@pytest.mark.parametrize("kind", ["terminal", "notebook"])
def test_a_bar_never_passes_its_end_nor_goes_back(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Over two blocks, whose epochs are counted apart."""
    monkeypatch.setattr("mftui.api.progress._NOTEBOOK_EVERY_S", 0.0)
    shares: list[float] = []
    texts: list[str] = []
    if kind == "terminal":
        bar: Any = Bar(io.StringIO())

        def look() -> None:
            task = bar._bar.tasks[0]
            shares.append(task.completed / task.total)
            texts.append(task.description)
    else:
        bar = NotebookBar(lambda shown, **_: None)
        monkeypatch.setattr(bar, "_draw", lambda done, total: shares.append(done / total))

        def look() -> None:
            texts.append(bar._text)

    bar.follow(lambda: (0, 60, 3))
    bar.phase("train")
    shares.clear()
    for step in range(1, 61):
        block, epoch = ("taste", step / 10) if step <= 30 else ("audience", float(step - 30))
        bar.metrics(line(epoch) | {"block": block, "step": step})
        look()
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert not any("/3" in text for text in texts[30:])
