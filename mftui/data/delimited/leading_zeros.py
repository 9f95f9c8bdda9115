"""Look for ids with a leading zero, which a number would lose, in a whole file of text at the speed of the disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.data.delimited.layout import ALIGNED, Layout
from mftui.data.storage.files import FileRef

_BLOCK_BYTES = 4 << 20
_PIECE = 1 << 16  # what the caches hold
_ZERO, _NINE = ord("0"), ord("9")


def any_leading_zero(ref: FileRef, layout: Layout, positions: Sequence[int]) -> bool:
    """Return whether some field of the file begins with 0 and another digit.

    Fields of other columns count as well, so that True means: look at the ids as text.
    """
    before = {ord(character) for character in f"{layout.delimiter[-1]}\n\r"} | {ord(" "), ord('"')}
    if layout.delimiter == ALIGNED:
        before.add(ord("\t"))
    last_bytes = np.zeros(256, dtype=bool)
    last_bytes[[byte for byte in before if byte < 256]] = True
    wide = 2 if layout.encoding.startswith("utf-16") else 1
    tail = b"\n" * (2 * wide)
    with ref.open() as file:
        while block := file.read(_BLOCK_BYTES):
            seen = np.frombuffer(tail + block, dtype=np.uint8)
            if wide == 2:
                seen = seen[seen != 0]
            if any(_in_piece(seen[at : at + _PIECE + 2], last_bytes) for at in range(0, len(seen) - 2, _PIECE)):
                return True
            tail = block[-2 * wide :]
    return False


def _in_piece(piece: NDArray[Any], last_bytes: NDArray[np.bool_]) -> bool:
    at = np.flatnonzero(piece[1:-1] == _ZERO)
    at = at[last_bytes[piece[at]]]
    after = piece[at + 2]
    return bool(((after >= _ZERO) & (after <= _NINE)).any())
