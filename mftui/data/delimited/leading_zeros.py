"""Look for ids with a leading zero, which a number would lose, in a whole file of text at the speed of the disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import numpy as np
from numpy.typing import NDArray

from mftui.data.delimited.layout import ALIGNED, Layout
from mftui.data.storage.files import FileRef

_BLOCK_BYTES = 1 << 19
_PIECE = 1 << 16  # what the caches hold
_ZERO, _NINE = ord("0"), ord("9")


def any_leading_zero(ref: FileRef, layout: Layout) -> bool:
    """Return whether some field of the file begins with 0 and another digit.

    Fields of all columns count, so that True means: look at the ids as text.
    """
    ends = {layout.delimiter[-1:], "\n", *("\t" if layout.delimiter == ALIGNED else "")}
    ends |= {'"'} if layout.multiline else set()
    if b"\n" not in ref.head(_PIECE):
        ends.add("\r")
    before = [ord(end) for end in ends if ord(end) < 256]
    wide = 2 if layout.encoding.startswith("utf-16") else 1
    overlap = 2 * wide
    seen = np.full(_BLOCK_BYTES + overlap, ord("\n"), dtype=np.uint8)
    with ref.open() as file:
        while count := _filled(file, seen[overlap:]):
            block = seen[: count + overlap]
            if _in_block(block[block != 0] if wide == 2 else block, before):
                return True
            seen[:overlap] = block[-overlap:].copy()
    return False


def _filled(file: IO[bytes], space: NDArray[np.uint8]) -> int:
    """Fill `space` from a file and return how many bytes that were: fewer only at the end, whatever the file gives."""
    room, count = space.data, 0
    while count < len(room) and (read := file.readinto(room[count:])):  # type: ignore[attr-defined]
        count += read
    return count


def _in_block(block: NDArray[np.uint8], before: Sequence[int]) -> bool:
    for at in range(0, len(block) - 2, _PIECE):
        piece = block[at : at + _PIECE + 2]
        first = piece[:-2]
        begins = first == before[0]
        for byte in before[1:]:
            begins |= first == byte
        begins &= piece[1:-1] == _ZERO
        if begins.any():
            after = piece[2:][begins]
            if ((after >= _ZERO) & (after <= _NINE)).any():
                return True
    return False
