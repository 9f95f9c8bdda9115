"""A column of strings that can live in two arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.npy import open_array, require_rising, save_array


class StringColumn:
    """n strings as UTF-8 bytes `(n_bytes,)` and offsets `(n + 1,)`; decoded when asked for.

    Nothing is decoded on opening, so a column of a million titles opens at once and
    costs only what is looked at.
    """

    def __init__(self, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        self._data = data
        self._offsets = offsets

    @classmethod
    def of(cls, strings: Iterable[str]) -> StringColumn:
        """Encode `strings`; lone surrogates become `?`."""
        encoded = [s.encode("utf-8", "replace") for s in strings]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(e) for e in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    @classmethod
    def load(cls, directory: Path, name: str, n: int | None = None) -> StringColumn:
        """Open `name.utf8.npy` and `name.offsets.npy`; `n`: how many strings they have to hold.

        Raises OSError or ValueError where they are no such column.
        """
        data = open_array(directory / f"{name}.utf8.npy", ("uint8",), None)
        offsets = open_array(directory / f"{name}.offsets.npy", ("int64",), None if n is None else n + 1)
        require_rising(f"{name}.offsets", offsets, len(data))
        return cls(data, offsets)

    def save(self, directory: Path, name: str) -> None:
        """Write `name.utf8.npy` and `name.offsets.npy`."""
        save_array(directory / f"{name}.utf8.npy", self._data)
        save_array(directory / f"{name}.offsets.npy", self._offsets)

    @property
    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the UTF-8 bytes `(n_bytes,)` and the offsets `(n + 1,)`."""
        return self._data, self._offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int | np.integer) -> str:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return bytes(self._data[self._offsets[index] : self._offsets[index + 1]]).decode("utf-8", "replace")

    def __iter__(self) -> Iterator[str]:
        return iter(self.tolist())

    def tolist(self) -> list[str]:
        """Return all strings, decoded."""
        data, cuts = bytes(self._data), self._offsets.tolist()
        return [data[a:b].decode("utf-8", "replace") for a, b in pairwise(cuts)]

    def take(self, indices: NDArray[np.integer]) -> StringColumn:
        """Return the strings at `indices`, in that order."""
        return StringColumn.of(self[i] for i in indices)
