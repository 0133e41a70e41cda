"""psycopg's waits on eventlet's hub.

psycopg's own wait is C code and freezes the hub: eight half-second queries took four seconds. Its ``wait_selector``
does not, but makes a selector for every wait: a fifth of the processor time of a query.
"""

from __future__ import annotations

import select
from time import monotonic
from typing import Any

from eventlet import patcher
from eventlet.hubs import get_hub
from greenlet import getcurrent
from psycopg import errors, waiting

LOOK_SECONDS = 1.0
"""How often a wait looks whether its connection was closed by somebody else; the hub says nothing of that."""
_poll = patcher.original("select").poll


def let_database_wait_on_the_hub() -> None:
    """Every wait of psycopg from now on; called once, after ``monkey_patch``."""
    waiting.wait = wait  # type: ignore[assignment]  # the same signature without psycopg's generics


def database_waits_on_the_hub() -> bool:
    """Whether :func:`let_database_wait_on_the_hub` was called in this process."""
    return waiting.wait is wait


def wait(generator: Any, fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """What psycopg's generator comes to; it says what it waits for and is told what has come.

    ``timeout`` in seconds; psycopg's own ``_WaitTimeout`` when they have passed.
    """
    deadline = monotonic() + timeout if timeout is not None else None
    try:
        wanted = next(generator)
        while True:
            seconds = LOOK_SECONDS if deadline is None else min(LOOK_SECONDS, deadline - monotonic())
            state = _ready(fileno, wanted, seconds)
            if not state:
                _now(fileno)
            wanted = generator.send(state) or wanted
            if deadline is not None and monotonic() >= deadline:
                raise errors._WaitTimeout("wait timeout expired")
    except StopIteration as done:
        return done.value


def _ready(fileno: int, wanted: int, seconds: float) -> int:
    """Which of the wanted states has come, or none within so many seconds."""
    if wanted != waiting.WAIT_R:
        # Writing waits only when more was sent than the server reads; then either may come first.
        state = _now(fileno) & wanted
        if state:
            return state
        seconds = min(seconds, 0.02)
    hub, me = get_hub(), getcurrent()
    kind = hub.WRITE if wanted == waiting.WAIT_W else hub.READ
    timer = hub.schedule_call_global(max(0.0, seconds), me.switch, waiting.READY_NONE)
    listener = hub.add(kind, fileno, lambda _: me.switch(wanted & ~waiting.WAIT_W or wanted), me.throw, None)
    try:
        return int(hub.switch())
    finally:
        hub.remove(listener)
        timer.cancel()


def _now(fileno: int) -> int:
    """What the connection can do without waiting."""
    look = _poll()
    look.register(fileno, select.POLLIN | select.POLLOUT)
    seen = dict(look.poll(0)).get(fileno, 0)
    if seen & select.POLLNVAL:
        raise errors.OperationalError("connection socket closed")
    readable = waiting.READY_R if seen & ~select.POLLOUT else waiting.READY_NONE
    return readable | (waiting.READY_W if seen & select.POLLOUT else waiting.READY_NONE)
