"""The object store is written once, synchronously; in a process that runs on eventlet its calls leave the hub."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from chassis.green import offload

P = ParamSpec("P")
R = TypeVar("R")


def off_hub(call: Callable[P, R]) -> Callable[P, R]:
    """``call``, in a native thread when this process is green."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return offload(call, *args, **kwargs)

    return run
