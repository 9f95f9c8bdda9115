"""Files of every form with some bytes changed: read, or refused; never anything else, and the process goes on."""

from __future__ import annotations

import gzip
import io
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from helpers.form_files import PACKERS, tar_of, xlsx, zip_of
from pyarrow import orc, parquet
from scipy import io as matlab  # type: ignore[import-untyped]  # scipy ships no types

from mftui.data.forms.read import peek, read_form
from mftui.data.storage.files import FileRef, archive, is_archive
from mftui.errors import DataError

TABLE = pa.table({"user": [1, 2, 3], "movie": ["a", "b", "c"], "rating": [3.5, 4.0, 5.0]})
ARRAY = np.arange(40.0).reshape(10, 4)
CHANGES = 25


def content_of(kind: str, aside: Path) -> bytes:
    made = io.BytesIO()
    if kind == "parquet":
        parquet.write_table(TABLE, made)
    elif kind == "orc":
        orc.write_table(TABLE, made)
    elif kind == "arrow":
        with pa.ipc.new_file(made, TABLE.schema) as writer:
            writer.write_table(TABLE)
    elif kind == "npy":
        np.save(made, ARRAY)
    elif kind == "npz":
        np.savez(made, a=ARRAY)
    elif kind == "mat":
        matlab.savemat(made, {"rating": ARRAY})
    elif kind == "db":
        with sqlite3.connect(aside) as opened:
            opened.execute("CREATE TABLE r(u, m, r)")
            opened.execute("INSERT INTO r VALUES (1, 'a', 3.5), (2, 'b', 4)")
        opened.close()
        return aside.read_bytes()
    else:
        return TEXTS[kind]
    return made.getvalue()


TEXTS = {
    "xlsx": xlsx({"S": [["user", "movie", "rating"], [1, "a", 3.5], [2, "b", 4]]}),
    "jsonl": b'{"u": 1, "m": {"id": 2}, "r": 3.5}\n{"u": 1, "m": {"id": 3}, "r": 4}\n',
    "py": b"{'u': 1, 'm': 'x', 'r': 3.5}\n{'u': 1, 'm': 'y', 'r': 4}\n",
    "mtx": b"%%MatrixMarket matrix coordinate real general\n3 4 2\n1 2 3.5\n3 4 5\n",
    "arff": b"@relation r\n@attribute u {a,b}\n@attribute i numeric\n@attribute r real\n@data\na,1,3.5\nb,2,4\n",
    "netflix": b"1:\n10,3,2005-01-01\n11,4,2005-01-02\n22:\n10,5,2005-02-01\n",
    "yahoo": b"0|2\n50\t90\t3811\t13:24:00\n13\t30\t3811\t13:24:00\n1|1\n9\t0\t1\t00:01:00\n",
    "snap": b"product/productId: B1\nreview/userId: A1\nreview/score: 4.0\nreview/time: 1\n\n" * 2,
    "libfm": b"5 0:1 943:1\n3 1:1 944:1\n",
    "konect": b"% bip weighted\n1 1 4 978300760\n1 2 5 978300761\n",
    "html.xls": b"<table><tr><td>u<td>m<td>r<tr><td>1<td>2<td>3</table>",
    **{f"csv.{kind}": pack(b"1,2,3\n" * 50) for kind, pack in PACKERS.items()},
    "zip": zip_of({"a.zip": zip_of({"r.csv": b"1,2,3\n" * 50}), "b.csv.gz": PACKERS["gz"](b"1,2,3\n")}),
    "tar.gz": PACKERS["gz"](tar_of({"a/r.csv": b"1,2,3\n" * 50})),
    "tar": tar_of({"a/r.csv": b"1,2,3\n" * 50}),
}


@pytest.mark.parametrize("kind", ["parquet", "orc", "arrow", "npy", "npz", "mat", "db", *TEXTS])
def test_only_errors_that_say_what_is_wrong(tmp_path: Path, kind: str) -> None:
    whole = content_of(kind, tmp_path / "whole")
    chance = random.Random(kind)
    for turn in range(CHANGES if kind != "mat" else 4):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path = tmp_path / f"{turn}.{kind}"
        path.write_bytes(content[: chance.randrange(len(content))] if turn % 3 == 0 else content)
        try:
            refs = archive(path).files if is_archive(path) else (FileRef(path),)
            for ref in refs:
                peek(ref)
                read_form(ref)
        except DataError:
            continue


@pytest.mark.long
def test_a_compressed_file_that_is_refused_while_it_is_read_ahead_ends_no_process_by_a_signal(tmp_path: Path) -> None:
    """Arrow's threads read on when one has failed, up to the end of the process: some of these were aborted."""
    (tmp_path / "r.csv.gz").write_bytes(gzip.compress(b"1,2,3\n" * 1_000 + b"\n" * (300 << 20), 1))
    for _ in range(20):
        command = [sys.executable, "-P", "-m", "mftui", "data", "info", str(tmp_path / "r.csv.gz")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, "would grow" in done.stderr, done.stderr.count("\n")) == (2, True, 1), done.stderr
