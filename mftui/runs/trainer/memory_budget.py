"""Compare the memory that a training will need with what this process can get, before anything slow begins."""

from __future__ import annotations

from mftui import limits
from mftui.engine.compute.cluster import find_cluster
from mftui.engine.compute.machine import available_bytes
from mftui.engine.recipes import find_recipe
from mftui.engine.recipes.fields import bytes_in
from mftui.engine.training.memory import MemoryEstimate, Sizes
from mftui.engine.training.recipe import AUTO
from mftui.errors import TrainingError, UsageError
from mftui.runs.store.config import IN_FILE, IN_MEMORY, RunConfig
from mftui.settings import load_settings


def choose_location(
    config: RunConfig, n_users: int, n_movies: int, n_ratings: int, device_bytes: int | None = None, parts: int = 1
) -> str:
    """Choose where the ratings are kept while they are learned from: IN_MEMORY or IN_FILE.

    Parameters
    ----------
    device_bytes: the memory of a device beside the machine's own; None: what this process can get counts.
    parts: devices that share batches and ratings.

    Raises
    ------
    UsageError: the budget that was given is too small.
    TrainingError: there is not enough memory.
    """
    one_cpu = device_bytes is None and find_cluster() is None
    needed = estimate(config, Sizes(n_users, n_movies, n_ratings, whole_batches=not one_cpu))
    if device_bytes is not None:
        needed = needed.per_device(parts)
    memory = str(config.complete_hyper().get("memory", AUTO))
    location = config.ratings_in or location_within(needed, memory, device_bytes)
    if location == IN_FILE:
        needed = needed.out_of_core()
    if load_settings().check_memory:
        require_stack()
        require_memory(needed, device_bytes)
    return IN_FILE if location == IN_FILE else IN_MEMORY


def estimate(config: RunConfig, sizes: Sizes) -> MemoryEstimate:
    """Estimate the memory that the training of `config` takes."""
    return find_recipe(config.recipe).estimate(sizes, config.complete_hyper())


def location_within(needed: MemoryEstimate, memory: str, available: int | None = None) -> str:
    """Return IN_MEMORY if the training fits into `memory` (see `bytes_in`), else IN_FILE.

    Raises UsageError if a budget was given and is too small for the training with its ratings in a file.
    """
    budget = bytes_in(memory)
    have = (available_bytes() if available is None else available) - needed.base if budget is None else budget
    if needed.data <= have or not needed.streamed:
        return IN_MEMORY
    least = needed.out_of_core()
    if budget is not None and least.data > budget:
        megabytes = f"{-(-least.data // 10**6):,} MB"
        raise UsageError(
            f"memory {memory}: the training needs {megabytes} beside TensorFlow for {needed.what}, "
            f"even with the ratings in a file.",
            hint=f"Allow that much, or {least.remedy}.",
        )
    return IN_FILE


def require_stack() -> None:
    """Raise TrainingError where the stack of a thread is so small that TensorFlow would end the process."""
    most = limits.stack()
    if most is not None and most < limits.LEAST_STACK:
        raise TrainingError(
            f"the stack of a thread may have {most >> 10:,} kB, and TensorFlow needs {limits.LEAST_STACK >> 10:,}.",
            hint="Allow more before: ulimit -s 8192.",
        )


def require_memory(needed: MemoryEstimate, available: int | None = None) -> None:
    """Raise TrainingError if this process cannot get the memory that is needed."""
    have = available_bytes() if available is None else available
    if needed.total > have:
        raise TrainingError(
            f"the training needs about {needed.total / 1e9:.1f} GB for {needed.what}; "
            f"you have {have / 1e9:.1f}: {needed.remedy}.",
            hint="MFTUI_CHECK_MEMORY=false tries it anyway.",
        )
