"""What a data set contains, as one short hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids
from mftui.data.strings import StringColumn


def fingerprint(arrays: Iterable[tuple[str, NDArray[Any] | StringColumn | Ids | None]]) -> str:
    """BLAKE2b, 32 hexadecimal digits, of named arrays: their names, types, shapes and bytes.

    Of a data set it covers raw ids, ratings in file order (indices, values, timestamps),
    which of them are the explicit test, titles and genres, all as they are after repairs.
    It does not depend on where the files are, their format, or the time they were written.
    """
    parts = [(name, part) for name, array in arrays for part in _parts(array)]
    # hashlib lets go of the interpreter's lock: the columns are hashed side by side.
    with ThreadPoolExecutor(2) as pool:
        digests = list(pool.map(lambda named: _digest(*named), parts))
    return hashlib.blake2b(b"".join(digests), digest_size=16).hexdigest()


def _parts(array: NDArray[Any] | StringColumn | Ids | None) -> list[NDArray[Any]]:
    if array is None:
        return [np.zeros(0, dtype=np.int8)]
    if isinstance(array, Ids):
        return _parts(array.values)
    return list(array.arrays) if isinstance(array, StringColumn) else [array]


def _digest(name: str, array: NDArray[Any]) -> bytes:
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    hashed = hashlib.blake2b(f"{name} {little.dtype.str} {little.shape}".encode(), digest_size=32)
    hashed.update(little.reshape(-1).view(np.uint8).data)
    return hashed.digest()
