"""One-time codes: six digits, five minutes, five attempts from where they were asked for and five from elsewhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from identity.settings import OTP_ATTEMPTS, OTP_LIFE, OTP_RESEND

Purpose = Literal["sign_up", "sign_in", "sign", "recover", "email"]
Lane = Literal["account", "familiar", "stranger"]
"""Who asks for a code: the signed-in account for its own number or address; somebody at a place from which the
number's account has signed in before; anybody else. Each lane has quotas that the others cannot use up."""


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


@dataclass(frozen=True)
class CodeState:
    """What is known of a code. ``attempts``: wrong ones from where it was asked for; ``strange``: from elsewhere."""

    requester: str
    sent_at: datetime
    attempts: int
    strange_attempts: int

    def left(self, guesser: str) -> int:
        """How many attempts somebody at ``guesser`` has. What others guess takes none from who asked for the code."""
        return OTP_ATTEMPTS - (self.attempts if guesser == self.requester else self.strange_attempts)


def is_open(sent_at: datetime, now: datetime) -> bool:
    return now < sent_at + OTP_LIFE


def seconds_until_resend(sent_at: datetime, used: bool, now: datetime) -> int:
    """How long to wait for another code; none after the last one was used."""
    if used:
        return 0
    return max(0, -int(-(sent_at + OTP_RESEND - now).total_seconds() // 1))
