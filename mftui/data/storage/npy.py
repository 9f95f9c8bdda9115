"""Save and open arrays as `.npy`, never pickled: what is opened has the type, the shape, the size and the values that
it must have."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import signal
import threading
import weakref
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.regular import create_own, open_own
from mftui.text import visible

FLOATS = ("float32", "float16")
_KINDS = "biuf"
"""Truth values, whole numbers, fractions."""
LARGEST = 1e30
"""No number of a model or a rating is larger: the square of it would be none."""
WHOLE_BYTES = 64 << 20
"""Of a larger array, the values of 64 parts spread over it are looked at."""
READ_BYTES = 16 << 20
"""A larger array is mapped when it is opened, not read into memory. Where somebody cuts its file short, the kernel ends
the process that has it open; see `_told_when_cut_short`."""
_MAPPED: weakref.WeakKeyDictionary[mmap.mmap, Path] = weakref.WeakKeyDictionary()
"""The files that are mapped now."""
_PARTS = 64
_PART = 1 << 16
_HEADER_BYTES = 1 << 16
_READ_HEADER = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def save_array(file: Path, array: NDArray[Any]) -> None:
    """Write an array of numbers to a new file. Raises OSError, ValueError where it could not be opened again."""
    if array.dtype.kind not in _KINDS:
        raise ValueError(f"{file.name} would have type {array.dtype}, and mftui keeps numbers alone")
    with create_own(file) as opened:
        np.lib.format.write_array(_Blocks(opened), array, allow_pickle=False)


class _Blocks:
    """A file that NumPy writes to block by block: to one that it knows, it would not say why that failed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.write = file.write


def open_array(file: Path, types: tuple[str, ...], *shape: int | None) -> NDArray[Any]:
    """Open an array to read: in memory, so that whatever becomes of its file does not matter; a large one is mapped.

    Parameters
    ----------
    types: the types that it may have.
    shape: its length in each dimension; None where any will do.

    Raises OSError where the file cannot be opened, ValueError where it is not such an array.
    """
    with open_own(file) as opened:
        dtype, found, order = _header(opened, file.name)
        if dtype.name not in types:
            raise ValueError(f"{file.name} has type {dtype.name}, expected {' or '.join(types)}")
        if len(found) != len(shape) or any(want not in (None, got) for want, got in zip(shape, found, strict=True)):
            expected = ", ".join("any" if size is None else str(size) for size in shape)
            raise ValueError(f"{file.name} has shape {found}, expected ({expected})")
        if os.fstat(opened.fileno()).st_size > READ_BYTES:
            return _mapped(opened, file, np.memmap(opened, dtype, "r", opened.tell(), found, order))
        array = _values(opened, dtype, found, order)
        array.flags.writeable = False
        return array


def load_array(file: Path) -> NDArray[Any]:
    """Read an array of numbers into memory. Raises OSError or ValueError as `open_array` does."""
    with open_own(file) as opened:
        dtype, shape, order = _header(opened, file.name)
        return _values(opened, dtype, shape, order)


def require_values(what: str, array: NDArray[Any], lo: float, hi: float, *, missing: bool = False) -> None:
    """Raise ValueError where a value lies outside `lo` to `hi`, or is no number; `missing`: NaN is one."""
    for part in _parts(array):
        low, high = (np.fmin, np.fmax) if missing else (np.minimum, np.maximum)
        least, largest = float(low.reduce(part, axis=None)), float(high.reduce(part, axis=None))
        if missing and np.isnan(least):
            continue
        if not (lo <= least and largest <= hi):
            raise ValueError(f"{what} has values from {least:g} to {largest:g}, expected {lo:g} to {hi:g}")


def require_rising(what: str, offsets: NDArray[Any], end: int) -> None:
    """Raise ValueError where offsets do not rise from 0 to `end`."""
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != end:
        raise ValueError(f"{what} do not rise from 0 to {end}")
    for part in _parts(offsets):
        if (part[1:] < part[:-1]).any() or part[0] < 0 or part[-1] > end:
            raise ValueError(f"{what} do not rise from 0 to {end}")


def _header(file: IO[bytes], name: str) -> tuple[np.dtype[Any], tuple[int, ...], Any]:
    """Read the header of an array of numbers, and check that the file is as large as it says."""
    version = np.lib.format.read_magic(file)
    if version not in _READ_HEADER:
        raise ValueError(f"{name} has the unknown format version {version}")
    shape, fortran, dtype = _READ_HEADER[version](file, max_header_size=_HEADER_BYTES)
    if dtype.kind == "U":
        raise ValueError(
            f"{name} has type text, as in a checkpoint of bayes by mftui 0.1; now mftui keeps numbers alone"
        )
    if dtype.kind not in _KINDS or not dtype.isnative or any(length < 0 for length in shape):
        raise ValueError(f"{name} has type {str(dtype)[:40]}, and mftui keeps numbers alone")
    size = dtype.itemsize
    for length in shape:
        size *= length
    at, end = file.tell(), file.seek(0, 2)
    file.seek(at)
    if end - at != size:
        raise ValueError(f"{name} has {end - at:,} bytes of values, and its header says {size:,}")
    return dtype, shape, "F" if fortran else "C"


def _values(file: IO[bytes], dtype: np.dtype[Any], shape: tuple[int, ...], order: Any) -> NDArray[Any]:
    """Read the values; raises ValueError where they have become fewer."""
    return np.fromfile(file, dtype).reshape(shape, order=order)


def _mapped(opened: IO[bytes], file: Path, array: np.memmap[Any, Any]) -> NDArray[Any]:
    """Return an array that was mapped, and remember its file. Raises ValueError where that was cut short meanwhile."""
    found: Any = array
    while not isinstance(found, mmap.mmap):
        found = found.base
    if os.fstat(opened.fileno()).st_size < len(found):
        raise ValueError(f"{file.name} was cut short while it was opened")
    _MAPPED[found] = file
    _told_when_cut_short()
    return array


@cache
def _told_when_cut_short() -> Any:
    """Let this process say why it ends, where a file that it has mapped is cut short: the kernel then sends SIGBUS.

    Python's own handlers run only once the instruction is done, which here never is; so this one is the C library's.
    What was set up for the signal before (as by `faulthandler`) has its turn afterwards.
    """
    library = ctypes.CDLL(None)
    library.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
    library.signal.restype = ctypes.c_void_p

    def tell(number: int) -> None:
        library.signal(number, before)
        with contextlib.suppress(Exception):
            os.write(2, _cut_short().encode("utf-8", "backslashreplace"))
        # It comes when this returns, and to this thread: another one would be ended by it in the middle of its words.
        signal.pthread_kill(threading.get_ident(), number)

    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(tell)
    before = library.signal(signal.SIGBUS, ctypes.cast(handler, ctypes.c_void_p))
    return handler


def _cut_short() -> str:
    """Return the words about a mapped file that is shorter than it was; "" where there is none."""
    for found, file in _MAPPED.items():
        if (size := found.size()) < len(found):
            return (
                f"mftui: {visible(str(file))} was cut short while it was open, from {len(found):,} to {size:,} bytes. "
                "Another program changes it: let that end, and do this again.\n"
            )
    return ""


def _parts(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    if array.nbytes <= WHOLE_BYTES:
        if array.size:
            yield array
        return
    flat = array.reshape(-1, order="A")
    for number in range(_PARTS):
        at = (flat.size - _PART) * number // (_PARTS - 1)
        yield flat[at : at + _PART]
