"""The object store is written once, synchronously; in a process that runs on eventlet its calls leave the hub."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from chassis.green import offload
from chassis.objects.store import store_faults

P = ParamSpec("P")
R = TypeVar("R")


def off_hub(call: Callable[P, R]) -> Callable[P, R]:
    """``call``, in a native thread when this process is green; faults of the store are told apart from others."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with store_faults():
            return offload(call, *args, **kwargs)

    return run
