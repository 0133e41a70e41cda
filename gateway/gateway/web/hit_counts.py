"""Hits per key in fixed windows, in the table ``rate_limits``: one by one, or counted here and shared in batches."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass

from chassis.telemetry import logger
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

SHARE_SECONDS = 0.25
BATCH = 5000
SWEEP_ONE_IN = 200
_log = logger("gateway.limits")

_COUNT = text(
    """
    INSERT INTO rate_limits AS r (key, hits, expires_at)
    SELECT key, hits, now() + make_interval(secs => expiry)
    FROM unnest(CAST(:keys AS text[]), CAST(:hits AS bigint[]), CAST(:expiries AS float[])) AS n (key, hits, expiry)
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN r.expires_at < now() THEN excluded.hits ELSE r.hits + excluded.hits END,
        expires_at = CASE WHEN r.expires_at < now() THEN excluded.expires_at ELSE r.expires_at END
    RETURNING key, hits, extract(epoch FROM expires_at)::float AS expires_at
    """
)


_FORGET = text(
    """
    DELETE FROM rate_limits WHERE key IN (
        SELECT key FROM rate_limits WHERE expires_at < now() - interval '1 minute' ORDER BY expires_at LIMIT :batch
        FOR UPDATE SKIP LOCKED)
    """
)


@dataclass
class Window:
    """``hits`` of all processes as far as known, until ``expires_at`` (seconds since the epoch)."""

    hits: int
    expires_at: float
    unshared: int = 0
    expiry: float = 0.0


class HitCounts:
    """The counts of one process. ``engine`` should be in autocommit: each statement stands alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._windows: dict[str, Window] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def count(self, key: str, expiry: float, amount: int) -> Window:
        """Counts in the table and says what is there now; now and then it also forgets windows that have ended."""
        if secrets.randbelow(SWEEP_ONE_IN) == 0:
            with self._engine.connect() as connection:
                connection.execute(_FORGET, {"batch": BATCH})
        return self._share({key: (amount, expiry)})[key]

    def count_here(self, key: str, expiry: float, amount: int) -> Window:
        """Counts in this process; within a quarter of a second the others know, and this one knows of theirs.

        Until then a visitor may get as many answers more as there are workers. In return, a query that anybody may
        ask does not write to the database each time.
        """
        now = time.time()
        with self._lock:
            window = self._windows.get(key)
            if window is None or window.expires_at <= now:
                window = self._windows[key] = Window(0, now + expiry, expiry=expiry)
            window.hits += amount
            window.unshared += amount
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._keep_sharing, name="rate-limits", daemon=True)
                self._thread.start()
        return window

    def _keep_sharing(self) -> None:
        """As long as there is a window; that the database is away is said once until it is back."""
        away = False
        while self._goes_on():
            time.sleep(SHARE_SECONDS)
            try:
                self.share()
                away = False
            except SQLAlchemyError as error:
                if not away:
                    _log.warning("rate_limits_not_shared", error=str(error)[:300])
                away = True

    def _goes_on(self) -> bool:
        with self._lock:
            if not self._windows:
                self._thread = None
            return self._thread is not None

    def share(self) -> None:
        """Adds this process's hits to the table and takes over what all processes counted."""
        now = time.time()
        with self._lock:
            for key in [key for key, window in self._windows.items() if window.expires_at <= now]:
                del self._windows[key]
            due = [(key, window) for key, window in self._windows.items() if window.unshared][:BATCH]
            sent = {key: (window.unshared, max(0.1, window.expires_at - now)) for key, window in due}
        if not sent:
            return
        counted = self._share(sent)
        with self._lock:
            for key, window in due:
                window.unshared -= sent[key][0]
                window.hits = counted[key].hits + window.unshared
                window.expires_at = counted[key].expires_at

    def _share(self, hits: dict[str, tuple[int, float]]) -> dict[str, Window]:
        parameters = {
            "keys": list(hits),
            "hits": [amount for amount, _ in hits.values()],
            "expiries": [expiry for _, expiry in hits.values()],
        }
        with self._engine.connect() as connection:
            rows = connection.execute(_COUNT, parameters).all()
        return {row.key: Window(row.hits, row.expires_at) for row in rows}
