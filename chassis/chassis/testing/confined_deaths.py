"""Confined processes that are killed from outside, as by the kernel's OOM killer or an operator: by a real signal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from chassis.confinement import pool
from chassis.confinement.template import Child


@contextmanager
def killed_from_outside(times: int = 1 << 30) -> Iterator[list[int]]:
    """The processes of the next so many calls, of any pool, die as soon as they have their job; yields who has died."""
    died: list[int] = []
    call = pool._reply

    def reply(child: Child, *arguments: Any) -> dict[str, Any]:
        if len(died) < times:
            assert child.handle is not None
            died.append(child.handle)
            signal.pidfd_send_signal(child.handle, signal.SIGKILL)
        return call(child, *arguments)

    with patch.object(pool, "_reply", reply):
        yield died
