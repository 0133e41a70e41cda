"""Rate limits that hold across replicas: fixed windows counted in an unlogged table."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from limits.storage import Storage
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.web.registry import registry

_COUNT = text(
    """
    INSERT INTO rate_limits AS r (key, hits, expires_at)
    VALUES (:key, :amount, now() + make_interval(secs => :expiry))
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN r.expires_at < now() THEN excluded.hits ELSE r.hits + excluded.hits END,
        expires_at = CASE WHEN r.expires_at < now() THEN excluded.expires_at ELSE r.expires_at END
    RETURNING hits
    """
)


class TableStorage(Storage):
    """Storage of flask-limiter over the table ``rate_limits``."""

    STORAGE_SCHEME = ["registry"]  # the base class declares it as a plain list

    def __init__(self, uri: str, wrap_exceptions: bool = False, *, engine: Engine, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self._engine.begin() as connection:
            hits: int = connection.execute(_COUNT, {"key": key, "amount": amount, "expiry": expiry}).scalar_one()
            return hits

    def get(self, key: str) -> int:
        with self._engine.begin() as connection:
            hits = connection.execute(
                text("SELECT hits FROM rate_limits WHERE key = :key AND expires_at > now()"), {"key": key}
            ).scalar()
            return hits or 0

    def get_expiry(self, key: str) -> float:
        with self._engine.begin() as connection:
            expires = connection.execute(
                text("SELECT extract(epoch FROM expires_at)::float FROM rate_limits WHERE key = :key"), {"key": key}
            ).scalar()
            return expires or time.time()

    def check(self) -> bool:
        self.get("readiness")
        return True

    def reset(self) -> int | None:
        with self._engine.begin() as connection:
            return connection.execute(text("DELETE FROM rate_limits")).rowcount

    def clear(self, key: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("DELETE FROM rate_limits WHERE key = :key"), {"key": key})


def client_address() -> str:
    """The visitor's network address (behind proxies: ``REGISTRY_TRUSTED_PROXIES``)."""
    return request.remote_addr or "unknown"


def client_network() -> str:
    """What a limit counts by: the address, and for IPv6 the /64, all of which one visitor has to choose from."""
    try:
        address = ip_address(client_address())
    except ValueError:
        return client_address()
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped.compressed if address.ipv4_mapped else str(ip_network((address, 64), strict=False))
    return str(address)


def per_minute(requests: int) -> Callable[[], str]:
    """A limit for a route; the sandbox allows ten times as much to whoever tries it out."""

    def limit() -> str:
        return f"{requests * (10 if registry().settings.common.sandbox else 1)} per minute"

    return limit


limiter = Limiter(key_func=client_network, strategy="fixed-window", headers_enabled=True, swallow_errors=True)
"""Routes that send messages, check secrets or take anonymous files say ``@limiter.limit("5 per minute")``."""


def install(app: Flask, engine: Engine) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = "registry://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"engine": engine}
    limiter.init_app(app)
