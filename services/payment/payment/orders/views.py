"""Orders and payments as callers see them, and who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeGuard

from chassis.access import may
from chassis.actor import Actor, Right
from chassis.errors import Problem
from contracts.objects import DocumentRef
from contracts.refund_progress import RefundProgress

from contracts import payment as contract
from payment.orders.store import Order
from payment.providers.store import Payment
from payment.settings import BankAccount

READERS = frozenset({"cashier", "archivist", "customer_service", "examiner", "senior_examiner", "administrator"})
"""Staff whose work needs to know what other people paid."""


def may_read(order: Order | None, actor: Actor) -> TypeGuard[Order]:
    """The party of the order, and staff whose work needs it."""
    return order is not None and may(actor, order.account_id, "read", office=READERS)


def own_order(order: Order | None, actor: Actor, right: Right = "read") -> Order:
    """The order, if the actor may read it and has ``right`` to it; Problem ``order_unknown`` otherwise."""
    if not may_read(order, actor) or not (right == "read" or may(actor, order.account_id, right)):
        raise Problem("order_unknown")
    return order


def payment_view(payment: Payment, order: Order, bank: BankAccount | None, received: int = 0) -> contract.PaymentView:
    """One attempt to pay, in fen; ``bank`` is told only with a transfer, which people make by hand, of what has not
    come yet (``received``)."""
    return contract.PaymentView.model_validate(
        {
            "payment_id": payment.payment_id,
            "method": payment.method,
            "state": payment.state,
            "amount": payment.amount,
            "code_url": payment.code_url,
            "pay_url": payment.pay_url,
            "remittance": remittance(order, bank, order.amount - received)
            if payment.method == "bank" and bank
            else None,
            "started_at": payment.started_at,
            "settled_at": payment.settled_at,
            "expires_at": payment.expires_at,
            "received_amount": payment.received_amount,
            "problem": payment.problem,
        }
    )


def remittance(order: Order, bank: BankAccount, amount: int) -> dict[str, str]:
    """What to write on a remittance of ``amount`` fen. The note (附言) is title and serial number, by which it is
    matched."""
    return {
        "payee": bank.payee,
        "bank": bank.bank,
        "account": bank.account,
        "amount": f"{amount // 100}.{amount % 100:02d}",
        "note": f"{order.title}{order.serial_number}",
    }


def order_lines(order: Order) -> list[contract.OrderLine]:
    """The fees of an order, each with its application; of a batch, those of a kind together."""
    if order.batch_id is not None:
        return _summed(order)
    return [
        contract.OrderLine(
            code=item.code,
            title=item.fee_zh,
            title_en=item.fee_en,
            quantity=item.quantity,
            amount=item.amount,
            application_id=item.application_id,
            rate_from=item.rate_from,
        )
        for item in order.items
    ]


def _summed(order: Order) -> list[contract.OrderLine]:
    """A thousand works are a line for each rate, with how often it stands."""
    lines: dict[tuple[str, date], contract.OrderLine] = {}
    for item in order.items:
        line = lines.get((item.code, item.rate_from))
        lines[item.code, item.rate_from] = contract.OrderLine(
            code=item.code,
            title=item.fee_zh,
            title_en=item.fee_en,
            quantity=item.quantity + (line.quantity if line else 0),
            amount=item.amount + (line.amount if line else 0),
            application_id=order.items[0].application_id,
            rate_from=item.rate_from,
        )
    return list(lines.values())


def _ended(order: Order) -> list[contract.EndedWork]:
    """The works of a batch that have ended before it was paid: what is paid for them comes back by itself."""
    fees: dict[str, int] = {}
    for item in order.items:
        fees[item.application_id] = fees.get(item.application_id, 0) + item.amount
    return [
        contract.EndedWork(
            application_id=case.application_id,
            title=case.title,
            serial_number=case.serial_number,
            amount=fees[case.application_id],
        )
        for case in order.cases
        if order.batch_id is not None and not case.open
    ]


def order_view(
    order: Order,
    payments: list[Payment],
    bank: BankAccount | None,
    refunds: Sequence[RefundProgress] = (),
    came: int = 0,
) -> contract.OrderView:
    """The order as its account sees it, amounts in fen, with every attempt to pay it. ``came``: in part."""
    return contract.OrderView(
        order_id=order.order_id,
        batch_id=order.batch_id,
        application_id=order.items[0].application_id,
        purpose=order.purpose,
        account_id=order.account_id,
        title=order.title,
        serial_number=order.serial_number,
        amount=order.amount,
        received=came,
        lines=order_lines(order),
        works=len(order.cases),
        state=order.state,
        created_at=order.created_at,
        pay_by=order.pay_by,
        paid_at=order.paid_at,
        payments=[payment_view(payment, order, bank, came) for payment in payments],
        receipt=DocumentRef.model_validate(order.receipt) if order.receipt else None,
        cancelled_at=order.cancelled_at,
        cancel_reason=order.cancel_reason,
        refunds=list(refunds),
        ended=_ended(order) if order.state == "pending" else [],
        corrects=order.corrects,
    )
