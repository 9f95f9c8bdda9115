"""Hash the content of a data set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.ids import Ids
from mftui.data.storage.string_column import StringColumn

Hashable = NDArray[Any] | StringColumn | Ids | None


def digests(pool: ThreadPoolExecutor, arrays: Mapping[str, Hashable]) -> list[Future[bytes]]:
    """Start to compute a digest of each named array: of its name, type, shape and bytes.

    hashlib releases the interpreter's lock, so they run in parallel with each other and with other work.
    """
    return [pool.submit(_digest, name, part) for name, array in arrays.items() for part in _parts(array)]


def fingerprint(found: Iterable[Future[bytes]]) -> str:
    """Return the BLAKE2b hash of digests, as 32 hexadecimal digits.

    Of a data set it covers raw ids, ratings in file order (indices, values, timestamps),
    which of them are the explicit test, titles and genres, all as they are after repairs.
    It does not depend on where the files are, their format, or the time they were written.
    """
    return hashlib.blake2b(b"".join(digest.result() for digest in found), digest_size=16).hexdigest()


def _parts(array: Hashable) -> list[NDArray[Any]]:
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
