"""Sessions that were ended: their access tokens are refused at once, not only when they expire."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.clock import utc_now
from chassis.runtime import Runtime
from chassis.tables import RevokedSession

_REFRESH_SECONDS = 1.0


class _Cache:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.read_at = 0.0
        self.sessions: frozenset[str] = frozenset()


_caches: dict[int, _Cache] = {}


def is_revoked(runtime: Runtime, session_id: str) -> bool:
    """Whether the session was ended; the list is read again every second."""
    cache = _caches.setdefault(id(runtime), _Cache())
    if time.monotonic() - cache.read_at > _REFRESH_SECONDS and cache.lock.acquire(blocking=False):
        try:
            with runtime.sessions() as session:
                rows = session.execute(select(RevokedSession.session_id).where(RevokedSession.until > utc_now()))
                cache.sessions = frozenset(rows.scalars())
            cache.read_at = time.monotonic()
        finally:
            cache.lock.release()
    return session_id in cache.sessions


def revoke(session: Session, session_id: str, until: datetime) -> None:
    """Remembers an ended session until its last access token has expired, and forgets old entries."""
    session.execute(delete(RevokedSession).where(RevokedSession.until < utc_now()))
    session.execute(insert(RevokedSession).values(session_id=session_id, until=until).on_conflict_do_nothing())
