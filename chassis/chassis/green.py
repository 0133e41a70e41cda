"""Work that would block eventlet's hub: C and Rust code goes to real threads. Waits of the database: ``hub_waits``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def patched() -> bool:
    """Whether this process runs on eventlet's hub (the nameko services do, workers and the gateway do not)."""
    patcher = sys.modules.get("eventlet.patcher")
    return bool(patcher and patcher.is_monkey_patched("thread"))


def offload(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` without blocking the event loop; in a plain process simply call it."""
    if not patched():
        return function(*args, **kwargs)
    from eventlet import tpool  # only where eventlet is in use already

    result: R = tpool.execute(function, *args, **kwargs)
    return result
