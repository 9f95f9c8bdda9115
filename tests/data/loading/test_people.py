"""What is known of the users, from the file beside the ratings."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.paths import movielens

from mftui.data.loading.load import open_dataset
from mftui.data.loading.people import people_of
from mftui.errors import DataError

RATINGS = "1\t10\t3\t1\n1\t20\t4\t1\n2\t10\t5\t1\n3\t20\t1\t1\n"


def written(directory: Path, name: str = "", text: str = "") -> Path:
    (directory / "u.data").write_text(RATINGS)
    if name:
        (directory / name).write_text(text, encoding="latin-1")
    return directory


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("u.user", "3|24|M|writer|85711\n1|53|F|caf\xe9 owner|94043\n\n9|30|F|artist|1\n"),
        ("users.dat", "3::M::24::writer::85711\n1::F::53::caf\xe9 owner::94043\n9::F::30::artist::1\n"),
    ],
)
def test_it_is_put_where_its_users_are(tmp_path: Path, name: str, text: str) -> None:
    people = people_of(open_dataset(written(tmp_path, name, text), use_cache=False))

    assert people is not None
    assert people.ages.tolist() == [53, 0, 24]
    assert people.genders == ["F", "", "M"]
    assert people.occupations == ["café owner", "", "writer"]


def test_there_may_be_none(tmp_path: Path) -> None:
    assert people_of(open_dataset(written(tmp_path), use_cache=False)) is None


@pytest.mark.parametrize(
    ("line", "what"), [("1|24", "1.24 does not describe a user"), ("2|old|M|writer|1", "old is not an age")]
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, what: str) -> None:
    dataset = open_dataset(written(tmp_path, "u.user", f"3|24|M|writer|1\n{line}\n"), use_cache=False)

    with pytest.raises(DataError, match=what) as raised:
        people_of(dataset)
    assert raised.value.line == 2


def test_100k() -> None:
    people = people_of(open_dataset(movielens("ml-100k"), use_cache=False))

    assert people is not None
    assert (people.ages[0], people.genders[0], people.occupations[0]) == (24, "M", "technician")
    assert min(people.ages) == 7
    assert len(set(people.occupations)) == 21
