"""The forms of published data sets in lines and blocks; what holds no ratings is named."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from helpers.form_files import PACKERS, read, refusal, rows_of

from mftui.data.forms import blocks
from mftui.data.forms.read import read_form
from mftui.data.storage.files import FileRef

DAY = datetime.date(2005, 1, 1)
NETFLIX = "1:\n10,3,2005-01-01\n11,4,2005-01-01\n22:\n10,5,2005-01-01\n"


def test_the_netflix_prize(tmp_path: Path) -> None:
    wanted = [(10, 1, 3, DAY), (11, 1, 4, DAY), (10, 22, 5, DAY)]
    table = read(tmp_path / "combined_data_1.txt", NETFLIX)
    assert table.names == ("user", "movie", "rating", "timestamp")
    assert rows_of(table) == wanted
    assert rows_of(read(tmp_path / "a.gz", PACKERS["gz"](NETFLIX.replace("\n", "\r\n").encode()))) == wanted
    assert rows_of(read(tmp_path / "mv_0000001.txt", NETFLIX[:35])) == wanted[:2]
    assert rows_of(read(tmp_path / "b", NETFLIX.replace("22:", "\n22:"))) == wanted
    assert read(tmp_path / "c", "1:\n10,3\n11,4.5\n2:\n10,1\n").names == ("user", "movie", "rating")


def test_a_movie_goes_on_in_the_next_piece_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"{movie}:\n" + "10,3,2005-01-01\n" * movie for movie in range(1, 9))
    whole = rows_of(read(tmp_path / "a", text))
    monkeypatch.setattr(blocks, "_ROWS", 3)
    assert rows_of(read(tmp_path / "a")) == whole
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 50)
    snap = "product/productId: B{0}\nreview/userId: A{0}\nreview/score: 4.0\n\n"
    assert len(read(tmp_path / "b", "".join(snap.format(at) for at in range(9)))) == 9


def test_yahoo(tmp_path: Path) -> None:
    table = read(tmp_path / "a", "0|2\n50\t90\t3811\t13:24:00\n13\t30\t3811\t13:24:00\n1|1\n9\t0\t1\t00:01:00\n")
    assert table.names == ("user", "movie", "rating", "day", "clock")
    assert [row[:3] for row in rows_of(table)] == [(0, 50, 90), (0, 13, 30), (1, 9, 0)]
    assert rows_of(read(tmp_path / "b", "0|2\n50\t90\n13\t30\n")) == [(0, 50, 90), (0, 13, 30)]


def test_blocks_of_snap(tmp_path: Path) -> None:
    text = "product/productId: B1\nreview/userId: A1\nreview/score: 4.0\nreview/time: 1\nreview/text: a: b\n\n"
    text += "product/productId: B2\nreview/userId: A2\nreview/score: 5.0\nreview/time: 2\n\n"
    wanted = [("A1", "B1", 4.0, 1), ("A2", "B2", 5.0, 2)]
    assert rows_of(read(tmp_path / "a", text)) == wanted
    assert rows_of(read(tmp_path / "b", text.replace("\n", "\r\n").rstrip())) == wanted
    gap = text.replace("review/time: 1\n", "")
    assert rows_of(read(tmp_path / "c", gap))[0] == ("A1", "B1", 4.0, None)
    beer = "beer/name: X\nbeer/beerId: 47\nreview/overall: 16/20\nreview/profileName: st\n\n" * 2
    assert rows_of(read(tmp_path / "d", beer))[0] == ("st", "47", "16/20")


def test_many_blocks(tmp_path: Path) -> None:
    block = "product/productId: B{0}\nreview/userId: A{0}\nreview/score: 4.0\nreview/summary: {1}\n\n"
    table = read(tmp_path / "a", "".join(block.format(at, "ü" * 2000) for at in range(9000)))
    assert table.columns[1].to_pylist() == [f"B{at}" for at in range(9000)]


FEATURES = {
    "libFM": "5 0:1 943:1\n3 1:1 944:1\n",
    "svmlight": "5.0 0:1.0 943:1 # a\n# b\n\n3 1:1 944:1\n",
    "libFFM": "5 0:0:1 1:943:1\n3 0:1:1 1:944:1\n",
}


@pytest.mark.parametrize("kind", FEATURES)
def test_a_user_and_a_movie_as_features(tmp_path: Path, kind: str) -> None:
    assert rows_of(read(tmp_path / "a", FEATURES[kind])) == [(0, 943, 5), (1, 944, 3)]


def test_konect(tmp_path: Path) -> None:
    table = read(tmp_path / "out.x", "% bip weighted\n% 3 2 2\n1 1 4 978300760\n1 2 5 978300761\n")
    assert (table.names, table.header) == (("user", "movie", "rating", "timestamp"), False)
    assert rows_of(table)[0] == (1, 1, 4, 978300760)
    assert rows_of(read(tmp_path / "out.y", "% bip posweighted\n1\t2\t3.5\n")) == [(1, 2, 3.5)]


def test_arff(tmp_path: Path) -> None:
    head = "% a comment\n@relation r\n@attribute user {a,b}\n@attribute item numeric\n@attribute rating real\n@data\n"
    assert rows_of(read(tmp_path / "a.arff", f"{head}a,1,3.5\nb,2,?\n")) == [("a", 1, 3.5), ("b", 2, None)]
    assert rows_of(read(tmp_path / "b.arff", f"{head.upper()}A,1,3.5\n")) == [("A", 1, 3.5)]
    assert "line 7" in refusal(tmp_path / "c.arff", f"{head}a,1,3.5,4\n")


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "probe": ("1:\n30878\n2647871\n10:\n5\n", "Netflix Prize without ratings"),
    "qualifying": ("1:\n1046323,2005-12-19\n", "Netflix Prize without ratings"),
    "Netflix cut": (NETFLIX + "11", "line 6"),
    "Netflix with a word": (NETFLIX.replace("11,4", "11,x"), "line 3"),
    "Netflix with too much": (NETFLIX.replace("11,4", "11,4,4"), "line 3"),
    "Yahoo's test": ("0|1\n507696\t3811\t13:24:00\n", "without ratings"),
    "more features": ("5 0:1 943:1 2000:0.5\n", "line 1 has 3 features"),
    "features that are not 1": ("5 0:1 943:3\n", "not just a user's and a movie's"),
    "learning to rank": ("3 qid:1 1:0.5 2:1\n", "learning to rank"),
    "pairs of KONECT": ("% sym unweighted\n1 2\n3 4\n", "pairs only"),
    "ARFF with text": ("@relation r\n@attribute u string\n@data\n'x'\n", "attributes of text"),
    "Vowpal Wabbit": ("3.5 |u 1 |i 32\n3.0 |u 1 |i 110\n", "Vowpal Wabbit"),
    "Vowpal Wabbit with tags": ("1 1.0 tag|u a |i b\n2 |u c |i d\n", "Vowpal Wabbit"),
    "LightGCN": ("0 1 2 3\n1 5\n2 7 8 9 10 11\n", "lists of items, a line for each user, and no ratings"),
    "LightGCN of one length": (
        "".join(f"{u} {' '.join(str(u + i) for i in range(12))}\n" for u in range(5)),
        "lists of",
    ),
    "Git LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12345\n", "a Git LFS pointer"),
    "page": ("\n<!DOCTYPE html>\n<html><body>Log in</body></html>\n", "this is a web page"),
    "page without a head": ("<script>x</script>", "this is a web page"),
    "XML": ("<recentratings><film><filmid>32</filmid></film></recentratings>", "this is XML"),
    "XML with a head": ('<?xml version="1.0"?><a/>', "this is XML"),
    "SQL": (
        "-- dump\n\nCREATE TABLE ratings (a int);\nINSERT INTO ratings VALUES (1);\n",
        "a dump of a database in SQL",
    ),
    "pickle": (b"\x80\x05\x95\x10\x00", "mftui does not load it"),
    "old pickle.pkl": ("(lp0\nI1\na.", "mftui does not load it"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7-Zip archive"),
    "RAR": (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
    "R": (PACKERS["gz"](b"X\n\0\0\0\3"), "a file of R"),
    "PDF": (b"%PDF-1.7\n", "a PDF"),
    "DuckDB": (bytes(8) + b"DUCK" + bytes(40), "a DuckDB database"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_named_and_says_what_to_do(tmp_path: Path, kind: str) -> None:
    content, message = REFUSED[kind]
    said = refusal(tmp_path / kind, content)
    assert message in said
    assert said.rstrip().endswith(".")


TEXTS: dict[str, str | bytes] = {
    "CSV": "userId,movieId,rating\n1,2,3\n",
    "blanks": "1 2 3\n4 5 6\n7 8 9\n",
    "ragged times": "1 2 3 978300760\n4 5 6\n7 8 9 978300761\n",
    "a small matrix": "5 3 0 1\n4 0 0 1\n1 1 0 5\n",
    "a wide matrix": "\n".join("5 3 0 1 0 0 4 4 1 2" for _ in range(9)),
    "bars": "1 |The Matrix |4\n2 |Heat |5\n",
    "a paste of psql": "     1 |  32 |  3.5\n   1 | 33 | 4\n",
    "::": "1::2::3\n4::5::6\n",
    "names of magic": "ORC,movie,rating\n1,2,3\n",
    "other names of magic": "PART,movie,rating\n1,2,3\n",
    "brackets": "[userId],[movieId],[rating]\n1,2,3\n",
    "a comment": "# userId,movieId\n1,2\n",
    "times": "1:30,2,3\n1:45,3,4\n",
    "UTF-16": "userId,movieId\n1,2\n".encode("utf-16"),
    "nothing": "",
    "blank lines": "\n \n",
    "less than": "<5,2,3\n",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_delimited_text_is_left_to_others(tmp_path: Path, kind: str) -> None:
    content = TEXTS[kind]
    (tmp_path / "a").write_bytes(content.encode() if isinstance(content, str) else content)
    assert read_form(FileRef(tmp_path / "a")) is None
