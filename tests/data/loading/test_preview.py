"""What is seen of a file before training, and how a doubt is settled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from mftui.data.loading import preview as module
from mftui.data.loading.preview import preview, whole
from mftui.data.reading.answers import answered
from mftui.data.reading.first_look import Preview
from mftui.data.reading.options import ReadOptions

ROWS = [(user, 100 + movie, 1 + (user * movie) % 5) for user in range(1, 13) for movie in range(1, 11)]


def written(path: Path, rows: Sequence[tuple[object, ...]], head: str = "", delimiter: str = ",") -> str:
    """A table of text."""
    lines = [delimiter.join(map(str, row)) for row in rows]
    path.write_text("".join(f"{line}\n" for line in ([head] if head else []) + lines))
    return str(path)


def test_the_first_rows_come_with_the_columns_that_are_read(tmp_path: Path):
    file = written(tmp_path / "r.csv", [(*row, "x") for row in ROWS], "userId,movieId,rating,comment")
    seen = preview(file)
    assert seen.names == ("userId", "movieId", "rating", "comment")
    assert seen.roles == {"user": 0, "movie": 1, "rating": 2}
    assert (len(seen.rows), seen.rows[0]) == (8, ("1", "101", "2", "x"))
    assert (seen.header, seen.whole, seen.trouble) == (True, False, None)


def test_all_of_it_says_how_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    file = written(tmp_path / "r.tsv", ROWS, delimiter="\t")
    seen = whole(file, ReadOptions(), preview(file))
    assert (seen.n_users, seen.n_movies, seen.n_ratings, seen.scale) == (12, 10, 120, (1.0, 5.0))
    assert (seen.whole, seen.header, seen.names) == (True, False, ("1", "2", "3"))
    assert Preview.from_document(json.loads(json.dumps(seen.document()))) == seen


def test_a_file_whose_columns_are_not_known_is_shown_all_the_same(tmp_path: Path):
    named = preview(written(tmp_path / "a.csv", [(*row, 7) for row in ROWS], "who,what,rating,n"))
    assert named.trouble is not None and "no column for the user and movie" in named.trouble.message
    assert (named.names, named.roles, named.header) == (("who", "what", "rating", "n"), {"rating": 2}, True)
    bare = preview(written(tmp_path / "b.csv", [(0, *row, 5) for row in ROWS]))
    assert bare.trouble is not None and bare.rows[0] == ("0", "1", "101", "2", "5")
    assert (bare.names, bare.header, bare.roles) == (("1", "2", "3", "4", "5"), False, {})


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.csv", None, "no such file"),
        ("empty.csv", b"", "empty"),
        ("r.csv", bytes(range(256)) * 50, "not a text file"),
        ("r.zip", b"PK\x03\x04 cut short", "zip is damaged"),
        ("words.csv", b"only words\n" * 30, "not a table"),
        ("r.parquet", b"PAR1 no parquet", "Parquet"),
    ],
)
def test_what_is_no_file_of_ratings_is_said_in_words(tmp_path: Path, name: str, content: bytes | None, says: str):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    seen = preview(str(tmp_path / name))
    assert seen.trouble is not None and says in seen.trouble.message
    assert str(tmp_path) not in seen.trouble.message


def test_a_doubt_comes_with_the_options_that_settle_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    rows = [(user, movie, -1 if (user + movie) % 4 == 0 else value) for user, movie, value in ROWS]
    file = written(tmp_path / "r.csv", rows, "user,movie,rating")
    seen = whole(file, ReadOptions(), preview(file))
    assert seen.trouble is not None and seen.trouble.doubt == "missing"
    how = answered(ReadOptions(), seen.trouble.options[0][0])
    assert how == ReadOptions(missing=("-1",))
    settled = whole(file, how, preview(file, how))
    assert (settled.trouble, settled.n_ratings) == (None, sum(value > 0 for *_, value in rows))


@pytest.mark.parametrize("word", ["", "-", "NA"])
def test_lines_without_a_rating_can_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str):
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    rows = [(user, movie, word if (user + movie) % 4 == 0 else value) for user, movie, value in ROWS]
    file = written(tmp_path / "r.csv", rows, "user,movie,rating")
    seen = whole(file, ReadOptions(), preview(file))
    assert seen.trouble is not None and not seen.trouble.doubt
    how = answered(ReadOptions(), seen.trouble.options[0][0])
    assert how is not None
    assert whole(file, how, preview(file, how)).n_ratings == sum(value != word for *_, value in rows)


@pytest.mark.parametrize(
    ("option", "how"),
    [
        ("--missing none", ReadOptions(columns={"user": "a"}, missing=("none",))),
        ("--missing=-1", ReadOptions(columns={"user": "a"}, missing=("0", "-1"))),
        (
            "--columns user=2,movie=3,rating=4",
            ReadOptions(columns={"user": "2", "movie": "3", "rating": "4"}, missing=("0",)),
        ),
        ("--columns timestamp=none", ReadOptions(columns={"user": "a", "timestamp": "none"}, missing=("0",))),
        ("--counts", ReadOptions(columns={"user": "a"}, missing=("0",), counts=True)),
        ("--wide users", ReadOptions(columns={"user": "a"}, missing=("0",), wide="users")),
        ("--accept ids", ReadOptions(columns={"user": "a"}, missing=("0",), accept=("ids",))),
        ("--missing 'n/a' --missing blank", ReadOptions(columns={"user": "a"}, missing=("0", "n/a", "blank"))),
        ("--columns rating=…", None),
        ("(correct it)", None),
        ("mftui ratings import FILE", None),
    ],
)
def test_an_option_of_a_doubt_is_carried_out(option: str, how: ReadOptions | None):
    assert answered(ReadOptions(columns={"user": "a"}, missing=("0",)), option) == how


def test_the_beginning_is_told_before_all_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def late(source: str, how: ReadOptions, head: Preview) -> Preview:
        assert Preview.from_document(json.loads(capsys.readouterr().out)) == head
        return head

    monkeypatch.setattr(module, "whole", late)
    module._main(written(tmp_path / "r.csv", ROWS, "user,movie,rating"), "{}")
    assert capsys.readouterr().out.count("\n") == 1


def test_what_was_left_out_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    file = written(tmp_path / "r.csv", [*ROWS, ROWS[0]], "user,movie,rating")
    seen = whole(file, ReadOptions(), preview(file))
    assert seen.reading is not None and sum(seen.reading.left_out.values()) == 1
    assert not [note for note in seen.notes if "left out" in note]


def test_in_a_child_process_the_beginning_comes_first_and_then_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MFTUI_HOME", str(tmp_path))
    file = written(tmp_path / "r.csv", ROWS, "item,user,rating")
    columns = json.dumps({"columns": {"user": "item", "movie": "user", "rating": "rating"}})
    module = [sys.executable, "-m", "mftui.data.loading.preview", file, columns]
    done = subprocess.run(module, capture_output=True, check=True, text=True)
    first, last = (Preview.from_document(json.loads(line)) for line in done.stdout.splitlines())
    assert (first.whole, last.whole) == (False, True)
    assert first.roles == last.roles == {"user": 0, "movie": 1, "rating": 2}
    assert (last.n_users, last.n_movies) == (12, 10)
