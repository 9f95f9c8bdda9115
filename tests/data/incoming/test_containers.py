"""The same ratings in every container and encoding that people have them in."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import pytest
from helpers.form_files import ods, xlsx
from helpers.ratings_files import write

from mftui.data.incoming.incoming import Wanted, read_incoming
from mftui.errors import DataError

TEXT = "Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Amélie,2001,u,4.5\n2024-01-02,Heat,1995,u,3\n"
TRAKT = (
    '[{{"rated_at":"2024-01-0{day}T00:00:00Z","rating":{rating},"type":"{kind}","{kind}":'
    '{{"title":"{title}","year":2001,"ids":{{"trakt":{day},"imdb":"tt000000{day}"}}}}}}]'
)
MOVIES = TRAKT.format(day=1, rating=9, kind="movie", title="Amélie")
SHOWS = TRAKT.format(day=2, rating=4, kind="show", title="Lost")


def stars(path: Path, **wanted: object) -> dict[str, float]:
    entries = read_incoming(path, Wanted(**wanted)).entries  # type: ignore[arg-type]
    return {entry.rated.title: entry.rated.stars for entry in entries}


EXPECTED = {"Amélie (2001)": 4.5, "Heat (1995)": 3}


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_compressed(tmp_path: Path, suffix: str, pack: object) -> None:
    assert callable(pack)
    assert stars(write(tmp_path / f"ratings.csv.{suffix}", pack(TEXT.encode()))) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings(tmp_path: Path, encoding: str, end: str) -> None:
    assert stars(write(tmp_path / "r.csv", TEXT.replace("\n", end), encoding)) == EXPECTED


@pytest.mark.parametrize(("encoding", "title"), [("cp1251", "Ирония судьбы"), ("gb18030", "霸王别姬 和 红高粱")])
def test_encodings_of_other_scripts(tmp_path: Path, encoding: str, title: str) -> None:
    text = "title,year,rating\n" + f"{title},1975,4.5\n" * 3
    assert stars(write(tmp_path / "r.csv", text, encoding)) == {f"{title} (1975)": 4.5}


@pytest.mark.parametrize("text", ["sep=;\nName;Year;Rating\nAmélie;2001;4,5\nHeat;1995;3\n",
    "sep=\t\r\nName\tYear\tRating\r\nAmélie\t2001\t4,5\r\nHeat\t1995\t3\r\n",
    "# made by a program, with love\n# 2024\nName,Year,Rating\nAmélie,2001,4.5\nHeat,1995,3\n",
    "My films of 2024\n\nName,Year,Rating\nAmélie,2001,4.5\nHeat,1995,3\n",
    "Name|Year|Rating\nAmélie|2001|4.5\nHeat|1995|3\n"])  # fmt: skip
def test_what_stands_above_the_header(tmp_path: Path, text: str) -> None:
    assert stars(write(tmp_path / "r.csv", text)) == EXPECTED


@pytest.mark.parametrize("inside", ["ratings.csv", "letterboxd-me/ratings.csv", "a/b/ratings.csv"])
def test_archives(tmp_path: Path, inside: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("watched.csv", "Date,Name,Year,Letterboxd URI\n2024-01-01,Heat,1995,u\n")
        made.writestr(inside, TEXT)
    assert stars(tmp_path / "x.zip") == EXPECTED
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as packed:
        member = tarfile.TarInfo(inside)
        member.size = len(TEXT.encode())
        packed.addfile(member, io.BytesIO(TEXT.encode()))
    assert stars(tmp_path / "x.tar.gz") == EXPECTED


def test_a_directory(tmp_path: Path) -> None:
    write(tmp_path / "d" / "diary.csv", TEXT.replace("4.5", "1"))
    write(tmp_path / "d" / "ratings.csv", TEXT)
    assert stars(tmp_path / "d") == EXPECTED


def test_several_files_of_an_export_are_read_together(tmp_path: Path) -> None:
    for folder in ("d", "d/ratings"):
        write(tmp_path / folder / "ratings-movies.json", MOVIES)
        write(tmp_path / folder / "ratings-shows.json", SHOWS)
    with zipfile.ZipFile(tmp_path / "trakt.zip", "w") as made:
        made.writestr("ratings/ratings-movies.json", MOVIES)
        made.writestr("ratings/ratings-shows.json", SHOWS)
        made.writestr("ratings/ratings-episodes.json", "[]")
        made.writestr("watched/history.json", "[]")
    for path in (tmp_path / "d", tmp_path / "trakt.zip"):
        incoming = read_incoming(path)
        assert [(e.rated.title, e.rated.stars, e.is_film) for e in incoming.entries] == [
            ("Amélie (2001)", 4.5, True),
            ("Lost (2001)", 2, False),
        ]
        assert len(incoming.readings) == 2 and incoming.kind == "Trakt"


def test_the_only_file_that_fits(tmp_path: Path) -> None:
    write(tmp_path / "d" / "readme.txt", "nothing\n")
    write(tmp_path / "d" / "my films.csv", TEXT)
    assert stars(tmp_path / "d") == EXPECTED
    write(tmp_path / "d" / "other films.csv", TEXT)
    with pytest.raises(DataError, match="several files may hold ratings; there are: my films"):
        read_incoming(tmp_path / "d")


def test_parquet_and_feather(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import feather, parquet

    table = pa.table({"Name": ["Amélie", "Heat"], "Year": [2001, 1995], "Rating": [4.5, 3.0]})
    parquet.write_table(table, tmp_path / "r.parquet")
    feather.write_feather(table, tmp_path / "r.feather")
    assert stars(tmp_path / "r.parquet") == EXPECTED == stars(tmp_path / "r.feather")


def test_a_database(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "r.db")
    connection.execute("CREATE TABLE settings (name TEXT, value TEXT)")
    connection.execute("CREATE TABLE films (title TEXT, year INT, my_rating REAL, imdb_id TEXT)")
    connection.execute("INSERT INTO films VALUES ('Amélie', 2001, 4.5, 'tt0211915'), ('Heat', 1995, 3, NULL)")
    connection.commit()
    connection.close()
    assert stars(tmp_path / "r.db") == EXPECTED


PAGE = (
    "<html><body><table><tr><th>Name</th><th>Year</th><th>Rating</th></tr><tr><td>Am&eacute;lie</td><td>2001</td>"
    "<td>4.5</td></tr><tr><td><a href='x'>Heat</a></td><td>1995</td><td>3</td></tr></table></body></html>"
)
AMELIE, HEAT = '"title":"Amélie","year":2001', '"title":"Heat","year":1995'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.jsonl", f'{{{AMELIE},"rating":4.5}}\n{{{HEAT},"rating":3}}\n'),
        ("r.csv", f'[{{{AMELIE},"rating":4.5}},{{{HEAT},"rating":3}}]'),
        ("r.json", f'{{"ratings":[{{"movie":{{{AMELIE}}},"rating":4.5}},{{"movie":{{{HEAT}}},"rating":3}}]}}'),
        ("r.xls", PAGE),
        ("r.html", PAGE),
        ("r.xml", "<a><f title='Amélie' year='2001' rating='4.5'/><f title='Heat' year='1995' rating='3'/></a>"),
    ],
)
def test_json_and_pages(tmp_path: Path, name: str, text: str) -> None:
    assert stars(write(tmp_path / name, text)) == EXPECTED


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 99, b"\x80\x04\x95\x00", b"PK\x03\x04cut", b"", b"[[[["])
def test_what_is_no_table(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="mine"):
        read_incoming(write(tmp_path / "mine.csv", content))


SHEET = [["My films"], [], ["Name", "Year", "Rating"], ["Amélie", 2001, 4.5], ["Heat", 1995, 3]]


def test_sheets(tmp_path: Path) -> None:
    assert stars(write(tmp_path / "r.xlsx", xlsx({"Films": SHEET, "Notes": [["see", "later"]]}))) == EXPECTED
    assert stars(write(tmp_path / "r.ods", ods(SHEET[2:]))) == EXPECTED
    assert stars(write(tmp_path / "r.xlsx.gz", gzip.compress(xlsx({"Films": SHEET})))) == EXPECTED
    two = write(tmp_path / "two.xlsx", xlsx({"Films": SHEET, "Series": [["Name", "Rating"], ["Lost", 2]]}))
    with pytest.raises(DataError, match=r"Films.*Series"):
        read_incoming(two)
    assert stars(two, table="Films") == EXPECTED
