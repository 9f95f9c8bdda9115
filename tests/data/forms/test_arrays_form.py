"""NumPy's files, SciPy's sparse matrices, MATLAB, HDF5, MatrixMarket."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from helpers.form_files import read, refusal, rows_of
from scipy import io as matlab  # type: ignore[import-untyped]  # scipy ships no types
from scipy import sparse

ROWS = [(1, 2, 3.5, 978300760), (4, 5, 6.0, 978300761), (7, 8, 9.0, 978300762), (7, 9, 9.0, 978300763), (7, 1, 2.0, 5)]
ARRAY = np.array(ROWS)
MATRIX = sparse.csr_matrix(([3.5, 4.0, 5.0], ([0, 1, 4], [2, 0, 3])), shape=(5, 4))
CELLS = [(0, 2, 3.5), (1, 0, 4.0), (4, 3, 5.0)]
OBJECTS = np.array([{}, 1], dtype=object)


def written(write: Callable[..., Any], *arguments: Any, **named: Any) -> bytes:
    made = io.BytesIO()
    write(made, *arguments, **named)
    return made.getvalue()


def hdf5(path: Path, fill: Callable[[h5py.File], None], **options: Any) -> bytes:
    with h5py.File(path, "w", **options) as opened:
        fill(opened)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["C order", "Fortran order", "big endian"])
def test_an_array_is_read_by_position(tmp_path: Path, kind: str) -> None:
    array = {"C order": ARRAY, "Fortran order": np.asfortranarray(ARRAY), "big endian": ARRAY.astype(">f8")}[kind]
    table = read(tmp_path / "a.npy", written(np.save, array))
    assert (table.form, table.names, table.header) == ("a NumPy array", ("1", "2", "3", "4"), False)
    assert rows_of(table) == ROWS
    assert str(table.columns[0].type) == "int64"


def test_arrays_with_named_fields_and_of_text(tmp_path: Path) -> None:
    fields = np.array([(1, "a", 3.5), (2, "b", 4)], dtype=[("user", ">i8"), ("movie", "U5"), ("rating", "f4")])
    table = read(tmp_path / "a.npy", written(np.save, fields))
    assert (table.names, rows_of(table)) == (("user", "movie", "rating"), [(1, "a", 3.5), (2, "b", 4.0)])
    text = np.array([["u", "m", "5"]] * 4)
    assert rows_of(read(tmp_path / "b.npy", written(np.save, text)))[0] == ("u", "m", "5")


def test_npz(tmp_path: Path) -> None:
    assert rows_of(read(tmp_path / "a.npz", written(np.savez, ratings=ARRAY))) == ROWS
    columns = written(np.savez_compressed, user=np.arange(3), item=np.arange(3), rating=np.array([1, 2, 3.5]))
    assert read(tmp_path / "b.npz", columns).names == ("user", "item", "rating")
    two = written(np.savez, train=ARRAY, test=ARRAY[:4, :3])
    assert "train (1, 2, 3, 4); test (1, 2, 3)" in refusal(tmp_path / "c.npz", two)
    assert len(read(tmp_path / "c.npz", two, table="test")) == 4


@pytest.mark.parametrize("kind", ["csr", "csc", "coo"])
def test_sparse_matrices(tmp_path: Path, kind: str) -> None:
    table = read(tmp_path / "a.npz", written(sparse.save_npz, MATRIX.asformat(kind)))
    assert table.names == ("user", "movie", "rating")
    assert sorted(rows_of(table)) == CELLS


def test_matlab(tmp_path: Path) -> None:
    assert rows_of(read(tmp_path / "a.mat", written(matlab.savemat, {"rating": ARRAY}))) == ROWS
    assert sorted(rows_of(read(tmp_path / "b.mat", written(matlab.savemat, {"R": MATRIX})))) == CELLS
    columns = {"user": np.arange(4), "movie": np.arange(4), "rating": np.array([1, 2, 3.5, 4])}
    assert read(tmp_path / "c.mat", written(matlab.savemat, columns)).names == ("user", "movie", "rating")
    products = np.array([(1, 2, 9, 3, 4), (4, 5, 27, 5, 0)] * 4)
    table = read(tmp_path / "rating.mat", written(matlab.savemat, {"rating": products}))
    assert table.names == ("user", "movie", "category", "rating", "helpfulness")
    assert "trust (5, 2)" in refusal(tmp_path / "d.mat", written(matlab.savemat, {"trust": ARRAY[:, :2]}))


def test_matlab_73(tmp_path: Path) -> None:
    content = hdf5(
        tmp_path / "x", lambda file: file.create_dataset("rating", data=ARRAY.T) and None, userblock_size=512
    )
    named = b"MATLAB 7.3 MAT-file, Platform: PCWIN64".ljust(512) + content[512:]
    table = read(tmp_path / "a.mat", named)
    assert table.form == "a MATLAB file"
    assert rows_of(table) == ROWS


def test_hdf5(tmp_path: Path) -> None:
    def columns(file: h5py.File) -> None:
        for name, values in {"item": ["a", "b", "c"], "rating": [1, 2.5, 3], "user": [1, 2, 3]}.items():
            file[f"data/{name}"] = values

    table = read(tmp_path / "a.h5", hdf5(tmp_path / "x", columns))
    assert table.names == ("data/item", "data/rating", "data/user")
    assert rows_of(table)[1] == ("b", 2.5, 2)

    def matrix(file: h5py.File) -> None:
        for name in ("data", "indices", "indptr"):
            file[f"movie_user_ratings/{name}"] = getattr(MATRIX, name)

    assert sorted(rows_of(read(tmp_path / "b.h5", hdf5(tmp_path / "x", matrix)))) == sorted(
        (m, u, r) for u, m, r in CELLS
    )

    def pandas(file: h5py.File) -> None:
        file.create_group("df").attrs["pandas_type"] = "frame_table"

    assert "an HDF5 file of pandas" in refusal(tmp_path / "c.h5", hdf5(tmp_path / "x", pandas))

    def link(file: h5py.File) -> None:
        file["x"] = h5py.ExternalLink(str(tmp_path / "a.h5"), "data")

    assert "nothing in it" in refusal(tmp_path / "d.h5", hdf5(tmp_path / "x", link))


def test_matrix_market(tmp_path: Path) -> None:
    head = "%%MatrixMarket matrix coordinate real general\n% a comment\n3 4 2\n"
    assert rows_of(read(tmp_path / "a.mtx", f"{head}1 2 3.5\n3 4 5\n")) == [(1, 2, 3.5), (3, 4, 5.0)]
    whole = head.replace("real", "integer")
    assert rows_of(read(tmp_path / "b.mtx", f"{whole}1 2 3\n3 4 5\n")) == [(1, 2, 3), (3, 4, 5)]
    assert "damaged or cut short" in refusal(tmp_path / "c.mtx", f"{head}1 2 3.5\n")
    assert "damaged or cut short" in refusal(tmp_path / "e.mtx", f"{head}1 2 3.5\n3 4 x\n")
    assert "of the kind pattern general" in refusal(tmp_path / "f.mtx", f"{head}1 2\n3 4\n".replace("real", "pattern"))
    full = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n"
    assert "a full matrix of 2 by 2" in refusal(tmp_path / "d.mtx", full)


BAD = {
    "matrix.npy": (written(np.save, np.zeros((50, 40))), "a matrix of 50 by 40"),
    "flat.npy": (written(np.save, np.zeros(5)), "of shape (5,)"),
    "objects.npy": (written(np.save, OBJECTS), "mftui does not load it"),
    "objects.npz": (written(np.savez, x=OBJECTS, y=ARRAY), "mftui does not load it"),
    "factors.npz": (written(np.savez, U=np.zeros((5, 2)), V=np.zeros((6, 2))), "U (5, 2), V (6, 2)"),
    "cut.npy": (written(np.save, ARRAY)[:-8], "damaged or cut short"),
    "cut.npz": (written(np.savez, a=ARRAY)[:-40], "damaged or cut short"),
    "cut.mat": (written(matlab.savemat, {"rating": ARRAY})[:-60], "damaged or cut short"),
    "cut.h5": (b"\x89HDF\r\n\x1a\n" + bytes(60), "damaged or cut short"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_ratings_or_damaged_is_refused(tmp_path: Path, name: str) -> None:
    content, message = BAD[name]
    assert message in refusal(tmp_path / name, content)
