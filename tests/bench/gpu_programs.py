"""What `gpu_step.py dump` writes: the programs that a training compiles where it computes on a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from gpu_dump import SIZES, Program, dump, problem_of, who_rated
from gpu_gibbs import rows_alone, sweep
from gpu_step import Argument

from mftui.engine.audience_block import audience_learner
from mftui.engine.descent import minibatch
from mftui.engine.descent.dense import DenseLearner
from mftui.engine.recipes import RECIPES
from mftui.engine.recipes.post2019 import MAX_CELLS
from mftui.engine.training.memory import Sizes
from mftui.engine.training.recipe import Hyper

COMPARED = "100k"


class Held:
    """An input pipeline of a GPU that holds no ratings: they are arguments of the call."""

    def __init__(self, _: Any, batches: Any) -> None:
        self.batches, self.steps_per_call = batches, batches.run

    def compile(self, updates: Any) -> None:
        """Keep what is to be compiled."""
        self.updates = updates


class Groups:
    """As UserGroups, of equal numbers of users and without the ratings."""

    def __init__(self, ratings: Any, _: Any, n_users: int, groups: int, *__: int) -> None:
        self.users, self.size, self._groups = -(-n_users // groups), -(-len(ratings) // groups), groups

    def __len__(self) -> int:
        return self._groups

    def squares(self, n_movies: int) -> Any:
        """Return no gladness at all."""
        return np.zeros(n_movies, dtype=np.float32)


def settings(recipe: str, size: str, **given: object) -> Hyper:
    """Return what the rules of a recipe choose for data of this size, but for what is given."""
    chosen = RECIPES[recipe]
    return chosen.sized(chosen.check(given), Sizes(*SIZES[size]))


def taste(size: str, name: str = "taste", **given: object) -> Program:
    """Return an epoch of recipe biased: on a GPU one call."""
    problem, held = problem_of(size), []
    with patch.object(minibatch, "make_pipeline", lambda *given: held.append(Held(*given)) or held[-1]):
        learner: Any = RECIPES["biased"].build(problem, settings("biased", size, validation=0.0, **given))
    pipeline, batches = held[0], held[0].batches
    updates, shape = learner.steps_per_call * batches.updates, (batches.count, batches.size)
    width = sum(learner.model.user_factors.shape[1:]) + learner.model.members
    return Program(
        f"{name}-{size}",
        lambda numbers, *data: pipeline.updates(data, numbers),
        [
            Argument("numbers", (updates,), "int32", written="counted"),
            *who_rated(shape, problem.n_users, problem.n_movies),
            Argument("values", shape, low=0.5, high=5.0),
        ],
        updates * batches.size,
        updates * batches.size * width * 4 * 2 * 2,
        updates,
    )


def audience(size: str) -> Iterator[Program]:
    """Yield a step of the audience block, and one of the passes that find its start."""
    problem = problem_of(size)
    with patch.object(audience_learner, "UserGroups", Groups):
        learner = audience_learner.AudienceLearner(problem, settings("biased", size))
    groups: Any = learner._groups
    n, k = groups.size, learner._movies.shape[1]
    columns = [*who_rated((n,), groups.users, problem.n_movies), Argument("glad", (n,), low=0.0, high=1.5)]
    row, sums = 4 * k * n, 4 * k * groups.users
    yield Program(f"audience-{size}", learner._descend, columns, n, 4 * row + 4 * sums)
    start = Argument("sums", (problem.n_movies, k))
    yield Program(f"audience-pass-{size}", learner._add_pass, [start, *columns], n, 3 * row + 2 * sums)


def post2019(size: str) -> Program:
    """Return a step on the dense matrix, drawn as full as that of the ratings is."""
    problem = problem_of(size)
    learner = DenseLearner(problem, settings("post2019", size))
    shape, n = (problem.n_users, problem.n_movies), len(problem.train)

    def step(target: Any) -> Any:
        learner._target = target
        return learner._update()

    target = Argument("target", shape, low=0.1, high=1.0, share=n / (shape[0] * shape[1]))
    return Program(f"post2019-{size}", step, [target], n, 4 * 5 * shape[0] * shape[1])


def programs(size: str) -> Iterator[Program]:
    """Yield all programs that there are at this size."""
    users, movies, _ = SIZES[size]
    yield taste(size)
    if size != COMPARED:  # there it is the same
        yield taste(size, "taste-members", members=8, factors=12, adaptive_priors=False)
    yield from audience(size)
    if users * movies <= MAX_CELLS:
        yield post2019(size)
    yield sweep(size)
    yield rows_alone(size)


def dump_all(out: Path, sizes: list[str]) -> None:
    """Write a folder for each program."""
    for size in sizes:
        for program in programs(size):
            dump(program, out / program.name, compared=size == COMPARED)
