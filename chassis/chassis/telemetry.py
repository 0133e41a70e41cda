"""Structured logs with a trace id that follows a request from the page to the last event (W3C trace context)."""

from __future__ import annotations

import logging
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

import structlog

from chassis.untold import untold

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class _Unique:
    """Identifiers that nobody else has: counted from a random start. Randomness anew for each cost a call of the
    system, at which a thread loses its turn."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A forked process must not count on from where its parent is."""
        self._prefix = secrets.token_hex(8)
        self._count = count(secrets.randbits(63))

    def span(self) -> str:
        return f"{next(self._count) & 0xFFFFFFFFFFFFFFFF:016x}"

    def trace(self) -> str:
        return self._prefix + self.span()


_unique = _Unique()
os.register_at_fork(after_in_child=_unique.restart)


def new_traceparent(parent: str | None = None) -> str:
    """A new span in the parent's trace, or a new trace when there is no (valid) parent."""
    match = _TRACEPARENT.match(parent) if parent else None
    trace = match.group(1) if match else _unique.trace()
    return f"00-{trace}-{_unique.span()}-01"


def current_traceparent() -> str | None:
    """The W3C ``traceparent`` of what is being done, to go along with calls and events; None outside any trace."""
    return _current.get()


def current_trace_id() -> str | None:
    """Its 32 hex digits, as the log shows them."""
    value = _current.get()
    return value.split("-")[1] if value else None


@contextmanager
def trace(parent: str | None) -> Iterator[str]:
    """Runs the block as a span of the parent's trace."""
    traceparent = new_traceparent(parent)
    token = _current.set(traceparent)
    try:
        yield traceparent
    finally:
        _current.reset(token)


def _add_trace(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    if trace_id := current_trace_id():
        event["trace_id"] = trace_id
    return event


def _leave_values_out(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Of errors and of what other libraries say; what our own lines give was chosen."""
    for name in ("exception", "error", "event"):
        if isinstance(text := event.get(name), str):
            event[name] = untold(text)
    return event


def configure_logging(service: str, level: str = "INFO") -> None:
    """JSON lines on standard error: time, level, service, event, trace_id and what the call gave."""

    def add_service(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        event["service"] = service
        return event

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _add_trace,
        structlog.processors.format_exc_info,
        _leave_values_out,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),  # before anything is put together for a line
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("amqp", "kombu", "nameko", "urllib3", "fontTools", "pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # nameko writes a traceback for every refusal; what was not expected is logged where it happens.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)


def logger(name: str) -> Any:
    """A structured log: events have names, and what they are about goes into fields."""
    return structlog.stdlib.get_logger(name)
