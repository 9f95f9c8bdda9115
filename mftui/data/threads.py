"""Work on parts of arrays, several at a time: NumPy lets other threads in while it works."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
MOST = 4
"""Threads at most: each holds a part, and what is made of it."""


def cores() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def of_each(function: Callable[[int], T], n: int) -> list[T]:
    """Return what `function` makes of 0 to n - 1, in this order, with as many threads as there are cores.

    No more parts are under way than there are threads, so memory does not grow with `n`.
    """
    threads = min(n, MOST, cores())
    if threads <= 1:
        return [function(number) for number in range(n)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, range(n)))
