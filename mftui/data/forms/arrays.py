"""Arrays of numbers: NumPy's files, MATLAB's, HDF5."""

from __future__ import annotations

import math
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from mftui.data.apart import ReaderFailed, read_apart
from mftui.data.forms.table import (
    POSITIONS,
    Ask,
    Table,
    choose,
    damaged_form,
    of_values,
    positions,
    refused,
    require_zip_room,
    whole_numbers,
)
from mftui.data.forms.unpacked import require_mat_room
from mftui.data.memory import require_room
from mftui.data.storage.files import FileRef
from mftui.errors import DataError

_MOST_COLUMNS = 12
_PRODUCTS = ("user", "movie", "category", "rating", "helpfulness", "timestamp")
_HINT = "Give a table with one row for each rating: user, movie, rating."
_MATRIX_HINT = "Read it with --wide users (a row is a user, a column a movie) or --wide movies."
# tokenize's: NumPy reads the head of an array as it would a program.
_FAULTS = (
    *(ValueError, OSError, EOFError, KeyError, TypeError, SyntaxError, NotImplementedError, OverflowError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError, MemoryError),
)


def read_npy(ref: FileRef, ask: Ask) -> Table:
    """Read an array of NumPy: columns by position, or by the names of its fields."""
    import numpy as np

    form = "a NumPy array"
    with ref.seekable() as file:
        try:
            require_room(_said(file), ref, ref.n_bytes)
            array = np.load(file, allow_pickle=False)
        except DataError:
            raise
        except _FAULTS as error:
            raise _not_loaded(ref, form, error) from error
    return one_array(ref, ask, form, array)


def read_npz(ref: FileRef, ask: Ask) -> Table:
    """Read arrays of NumPy in one file: a sparse matrix of SciPy, columns of one length, or one table."""
    import numpy as np

    form = "an .npz of NumPy"
    with ref.seekable() as file:
        try:
            require_zip_room(ref, file)
            with np.load(file, allow_pickle=False) as opened:
                if "format" in opened.files and "shape" in opened.files:
                    file.seek(0)
                    from scipy import sparse  # type: ignore[import-untyped]

                    return _sparse(ref, ask, "a sparse matrix of SciPy", sparse.load_npz(file))
                arrays = {name: opened[name] for name in opened.files}
        except DataError:
            raise
        except _FAULTS as error:
            raise _not_loaded(ref, form, error) from error
    return of_arrays(ref, ask, form, arrays, "array")


def _said(file: IO[bytes]) -> int:
    """Return the bytes that the head of an array says that it has; leave the file at its beginning."""
    import numpy as np

    version = np.lib.format.read_magic(file)
    head = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = head(file)
    file.seek(0)
    return math.prod(shape) * dtype.itemsize


def of_arrays(ref: FileRef, ask: Ask, form: str, arrays: Mapping[str, Any], what: str) -> Table:
    """Return the table of named arrays: columns of one length that together make it, or the one that is a table."""
    flat = {name: array for name, array in arrays.items() if array.ndim == 1 and array.dtype.names is None}
    if ask.table is None and len(flat) >= 3 and len({len(array) for array in flat.values()}) == 1:
        columns = [_column(array) for array in flat.values()]
        return Table(form, tuple(flat), True, columns)
    tables = {name: array for name, array in arrays.items() if _is_table(array) or (ask.matrix and _is_matrix(array))}
    if not tables:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in list(arrays.items())[:8])
        raise refused(ref, f"{form} without a table of ratings ({shapes or 'nothing in it'})", _HINT)
    name = choose(ref, ask, [(name, _names(array)) for name, array in tables.items()], form, what)
    return one_array(ref, ask, form, tables[name], name)


def one_array(ref: FileRef, ask: Ask, form: str, array: Any, part: str = "") -> Table:
    """Return the table of one array; one that is no table of ratings is refused by its shape."""
    if ask.matrix and _is_matrix(array):
        return Table(
            form, positions(array.shape[1]), False, [_column(array[:, at]) for at in range(array.shape[1])], part
        )
    if not _is_table(array):
        what = f"a matrix of {array.shape[0]:,} by {array.shape[1]:,}" if array.ndim == 2 else f"of shape {array.shape}"
        raise refused(ref, f"{form}, {what}, not ratings one a row", _MATRIX_HINT if _is_matrix(array) else _HINT)
    if array.dtype.names:
        columns = [_column(array[name]) for name in array.dtype.names]
        return Table(form, tuple(array.dtype.names), True, columns, part)
    columns = [_column(array[:, at]) for at in range(array.shape[1])]
    names = _PRODUCTS[: len(columns)] if _of_products(part, columns) else positions(len(columns))
    return Table(form, names, names[0] != "1", columns, part)


def _of_products(part: str, columns: list[Any]) -> bool:
    """Return whether these are the columns of Epinions and Ciao as Tang publishes them: the third is a category."""
    import pyarrow.compute as pc

    if not part.lower().startswith("rating") or len(columns) not in (5, 6):
        return False
    return all(
        pc.min(columns[at]).as_py() >= 0 and pc.max(columns[at]).as_py() <= most for at, most in ((3, 5), (4, 6))
    )


def read_mat(ref: FileRef, ask: Ask) -> Table:
    """Read a MATLAB file of version 5: its one table, or the sparse matrix of ratings."""
    import numpy as np

    form = "a MATLAB file"
    try:
        require_mat_room(ref)
    except zlib.error as error:
        raise damaged_form(ref, form, error) from error
    with tempfile.TemporaryDirectory() as aside:
        converted = Path(aside) / "arrays.npz"
        try:
            read_apart(_CONVERT, ref, converted)
        except ReaderFailed as error:
            raise damaged_form(ref, form, error) from error
        with np.load(converted, allow_pickle=False) as opened:
            arrays = {name.removeprefix(_PLAIN): opened[name] for name in opened.files}
    matrices = [array for name, array in arrays.items() if name.startswith(_SPARSE)]
    if len(matrices) == 1:
        columns = [_column(matrices[0][:, at]) for at in range(3)]
        return Table(f"{form} with a sparse matrix", POSITIONS[:3], True, columns)
    return of_arrays(ref, ask, form, {name: _one_row(array) for name, array in arrays.items()}, "array")


_PLAIN, _SPARSE = "array ", "sparse matrix "
# In a process of its own: SciPy's reader ends its process on some damaged files.
_CONVERT = f"""
import sys
import numpy as np
from scipy import io, sparse
found = {{}}
for name, value in io.loadmat(sys.argv[1]).items():
    if sparse.issparse(value):
        entries = value.tocoo()
        found["{_SPARSE}" + name] = np.column_stack([entries.row, entries.col, entries.data])
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biufUS":
        found["{_PLAIN}" + name] = value
np.savez(sys.argv[2], **found)
"""


_SPARSE_PARTS = ("data", "indices", "indptr")


def read_hdf5(ref: FileRef, ask: Ask) -> Table:
    """Read the plain datasets of an HDF5 file (MATLAB's of version 7.3 too); tables of pandas are refused by name."""
    import h5py

    with ref.seekable() as file:
        try:
            with h5py.File(file, "r") as opened:
                matlab = "MATLAB" in str(opened.userblock_size and ref.head(128))
                form = "a MATLAB file" if matlab else "an HDF5 file"
                if any("pandas_type" in opened[name].attrs for name in opened if _own(opened, name)):
                    raise refused(
                        ref,
                        "an HDF5 file of pandas",
                        "Convert it in Python: pandas.read_hdf(FILE).to_parquet('ratings.parquet').",
                    )
                arrays: dict[str, Any] = {}
                sparse_parts = _datasets(ref, opened, "", arrays)
                if len(sparse_parts) == 1:
                    return _sparse_group(ref, ask, form, *sparse_parts[0])
        except (*_FAULTS, RuntimeError) as error:
            if type(error).__name__ == "DataError":
                raise
            raise damaged_form(ref, "an HDF5 file", error) from error
    turned = {name: array.T for name, array in arrays.items()} if matlab else arrays
    return of_arrays(ref, ask, form, {name: _one_row(array) for name, array in turned.items()}, "dataset")


def _datasets(ref: FileRef, group: Any, before: str, arrays: dict[str, Any]) -> list[tuple[str, Any]]:
    """Collect the datasets in the file itself (links to other files are not followed); return the sparse matrices."""
    import h5py

    matrices = []
    for name in group:
        if not _own(group, name):
            continue
        item = group[name]
        if isinstance(item, h5py.Dataset):
            if _plain(group, name) and item.dtype.kind in "iufSUVO" and item.shape:
                arrays[before + name] = _values(ref, item)
        elif all(_plain(item, key) for key in _SPARSE_PARTS):
            matrices.append((before + name, [_values(ref, item[key]) for key in _SPARSE_PARTS]))
        else:
            matrices += _datasets(ref, item, f"{before}{name}/", arrays)
    return matrices


def _values(ref: FileRef, dataset: Any) -> Any:
    """Read a dataset whole, where there is room for it: what was never written takes none in the file."""
    import h5py

    require_room(dataset.size * max(dataset.dtype.itemsize, 8), ref, ref.n_bytes)
    return dataset.asstr()[()] if h5py.check_string_dtype(dataset.dtype) is not None else dataset[()]


def _plain(group: Any, name: str) -> bool:
    """Return whether what has this name is a dataset whose values lie in the file itself."""
    import h5py

    item = group[name] if _own(group, name) else None
    return isinstance(item, h5py.Dataset) and not item.external and not item.is_virtual


def _own(group: Any, name: str) -> bool:
    """Return whether what has this name lies in the file itself, and is no link to another."""
    import h5py

    return isinstance(group.get(name, getlink=True), h5py.HardLink)


def _sparse_group(ref: FileRef, ask: Ask, form: str, name: str, parts: list[Any]) -> Table:
    from scipy import sparse

    matrix = sparse.csr_matrix(tuple(parts))
    rows = name.lower().rsplit("/", 1)[-1]
    turned = rows.startswith(("movie", "item", "artist", "book", "beer"))  # `movie_user_ratings`, as implicit has it
    return _sparse(ref, ask, f"{form} with a sparse matrix", matrix.T if turned else matrix)


def _sparse(ref: FileRef, ask: Ask, form: str, matrix: Any) -> Table:
    import numpy as np

    entries = matrix.tocoo()
    if np.iscomplexobj(entries.data):
        raise refused(ref, f"{form} of complex numbers", _HINT)
    values = (entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data)
    columns = [_column(value) for value in values]
    return Table(form, POSITIONS[:3], True, columns)


def _is_table(array: Any) -> bool:
    if array.dtype.names:
        return bool(array.ndim == 1 and len(array.dtype.names) >= 3)
    return bool(array.ndim == 2 and 3 <= array.shape[1] <= _MOST_COLUMNS and array.shape[0] > array.shape[1])


def _is_matrix(array: Any) -> bool:
    return bool(array.ndim == 2 and array.dtype.kind in "iuf" and min(array.shape) > 1)


def _names(array: Any) -> tuple[str, ...]:
    return tuple(array.dtype.names) if array.dtype.names else positions(array.shape[1])


def _one_row(array: Any) -> Any:
    """Return an array of one row or column as a flat one, as MATLAB writes columns."""
    return array.reshape(-1) if array.ndim == 2 and 1 in array.shape else array


def _column(array: Any) -> Any:
    import numpy as np
    import pyarrow as pa

    if array.dtype.kind in "OSU":
        return of_values(
            [[value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in array.tolist()]]
        )
    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    missing = np.isnan(native) if native.dtype.kind == "f" else None
    return whole_numbers(pa.chunked_array([pa.array(native, mask=missing)]))


def _not_loaded(ref: FileRef, form: str, error: Exception) -> Exception:
    if "pickle" in str(error) or "Object arrays" in str(error):
        return refused(
            ref,
            f"{form} that holds Python objects (a pickle), which can run programs: mftui does not load it",
            "Save plain numbers, or write the table as CSV or Parquet.",
        )
    return damaged_form(ref, form, error)
