"""How `gpu_step.py dump` writes a program: as HLO, with how its arguments are drawn and TensorFlow's own results."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from gpu_step import Argument, drawn

from mftui.data.dataset import Ratings, Scale
from mftui.engine.compute.device import Computing
from mftui.engine.training.problem import Problem

SIZES = {"100k": (943, 1682, 100_000), "1m": (6_040, 3_706, 1_000_000), "25m": (162_000, 59_000, 25_000_000)}
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
    itself: Callable[..., Any] | None = None
    """What TensorFlow is compared by, where it does not compile the program as it is."""


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
        given = drawn(arguments)
        for variable, value in zip(variables, given[len(specs) :], strict=True):
            variable.assign(value)
        found = tf.nest.flatten((program.itself or traced)(*map(tf.constant, given[: len(specs)])))
        after = [v.numpy() for v in variables]
        changed = [new for new, old in zip(after, given[len(specs) :], strict=True) if np.any(new != old)]
        np.savez_compressed(folder / "tensorflow.npz", *(np.asarray(array) for array in [*found, *changed]))
    print(f"{program.name}: {len(hlo):,} bytes of HLO, {sum(np.prod(a.shape) for a in arguments):,.0f} numbers given")
