"""Sessions that were ended: their access tokens are refused at once, not only when they expire."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import utc_now
from chassis.tables import RevokedSession

_REFRESH_SECONDS = 1.0


class RevokedSessions:
    """The sessions that were ended, as a process knows them: read again every second."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._known: frozenset[str] = frozenset()

    def __contains__(self, session_id: str) -> bool:
        if time.monotonic() - self._read_at > _REFRESH_SECONDS and self._lock.acquire(blocking=False):
            try:
                with self._sessions() as session:
                    rows = session.execute(select(RevokedSession.session_id).where(RevokedSession.until > utc_now()))
                    self._known = frozenset(rows.scalars())
                self._read_at = time.monotonic()
            finally:
                self._lock.release()
        return session_id in self._known


def revoke(session: Session, session_id: str, until: datetime) -> None:
    """Remembers an ended session until its last access token has expired, and forgets old entries."""
    session.execute(delete(RevokedSession).where(RevokedSession.until < utc_now()))
    session.execute(insert(RevokedSession).values(session_id=session_id, until=until).on_conflict_do_nothing())
