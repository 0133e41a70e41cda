"""Giving memory back to the system after a piece of work that took much of it.

What a thousand rows and their cases were read into is freed when they are let go, but the allocator keeps most of it
for the next ones, for as long as the process lives.
"""

from __future__ import annotations

import ctypes
import gc


def give_back() -> None:
    """Frees what only refers to itself, and returns what is free to the system (glibc; elsewhere only the former). It
    takes some 100 ms, in which no other thread of the process gets on: for the end of long work, not for each piece."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
