"""The steps of closing an account, and how long each waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from contracts.identity.closures import ClosureState

Action = Literal["ask", "withdraw", "lock", "check", "keep", "close"]
TRANSITIONS: Mapping[tuple[ClosureState | None, Action], ClosureState] = {
    (None, "ask"): "waiting",
    ("waiting", "withdraw"): "withdrawn",
    ("waiting", "lock"): "locked",
    ("locked", "check"): "checking",
    ("checking", "keep"): "kept",
    ("checking", "close"): "closed",
}
UNDER_WAY: tuple[ClosureState, ...] = ("waiting", "locked", "checking")
STANDING: Mapping[ClosureState, str] = {"locked": "locked", "checking": "locked", "closed": "closed"}
"""Of the account; *open* in every other state."""


def last_day(asked_on: date, days: int) -> date:
    """On which it can be taken back. The day of asking does not count."""
    return asked_on + timedelta(days=days)
