"""A training that cannot fit is refused before it begins, in words that say what to change."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.models import toy_factors
from helpers.numpy_training import NumpyTraining
from helpers.ratings_files import write
from helpers.runs import request, start_trainer

from mftui.engine.compute.machine import available_bytes
from mftui.engine.recipes import find_recipe
from mftui.engine.training.memory import MemoryEstimate, Sizes
from mftui.errors import TrainingError
from mftui.runs.store.run import create_run
from mftui.runs.trainer.main import train
from mftui.runs.trainer.memory_budget import require_memory

GB = 10**9
HUGE = {"factors": 4096, "members": 64}


def estimate(recipe: str, hyper: dict[str, Any], n_users: int, n_movies: int, n_ratings: int) -> MemoryEstimate:
    chosen = find_recipe(recipe)
    plain = {"audience": False} if any(field.name == "audience" for field in chosen.fields) else {}
    return chosen.estimate(Sizes(n_users, n_movies, n_ratings), chosen.check(plain | hyper))


def test_the_message_names_what_is_needed_what_there_is_and_what_to_do() -> None:
    needed = estimate("biased", {"factors": 512, "members": 1, "batch_size": 10_000}, 162_541, 59_047, 25_000_095)
    with pytest.raises(TrainingError) as refused:
        require_memory(needed, 4 * GB)
    assert re.match(
        r"the training needs about \d\.\d GB for 162,541 users and 59,047 movies by 512 factors, "
        r"and 25,000,095 ratings; you have 4\.0: use fewer factors or a batch size\.",
        str(refused.value),
    )
    require_memory(needed, 9 * GB)


@pytest.mark.parametrize(
    ("recipe", "hyper", "sizes", "remedy"),
    [
        ("funk", {"factors": 2000, "batch_size": 100_000}, (1000, 1000, 10**7), "use a smaller batch size"),
        ("biased", {"factors": 1, "batch_size": 100}, (1000, 1000, 10**9), "use fewer ratings"),
        ("post2019", {"factors": 15}, (160_000, 60_000, 1000), "such as biased"),
        (
            "bayes",
            {"factors": 10, "epochs": 300, "burn_in": 10, "chains": 1, "keep": 20, "features": "year,implicit"},
            (25_000, 4_000, 100_000),
            "leave implicit out of the features",
        ),
    ],
)
def test_the_remedy_is_for_what_takes_most(
    recipe: str, hyper: dict[str, int | str], sizes: tuple[int, int, int], remedy: str
) -> None:
    with pytest.raises(TrainingError, match=remedy):
        require_memory(estimate(recipe, hyper, *sizes), GB)


def test_the_default_training_of_the_largest_set_fits_into_four_gigabytes() -> None:
    defaults = {"factors": 32, "members": 1, "batch_size": 0}
    measured = 1.89 * GB
    needed = estimate("biased", defaults, 162_541, 59_047, 25_000_095).total
    assert measured < needed < 4 * GB


def machine(tmp_path: Path, *, group: str, **files: str) -> tuple[Path, Path]:
    """A false /proc and /sys/fs/cgroup with 8 GB free."""
    write(tmp_path / "proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n")
    write(tmp_path / "proc/self/cgroup", group)
    for name, text in files.items():
        write(tmp_path / "cgroup" / name, text)
    return tmp_path / "proc", tmp_path / "cgroup"


def test_without_limits_it_is_what_the_machine_has(tmp_path: Path) -> None:
    assert available_bytes(*machine(tmp_path, group="0::/\n")) == 8_000_000 << 10


def test_a_control_group_counts_and_so_does_every_one_above_it(tmp_path: Path) -> None:
    files = {
        "job/memory.max": "max\n",
        "job/memory.current": "5000\n",
        "memory.max": "3000000000",
        "memory.current": "1000000000",
        "memory.stat": "anon 5\ninactive_file 500000000\n",
    }
    assert available_bytes(*machine(tmp_path, group="0::/job\n", **files)) == 2_500_000_000


def test_a_control_group_may_have_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    files = {os.fsdecode(b"j\xf6b/memory.max"): "2000000000", os.fsdecode(b"j\xf6b/memory.current"): "500000000"}
    proc, cgroups = machine(tmp_path, group="0::/\n", **files)
    (proc / "self/cgroup").write_bytes(b"0::/j\xf6b\n")
    assert available_bytes(proc, cgroups) == 1_500_000_000


def test_control_groups_of_the_first_version_count(tmp_path: Path) -> None:
    files = {"memory/job/memory.limit_in_bytes": "2000000000", "memory/job/memory.usage_in_bytes": "500000000"}
    found = machine(tmp_path, group="9:cpu:/x\n4:memory:/job\n0::/\n", **files)
    assert available_bytes(*found) == 1_500_000_000


def test_nonsense_in_those_files_limits_nothing(tmp_path: Path) -> None:
    files = {"job/memory.max": "lots", "job/memory.current": "", "job/memory.stat": "x"}
    assert available_bytes(*machine(tmp_path, group="0::/job\nnonsense\n", **files)) == 8_000_000 << 10


def test_under_a_limit_a_training_is_refused_before_it_begins(ratings: Path) -> None:
    run = create_run(request(ratings, hyper=HUGE))
    trainer = start_trainer(run, MEMORY_LIMIT=str(4 * GB))
    _, said = trainer.communicate(timeout=60)
    assert trainer.returncode == 1 and "refused: the training needs about" in said and "use fewer factors" in said
    status = run.status()
    assert status.state == "failed" and "needs about" in status.message and status.phase == ""
    assert not any("compile" in line for line in run.log_tail())


def test_the_check_can_be_switched_off(ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mftui.runs.trainer.memory_budget.available_bytes", lambda: 1000)
    with pytest.raises(TrainingError, match="needs about"):
        train(create_run(request(ratings)), make_training=NumpyTraining)
    monkeypatch.setenv("MFTUI_CHECK_MEMORY", "false")
    assert train(create_run(request(ratings)), make_training=NumpyTraining)["state"] == "finished"


def test_running_out_all_the_same_says_what_to_do(ratings: Path) -> None:
    class Greedy(NumpyTraining):
        def prepare(self) -> None:
            raise MemoryError

    run = create_run(request(ratings))
    with pytest.raises(TrainingError, match=r"out of memory\. Use fewer factors or a batch size\."):
        train(run, make_training=Greedy)
    assert run.state == "failed" and "Use fewer factors" in run.status().message


def test_a_full_disk_that_tensorflow_names_as_it_names_memory_is_told_as_such(ratings: Path) -> None:
    class ResourceExhaustedError(Exception):
        pass

    class Full(NumpyTraining):
        def prepare(self) -> None:
            raise ResourceExhaustedError("cache/programs/x; No space left on device [Op:__inference_step_1]")

    run = create_run(request(ratings))
    with pytest.raises(TrainingError, match=rf"the disk is full.*Free some space, then: mftui train --resume {run.id}"):
        train(run, make_training=Full)
    assert run.state == "failed" and "memory" not in run.status().message


def test_an_estimate_is_the_sum_of_its_parts() -> None:
    assert MemoryEstimate(1, 2, 3, Sizes(1, 1, 1), 1, matrix=4, base=5).total == 15


def test_predictions_for_many_pairs_take_little_memory_and_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    model = toy_factors()
    random = np.random.default_rng(0)
    users, movies = (random.integers(0, n, 500) for n in (model.n_users, model.n_movies))
    at_once = model.logits(users, movies)
    monkeypatch.setattr("mftui.engine.model.rows.MAX_GATHERED_BYTES", 7 * 4 * model.n_factors)
    assert np.array_equal(model.logits(users, movies), at_once)
    assert len(model.logits(users[:0], movies[:0])) == 0
