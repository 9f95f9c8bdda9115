"""What no reader can count beforehand, the kernel refuses: a reader gets as much memory as a file of its size needs."""

from __future__ import annotations

import io
import resource
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.form_files import xlsx
from helpers.room import FREE, little_room
from scipy import io as matlab  # type: ignore[import-untyped]  # scipy ships no types

from mftui.data.forms.read import read_form
from mftui.data.incoming.incoming import read_incoming
from mftui.data.loading.load import open_dataset
from mftui.data.memory import bounded
from mftui.data.storage.files import FileRef
from mftui.errors import DataError, MachineError

NEEDS = r"would need more than 0\.3 GB of memory"


@pytest.fixture(autouse=True)
def little_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """300 MB are free; each file here would take gigabytes."""
    with little_room(monkeypatch, tmp_path / "home", most=3 * FREE):
        yield


def refused(path: Path, words: str) -> None:
    with pytest.raises(DataError, match=words):
        open_dataset(str(path))


MADE = """
import sys
import pyarrow as pa
from pyarrow import orc, parquet
def same(times):
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array(["x" * 1_000_000]))
def ratings_by(users):
    return pa.table({"userId": users, "movieId": range(len(users)), "rating": [4.0] * len(users)})
file, repeated = sys.argv[1], ratings_by(same(3_000))
"""


def made(file: Path, program: str) -> Path:
    """Make a file in another process, so that what this one takes is what the reader does."""
    subprocess.run([sys.executable, "-P", "-c", MADE + program, str(file)], check=True)
    return file


@pytest.mark.parametrize("kept", [True, False])
def test_a_parquet_file_that_repeats_a_long_text(tmp_path: Path, kept: bool) -> None:
    write = f"parquet.write_table(repeated, file, compression='zstd', store_schema={kept})"
    refused(made(tmp_path / "r.parquet", write), NEEDS)


@pytest.mark.long
def test_a_parquet_file_whose_texts_begin_alike(tmp_path: Path) -> None:
    write = """
table = ratings_by(pa.array(["x" * 1_000_000] * 600))
encoding = {"userId": "DELTA_BYTE_ARRAY"}
parquet.write_table(table, file, compression="zstd", use_dictionary=False, column_encoding=encoding)
"""
    refused(made(tmp_path / "r.parquet", write), NEEDS)


def test_an_orc_file_that_repeats_a_long_text(tmp_path: Path) -> None:
    write = """
with orc.ORCWriter(file, compression="zstd", dictionary_key_size_threshold=1.0) as writer:
    for _ in range(40):
        writer.write(ratings_by(same(20).cast(pa.string())))
"""
    refused(made(tmp_path / "r.orc", write), NEEDS)


def test_arrow_batches_that_repeat_a_long_text(tmp_path: Path) -> None:
    write = """
with pa.ipc.new_file(file, repeated.schema) as writer:
    writer.write_table(repeated)
"""
    refused(made(tmp_path / "r.arrow", write), NEEDS)


def test_a_matlab_file_of_zeros(tmp_path: Path) -> None:
    matlab.savemat(tmp_path / "r.mat", {"ratings": np.zeros((10_000_000, 3))}, do_compression=True)
    refused(tmp_path / "r.mat", "would need 0.[34] GB of memory; 0.3 GB are free")


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZ1048576", "A4000000000"])
def test_a_workbook_with_one_cell_far_away(tmp_path: Path, cell: str) -> None:
    """Its reader asks for memory for all cells between, and ends its process where it gets none."""
    table = xlsx({"S": [["userId", "movieId", "rating"], [1, 2, 3], [2, 3, 4]]})
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(table)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            far = f'<row r="{cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{cell}"><v>1</v></c></row></sheetData>'
            new.writestr(name, content.replace(b"</sheetData>", far.encode()))
    (tmp_path / "r.xlsx").write_bytes(made.getvalue())
    refused(tmp_path / "r.xlsx", NEEDS)
    with pytest.raises(DataError, match=NEEDS):
        read_incoming(tmp_path / "r.xlsx")


def test_a_workbook_that_repeats_a_long_text(tmp_path: Path) -> None:
    """The text is once in the file, and in each cell that has it."""
    sheet = [["userId", "movieId", "rating", "note"], *([1, 2, 3, "shared"] for _ in range(3_000))]
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx({"S": sheet}))) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            content = old.read(name).replace(b't="inlineStr"><is><t>shared</t></is>', b't="s"><v>0</v>')
            new.writestr(name, content)
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}"><si><t>{"x" * 1_000_000}</t></si></sst>')
    (tmp_path / "r.xlsx").write_bytes(made.getvalue())
    with pytest.raises(DataError, match=NEEDS):
        read_form(FileRef(tmp_path / "r.xlsx"))


@pytest.mark.parametrize("file", ["r.json", "own.json", "r.py"])
def test_text_of_which_many_objects_are_made(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_bytes(
        b"[" + b"[[]]," * 3_000_000 + b"[]]" if file != "r.py" else b"[{'a':1},{" + b"1:2," * 5_000_000
    )
    with pytest.raises(DataError, match=NEEDS):
        read_incoming(tmp_path / file) if file == "own.json" else read_form(FileRef(tmp_path / file))


@pytest.mark.parametrize("where", ["WHERE x > 0", "WHERE x < 0"])
def test_a_view_of_a_database_that_never_ends(tmp_path: Path, where: str) -> None:
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute(
            "CREATE VIEW ratings AS WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) "
            f"SELECT x AS user, x % 7 AS movie, x % 5 AS rating FROM t {where}"
        )
    database.close()
    refused(tmp_path / "r.db", "takes too long|" + NEEDS)


def test_a_column_of_a_database_that_is_computed_without_end(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("CREATE TABLE ratings(user, movie, rating, big AS (printf('%.*c', 20, 'x')))")
        database.execute("INSERT INTO ratings VALUES (1, 2, 3)")
    database.close()
    refused(tmp_path / "r.db", "unsafe use of printf")


def test_a_large_thing_in_a_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("CREATE TABLE ratings(user, movie, rating)")
        database.execute("INSERT INTO ratings VALUES (1, 2, zeroblob(20000000))")
    database.close()
    refused(tmp_path / "r.db", "too big")


def test_what_is_read_at_once_has_the_room_of_the_largest_and_then_none_is_bounded() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with bounded("b", 1):
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with bounded("a", 1):
        inner = resource.getrlimit(resource.RLIMIT_DATA)
        assert inner[0] != before[0]
        thread.start()
        entered.wait()
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] not in (before[0], 0)
    leave.set()
    thread.join()
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@pytest.mark.parametrize("others", [2_000, pytest.param(2_000_000, marks=pytest.mark.long)])
def test_objects_that_lie_deep_in_each_other(tmp_path: Path, others: int) -> None:
    """Arrow's reader ends the process on them."""
    for at, line in enumerate(
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}")
    ):
        (tmp_path / f"{at}.jsonl").write_bytes(b'{"a": 1}\n' * others + (line + b"\n") * 2)
        program = (
            "import sys; from pathlib import Path; from mftui.data.forms.read import read_form\n"
            "from mftui.data.storage.files import FileRef\n"
            "try: read_form(FileRef(Path(sys.argv[1])))\n"
            "except Exception as error: print(type(error).__name__)"
        )
        command = [sys.executable, "-P", "-c", program, str(tmp_path / f"{at}.jsonl")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "DataError\n"), done.stderr


def test_lines_of_objects_are_read_as_before(tmp_path: Path) -> None:
    line = '{"user": %d, "movie": "m", "rating": 3.5, "text": "' + "{[" * 1_500 + '", "list": [1, [2]]}\n'
    (tmp_path / "r.jsonl").write_text("".join(line % at for at in range(200)))
    table = read_form(FileRef(tmp_path / "r.jsonl"), columns=["user", "rating"])
    assert table is not None and table.columns[0].to_pylist() == list(range(200))


def test_own_ratings_that_lie_deep_in_each_other(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("[" + '{"a":' * 800 + "1" + "}" * 800 + "]")
    with pytest.raises(DataError):
        read_incoming(tmp_path / "r.json")


@pytest.mark.parametrize("content", ["", "raise ImportError('libx.so: cannot open')", "import no_such_module"])
def test_a_file_is_not_called_damaged_where_its_library_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (tmp_path / "r.xlsx").write_bytes(xlsx({"S": [["userId", "movieId", "rating"], [1, 2, 3], [2, 3, 4]]}))
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "python_calamine.py").write_text(content)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    with pytest.raises(MachineError, match=r"library that reads such files .*not damaged"):
        open_dataset(tmp_path / "r.xlsx")
