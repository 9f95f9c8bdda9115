"""Files that unpack to far more than they are: refused with the numbers, before any memory is taken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from helpers.room import FREE, little_room
from pyarrow import orc, parquet

from mftui.data.loading.load import open_dataset
from mftui.errors import DataError


@pytest.fixture(autouse=True)
def little_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """300 MB are free; whatever is refused must not have taken them."""
    with little_room(monkeypatch, tmp_path / "home", most=FREE):
        yield


def refused(path: Path, words: str) -> None:
    with pytest.raises(DataError, match=words):
        open_dataset(str(path))


def test_many_members_that_are_each_small_enough(tmp_path: Path) -> None:
    file = tmp_path / "r.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("ratings.csv", "userId,movieId,rating\n1,1,4\n")
        for at in range(20):
            opened.writestr(f"zeros{at}", bytes(4 << 20))
    refused(file, "what is in it would grow")


def test_many_small_members_of_a_zip_in_a_zip(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("ratings.csv", "userId,movieId,rating\n1,1,4\n")
        for at in range(20):
            opened.writestr(f"zeros{at}", bytes(4 << 20))
    with zipfile.ZipFile(tmp_path / "r.zip", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("inner.zip", inner.getvalue())
    refused(tmp_path / "r.zip", "would grow")


def columns(n: int) -> pa.Table:
    """So many ratings that are all the same."""
    same = pa.array(np.broadcast_to(np.int64(1), n))
    return pa.table({"userId": same, "movieId": same, "rating": same})


def test_a_parquet_file_whose_rows_are_all_the_same(tmp_path: Path) -> None:
    with parquet.ParquetWriter(tmp_path / "r.parquet", columns(1).schema, compression="zstd") as writer:
        for _ in range(20):
            writer.write_table(columns(1_000_000))
    assert (tmp_path / "r.parquet").stat().st_size < 1_000_000
    refused(tmp_path / "r.parquet", "would need 0.5 GB of memory; 0.3 GB are free")


@pytest.mark.long
@pytest.mark.parametrize("compression", ["uncompressed", "zstd"])
def test_an_orc_file_whose_rows_are_all_the_same(tmp_path: Path, compression: str) -> None:
    with orc.ORCWriter(tmp_path / "r.orc", compression=compression) as writer:
        for _ in range(20):
            writer.write(columns(1_000_000))
    refused(tmp_path / "r.orc", "would need 0.5 GB")


@pytest.mark.parametrize("shape", [(10**10, 3), (2**62, 3)])
def test_an_array_whose_head_says_more_than_there_is(tmp_path: Path, shape: tuple[int, int]) -> None:
    with (tmp_path / "r.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
        file.write(bytes(240))
    refused(tmp_path / "r.npy", "would need")


def test_arrays_in_a_file_that_are_zeros(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "r.npz", a=np.zeros(5_000_000), b=np.zeros(5_000_000))
    refused(tmp_path / "r.npz", "would grow")


def test_a_workbook_of_zeros(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("[Content_Types].xml", "<Types/>")
        for at in range(10):
            opened.writestr(f"xl/worksheets/sheet{at}.xml", bytes(8 << 20))
    refused(tmp_path / "r.xlsx", "would grow")


def test_a_dataset_of_hdf5_that_was_never_written(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "r.h5", "w") as file:
        file.create_dataset("ratings", shape=(1_000_000_000, 3), dtype="f8", chunks=(1000, 3))
    refused(tmp_path / "r.h5", r"r\.h5: .* would need 24.0 GB")


def test_a_sparse_matrix_of_hdf5_that_was_never_written(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "r.h5", "w") as file:
        for name in ("data", "indices", "indptr"):
            file.create_dataset(f"matrix/{name}", shape=(1_000_000_000,), dtype="f8", chunks=(1000,))
    refused(tmp_path / "r.h5", "would need 8.0 GB")
