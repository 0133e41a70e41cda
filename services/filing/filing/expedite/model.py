"""The life of a request as data, and the promised day. All dates are legal dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, Protocol

from chassis.calendar import add_working_days, working_days_between
from chassis.errors import Problem
from contracts.expedite import ExpediteState

Step = Literal["ask", "grant", "refuse", "withdraw", "pay", "lapse", "keep", "miss", "end"]
TRANSITIONS: Mapping[tuple[ExpediteState | None, Step], ExpediteState] = {
    (None, "ask"): "requested",
    ("requested", "grant"): "granted",
    ("requested", "refuse"): "refused",
    ("requested", "withdraw"): "withdrawn",
    ("requested", "end"): "ended",
    ("granted", "pay"): "active",
    ("granted", "lapse"): "lapsed",
    ("granted", "end"): "ended",
    ("active", "keep"): "kept",
    ("active", "miss"): "missed",
    ("active", "end"): "ended",
}
"""(state, step) → next state. *end*: its case was decided, withdrawn or lapsed before."""
OPEN: tuple[ExpediteState, ...] = ("requested", "granted", "active")
"""A case has one request in one of these."""
CASE_OPEN = ("accepted", "under_examination", "awaiting_correction", "refusal_proposed")
"""States of a case that is accepted and not decided."""
Happening = Literal[
    "decided",
    "ended",
    "correction_awaited",
    "correction_answered",
    "paper_received",
    "paper_taken_back",
    "paper_redated",
]
ACTIONS: Mapping[str, Happening] = {
    "approve": "decided",
    "refuse": "decided",
    "withdraw": "ended",
    "lapse": "ended",
    "request_correction": "correction_awaited",
    "answer_correction": "correction_answered",
    "receive_paper": "paper_received",
    "take_back_paper": "paper_taken_back",
    "correct_paper_day": "paper_redated",
}
"""What actions on a case mean for its request; the others mean nothing."""


class Promise(Protocol):
    """A request as far as its clock looks at it. ``paused_on``: since when a correction, or the paper
    of the filing, is awaited."""

    state: ExpediteState
    due_on: date | None
    paused_on: date | None


class Started(Promise, Protocol):
    """A promise with the day from which it counts and how many working days it has."""

    @property
    def started_on(self) -> date | None: ...
    @property
    def working_days(self) -> int: ...


def allowed(state: ExpediteState | None) -> list[Step]:
    """What may happen to a request in ``state``."""
    return [step for known, step in TRANSITIONS if known == state]


def next_state(state: ExpediteState | None, step: Step) -> ExpediteState:
    """Problem ``action_not_allowed``."""
    target = TRANSITIONS.get((state, step))
    if target is None:
        raise Problem("action_not_allowed", state=state or "", allowed=",".join(allowed(state)))
    return target


def promised(paid_on: date, today: date, working_days: int) -> date:
    """The day until which a case is to be decided: the n-th working day after payment, the day of payment not counted.
    A payment that is heard of late counts from its own day, one that is dated ahead from today."""
    return add_working_days(min(paid_on, today), working_days)


def pay_by(today: date, working_days: int) -> date:
    """The last day to pay a granted request."""
    return add_working_days(today, working_days)


def overdue(promise: Promise, today: date) -> bool:
    """Whether the promised day has passed while the office had the case."""
    return promise.due_on is not None and promise.paused_on is None and promise.due_on < today


def pause(promise: Promise, today: date) -> None:
    """The applicant has something to send, a correction or the paper: the working days that are left are kept."""
    promise.paused_on = today


def resume(promise: Promise, came_on: date) -> None:
    """What was left of the working days counts again from the day on which the answer or the paper came (F-12, as the
    case's own period). Paper that was entered late counts from its own day, never from before the pause."""
    if promise.paused_on is None or promise.due_on is None:
        return
    left = max(0, working_days_between(promise.paused_on, promise.due_on))
    promise.due_on, promise.paused_on = add_working_days(max(came_on, promise.paused_on), left), None


def wait_again(promise: Started) -> None:
    """The paper has not come after all, or on another day: no working day has counted yet since the promise was paid.
    Nothing else can have paused it before its case was claimed."""
    if promise.started_on is None:
        return
    promise.paused_on = promise.started_on
    promise.due_on = add_working_days(promise.started_on, promise.working_days)


def step_for(happening: Happening, promise: Promise, today: date) -> Step | None:
    """The step that something in the case means; None where the request stays in its state.

    A promised day that had passed already when the case was decided, or a correction was asked for, was missed, whether
    or not the sweeper had seen it. After it had passed, the end of the case takes nothing back.
    """
    if promise.state not in OPEN:
        return None
    came = happening in ("correction_answered", "paper_received", "paper_taken_back", "paper_redated")
    if promise.state == "active" and not came and overdue(promise, today):
        return "miss"
    if happening == "decided":
        return "keep" if promise.state == "active" else "end"
    return "end" if happening == "ended" else None
