"""Memory of this process that nothing uses any more goes back to the system."""

import ctypes
from functools import cache
from typing import Any


@cache
def _trim() -> Any:
    """The C library's function for it; None where it has none (glibc has)."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back() -> None:
    """What a chore needed for a moment lies between what stays: by itself the C library keeps those pages for good."""
    trim = _trim()
    if trim is not None:
        trim(0)
