"""What actions do to deadlines: start, pause, resume, meet, miss, end, reopen. All dates are legal dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from chassis.calendar import add_days, add_working_days

from filing.forms.pinned import Pinned
from filing.forms.policy import FormPolicy

ClockEffect = Literal["start", "pause", "resume", "meet", "miss", "end", "reopen"]
ClockKind = Literal["acceptance", "examination", "correction", "payment", "paper"]
PAYMENT_GRACE = timedelta(days=3)
"""Fees paid on the last day may be reported later: bank statements come the next working day."""


class Clocked(Pinned, Protocol):
    """A case as far as its clocks look at it."""

    @property
    def id(self) -> str: ...
    @property
    def paper_awaited(self) -> bool: ...


class Running(Protocol):
    """A deadline as far as effects change it."""

    state: str
    nominal_due_on: date
    due_on: date
    paused_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class ReadDeadline:
    """A deadline as it is shown; ``legal_basis`` by language."""

    kind: str
    due_on: date
    state: str
    legal_basis: dict[str, str]


@dataclass(frozen=True)
class Period:
    """First day excluded; ``nominal`` is the last day before it is moved to a working day (民法典 art. 201-203)."""

    nominal: date
    due: date


def period(kind: ClockKind, start: date, policy: FormPolicy) -> Period:
    """The period that policy gives. The payment period is payment's own: see :func:`until`."""
    if kind == "acceptance":
        due = add_working_days(start, policy.acceptance_working_days)
        return Period(due, due)
    lengths = {
        "examination": policy.examination_days,
        "correction": policy.correction_days,
        "paper": policy.paper_days,
    }
    return days_from(start, lengths[kind])


def days_from(start: date, days: int) -> Period:
    """A period of calendar days; one that ends on a day off lasts until the next working day."""
    return Period(add_days(start, days, roll=False), add_days(start, days))


def until(due: date) -> Period:
    """A period that ends on a day that was given, working day or not."""
    return Period(due, due)


def apply(effect: ClockEffect, deadline: Running, today: date) -> None:
    """Changes a deadline in place. What does not fit its state changes nothing.

    A pause keeps the days that are left: they count again from the day of resumption (F-12). What was done in time and
    entered late was not missed; what was taken for done and was not runs on as if nothing had been said.
    """
    if effect == "reopen":
        if deadline.state in ("met", "missed") and deadline.done_on is not None:
            deadline.state, deadline.done_on = "running", None
        return
    if deadline.state == "missed":
        if effect == "meet" and deadline.done_on is None:
            deadline.state, deadline.done_on = "met" if today <= deadline.due_on else "missed", today
        return
    if deadline.state not in ("running", "paused"):
        return
    if effect == "pause" and deadline.state == "running":
        deadline.state, deadline.paused_on = "paused", today
    elif effect == "resume" and deadline.paused_on is not None:
        left = max(0, (deadline.nominal_due_on - deadline.paused_on).days)
        resumed = days_from(today, left)
        deadline.nominal_due_on, deadline.due_on = resumed.nominal, resumed.due
        deadline.state, deadline.paused_on = "running", None
    elif effect == "meet":
        late = deadline.state == "running" and today > deadline.due_on
        deadline.state, deadline.paused_on, deadline.done_on = "missed" if late else "met", None, today
    elif effect == "miss":
        deadline.state, deadline.paused_on = "missed", None
    elif effect == "end":
        deadline.state, deadline.paused_on, deadline.done_on = "ended", None, today
