"""The orders that a cashier looks for, with what may still be returned of each line; how much waits."""

from __future__ import annotations

from chassis.clock import legal_date
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.paging import QueueTotals
from contracts.refunds import FindOrders, FoundLine, FoundOrder, FoundOrders

from payment.orders.store import Order, search_orders
from payment.refunds.parts import received, waits_for_somebody
from payment.refunds.payees import remitters
from payment.refunds.store import returned
from payment.settlement.store import money_of

_MOST = 20


def find_orders(request: FindOrders, uow: UnitOfWork) -> FoundOrders:
    """The newest twenty that fit; none for no words."""
    words = request.text.strip()
    return FoundOrders(
        items=[_found(order, uow) for order in search_orders(uow.session, words, _MOST)] if words else []
    )


def total_refunds(_: Empty, uow: UnitOfWork) -> QueueTotals:
    """What waits for a cashier: held, to be approved or sent by the bank, or come back; what came back is late."""
    waiting, failed, since = waits_for_somebody(uow.session)
    return QueueTotals(on=uow.today(), count=waiting, late=failed, since=legal_date(since) if since else None)


def _found(order: Order, uow: UnitOfWork) -> FoundOrder:
    gone = returned(uow.session, order.order_id) if order.has_refunds else {}
    paid = order.state == "paid"
    settling = [money for money, _ in money_of(uow.session, order.order_id)]
    return FoundOrder(
        order_id=order.order_id,
        application_id=order.items[0].application_id,
        title=order.title,
        serial_number=order.serial_number,
        payer=order.payer,
        amount=order.amount,
        received=received(uow.session, [order]).get(order.order_id, 0),
        state=order.state,
        paid_at=order.paid_at,
        lines=[
            FoundLine(
                line=item.line,
                title=item.fee_zh,
                title_en=item.fee_en,
                case_title=item.title,
                serial_number=item.serial_number,
                amount=item.amount,
                left=item.amount - gone.get(item.line, 0) if paid else 0,
            )
            for item in order.items
        ],
        by_bank=any(one.method == "bank" for one in settling),
        remitters=list(remitters(settling, uow).values()),
        methods=sorted({one.method for one in settling}),
    )
