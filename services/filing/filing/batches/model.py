"""The life of a batch and of its works as data, and which work of the office comes next. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, Protocol

from chassis.errors import Problem
from contracts.batches import BatchState, RowState, WaitsFor

Step = Literal["", "read", "check", "prepare", "file", "note_order", "accept", "cover", "notice"]
"""What a worker does with a batch next; nothing while it waits for people."""
Action = Literal["correct", "prepare", "submit", "discard"]
BatchAction = Literal["correct", "prepare", "submit", "discard", "pay"]
CHANNEL = "filing_batches"

_OPEN: frozenset[BatchState] = frozenset({"refused", "checked", "prepared"})
ACTIONS: Mapping[Action, Collection[BatchState]] = {
    "correct": _OPEN,
    "prepare": _OPEN - {"refused"},
    "submit": frozenset({"prepared"}),
    "discard": _OPEN,
}
"""What its organisation may do, and in which states."""
WAITS_FOR: Mapping[BatchState, WaitsFor] = {
    "checking": "office",
    "refused": "organisation",
    "checked": "organisation",
    "preparing": "office",
    "prepared": "organisation",
    "filing": "office",
    "filed": "payment",
    "accepting": "office",
    "accepted": "nobody",
    "discarded": "nobody",
}
"""Whose turn it is in each state."""
NOT_PRINTED = "works_have_failed"
"""Note: looked at once more before signing, some works had faults that they had not before."""
CHANGED = "changed_since_signed"
"""Problem of a work whose draft is not any more what was signed."""


class Ordered(Protocol):
    """A batch as far as its money goes."""

    @property
    def state(self) -> str: ...
    @property
    def order_id(self) -> str | None: ...
    @property
    def order_noted(self) -> bool: ...
    @property
    def paid(self) -> bool: ...
    @property
    def covers_due(self) -> bool: ...
    @property
    def notices_due(self) -> bool: ...


def require(action: Action, state: BatchState) -> None:
    """Problem ``batch_state`` with the state that it is in."""
    if state not in ACTIONS[action]:
        raise Problem("batch_state", state=state)


def actions_in(state: BatchState, *, complete: int, payable: bool) -> list[BatchAction]:
    """What may be done now. ``complete``: works that can be filed; ``payable``: an order waits for its payment."""
    allowed: list[BatchAction] = [action for action, states in ACTIONS.items() if state in states]
    if not complete and "prepare" in allowed:
        allowed.remove("prepare")
    return [*allowed, "pay"] if payable else allowed


def step_after_filing(batch: Ordered) -> Step:
    """What is to be done with a filed batch when nothing is being done: whatever of its order was heard of first, and
    after that the papers that can wait."""
    if batch.state == "filed" and batch.paid:
        return "accept"
    if batch.state == "filed" and batch.order_id and not batch.order_noted:
        return "note_order"
    if batch.covers_due:
        return "cover"
    return "notice" if batch.notices_due else ""


def state_of_row(problems: Collection[Mapping[str, object]]) -> RowState:
    """Of a work that was looked at: warnings keep nothing from being filed."""
    return "failed" if any(problem["severity"] == "error" for problem in problems) else "complete"
