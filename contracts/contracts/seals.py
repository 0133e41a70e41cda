"""封存: a deposit that is sealed. Nobody of the office opens it but on the order of a court, by two people; whose it is
opens it whenever they like, and lifts the seal (条例 and 办法: 除申请人或者司法机关外，任何人不得启封).

A seal belongs to a case that registered. It is laid by its applicant, or with the registration where the form says so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, SIGNED_IN, Empty, EventType, Identifier, Model, RpcMethod, staff
from contracts.forms import Kind
from contracts.paging import Page, QueueTotals
from contracts.text import Line

_S = "filing"
_OFFICE = staff("archivist", "senior_examiner")

OpeningState = Literal["proposed", "confirmed", "dismissed"]


class SealRef(Model):
    application_id: Identifier


class ProposeOpening(Model):
    """A court wants to see what is sealed. ``order_number``: of its document (文书号)."""

    application_id: Identifier
    court: Annotated[str, Line(100), Field(min_length=1)]
    order_number: Annotated[str, Line(60), Field(min_length=1)]


class DecideOpening(Model):
    opening_id: Identifier
    step: Literal["confirm", "dismiss"]


class OpeningView(Model):
    """One order. ``open_until``: until then the two who decided see the files; ``steps``: what the caller may do."""

    opening_id: str
    application_id: str
    registration_number: str
    title: str
    court: str
    order_number: str
    state: OpeningState
    proposed_at: datetime
    decided_at: datetime | None = None
    open_until: datetime | None = None
    steps: list[Literal["confirm", "dismiss", "look"]] = []
    proposed_by: str = Field(default="", description="account of the colleague; staff only, as the next")
    decided_by: str = ""
    mine: bool = Field(default=False, description="the caller proposed it, and takes it back by dismissing it")


class SealView(Model):
    """``sealed_at``: none where the deposit is not sealed. ``steps``: what the caller may do now."""

    application_id: str
    registration_number: str
    title: str
    kind: Kind
    sealed_at: datetime | None = None
    openings: list[OpeningView] = Field(default=[], description="of all seals of the case, the newest first")
    steps: list[Literal["seal", "lift", "propose_opening"]] = []


class ListOpenings(Page):
    queue: Literal["open", "done"] = "open"


class OpeningList(Model):
    items: list[OpeningView]
    next_cursor: str | None = None


class DepositSealChanged(Model):
    """A seal was laid or lifted, or opened on the order of a court. ``by``: who did it, of an opening who confirmed."""

    application_id: str
    account_id: str
    registration_number: str
    title: str
    change: Literal["sealed", "unsealed", "opened"]
    by: str
    changed_at: datetime
    changed_on: date
    court: str = ""
    order_number: str = ""


SEAL_DEPOSIT = RpcMethod(_S, "seal_deposit", SealRef, SealView, ACCOUNT, "command")
LIFT_SEAL = RpcMethod(_S, "lift_seal", SealRef, SealView, ACCOUNT, "command")
GET_SEAL = RpcMethod(_S, "get_seal", SealRef, SealView, SIGNED_IN)
PROPOSE_OPENING = RpcMethod(_S, "propose_opening", ProposeOpening, SealView, _OFFICE, "command")
DECIDE_OPENING = RpcMethod(_S, "decide_opening", DecideOpening, OpeningView, _OFFICE, "command")
LIST_OPENINGS = RpcMethod(_S, "list_openings", ListOpenings, OpeningList, _OFFICE)
TOTAL_OPENINGS = RpcMethod(_S, "total_openings", Empty, QueueTotals, _OFFICE)

EVENTS = (
    DEPOSIT_SEAL_CHANGED := EventType(
        _S, "deposit_seal_changed", DepositSealChanged, "application_id", ("archive", "identity")
    ),
)
ERRORS = {
    "deposit_sealed": 403,
    "deposit_not_sealed": 409,
    "deposit_not_sealable": 409,
    "opening_unknown": 404,
    "opening_closed": 409,
    "opening_proposed": 409,
}
