"""What is said of batches: by filing, by payment of their orders, by identity of who looks after them."""

from __future__ import annotations

from datetime import date, datetime

from contracts.base import EventType, Model
from contracts.batches.standing import BatchState
from contracts.forms import Kind

_S = "filing"


class SubmittedWork(Model):
    """What the tariff and the receipt need of one work; ``fee_basis`` as of ``ApplicationSubmitted``."""

    application_id: str
    kind: Kind
    title: str
    serial_number: str
    fee_basis: dict[str, str | int | bool]


class BatchSubmitted(Model, personal=("applicant_name",)):
    """All works of a batch are filed: one order is opened for them. Of each an ``application_submitted`` with this
    ``batch_id`` went before, for which none is opened."""

    batch_id: str
    account_id: str
    applicant_name: str
    name: str
    submitted_at: datetime
    works: list[SubmittedWork]


class BatchAdvanced(Model):
    """A step of a batch that people are told of, once for all of its works."""

    batch_id: str
    account_id: str
    name: str
    state: BatchState
    works: int
    failed: int = 0
    advanced_at: datetime


class AdviserAssigned(Model, personal=("name", "phone", "mail")):
    """Identity has named the member of customer service who looks after a batch."""

    batch_id: str
    adviser_id: str
    name: str
    phone: str = ""
    mail: str = ""


class OrderedWork(Model):
    """``amount``: of this work, in fen."""

    application_id: str
    amount: int


class BatchOrderCreated(Model):
    """The one order of a batch. ``works``: those that have not ended meanwhile."""

    batch_id: str
    order_id: str
    account_id: str
    name: str
    amount: int
    works: list[OrderedWork]
    created_at: datetime
    pay_by: date


class BatchOrderPaid(Model):
    """Carries all of the order, so that who hears of it first needs nothing else. ``works``: those that had not ended
    before the money came."""

    batch_id: str
    order_id: str
    account_id: str
    name: str
    amount: int
    works: list[OrderedWork]
    created_at: datetime
    pay_by: date
    method: str
    payment_id: str
    paid_at: datetime


class BatchOrderCancelled(Model):
    """None of its works is left that it was for."""

    batch_id: str
    order_id: str
    account_id: str
    reason: str
    cancelled_at: datetime


EVENTS = (
    BATCH_SUBMITTED := EventType(_S, "batch_submitted", BatchSubmitted, "batch_id", ("payment",)),
    BATCH_ADVANCED := EventType(_S, "batch_advanced", BatchAdvanced, "batch_id", ("identity",)),
    ADVISER_ASSIGNED := EventType("identity", "adviser_assigned", AdviserAssigned, "batch_id", ("filing",)),
    BATCH_ORDER_CREATED := EventType(
        "payment", "batch_order_created", BatchOrderCreated, "batch_id", ("filing", "identity")
    ),
    BATCH_ORDER_PAID := EventType("payment", "batch_order_paid", BatchOrderPaid, "batch_id", ("filing", "identity")),
    BATCH_ORDER_CANCELLED := EventType(
        "payment", "batch_order_cancelled", BatchOrderCancelled, "batch_id", ("filing",)
    ),
)
