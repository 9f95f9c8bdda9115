"""malloc and garbage collection, tuned for large data: what is freed is returned to the system, or kept."""

from __future__ import annotations

import ctypes
import gc
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # malloc.h
_USUAL = {_TRIM_THRESHOLD: 128 << 10, _MMAP_MAX: 65_536}
_KEEPING = {_TRIM_THRESHOLD: 2**31 - 1, _MMAP_MAX: 0}


@contextmanager
def gc_paused() -> Iterator[None]:
    """Let no garbage be collected meanwhile: where many objects are made that stay, it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@cache
def gc_freeze() -> None:
    """Freeze everything imported so far (mostly TensorFlow's 350,000 objects), so that garbage collection skips it.

    A collection then takes milliseconds instead of 0.25 s. What a training leaves behind is still collected.
    """
    gc.freeze()


@contextmanager
def importing() -> Iterator[None]:
    """Import something large within: without garbage collection, a fifth of the time; what comes is frozen."""
    with gc_paused():
        yield
        gc_freeze()


def collect_and_trim() -> None:
    """Collect garbage and return its pages: after a compilation glibc would keep 70 MB and more."""
    gc.collect()
    malloc_trim()


def malloc_trim() -> None:
    """Return the pages of freed memory to the system."""
    if found := _glibc("malloc_trim"):
        found(0)


def disable_trim() -> None:
    """Keep large freed blocks in this process until `malloc_trim`.

    Each step asks for the same hundreds of MB again. By default glibc maps them each time, and the kernel clears
    them: with large batches that takes longer than the arithmetic.
    """
    _set(_KEEPING)


def restore_trim() -> None:
    """Undo `disable_trim`."""
    _set(_USUAL)


def forget(*columns: NDArray[Any]) -> None:
    """Take what was read or written of mapped files out of this process's memory: the system keeps it while it has
    room."""
    for column in columns:
        file: Any = column
        while isinstance(file, np.ndarray):
            file = file.base
        if isinstance(file, mmap.mmap):
            file.madvise(mmap.MADV_DONTNEED)


def _set(options: dict[int, int]) -> None:
    if mallopt := _glibc("mallopt"):
        for name, value in options.items():
            mallopt(name, value)


def _glibc(name: str) -> Any:
    """Return a function of the C library; None if it has none of that name."""
    return getattr(ctypes.CDLL(None), name, None)
