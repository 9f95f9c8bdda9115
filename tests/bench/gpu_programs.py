"""What `gpu_step.py dump` writes: the programs that a training compiles where it computes on a GPU."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import tensorflow as tf
from gpu_step import Argument

from mftui.data.dataset import Ratings, Scale
from mftui.engine.alternating import gaussian_rows
from mftui.engine.compute.device import Computing
from mftui.engine.descent import audience_learner, minibatch
from mftui.engine.descent.dense import DenseLearner
from mftui.engine.recipes import RECIPES
from mftui.engine.recipes.bayes import FACTORS
from mftui.engine.recipes.post2019 import MAX_CELLS
from mftui.engine.training.problem import Problem

SIZES = {"100k": (943, 1682, 100_000), "1m": (6_040, 3_706, 1_000_000), "25m": (162_000, 59_000, 25_000_000)}
COMPARED = "100k"
GRADIENT = 1e-5
"""How large Adam's moments are drawn: as gradients at the smallest size are, so that an update depends on both."""


@dataclass(frozen=True)
class Program:
    """What is compiled, and what it is given first: its variables come after that."""

    name: str
    function: Callable[..., Any]
    arguments: list[Argument]
    ratings: int
    between: int
    """Bytes of a call that `plain` has and `least` has not: see `gpu_step.py`."""
    updates: int = 1


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


def problem_of(size: str) -> Problem:
    """The numbers of users, movies and ratings, without which is which."""
    users, movies, n = SIZES[size]
    indices = np.broadcast_to(np.int32(0), n)
    train = Ratings(indices, indices, np.resize(np.arange(1, 11, dtype=np.float32) / 2, n))
    return Problem(train, train.take(np.arange(0)), users, movies, Scale(0.5, 5.0, 0.5), 0, Computing("gpu", "GPU"))


def who_rated(shape: tuple[int, ...], users: int, movies: int) -> list[Argument]:
    """Indices sorted by user, few movies having most ratings."""
    return [
        Argument("users", shape, "int32", 0, users, ordered=True),
        Argument("movies", shape, "int32", 0, movies, power=3),
    ]


def taste(size: str, preset: str = "default") -> Program:
    """Return an epoch of recipe biased: on a GPU one call."""
    recipe, problem, held = RECIPES["biased"], problem_of(size), []
    values = next(p.values for p in recipe.presets if p.name == preset)
    with patch.object(minibatch, "make_pipeline", lambda *given: held.append(Held(*given)) or held[-1]):
        learner: Any = recipe.build(problem, recipe.check(dict(values, validation=0.0)))
    pipeline, batches = held[0], held[0].batches
    updates, shape = learner.steps_per_call * batches.updates, (batches.count, batches.size)
    width = sum(learner.model.user_factors.shape[1:]) + learner.model.members
    return Program(
        f"taste{'' if preset == 'default' else '-' + preset}-{size}",
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
        learner = audience_learner.AudienceLearner(problem, RECIPES["biased"].check({}))
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
    learner = DenseLearner(problem, RECIPES["post2019"].check({}))
    shape, n = (problem.n_users, problem.n_movies), len(problem.train)

    def step(target: Any) -> Any:
        learner._target = target
        return learner._update()

    target = Argument("target", shape, low=0.1, high=1.0, share=n / (shape[0] * shape[1]))
    return Program(f"post2019-{size}", step, [target], n, 4 * 5 * shape[0] * shape[1])


def bayes(size: str) -> Program:
    """Return the solution of as many users as are solved at once: their matrices are written and read, and the roots
    written and read twice. The sums are small beside the prior, so that all matrices have a root."""
    users, _, ratings = SIZES[size]
    p, starts = FACTORS + 1, np.arange(users + 1) * (ratings // users)
    n = gaussian_rows._end_of_part(starts, 0, p)
    shapes = {"sums": (n, p * (p + 1) // 2 + p + 1), "weighted": (n, p + 1), "squares": (n,), "counts": (n,)}
    arguments = [
        Argument(name, shape, low=0.0 if len(shape) == 1 else -0.5, high=0.5) for name, shape in shapes.items()
    ]
    arguments += [
        Argument("weight", (), low=0.5, high=1.5),
        Argument("precision", (p, p), high=10.0, written="diagonal"),
        Argument("mean", (p,)),
        Argument("noise", (n, p), low=-2.0, high=2.0),
    ]

    def solve(*given: Any) -> Any:
        *sums, precision, mean, noise = given
        return gaussian_rows._solve(*sums, gaussian_rows.Prior(precision, mean), noise)

    return Program(f"bayes-{size}", solve, arguments, int(starts[n]), 4 * 5 * n * p * p)


def programs(size: str) -> Iterator[Program]:
    """Yield all programs that there are at this size."""
    users, movies, ratings = SIZES[size]
    yield taste(size)
    if ratings >= 10_000_000:
        yield taste(size, "wide")
    yield from audience(size)
    if users * movies <= MAX_CELLS:
        yield post2019(size)
    yield bayes(size)


def of_variable(variable: Any) -> Argument:
    """How a variable is drawn, by its name."""
    shape, name = tuple(variable.shape), variable.name.partition(":")[0]
    if "iteration" in name:
        return Argument(name, shape, "int64", 3, 4)
    if "learning_rate" in name:
        return Argument(name, shape, low=1e-3, high=1e-3)
    if "velocity" in name:
        return Argument(name, shape, low=GRADIENT**2 / 2, high=GRADIENT**2)
    if "momentum" in name:
        return Argument(name, shape, low=-GRADIENT, high=GRADIENT)
    return Argument(name, shape)


def dump(program: Program, folder: Path, *, compared: bool) -> None:
    """Write HLO, how its arguments are drawn, and with `compared` what TensorFlow makes of them on this machine."""
    compiled = tf.function(program.function, jit_compile=True)
    specs = [tf.TensorSpec(a.shape, a.dtype) for a in program.arguments]
    traced = compiled.get_concrete_function(*specs)
    of_handle = {id(v.handle): v for v in traced.graph.variables}
    variables = [of_handle[id(captured)] for captured in traced.captured_inputs]
    arguments = [*program.arguments, *map(of_variable, variables)]
    folder.mkdir(parents=True, exist_ok=True)
    hlo = compiled.experimental_get_compiler_ir(*specs)(stage="hlo_serialized")
    (folder / "module.hlo.pb").write_bytes(hlo)
    facts = {key: getattr(program, key) for key in ("name", "ratings", "between", "updates")}
    text = json.dumps(facts | {"arguments": [asdict(a) for a in arguments]}, indent=1)
    (folder / "program.json").write_text(text)
    if compared:
        given = [a.values(i) for i, a in enumerate(arguments)]
        for variable, value in zip(variables, given[len(specs) :], strict=True):
            variable.assign(value)
        found = tf.nest.flatten(traced(*map(tf.constant, given[: len(specs)])))
        after = [v.numpy() for v in variables]
        changed = [new for new, old in zip(after, given[len(specs) :], strict=True) if np.any(new != old)]
        np.savez_compressed(folder / "tensorflow.npz", *(np.asarray(array) for array in [*found, *changed]))
    print(f"{program.name}: {len(hlo):,} bytes of HLO, {sum(np.prod(a.shape) for a in arguments):,.0f} numbers given")


def dump_all(out: Path, sizes: list[str]) -> None:
    """Write a folder for each program."""
    for size in sizes:
        for program in programs(size):
            dump(program, out / program.name, compared=size == COMPARED)
