"""The life of a batch and of its works as data, and which work of the office comes next. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, Protocol

from chassis.errors import Problem
from contracts.batches import BatchState, RowState

Step = Literal["", "read", "check", "prepare", "file", "note_order", "accept"]
"""What a worker does with a batch next; nothing while it waits for people."""
Action = Literal["correct", "prepare", "submit", "discard"]
CHANNEL = "filing_batches"

ACTIONS: Mapping[Action, Collection[BatchState]] = {
    "correct": ("refused", "checked", "prepared"),
    "prepare": ("checked", "prepared"),
    "submit": ("prepared",),
    "discard": ("refused", "checked", "prepared"),
}
"""What its organisation may do, and in which states."""
SHEET_CODES = ("file_missing", "file_ambiguous", "file_named_twice", "file_unreadable")
"""Problems of a row's files that stand in the sheet, not in the form."""


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


def require(action: Action, state: BatchState) -> None:
    """Problem ``batch_state`` with the state that it is in."""
    if state not in ACTIONS[action]:
        raise Problem("batch_state", state=state)


def actions_in(state: BatchState, *, complete: int, payable: bool) -> list[str]:
    """What may be done now. ``complete``: works that can be filed; ``payable``: an order waits for its payment."""
    allowed = [action for action, states in ACTIONS.items() if state in states and (complete or action != "prepare")]
    return [*allowed, "pay"] if payable else allowed


def step_after_filing(batch: Ordered) -> Step:
    """What is to be done with a filed batch when nothing is being done: whatever of its order was heard of first."""
    if batch.state == "filed" and batch.paid:
        return "accept"
    if batch.state == "filed" and batch.order_id and not batch.order_noted:
        return "note_order"
    return ""


def state_of_row(problems: Collection[Mapping[str, object]]) -> RowState:
    """Of a work that was looked at: warnings keep nothing from being filed."""
    return "failed" if any(problem["severity"] == "error" for problem in problems) else "complete"
