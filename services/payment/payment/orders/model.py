"""The life of an order as data, and its legal period."""

from __future__ import annotations

from datetime import date
from typing import Literal

from chassis.calendar import add_working_days
from contracts.expedite import ExpediteState
from contracts.legacy import is_record
from contracts.payment import OrderState, Purpose

Action = Literal[
    "pay", "waive", "cancel", "return", "refund", "correct", "ask_write_off", "decline_write_off", "write_off"
]

TRANSITIONS: dict[tuple[OrderState, Action], OrderState] = {
    ("pending", "pay"): "paid",
    ("pending", "waive"): "paid",
    ("pending", "cancel"): "cancelled",
    ("pending", "ask_write_off"): "pending",
    ("pending", "decline_write_off"): "pending",
    ("pending", "write_off"): "cancelled",
    ("paid", "return"): "returning",
    ("returning", "refund"): "refunded",
    ("returning", "correct"): "corrected",
}
"""(state, action) → next state. Money that comes in any other state goes to the suspense account.
*corrected*: nobody got money back, since what had paid it was never its payer's. Only a fee that is due again is
written off, by two cashiers.

Whether a fee is earned is decided where cases are: a case that ends without an acceptance number was never accepted,
however far its payment had come here meanwhile. Then a paid order's money goes back.
"""

ENDED: frozenset[OrderState] = frozenset({"cancelled", "refunded", "corrected"})
"""States after which the same may be charged anew."""

OLD_CASES: Purpose = "old_case"
HURRY: Purpose = "expedite"

PAYMENT_WORKING_DAYS = 15


def allowed_actions(state: OrderState) -> list[Action]:
    """What may happen to an order in ``state``, by the table of transitions; empty for one that is done with."""
    return [action for known, action in TRANSITIONS if known == state]


def fee_is_earned(acceptance_number: str | None) -> bool:
    """Whether a case that has ended keeps its fee: only an accepted one does."""
    return acceptance_number is not None


def expedite_is_unearned(state: ExpediteState, previous: ExpediteState | None) -> bool:
    """Whether the fee of a promise is nobody's debt any more, or its payer's again: it was missed, or its request ended
    before it was paid. A case that its applicant ends while the promise runs has been hurried, and keeps it."""
    return state == "missed" or (previous == "granted" and state in ("lapsed", "ended", "withdrawn"))


def purpose_of(application_id: str, wanted: Purpose = "registration") -> Purpose:
    """What is charged for an application, or for a case of the old system."""
    return OLD_CASES if is_record(application_id) else wanted


def pay_by(created_on: date) -> date:
    """Last day to pay: the 15th working day after the order, else the application counts as withdrawn."""
    return add_working_days(created_on, PAYMENT_WORKING_DAYS)
