"""Limits of identity, with their defaults for production; the sandbox is generous to whoever tries it out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from chassis.settings import Settings, read

OTP_LIFE = timedelta(minutes=5)
OTP_RESEND = timedelta(seconds=60)
OTP_ATTEMPTS = 5
ACCESS_LIFE = timedelta(minutes=15)
VERIFICATION_WORKING_DAYS = 3
OBJECTION_WORKING_DAYS = 3
RETURN_DAYS = 30
COOLING_WORKING_DAYS = 2
EVIDENCE_LIFE = timedelta(days=365 * 100)


@dataclass(frozen=True)
class OtpLimits:
    """Codes sent to one mobile number (or e-mail address, or for one account), to one number at the request of one
    strange network, at the request of one network, and in all. Each lane of requests is counted by itself; of some
    quotas one half is kept for those who asked for little (see ``identity.otp.model``)."""

    per_target_hour: int
    per_target_day: int
    per_requester_hour: int
    per_client_hour: int
    all_hour: int
    all_day: int


@dataclass(frozen=True)
class SessionLimits:
    """How long a session may rest before its refresh token dies, and how long it may last altogether."""

    idle: timedelta
    total: timedelta


APPLICANT_SESSIONS = SessionLimits(idle=timedelta(days=30), total=timedelta(days=90))
STAFF_SESSIONS = SessionLimits(idle=timedelta(hours=2), total=timedelta(hours=12))


CLOSING_DAYS = 7
LINK_UNDO_DAYS = 14
"""Days within which an old account that was joined by proof can be parted again."""


def wraps_per_second(environ: Mapping[str, str] = os.environ) -> int:
    """Old passwords that the worker wraps in argon2id each second at most; 0: as many as idle time allows."""
    return max(int(read("REGISTRY_LEGACY_WRAPS_PER_SECOND", "0", environ)), 0)


@lru_cache(maxsize=8)
def _otp_limits(sandbox: bool, environ: tuple[tuple[str, str], ...]) -> OtpLimits:
    values = dict(environ)
    factor = 100 if sandbox else 1
    return OtpLimits(
        per_target_hour=int(read("REGISTRY_OTP_PER_TARGET_HOUR", str(10 * factor), values)),
        per_target_day=int(read("REGISTRY_OTP_PER_TARGET_DAY", str(20 * factor), values)),
        per_requester_hour=int(read("REGISTRY_OTP_PER_REQUESTER_HOUR", str(5 * factor), values)),
        per_client_hour=int(read("REGISTRY_OTP_PER_CLIENT_HOUR", str(100 * factor), values)),
        all_hour=int(read("REGISTRY_OTP_ALL_HOUR", str(5_000 * factor), values)),
        all_day=int(read("REGISTRY_OTP_ALL_DAY", str(50_000 * factor), values)),
    )


def objection_days(environ: Mapping[str, str] = os.environ) -> int:
    """Working days for which a change of how an account is reached waits for who objects; at least one."""
    return max(int(read("REGISTRY_RECOVERY_OBJECTION_DAYS", str(OBJECTION_WORKING_DAYS), environ)), 1)


def cooling_days(environ: Mapping[str, str] = os.environ) -> int:
    """Working days after an objection before another request for the same account can be granted; 0: at once."""
    return max(int(read("REGISTRY_RECOVERY_COOLING_DAYS", str(COOLING_WORKING_DAYS), environ)), 0)


def closing_days(environ: Mapping[str, str] = os.environ) -> int:
    """Days for which a request to close an account can be taken back; at least one. What was asked keeps its day."""
    return max(int(read("REGISTRY_CLOSING_DAYS", str(CLOSING_DAYS), environ)), 1)


def return_days(environ: Mapping[str, str] = os.environ) -> int:
    """Days after the last day to object within which what an account recovery did can be put back; at least one."""
    return max(int(read("REGISTRY_RECOVERY_RETURN_DAYS", str(RETURN_DAYS), environ)), 1)


def otp_limits(settings: Settings, environ: Mapping[str, str] = os.environ) -> OtpLimits:
    """From the ``REGISTRY_OTP_…`` settings, read once for each set of them."""
    relevant = tuple(sorted((name, value) for name, value in environ.items() if name.startswith("REGISTRY_OTP_")))
    return _otp_limits(settings.sandbox, relevant)
