"""Files that come after a training are read as those of the training were, by no other columns in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.numpy_training import NumpyTraining

from mftui.api.datasets import known_ratings
from mftui.data.loading.load import read_pairs
from mftui.data.reading.options import ReadOptions
from mftui.runs.results.evaluate import given_folds
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import Run, create_run
from mftui.runs.trainer.main import train

N_USERS, N_MOVIES = 30, 25
Row = tuple[int, int, float]


def rows(seed: int) -> list[Row]:
    rng = np.random.default_rng(seed)
    pairs = [(user, movie) for user in range(N_USERS) for movie in range(N_MOVIES) if rng.random() < 0.4]
    return [(user, movie, float(rng.integers(1, 6))) for user, movie in pairs]


def decoy(row: Row) -> str:
    """Columns that bear usual names, and say something else."""
    return f"u{row[0]},{(row[0] + 7) % N_USERS},{row[1]},{6 - row[2]:g},{row[2]:g}"


# header, one line, how the training is told, the pairs' header and line
FORMS: dict[str, tuple[str, Callable[[Row], str], dict[str, str], str, Callable[[Row], str]]] = {
    "renamed": (
        "who,user,film,rating,stars",
        decoy,
        {"user": "who", "movie": "film", "rating": "stars"},
        "film,user,who",
        lambda r: f"{r[1]},{(r[0] + 7) % N_USERS},u{r[0]}",
    ),
    "swapped": (
        "user,item,rating",
        lambda r: f"{r[1]},{r[0]},{r[2]:g}",
        {"user": "item", "movie": "user", "rating": "rating"},
        "user,item",
        lambda r: f"{r[1]},{r[0]}",
    ),
    "positional": (
        "",
        lambda r: f"{r[2]:g},{r[1]},{r[0]}",
        {"user": "3", "movie": "2", "rating": "1"},
        "",
        lambda r: f"{r[1]},{r[0]}",
    ),
}


def written(path: Path, header: str, line: Callable[[Row], str], content: list[Row]) -> Path:
    path.write_text("\n".join([*([header] if header else []), *map(line, content)]) + "\n")
    return path


def trained(data: Path, **how: Any) -> Run:
    run = create_run(TrainRequest(data=str(data), hyper={"factors": 2}, split="none", **how))
    train(run, make_training=NumpyTraining)
    return run


@pytest.mark.parametrize("form", sorted(FORMS))
def test_columns_are_those_of_the_training(tmp_path: Path, home: Path, form: str) -> None:
    header, line, columns, pairs_header, pairs_line = FORMS[form]
    later = rows(1)
    run = trained(written(tmp_path / "f1.base", header, line, rows(0)), columns=columns)
    test = written(tmp_path / "f1.test", header, line, later)

    factors = run.load_factors()
    known = known_ratings(factors, str(test))
    said = {(str(user).lstrip("u"), str(movie)): value for user, movie, value in later}
    read = zip(known.ratings.users, known.ratings.movies, known.ratings.values, strict=True)
    found = {
        (str(factors.user_ids.raw(user)).lstrip("u"), str(factors.movie_ids.raw(movie))): float(value)
        for user, movie, value in read
    }
    assert found == said and known.n_left_out == 0

    (fold,) = given_folds(tmp_path, "f1.base", run.config().how())
    uses = fold.dataset.reading.columns
    assert {role: uses[role].name or str(uses[role].position) for role in columns} == columns

    pairs = written(tmp_path / "pairs.csv", pairs_header, pairs_line, later)
    users, movies, *_ = read_pairs(pairs, run.config().how())
    assert [(str(user).lstrip("u"), str(movie)) for user, movie in zip(users, movies, strict=True)] == list(said)


def test_what_is_left_out_and_what_counts_become_is_as_in_the_training(tmp_path: Path, home: Path) -> None:
    def line(row: Row) -> str:
        return f"{row[0]},{row[1]},{row[2] ** 4:g}"

    data = written(tmp_path / "plays.csv", "user,item,plays", line, rows(0))
    columns = {"rating": "plays"}
    run = trained(data, columns=columns, counts=True, missing=["1"])
    grades = run.config().how().like
    assert grades is not None and grades.grades == (16.0, 81.0, 256.0, 625.0)
    few = written(tmp_path / "few.csv", "user,item,plays", line, [(0, 0, 1), (0, 1, 2), (1, 1, 5), (2, 2, 5)])
    known = known_ratings(run.load_factors(), str(few))
    assert known.ratings.values.tolist() == [1.0, 4.0, 4.0]


def test_a_run_that_does_not_know_how_it_was_read_goes_by_the_names_it_was_told(tmp_path: Path) -> None:
    how = ReadOptions.later({"columns": {"user": "who", "movie": "film", "rating": "stars"}}, None)
    pairs = written(tmp_path / "pairs.csv", "film,user,who", lambda r: f"{r[1]},9,u{r[0]}", [(1, 2, 3.0)])
    assert read_pairs(pairs, how)[:2] == (["u1"], [2])
