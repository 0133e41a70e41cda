"""One-time codes: six digits, five minutes, five attempts from where they were asked for and five from elsewhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from identity.settings import OTP_ATTEMPTS, OTP_LIFE, OTP_RESEND, OtpLimits

Purpose = Literal["sign_up", "sign_in", "sign", "recover", "password", "close", "email", "mobile"]
Lane = Literal["account", "email", "familiar", "stranger"]
"""Who asks for a code: the signed-in account for its own number; the same for an e-mail address that may be another's;
somebody at a place from which the number's account has signed in before; anybody else. Each lane has quotas that the
others cannot use up."""
NEAR, WIDE = 2, 4
"""How much more wider networks may ask for than one (see :class:`chassis.networks.Networks`)."""
SELDOM = 2
"""Codes of one party for one number in a day that the reserved half of the day still bears."""


@dataclass(frozen=True)
class SentCodes:
    """Codes that were sent, per hour or day, in this lane.

    ``target``: for this purpose to the number or address (lane *account*: at the account's request); ``party``: those
    of them that the same party asked for. A party is the widest network, or in lanes of accounts the account.
    ``requester``, ``near``, ``wide``: to whomever, for the requester's networks. ``mine``: for the party to whomever,
    in a day only where it is an account. ``all``: to anybody for anybody. ``last_at``: the requester's own last one.
    """

    last_at: datetime | None
    last_used: bool
    target_hour: int
    target_day: int
    party_hour: int
    party_day: int
    requester_target_hour: int
    requester_hour: int
    near_hour: int
    wide_hour: int
    mine_hour: int
    mine_day: int
    all_hour: int
    all_day: int


def minutes_to_wait(sent: SentCodes, lane: Lane, limits: OtpLimits) -> int:
    """For how long no code is sent, because quotas are used up; 0 when one may be.

    The second half of what a number may get is for parties that asked for none of it, and the second half of what all
    may get for those that asked for little: whoever wants to use up a quota needs that many networks (or accounts), not
    two. An account's own quotas and those of places that an account knows are nobody else's: they are not halved.
    """
    whole = lane in ("account", "familiar")
    hour = limits.per_target_hour if whole or not sent.party_hour else _half(limits.per_target_hour)
    day = limits.per_target_day if whole or sent.party_day < SELDOM else _half(limits.per_target_day)
    modest = sent.mine_hour < limits.per_requester_hour
    all_hour, all_day = (limits.all_hour, limits.all_day) if modest else (_half(limits.all_hour), _half(limits.all_day))
    if lane in ("familiar", "stranger") and (
        sent.requester_hour >= limits.per_client_hour
        or sent.near_hour >= limits.per_client_hour * NEAR
        or sent.wide_hour >= limits.per_client_hour * WIDE
    ):
        return 60
    if lane == "stranger" and sent.requester_target_hour >= limits.per_requester_hour:
        return 60
    own_hour, own_day = (sent.mine_hour, sent.mine_day) if lane == "email" else (0, 0)
    if max(sent.target_hour - hour, own_hour - limits.per_target_hour, sent.all_hour - all_hour) >= 0:
        return 60
    if max(sent.target_day - day, own_day - limits.per_target_day, sent.all_day - all_day) >= 0:
        return 24 * 60
    return 0


def half_used(sent: SentCodes, limits: OtpLimits) -> list[Literal["hour", "day"]]:
    """Of which budgets for all half is used up with one code more."""
    spans: list[Literal["hour", "day"]] = []
    if sent.all_hour + 1 >= _half(limits.all_hour):
        spans.append("hour")
    if sent.all_day + 1 >= _half(limits.all_day):
        spans.append("day")
    return spans


def _half(quota: int) -> int:
    return -(-quota // 2)


def new_code() -> str:
    """Six random digits, leading zeros among them."""
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
    """Whether the code may still be typed in: ``OTP_LIFE`` from when it was sent."""
    return now < sent_at + OTP_LIFE


def seconds_until_resend(sent_at: datetime, used: bool, now: datetime) -> int:
    """How long to wait for another code; none after the last one was used."""
    if used:
        return 0
    return max(0, -int(-(sent_at + OTP_RESEND - now).total_seconds() // 1))
