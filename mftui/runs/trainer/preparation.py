"""What comes before the first step of a training: its data, what it computes on, its compiled programs."""

from __future__ import annotations

from mftui.data.dataset import Dataset
from mftui.data.splits import Split
from mftui.engine.compute.device import Computing, set_up
from mftui.engine.training.draws import draw_ahead
from mftui.engine.training.training import Training
from mftui.runs.store.config import IN_FILE, RunConfig
from mftui.runs.trainer.memory_budget import choose_location
from mftui.runs.trainer.prepare import (
    MakeTraining,
    Trainable,
    import_tensorflow,
    kept_programs,
    open_data,
    training_spec,
)


class Preparation:
    """Make each part when it is first asked for: by the training, or before there is one by the standby.

    Nothing is written but caches. All calls must be about the same training.

    Parameters
    ----------
    make_training: stand-in for the engine's `Training`.
    own_process: nothing but this training uses TensorFlow in this process.
    """

    def __init__(self, make_training: MakeTraining | None = None, own_process: bool = False) -> None:
        self.computes = make_training is None
        """Whether it needs TensorFlow."""
        self._make: MakeTraining = make_training or Training
        self._own_process = own_process
        self._data: tuple[Dataset, Split] | None = None
        self._location = ""
        self._computing: Computing | None = None
        self._training: Trainable | None = None

    def data(self, config: RunConfig) -> tuple[Dataset, Split]:
        """Open the data and split it. Raises what `open_data` raises."""
        if self._data is None:
            self._data = open_data(config.train_request(), config.fingerprint)
        return self._data

    def location(self, config: RunConfig) -> str:
        """Choose where the ratings are kept, for a `config` that knows its data. Raises what `choose_location` does."""
        if not self._location:
            dataset, split = self.data(config)
            self._location = choose_location(config, dataset.n_users, dataset.n_movies, dataset.n_ratings)
            hyper = config.complete_hyper()
            if self.computes:
                in_batches = "batch_size" in hyper and self._location != IN_FILE
                draw_ahead(hyper, split.n_train, config.seed, in_batches)
        return self._location

    def import_tensorflow(self) -> int:
        """Import TensorFlow; return the bytes of memory that it took."""
        return import_tensorflow(self._own_process)

    def computing(self, config: RunConfig) -> Computing:
        """Choose the device. Raises what `set_up` raises."""
        if self._computing is None:
            self._computing = set_up(config.hyper)
        return self._computing

    def training(self, config: RunConfig) -> Trainable:
        """Build the training and compile its first programs, for a `config` that knows where its ratings are."""
        if self._training is None:
            training = self._make(training_spec(config, *self.data(config), self._computing))
            training.prepare()
            self._training = training
        return self._training

    @property
    def compile_seconds(self) -> float:
        """Return how long it has compiled so far."""
        return 0.0 if self._training is None else self._training.seconds["compile"]

    def keep_programs(self) -> int:
        """Keep what this process has compiled for the next one; return how many programs those are."""
        programs = kept_programs() if self._own_process else None
        return 0 if programs is None else programs.publish()
