"""Map raw ids, as in the user's file, to array indices and back."""

from __future__ import annotations

import difflib
import re
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mftui.data.storage.npy import open_array, save_array
from mftui.data.storage.string_column import StringColumn
from mftui.errors import UnknownId

RawId = int | str
_INTEGER = re.compile(r"[+-]?\d{1,20}", re.ASCII)


class Ids:
    """The vocabulary of users or of movies: n distinct raw ids, in ascending order.

    Raw ids are integers, or strings where the file has something else than integers.
    A lookup accepts either form: `"42"` finds 42. Only this class maps between the two.
    """

    def __init__(self, values: NDArray[np.int64] | StringColumn, what: str) -> None:
        """Index `values`, ascending and distinct; `what` is "user" or "movie", for messages."""
        self.what = what
        self.values = values
        """The raw ids, by index."""

    @property
    def numeric(self) -> bool:
        """Return whether the raw ids are integers."""
        return isinstance(self.values, np.ndarray)

    def __len__(self) -> int:
        return len(self.values)

    def raw(self, index: int | np.integer) -> RawId:
        """Return the raw id at `index`, as a Python int or str."""
        return int(self.values[index]) if isinstance(self.values, np.ndarray) else self.values[index]

    def raws(self, indices: NDArray[np.integer]) -> list[RawId]:
        """Return the raw ids at `indices`."""
        if isinstance(self.values, np.ndarray):
            return list(self.values[indices].tolist())
        return [self.raw(i) for i in indices]

    def find(self, raw: object) -> int | None:
        """Return the index of `raw`, or None if it is not in the vocabulary."""
        if not isinstance(self.values, np.ndarray):
            return self._places.get(str(raw).strip())
        number = _as_integer(raw)
        if number is None:
            return None
        at = int(np.searchsorted(self.values, number))
        return at if at < len(self.values) and self.values[at] == number else None

    def index(self, raw: object) -> int:
        """Return the index of `raw`; raises UnknownId, which names the nearest known ids."""
        at = self.find(raw)
        if at is None:
            raise self.unknown(raw)
        return at

    def unknown(self, raw: object) -> UnknownId:
        """Return the error for an id that is not known, with those that look most like it, or else the first ones."""
        return UnknownId(self.what, raw, self.nearest(raw), [self.raw(i) for i in range(min(3, len(self)))])

    def indices(self, raws: NDArray[np.integer] | list[RawId]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Look up many raw ids: `(indices (n,), known (n,))`. Where one is not known, its index means nothing."""
        if isinstance(self.values, np.ndarray) and isinstance(raws, np.ndarray) and len(self.values):
            at = np.minimum(np.searchsorted(self.values, raws), len(self.values) - 1)
            known = self.values[at] == raws
            return np.where(known, at, 0).astype(np.int32), np.asarray(known)
        found = [self.find(raw) for raw in raws]
        known = np.array([i is not None for i in found], dtype=bool)
        return np.array([i or 0 for i in found], dtype=np.int32), known

    def nearest(self, raw: object, n: int = 3) -> list[RawId]:
        """Return up to `n` known ids that look most like `raw`."""
        if not isinstance(self.values, np.ndarray):
            return list(difflib.get_close_matches(str(raw), self._places, n, cutoff=0.5))
        number = _as_integer(raw)
        if number is None or not len(self.values):
            return []
        at = int(np.searchsorted(self.values, number))
        around = self.values[max(0, at - n) : at + n].tolist()
        return sorted(around, key=lambda known: abs(known - number))[:n]

    def save(self, directory: Path, name: str) -> None:
        """Write as `name.npy`, or as a StringColumn `name.*.npy`."""
        if isinstance(self.values, np.ndarray):
            save_array(directory / f"{name}.npy", self.values)
        else:
            self.values.save(directory, name)

    @classmethod
    def load(cls, directory: Path, name: str, what: str, n: int | None = None) -> Ids:
        """Open what `save` wrote; `n`: how many there have to be. Raises OSError or ValueError."""
        file = directory / f"{name}.npy"
        if file.exists():
            return cls(open_array(file, ("int64",), n), what)
        return cls(StringColumn.load(directory, name, n), what)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {raw: i for i, raw in enumerate(self.values)}


def _as_integer(raw: object) -> int | None:
    """Return `raw` as an integer if it is one in value ("42", 42, 42.0) within 64 bits, else None."""
    if isinstance(raw, str) and not _INTEGER.fullmatch(raw.strip()):
        return None  # Python itself also reads 1_0, and digits of other scripts
    try:
        number = int(raw)  # type: ignore[call-overload]  # any object
    except (TypeError, ValueError, OverflowError):
        return None
    if not isinstance(raw, str) and number != raw:
        return None
    return number if -(2**63) <= number < 2**63 else None
