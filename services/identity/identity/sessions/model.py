"""Sessions: how long they last, and what a refresh token is worth at a moment."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from identity.settings import APPLICANT_SESSIONS, STAFF_SESSIONS, SessionLimits

# Two tabs of one browser refresh with the same token, or a lost answer is asked for again: within this time of a
# token's first use that is no theft, and what each of them got stays good. A second use after it means that two parties
# hold the token.
LEEWAY = timedelta(seconds=30)
Worth = Literal["good", "repeated", "stolen", "expired"]


def limits_for(kind: str) -> SessionLimits:
    """How long sessions last, idle and at all: shorter for staff."""
    return STAFF_SESSIONS if kind == "staff" else APPLICANT_SESSIONS


def new_refresh_token() -> str:
    """256 random bits; only a digest of it is kept."""
    return "rt_" + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class RefreshState:
    expires_at: datetime
    used_at: datetime | None
    session_ended: bool

    def worth(self, now: datetime) -> Worth:
        """Rotation: each token is good once, and for the leeway after."""
        if self.session_ended or now >= self.expires_at:
            return "expired"
        if self.used_at is None:
            return "good"
        return "repeated" if now < self.used_at + LEEWAY else "stolen"
