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
        self._known: frozenset[str] | None = None

    def __contains__(self, session_id: str) -> bool:
        # One request reads while the others go by what was known; before anything is known, they wait for it.
        if self._is_old() and self._lock.acquire(blocking=self._known is None):
            try:
                if self._is_old():
                    self._known = self._read()
                    self._read_at = time.monotonic()
            finally:
                self._lock.release()
        return self._known is not None and session_id in self._known

    def _is_old(self) -> bool:
        return self._known is None or time.monotonic() - self._read_at > _REFRESH_SECONDS

    def _read(self) -> frozenset[str]:
        with self._sessions() as session:
            rows = session.execute(select(RevokedSession.session_id).where(RevokedSession.until > utc_now()))
            return frozenset(rows.scalars())


def revoke(session: Session, session_id: str, until: datetime) -> None:
    """Remembers an ended session until its last access token has expired, and forgets old entries."""
    session.execute(delete(RevokedSession).where(RevokedSession.until < utc_now()))
    session.execute(insert(RevokedSession).values(session_id=session_id, until=until).on_conflict_do_nothing())
