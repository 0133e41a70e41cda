"""One-time codes: six digits, five minutes, five attempts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from identity.settings import OTP_ATTEMPTS, OTP_LIFE, OTP_RESEND

Purpose = Literal["sign_up", "sign_in", "sign", "recover", "email"]
Standing = Literal["open", "expired", "exhausted"]


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


@dataclass(frozen=True)
class CodeState:
    """What is known of the newest code for a purpose and target."""

    sent_at: datetime
    attempts: int
    used: bool

    def standing(self, now: datetime) -> Standing:
        if self.attempts >= OTP_ATTEMPTS:
            return "exhausted"
        return "expired" if now >= self.sent_at + OTP_LIFE else "open"

    def seconds_until_resend(self, now: datetime) -> int:
        """How long to wait for another code; none after the last one was used."""
        if self.used:
            return 0
        return max(0, -int(-(self.sent_at + OTP_RESEND - now).total_seconds() // 1))
