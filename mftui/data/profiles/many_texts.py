"""Very many texts: kept together by Arrow, looked through and changed all at once, made to objects when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from mftui.data.allocator import malloc_trim

_LOOKED_AT = 10_000
"""So many tell whether texts repeat."""


class Texts(Sequence[str]):
    """n texts. Nothing here uses a scalar or a list as Arrow takes them: with those, it imports pandas."""

    def __init__(self, array: Any) -> None:
        """Take an Arrow array of strings without nulls."""
        self.array = array

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Keep `texts`; lone surrogates become `?`."""
        if isinstance(texts, Texts):
            return texts
        encoded = [text.encode("utf-8", "replace") for text in texts]
        return cls._made(b"".join(encoded), np.fromiter(map(len, encoded), np.int64, len(encoded)))

    @classmethod
    def same(cls, text: str, n: int) -> Texts:
        """Keep one text n times."""
        encoded = text.encode()
        return cls._made(encoded * n, np.full(n, len(encoded)))

    @classmethod
    def of_numbers(cls, numbers: NDArray[Any], write: Callable[[Any], str]) -> Texts:
        """Keep (n,) numbers as `write` has them; each is written once."""
        coded = arrow(numbers).dictionary_encode()
        return cls(cls.of(map(write, coded.dictionary.to_pylist())).array.take(coded.indices))

    @classmethod
    def joined(cls, *columns: Texts, between: str = "") -> Texts:
        """Join what stands in one row."""
        import pyarrow.compute as pc

        separators = cls.same(between, len(columns[0])).array
        return cls(pc.binary_join_element_wise(*(column.array for column in columns), separators))

    @classmethod
    def one_after_another(cls, parts: Sequence[Texts]) -> Texts:
        """Put columns below each other."""
        import pyarrow as pa

        return parts[0] if len(parts) == 1 else cls(pa.concat_arrays([part.array for part in parts]))

    @classmethod
    def _made(cls, data: bytes, lengths: NDArray[np.int64]) -> Texts:
        import pyarrow as pa

        offsets = np.zeros(len(lengths) + 1, np.int32)
        np.cumsum(lengths, out=offsets[1:])
        return cls(pa.StringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(data)))

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return self.take(np.arange(*at.indices(len(self)))).array.to_pylist()  # type: ignore[no-any-return]
        return self.array[at].as_py()  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tolist())

    def tolist(self) -> list[str]:
        """Return all as objects; of texts that repeat, each is one object."""
        if len(self.array.slice(0, _LOOKED_AT).dictionary_encode().dictionary) * 2 > min(len(self), _LOOKED_AT):
            return self.array.to_pylist()  # type: ignore[no-any-return]
        return self._shared

    @cached_property
    def _shared(self) -> list[str]:
        coded = self.array.dictionary_encode()
        return [*map(coded.dictionary.to_pylist().__getitem__, np.from_dlpack(coded.indices).tolist())]

    @cached_property
    def bounds(self) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """Return the bytes of all texts, and the n + 1 places where one begins and the last one ends."""
        _, offsets, data = self.array.buffers()
        first = self.array.offset
        places = np.frombuffer(offsets, np.int32, len(self) + 1, first * 4) if len(self) else np.zeros(1, np.int32)
        return np.frombuffer(data or b"", np.uint8), places

    @property
    def lengths(self) -> NDArray[np.int32]:
        """Return (n,) how many bytes each has."""
        return np.diff(self.bounds[1])

    @property
    def blank(self) -> bool:
        """Return whether no text has a letter."""
        return bool(self.bounds[1][0] == self.bounds[1][-1])

    @property
    def codes(self) -> NDArray[np.int64]:
        """Return (n,) numbers below n, the same for the same text."""
        return np.from_dlpack(self.array.dictionary_encode().indices).astype(np.int64)

    @property
    def text(self) -> str:
        """Return all texts as one."""
        data, places = self.bounds
        return data[places[0] : places[-1]].tobytes().decode()

    def like(self, pattern: str) -> NDArray[np.bool_]:
        """Return (n,) whether a pattern of RE2 is found in each."""
        import pyarrow.compute as pc

        return mask_of(pc.match_substring_regex(self.array, pattern))

    def equals(self, others: Texts) -> NDArray[np.bool_]:
        """Return (n,) whether each is the text at its place in `others`."""
        import pyarrow.compute as pc

        return mask_of(pc.equal(self.array, others.array))

    def among(self, known: Iterable[str]) -> NDArray[np.bool_]:
        """Return (n,) whether each is one of `known`."""
        import pyarrow.compute as pc

        return mask_of(pc.is_in(self.array, value_set=Texts.of(known).array))

    def take(self, at: NDArray[np.int64]) -> Texts:
        """Return those at some places, in that order."""
        return Texts(self.array.take(arrow(at)))

    def where(self, keep: NDArray[np.bool_]) -> Texts:
        """Return those that are to be kept."""
        return self.take(np.flatnonzero(keep))

    def part(self, first: int, n: int) -> Texts:
        """Return up to n, from the one at `first` on."""
        return Texts(self.array.slice(first, n))

    def changed(self, change: Callable[[Any, Any], Any]) -> Texts:
        """Change all as `change(pyarrow.compute, array)` does."""
        import pyarrow.compute as pc

        return Texts(change(pc, self.array))

    def mapped(self, change: Callable[[str], str]) -> Texts:
        """Change all; `change` is asked once for each that is different."""
        if not len(self) or (self.blank and not change("")):
            return self
        coded = self.array.dictionary_encode()
        return Texts(Texts.of(map(change, coded.dictionary.to_pylist())).array.take(coded.indices))

    def mended(self, odd: NDArray[np.bool_], to: Iterable[str]) -> Texts:
        """Put other texts in the places where `odd` is true, in that order."""
        if not odd.any():
            return self
        n, moved = len(self), np.arange(len(self))
        moved[odd] = np.arange(n, n + int(odd.sum()))
        return Texts.one_after_another([self, Texts.of(to)]).take(moved)


def give_back() -> None:
    """Return to the system what Arrow and malloc keep of freed memory: else more is taken beside it."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    malloc_trim()


def arrow(numbers: NDArray[Any]) -> Any:
    """Return an array as Arrow has it, not copied."""
    import pyarrow as pa

    whole = np.ascontiguousarray(numbers)
    return pa.Array.from_buffers(pa.from_numpy_dtype(whole.dtype), len(whole), [None, pa.py_buffer(whole)])


def mask_of(array: Any) -> NDArray[np.bool_]:
    """Return an Arrow array of truth values."""
    import pyarrow as pa

    return np.from_dlpack(array.cast(pa.uint8())).astype(bool)
