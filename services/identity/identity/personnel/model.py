"""Rules of staff accounts: which change takes two administrators, and what somebody may do with an account now."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from contracts.base import STAFF_ROLES, StaffRole
from contracts.personnel import ROLES_OF_TWO, StaffState, StaffStep

CODE_LIFE = timedelta(hours=24)
"""Of the code that leads in: handed over in person or by telephone on the day."""
Awaits = Literal["access", "totp"]
"""What somebody sets up with a code: password and authenticator, or another authenticator."""
RESETS: dict[StaffStep, Awaits] = {"reset_access": "access", "reset_totp": "totp"}


@dataclass(frozen=True)
class Standing:
    """An account as the rules see it. ``confirmed``: the roles that it has."""

    roles: tuple[str, ...]
    active: bool
    awaits: Awaits | None

    @property
    def state(self) -> StaffState:
        if not self.active:
            return "deactivated"
        return "to_set_up" if self.awaits else "active"


def takes_two(step: StaffStep, role: str | None, standing: Standing) -> bool:
    """Whether a second administrator must agree before a change takes effect."""
    if step == "grant":
        return role in ROLES_OF_TWO
    if step == "reactivate":
        return bool(ROLES_OF_TWO & frozenset(standing.roles))
    return step in RESETS


def steps(standing: Standing) -> list[StaffStep]:
    """What may be done with somebody else's account as it stands."""
    if not standing.active:
        return ["reactivate"]
    found: list[StaffStep] = ["grant"] if grantable(standing) else []
    found += ["remove"] if len(standing.roles) > 1 else []
    if standing.awaits is None:
        found += ["reset_totp", "reset_access"]
    return [*found, "deactivate"]


def grantable(standing: Standing) -> list[StaffRole]:
    return [role for role in STAFF_ROLES if role not in standing.roles] if standing.active else []


def alone(roles: Collection[StaffRole]) -> list[StaffRole]:
    """Of the roles of an invitation those that one administrator gives."""
    return [role for role in STAFF_ROLES if role in roles and role not in ROLES_OF_TWO]


def code_digest(code: str) -> str:
    """79 random bits need no slow hash. How it was typed does not matter."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(b"staff code\0" + plain.encode()).hexdigest()
