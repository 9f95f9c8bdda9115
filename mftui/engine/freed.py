"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import gc


def return_free_memory() -> None:
    """Collect what is no longer used, and return the pages: after a compilation glibc would keep 70 MB and more."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim is not None:
        trim(0)
