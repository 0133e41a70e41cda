"""Staff accounts of the sandbox, and the arithmetic of time-based codes (RFC 6238: 30 s, 6 digits)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from contracts.base import StaffRole

STEP_SECONDS = 30
WINDOW = 1
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class SandboxStaff:
    login: str
    name: str
    roles: tuple[StaffRole, ...]


SANDBOX_STAFF = (
    SandboxStaff("reviewer", "审核员 林静", ("reviewer",)),
    SandboxStaff("intake", "收件员 赵敏", ("intake",)),
    SandboxStaff("examiner1", "审查员 陈明", ("examiner",)),
    SandboxStaff("examiner2", "审查员 王芳", ("examiner",)),
    SandboxStaff("senior", "高级审查员 李建国", ("senior_examiner",)),
    SandboxStaff("cashier", "出纳 孙丽", ("cashier",)),
    SandboxStaff("cashier2", "出纳 马骏", ("cashier",)),
    SandboxStaff("archivist", "档案员 周文", ("archivist",)),
    SandboxStaff("service", "客服 吴婷", ("customer_service",)),
    SandboxStaff("service2", "客服 何晴", ("customer_service",)),
    SandboxStaff("admin", "管理员 郑强", ("administrator",)),
    SandboxStaff("admin2", "管理员 方敏", ("administrator",)),
)


def new_password() -> str:
    """Four groups of four letters and digits: 79 bits, easy to type."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def new_secret() -> str:
    """A TOTP secret of 160 random bits, in base 32 as authenticator apps take it."""
    return pyotp.random_base32()


def step_at(now: datetime) -> int:
    """The number of the TOTP step (30 s): no step's code is good twice."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of a step."""
    return pyotp.TOTP(secret).generate_otp(step)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that this code belongs to, one step of clock difference allowed; None for a wrong code."""
    current = step_at(now)
    for step in range(current - WINDOW, current + WINDOW + 1):
        if pyotp.utils.strings_equal(code_at(secret, step), code.strip()):
            return step
    return None


def seconds_until_next(now: datetime) -> int:
    """Seconds until the authenticator shows another code, at least one."""
    return STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS


def usable_code(secret: str, last_step: int, now: datetime) -> str:
    """A code that signs in now: the current one, or the next when the current one has been used."""
    return code_at(secret, min(max(step_at(now), last_step + 1), step_at(now) + WINDOW))
