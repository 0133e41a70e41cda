"""Sessions: what a refresh token is worth at a moment, and how failed sign-ins are counted."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from identity.settings import APPLICANT_SESSIONS, PASSWORD_ATTEMPTS, PASSWORD_LOCK, STAFF_SESSIONS, SessionLimits

# A browser that lost the answer asks again with the same token: within this time that is no theft, as long as nobody
# has used the token that was given out instead.
REPEAT_GRACE = timedelta(seconds=30)
Worth = Literal["good", "repeated", "stolen", "expired"]


def limits_for(kind: str) -> SessionLimits:
    return STAFF_SESSIONS if kind == "staff" else APPLICANT_SESSIONS


def new_refresh_token() -> str:
    return "rt_" + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class RefreshState:
    expires_at: datetime
    used_at: datetime | None
    superseded: bool
    successor_used: bool
    session_ended: bool

    def worth(self, now: datetime) -> Worth:
        """Rotation: each token is good once. A second use of an old one means that two parties hold it."""
        if self.session_ended or now >= self.expires_at:
            return "expired"
        if self.superseded:
            return "stolen"
        if self.used_at is None:
            return "good"
        if not self.successor_used and now < self.used_at + REPEAT_GRACE:
            return "repeated"
        return "stolen"


@dataclass(frozen=True)
class Attempts:
    """Failed sign-ins for one account (or for a login that nobody has)."""

    failures: int
    last_failed_at: datetime
    locked_until: datetime | None

    def locked_minutes(self, now: datetime) -> int:
        """Whole minutes until the next try, 0 when it is free."""
        if self.locked_until is None or now >= self.locked_until:
            return 0
        return int((self.locked_until - now).total_seconds() // 60) + 1

    def after_failure(self, now: datetime) -> Attempts:
        """Five in a row lock for fifteen minutes; failures older than that, or an ended lock, count no more."""
        stale = now - self.last_failed_at > PASSWORD_LOCK or self.locked_until is not None
        failures = 1 if stale else self.failures + 1
        return Attempts(failures, now, now + PASSWORD_LOCK if failures >= PASSWORD_ATTEMPTS else None)
