"""Which calls can be promised, and what ends a promise."""

from __future__ import annotations

from datetime import date, timedelta

from chassis.errors import FieldError, Problem
from contracts.enquiries import LATEST_CALLBACK, CallbackOutcome

ENDS: frozenset[CallbackOutcome] = frozenset({"reached", "not_needed"})


def promised_day(field: str, day: date, today: date) -> date:
    """Problem ``callback_day`` for one that has passed, or is too far away to be a promise."""
    latest = today + timedelta(days=LATEST_CALLBACK)
    if not today <= day <= latest:
        params: dict[str, str | int] = {"from": today.isoformat(), "until": latest.isoformat()}
        raise Problem("callback_day", errors=[FieldError(field, "callback_day", params)], **params)
    return day


def next_day(outcome: CallbackOutcome, again_on: date | None, today: date) -> date | None:
    """By when somebody calls after this; None where it has ended.

    Problems: ``callback_day_missing`` where it goes on, ``callback_day``.
    """
    if outcome in ENDS:
        return None
    if again_on is None:
        raise Problem("callback_day_missing", errors=[FieldError("again_on", "callback_day_missing")])
    return promised_day("again_on", again_on, today)
