"""Numbers with thousands of digits, wherever a number may stand: the answer is right, or says where the fault is."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command import spoken
from helpers.models import toy_run

MANY = "9" * 5000
ROWS = "".join(f"{user},{movie},{1 + user * movie % 5}\n" for user in range(1, 30) for movie in range(1, 9))
FILES = {
    "an id": f"userId,movieId,rating\n{MANY},1,3\n{ROWS}",
    "a negative id": f"userId,movieId,rating\n-{MANY},1,3\n{ROWS}",
    "an id with a point": f"userId,movieId,rating\n1,{MANY}.0,3\n{ROWS}",
    "an exponent": f"userId,movieId,rating\n1e{MANY},1,3\n{ROWS}",
    "a rating": f"userId,movieId,rating\n1,1,{MANY}\n{ROWS}",
    "a header": f"{MANY},{MANY},{MANY}\n{ROWS}",
    "a header of numbers": f"1,{MANY},3\n{ROWS}",
    "a matrix": f"user,{MANY},2,3\n1,3,4,5\n{MANY},3,4,5\n",
    "colons": f"{MANY}::1::3::4\n1::2::3::4\n",
}
ARGUMENTS = (
    ("user", MANY), ("similar", MANY), ("similar", f"tt{MANY}"), ("map", "--axes", f"{MANY},1"),
    ("factors", "--axis", MANY),
    ("recommend", "1", "--years", f"{MANY}-"), ("rate", "Matrix", MANY), ("ratings", "not-seen", MANY),
    ("runs", "show", MANY),
    ("train", "--seed", MANY), ("data", "info", "--columns", f"user={MANY},movie=2,rating=3", "{file}"),
    ("ratings", "import", "--columns", f"title={MANY},rating=2", "{file}"),
)  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_file(home: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "ratings.csv").write_text(FILES[kind])
    spoken("data", "info", str(tmp_path / "ratings.csv"))


@pytest.mark.parametrize("beside", ["movies.csv", "links.csv", "tags.csv"])
def test_a_file_beside_the_ratings(home: Path, tmp_path: Path, beside: str) -> None:
    heads = {
        "movies.csv": "movieId,title,genres",
        "links.csv": "movieId,imdbId,tmdbId",
        "tags.csv": "userId,movieId,tag",
    }
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n" + ROWS)
    (tmp_path / beside).write_text(f"{heads[beside]}\n{MANY},1,2\n1,{MANY},{MANY}\n")
    spoken("data", "info", str(tmp_path))


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda arguments: " ".join(arguments)[:30])
def test_an_argument(home: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    toy_run(home)
    (tmp_path / "x.csv").write_text("a,b\nx,4\n")
    spoken(*(argument.format(file=tmp_path / "x.csv") for argument in arguments))
