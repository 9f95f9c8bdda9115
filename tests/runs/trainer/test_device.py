"""What a run is computed on stands in its `config.json`, as it is and as it was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.runs import request

from mftui.errors import TrainingError
from mftui.runs.store.run import create_run
from mftui.runs.trainer.main import train

ON_CPU = {"device": "cpu", "precision": "bfloat16", "deterministic": False, "audience": False, "members": 1}


@pytest.mark.long
def test_the_run_says_what_was_asked_for_and_what_it_was_computed_with(ratings: Path) -> None:
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("this process may have begun on a GPU already")
    run = create_run(request(ratings, epochs=1, hyper=ON_CPU))
    result = train(run)
    config = run.config()

    assert config.hyper.items() >= ON_CPU.items()
    assert (config.device, config.precision) == ("CPU", "float32")
    assert result["warnings"] == ["CPU: no fast bfloat16 here, computed in float32."]


def test_a_run_on_a_gpu_that_is_not_there_fails_and_says_why(ratings: Path) -> None:
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    run = create_run(request(ratings, epochs=1, hyper={"device": "gpu"}))

    with pytest.raises(TrainingError, match="no GPU that TensorFlow can use"):
        train(run)
    assert run.state == "failed"
    assert "no GPU that TensorFlow can use" in run.status().message
