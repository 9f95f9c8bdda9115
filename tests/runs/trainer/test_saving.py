"""Saving beside the learning: the steps go on, one save at a time, and what goes wrong in it is not lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.numpy_training import NumpyTraining
from helpers.runs import request, wait_until

from mftui.engine.model.store import save_factors
from mftui.runs.store.config import RunConfig
from mftui.runs.store.metrics import MetricsWriter
from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer import saving
from mftui.runs.trainer.preparation import Preparation
from mftui.runs.trainer.prepare import assembler, with_data
from mftui.runs.trainer.saving import Saver


class Saving:
    """A saver of a training whose steps the test makes itself, and what it has warned of."""

    def __init__(self, run: Run, saver: Saver, steps: Iterator[object], warned: list[str]) -> None:
        self.run, self.saver, self._steps, self.warned = run, saver, steps, warned

    def step(self) -> None:
        next(self._steps)
        self.saver.after_step()

    def until(self, found: Callable[[], bool], what: str) -> None:
        """Make steps until it is so."""

        def step() -> bool:
            self.step()
            return found()

        wait_until(step, what)


@pytest.fixture
def due(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Saving]:
    """Saves are due after each step."""
    for name in ("FIRST_SAVE_S", "FACTORS_INTERVAL_S"):
        monkeypatch.setattr(saving, name, 0.0)
    monkeypatch.setattr(saving, "MAX_SAVING_SHARE", 1e9)
    run = create_run(request(ratings))
    asked, preparation = run.config().train_request(), Preparation(NumpyTraining)
    dataset, split = preparation.data(run.config())
    config: RunConfig = with_data(run.config(), dataset, split)
    training = preparation.training(config)
    warned: list[str] = []
    with (
        MetricsWriter(run.metrics_path) as metrics,
        Saver(run, asked, training, metrics, assembler(config, dataset, split), warned.append) as saver,
    ):
        yield Saving(run, saver, iter(training), warned)


def test_steps_go_on_while_a_model_is_written(due: Saving, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, written = threading.Event(), threading.Event()
    write = save_factors

    def slow(*given: Any, **more: Any) -> None:
        begun.set()
        assert written.wait(30)
        write(*given, **more)

    monkeypatch.setattr(saving, "save_factors", slow)
    due.step()
    assert begun.wait(30)
    for _ in range(5):
        due.step()  # returns though the first model is not written
    assert not due.run.has_factors
    written.set()
    wait_until(lambda: due.run.has_factors and due.run.checkpoint_path.exists(), "both are written")
    before = due.run.factors_version
    due.until(lambda: due.run.factors_version != before, "the next is written")


def test_where_there_is_little_memory_the_steps_wait(due: Saving) -> None:
    due.saver._waits = True
    for number in range(3):
        due.step()
        assert due.run.has_factors and due.run.checkpoint_path.exists(), number


def test_what_is_asked_for_now_is_the_state_of_now(due: Saving) -> None:
    for _ in range(3):
        due.step()
    due.saver.save()
    model = due.saver.model()
    assert model is not None
    assert (due.run.load_factors().parameters.movie_factors == model.parameters.movie_factors).all()


def test_what_cannot_be_written_is_said_and_the_steps_go_on(due: Saving, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "save_factors", full)
    monkeypatch.setattr(saving, "save_checkpoint", full)
    due.until(lambda: len(due.warned) >= 2, "both are said")
    assert "could not refresh the model: No space left on device" in due.warned
    assert "could not save a checkpoint: No space left on device" in due.warned


def test_any_other_error_in_it_ends_the_training(due: Saving, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(saving, "save_factors", broken)

    with pytest.raises(MemoryError):
        due.until(lambda: False, "it is raised after a step")
