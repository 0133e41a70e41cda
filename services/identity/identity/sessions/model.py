"""Sessions: how long they last, and what a refresh token is worth at a moment."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from identity.settings import APPLICANT_SESSIONS, STAFF_SESSIONS, SessionLimits

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
