"""The one order of a batch: an item a work, one payment, and one word to others for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from chassis.clock import legal_date
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.batches import (
    BATCH_ORDER_CANCELLED,
    BATCH_ORDER_CREATED,
    BATCH_ORDER_PAID,
    BatchOrderCancelled,
    BatchOrderCreated,
    BatchOrderPaid,
    BatchSubmitted,
    OrderedWork,
    SubmittedWork,
)

from payment.orders.items import item_of
from payment.orders.model import pay_by
from payment.orders.store import Order, OrderItem
from payment.tariff.model import Fee, FeeBasis
from payment.tariff.store import load_tariff


def order_of_batch(data: BatchSubmitted, uow: UnitOfWork) -> Order:
    """By the tariff of the legal day of submission; works that are charged alike are reckoned once."""
    tariff, day = load_tariff(uow.session), legal_date(data.submitted_at)
    reckoned: dict[str, list[Fee]] = {}
    items: list[OrderItem] = []
    for work in data.works:
        facts = {"kind": work.kind, **work.fee_basis}
        alike = json.dumps(facts, sort_keys=True)
        if alike not in reckoned:
            reckoned[alike] = tariff.fees(FeeBasis.model_validate(facts), day)
        items += _items(work, reckoned[alike], facts, len(items))
    return Order(
        order_id=new_id("ord"),
        batch_id=data.batch_id,
        account_id=data.account_id,
        title=data.name,
        serial_number=data.works[0].serial_number,
        payer=data.applicant_name,
        amount=sum(item.amount for item in items),
        state="pending",
        created_at=uow.legal_now(),
        pay_by=pay_by(uow.today()),
        receipt_attempts=0,
        items=items,
    )


def _items(work: SubmittedWork, fees: Sequence[Fee], facts: dict[str, Any], before: int) -> list[OrderItem]:
    about = {
        "application_id": work.application_id,
        "purpose": "registration",
        "title": work.title,
        "serial_number": work.serial_number,
    }
    return [
        item_of(fee, about, before + number, facts if number == 1 else None) for number, fee in enumerate(fees, start=1)
    ]


def works_of(order: Order) -> list[OrderedWork]:
    """What each work costs that has not ended."""
    amounts: dict[str, int] = {}
    for item in order.items:
        amounts[item.application_id] = amounts.get(item.application_id, 0) + item.amount
    return [
        OrderedWork(application_id=case.application_id, amount=amounts[case.application_id])
        for case in order.cases
        if case.open
    ]


def say_created(order: Order, uow: UnitOfWork) -> None:
    """The order of a batch is owed from now on."""
    uow.emit(BATCH_ORDER_CREATED, BatchOrderCreated(**_facts(order), works=works_of(order)))


def say_paid(order: Order, uow: UnitOfWork) -> None:
    """The order of a batch is paid, for the works that have not ended."""
    assert order.paid_at is not None
    told = BatchOrderPaid(
        **_facts(order),
        works=works_of(order),
        method=order.paid_by or "",
        payment_id=order.payment_id or "",
        paid_at=order.paid_at,
    )
    uow.emit(BATCH_ORDER_PAID, told)


def say_cancelled(order: Order, reason: str, uow: UnitOfWork) -> None:
    """The order of a batch is owed no more."""
    assert order.cancelled_at is not None
    told = BatchOrderCancelled(
        batch_id=order.batch_id or "",
        order_id=order.order_id,
        account_id=order.account_id,
        reason=reason,
        cancelled_at=order.cancelled_at,
    )
    uow.emit(BATCH_ORDER_CANCELLED, told)


def _facts(order: Order) -> dict[str, Any]:
    return {
        "batch_id": order.batch_id,
        "order_id": order.order_id,
        "account_id": order.account_id,
        "name": order.title,
        "amount": order.amount,
        "created_at": order.created_at,
        "pay_by": order.pay_by,
    }
