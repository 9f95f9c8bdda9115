"""Steps a second of recipe `post2019` beside an eager transcription of the post, in turn, in one process.

Run: `.venv/bin/python tests/bench/post2019_speed.py [DATA] [--rounds 20]`; ml-100k's u1 by default.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from protocol import Task, open_ml_100k, open_task

STEPS = 5
"""Steps in a round of each."""


def eager_step(task: Task, k: int = 15) -> Callable[[], Any]:
    """The post's step as it is run there: variables, a tape, RMSprop, nothing compiled."""
    import tensorflow as tf

    from mftui.engine.descent.dense import scaled_matrix

    target = tf.constant(scaled_matrix(task.train, task.n_users, task.n_movies))
    glorot = tf.keras.initializers.GlorotUniform(seed=0)
    users, movies = tf.Variable(glorot((task.n_users, k))), tf.Variable(glorot((k, task.n_movies)))
    user_bias, movie_bias = tf.Variable(tf.zeros([task.n_users, 1])), tf.Variable(tf.zeros([1, task.n_movies]))
    bias = tf.Variable(0.0)
    parameters = [users, movies, user_bias, movie_bias, bias]
    optimizer = tf.keras.optimizers.RMSprop(0.001, momentum=0.9)
    optimizer.build(parameters)

    def step() -> Any:
        with tf.GradientTape() as tape:
            predicted = tf.sigmoid(tf.matmul(users, movies) + user_bias + movie_bias + bias)
            loss = tf.reduce_mean((target - predicted) ** 2)
        optimizer.apply_gradients(zip(tape.gradient(loss, parameters), parameters, strict=True))
        return loss

    return step


def recipe_step(task: Task) -> Callable[[], Any]:
    """One step of recipe `post2019`."""
    from mftui.engine.recipes import find_recipe
    from mftui.engine.training.memory import Sizes
    from mftui.engine.training.problem import Problem

    recipe = find_recipe("post2019")
    nothing = task.train.take(np.arange(0))
    problem = Problem(task.train, nothing, task.n_users, task.n_movies, task.scale, seed=0)
    sizes = Sizes(task.n_users, task.n_movies, len(task.train))
    program = recipe.build(problem, recipe.sized(recipe.defaults(), sizes))
    return lambda: program.step(0)[0]


def steps_per_second(step: Callable[[], Any]) -> float:
    """The last step's loss is waited for."""
    began = time.perf_counter()
    for _ in range(STEPS):
        loss = step()
    float(loss)
    return STEPS / (time.perf_counter() - began)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", nargs="?")
    options.add_argument("--rounds", type=int, default=20)
    given = options.parse_args()
    task = open_task(given.data) if given.data else open_ml_100k()
    sides = {"eager, as in the post": eager_step(task), "recipe post2019": recipe_step(task)}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for step in sides.values():
        step()
    for _ in range(given.rounds):
        for name, step in sides.items():
            rates[name].append(steps_per_second(step))
    eager, ours = (max(r) for r in rates.values())
    print(f"{task.label}: {task.n_users:,} × {task.n_movies:,}, k=15; best of {given.rounds} rounds of {STEPS} steps")
    print(f"eager, as in the post {eager:8.1f} steps/s")
    print(f"recipe post2019       {ours:8.1f} steps/s  {ours / eager:.1f} times as many")


if __name__ == "__main__":
    main()
