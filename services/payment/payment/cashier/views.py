"""Orders and payments as cashiers see them, and the file of an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeVar

from chassis.access import is_self
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Model
from contracts.cashier import (
    MOST_FILED,
    FiledEntry,
    FiledItem,
    FiledMoney,
    FiledPosting,
    GetOrderFile,
    OrderActed,
    OrderBrief,
    OrderFile,
    OrderPayment,
    WriteOffAsked,
)
from contracts.objects import DocumentRef

from payment.cashier import store
from payment.orders.store import Order, OrderItem
from payment.providers.store import Payment
from payment.refunds.store import returned
from payment.refunds.views import refund_views
from payment.statements.views import row_views

M = TypeVar("M", bound=Model)
MORE: tuple[Literal["payments", "money", "refunds", "entries", "actions"], ...] = (
    "payments",
    "money",
    "refunds",
    "entries",
    "actions",
)


def order_brief(order: Order, first: OrderItem) -> OrderBrief:
    """An order in a list; its application is that of its first item."""
    return _told(OrderBrief, order, application_id=first.application_id, purpose=first.purpose)


def _told(model: type[M], row: object, **more: Any) -> M:
    """A view of a row whose columns are called as its fields are, with what else it says."""
    same = {name: getattr(row, name) for name in model.model_fields if name not in more}
    return model.model_validate(same | more)


def payment_views(payments: Sequence[Payment], uow: UnitOfWork) -> list[OrderPayment]:
    """Payments with the numbers that their providers know them by."""
    numbers = store.transactions_of(uow.session, [one.payment_id for one in payments])
    return [_told(OrderPayment, one, transaction_ids=numbers.get(one.payment_id, [])) for one in payments]


def get_order_file(request: GetOrderFile, uow: UnitOfWork) -> OrderFile:
    """An order with all that belongs to it. Problem ``order_unknown``."""
    session, order_id, limit = uow.session, request.order_id, MOST_FILED + 1
    order = store.find_order(session, order_id)
    first, count = store.items_of(session, order_id, 0, 1)
    if order is None or not first:
        raise Problem("order_unknown")
    items, _ = store.items_of(session, order_id, request.after_line, limit)
    gone = returned(session, order_id) if order.has_refunds else {}
    payments, money = store.payments_of(session, order_id, limit), store.money_of(session, order_id, limit)
    refunds, actions = store.refunds_of(session, order_id, limit), store.actions_of(session, order_id, limit)
    entries = list(store.entries_of(session, order_id, limit).values())
    rows = store.rows_by_id(session, [one.transaction_id for one in money[:MOST_FILED] if one.method == "bank"])
    lists: dict[str, Sequence[Any]] = {
        "payments": payments,
        "money": money,
        "refunds": refunds,
        "entries": entries,
        "actions": actions,
    }
    return OrderFile(
        order=order_brief(order, first[0]),
        cancelled_at=order.cancelled_at,
        cancel_reason=order.cancel_reason,
        items=[_told(FiledItem, item, fee=item.fee_zh, returned=gone.get(item.line, 0)) for item in items[:MOST_FILED]],
        item_count=count,
        next_line=items[MOST_FILED - 1].line if len(items) > MOST_FILED else None,
        payments=payment_views(payments[:MOST_FILED], uow),
        money=[_money(one) for one in money[:MOST_FILED]],
        rows=row_views(rows, uow),
        refunds=refund_views(refunds[:MOST_FILED], uow),
        entries=[_entry(postings) for postings in entries[:MOST_FILED]],
        actions=[_told(OrderActed, one) for one in actions[:MOST_FILED]],
        write_off=_write_off(order, uow),
        receipt=DocumentRef.model_validate(order.receipt) if order.receipt else None,
        more=[name for name in MORE if len(lists[name]) > MOST_FILED],
    )


def _write_off(order: Order, uow: UnitOfWork) -> WriteOffAsked | None:
    asked = store.write_off_asked(uow.session, order.order_id) if order.corrects and order.state == "pending" else None
    if asked is None:
        return None
    mine = is_self(uow.actor, asked.actor)
    return WriteOffAsked(reason=asked.note, asked_by=asked.actor, asked_at=asked.at, mine=mine)


def _money(row: Any) -> FiledMoney:
    by_bank = row.method == "bank"
    return FiledMoney(row_id=row.transaction_id if by_bank else None, **row._asdict())


def _entry(postings: Sequence[Any]) -> FiledEntry:
    first = postings[0]
    told = [
        FiledPosting(account=one.account, title=one.title_zh, title_en=one.title_en, amount=one.amount)
        for one in postings
    ]
    return _told(FiledEntry, first, postings=told)
