"""Splits: what is held out is what the label says, in file order, and nothing is in both parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.ratings_files import lines, write

from mftui.data.dataset import Dataset
from mftui.data.loading.load import open_dataset
from mftui.data.splits import SplitSpec, make_split
from mftui.errors import DataError, UsageError


def dataset_of(tmp_path: Path, n: int, *, times: bool = True) -> Dataset:
    """n ratings of seven users, in an order of time that is not that of the file."""
    random = np.random.default_rng(1)
    when = random.permutation(n)
    rows = [f"{i % 7},{i // 7},{i % 5 + 1}" + (f",{when[i]}" if times else "") for i in range(n)]
    return open_dataset(write(tmp_path / "r.csv", "\n".join(rows)))


@pytest.mark.parametrize("kind", ["random", "temporal", "leave-last", "none"])
def test_the_parts_are_disjoint_complete_and_in_file_order(tmp_path: Path, kind: str) -> None:
    dataset = dataset_of(tmp_path, 200)
    split = make_split(dataset, SplitSpec(kind))
    assert np.all(np.diff(split.train_rows) > 0) and np.all(np.diff(split.test_rows) > 0)
    assert sorted([*split.train_rows, *split.test_rows]) == list(range(200))


def test_random_is_the_head_of_a_seeded_permutation(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, 200)
    split = make_split(dataset, SplitSpec("random", 0.1, seed=3))
    assert split.test_rows.tolist() == sorted(np.random.default_rng(3).permutation(200)[:20].tolist())
    assert make_split(dataset, SplitSpec("random", 0.1, seed=4)).test_rows.tolist() != split.test_rows.tolist()


@pytest.mark.parametrize(
    ("n", "fraction", "n_test"), [(100, 0.1, 10), (109, 0.1, 10), (100, 0.29, 29), (100, 0.57, 57)]
)
def test_the_share_is_exact_in_decimals(tmp_path: Path, n: int, fraction: float, n_test: int) -> None:
    assert len(make_split(dataset_of(tmp_path, n), SplitSpec("random", fraction)).test_rows) == n_test


def test_temporal_holds_out_the_latest(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, 200)
    split = make_split(dataset, SplitSpec("temporal", 0.25))
    times = dataset.ratings.timestamps
    assert times is not None
    assert times[split.test_rows].min() > times[split.train_rows].max()
    assert len(split.test_rows) == 50


def test_leave_last_holds_out_one_of_each_user_by_time(tmp_path: Path) -> None:
    rows = "1,1,3,50\n1,2,4,90\n1,3,5,70\n2,1,1,10\n3,1,2,5\n3,2,2,5\n"
    split = make_split(open_dataset(write(tmp_path / "r.csv", rows)), SplitSpec("leave-last"))
    assert split.test_rows.tolist() == [1, 5], "user 2 has one rating, which stays in training"


def test_leave_last_goes_by_place_without_timestamps(tmp_path: Path) -> None:
    rows = "1,1,3\n2,1,1\n1,2,4\n2,2,4\n1,3,5\n"
    split = make_split(open_dataset(write(tmp_path / "r.csv", rows)), SplitSpec("leave-last"))
    assert split.test_rows.tolist() == [3, 4]


def test_file_holds_out_the_rows_of_the_test_file(tmp_path: Path) -> None:
    test = write(tmp_path / "t.csv", "7,10,5,1\n")
    dataset = open_dataset(write(tmp_path / "r.csv", lines(",")), test=test)
    split = make_split(dataset, SplitSpec("file"))
    assert split.test_rows.tolist() == [5]
    assert split.train_rows.tolist() == [0, 1, 2, 3, 4]


def test_none_trains_on_everything(tmp_path: Path) -> None:
    assert len(make_split(dataset_of(tmp_path, 50), SplitSpec("none")).train_rows) == 50


def test_what_cannot_be_split_says_what_to_do(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, 8, times=False)
    with pytest.raises(DataError, match=r"a temporal split needs timestamps.*Split random or leave-last"):
        make_split(dataset, SplitSpec("temporal"))
    with pytest.raises(DataError, match=r"no test file was given. Name one to test on"):
        make_split(dataset, SplitSpec("file"))
    with pytest.raises(DataError, match=r"\(random 10 % \(seed 0\)\) leaves no ratings for the test"):
        make_split(dataset, SplitSpec("random"))
    with pytest.raises(DataError, match=r"leaves no ratings for the test"):
        make_split(open_dataset(write(tmp_path / "one.csv", "1,1,3\n2,2,4\n")), SplitSpec("leave-last"))
    with pytest.raises(UsageError, match=r"there is no split called odd. Choose one of: random, temporal"):
        make_split(dataset, SplitSpec("odd"))
    for fraction in (0.0, 1.0, -0.1, float("nan")):
        with pytest.raises(UsageError, match=r"--test-fraction must be between 0 and 1"):
            make_split(dataset, SplitSpec("random", fraction))


def test_a_test_file_that_covers_all_training_leaves_nothing_to_train_on(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", lines(","))
    test = write(tmp_path / "t.csv", lines(","))
    with pytest.raises(DataError, match=r"leaves no ratings to train on. Test on fewer ratings"):
        make_split(open_dataset(file, test=test), SplitSpec("file"))
