"""Rate limits that hold across replicas. The arithmetic is the library's (limits); the counts lie in our table."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

from chassis.networks import network_of
from chassis.telemetry import logger
from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from gateway.web.hit_counts import HitCounts, Window
from gateway.web.problems import HttpProblem
from gateway.web.resources import resources

EXTENSION = "registry-limits"
V = TypeVar("V", bound=Callable[..., Any])
_log = logger("gateway.limits")


class TableStorage(Storage):
    """Counts of the library over the table ``rate_limits``.

    ``shared``: counted in this process and shared in batches, for what anybody may read and many do; otherwise every
    hit is in the table before it is answered.
    """

    STORAGE_SCHEME = ["registry"]  # the base class declares it as a plain list

    def __init__(self, counts: HitCounts, *, shared: bool) -> None:
        super().__init__()
        self._count = counts.count_here if shared else counts.count
        self._last = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        self._last.key, self._last.window = key, self._count(key, expiry, amount)
        return int(self._last.window.hits)

    def get(self, key: str) -> int:
        return self._window(key).hits

    def get_expiry(self, key: str) -> float:
        return self._window(key).expires_at

    def _window(self, key: str) -> Window:
        """Who asks has just counted; the answer's headers need no second look."""
        if getattr(self._last, "key", None) == key:
            window: Window = self._last.window
            return window
        return self._count(key, 60, 0)

    def check(self) -> bool:
        self._count("readiness", 1, 0)
        return True

    def reset(self) -> int | None:
        raise NotImplementedError("windows end by themselves")

    def clear(self, key: str) -> None:
        raise NotImplementedError("windows end by themselves")


def client_address() -> str:
    """The visitor's network address (behind proxies: ``REGISTRY_TRUSTED_PROXIES``)."""
    return request.remote_addr or "unknown"


def client_network() -> str:
    """What a limit counts by."""
    return network_of(client_address())


def per_minute(requests: int) -> Callable[[], str]:
    """A limit for a route; the sandbox allows ten times as much to whoever tries it out."""

    def limit() -> str:
        return f"{requests * (10 if resources().settings.common.sandbox else 1)} per minute"

    return limit


class Limiter:
    """``@limiter.limit("60 per minute; 300 per hour")`` on a handler: so many requests from one address.

    Problem ``rate_limited`` with ``Retry-After``. While the database is away nobody is turned away for that.
    """

    def __init__(self, *, shared: bool = False) -> None:
        self._shared = shared

    def limit(
        self, limits: str | Callable[[], str], *, exempt_when: Callable[[], bool] = lambda: False
    ) -> Callable[[V], V]:
        """At most so many requests (``30 per minute``) of one visitor to the view. Problem ``rate_limited``."""

        def decorate(handler: V) -> V:
            name = f"{handler.__module__}.{handler.__name__}"

            @wraps(handler)
            def limited(*args: Any, **options: Any) -> Any:
                if not exempt_when():
                    self._check(name, limits if isinstance(limits, str) else limits())
                return handler(*args, **options)

            limited.rate_limit = limits  # type: ignore[attr-defined]  # a test looks which routes have one
            return limited  # type: ignore[return-value]  # wraps keeps the signature

        return decorate

    def _check(self, name: str, limits: str) -> None:
        strategy: FixedWindowRateLimiter = current_app.extensions[EXTENSION][self._shared]
        for item in _parsed(limits):
            try:
                allowed = strategy.hit(item, name, client_network())
                reset, remaining = strategy.get_window_stats(item, name, client_network())
            except SQLAlchemyError as error:
                _log.warning("rate_limit_not_counted", error=str(error)[:300])
                return
            seconds = max(1, round(reset - time.time()))
            g.rate_limit = (item.amount, remaining, seconds)
            if not allowed:
                raise HttpProblem("rate_limited", headers={"Retry-After": str(seconds)}, seconds=seconds)


@lru_cache
def _parsed(limits: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(limits))


limiter = Limiter()
"""For routes that send messages, check secrets or take anonymous files."""
query_limiter = Limiter(shared=True)
"""For routes that only read and are open to everybody."""


def _say(response: Response) -> Response:
    if found := g.get("rate_limit"):
        for name, value in zip(("Limit", "Remaining", "Reset"), found, strict=True):
            response.headers[f"X-RateLimit-{name}"] = str(value)
    return response


def install(app: Flask, engine: Engine) -> None:
    """Counts are kept in the database, so that all workers and replicas share them."""
    counts = HitCounts(engine.execution_options(isolation_level="AUTOCOMMIT"))
    app.extensions[EXTENSION] = {
        shared: FixedWindowRateLimiter(TableStorage(counts, shared=shared)) for shared in (False, True)
    }
    app.after_request(_say)
