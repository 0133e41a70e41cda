"""Another account of the payer's, for a refund that the bank has sent back. It moves nothing: two cashiers decide about
it as about the first."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.refunds import OfferPayee, Payee
from contracts.text import same_name

from payment.matching.model import payer_parts
from payment.orders.store import Order, lock_order
from payment.orders.views import own_order
from payment.refunds.handlers import method_of, move
from payment.refunds.payees import keep_offer, remitter_of
from payment.refunds.store import Refund, lock_refund, open_refunds


def offer_payee(request: OfferPayee, uow: UnitOfWork) -> Empty:
    """Whose order it is says where else the bank may send what of it has come back; said again, the last word counts.

    Problems: ``order_unknown``; ``action_not_allowed`` where nothing has come back, or a cashier has asked for it anew;
    ``refund_payee_not_payer`` for an account of anybody but the order's payer or who sent the money.
    """
    order = own_order(lock_order(uow.session, request.order_id), uow.actor, "pay")
    back = [refund for refund in open_refunds(uow.session, order_id=order.order_id) if waits_for_account(refund, uow)]
    if not back:
        raise Problem("action_not_allowed", state=order.state, allowed="")
    payee = Payee(name=request.name, account=request.account, bank=request.bank)
    for known in back:
        refund, _ = lock_refund(uow.session, known.refund_id)
        assert refund is not None  # the order is locked
        if not _is_payer(payee, refund, order, uow):
            raise Problem("refund_payee_not_payer", errors=[FieldError("name", "refund_payee_not_payer")])
        move(refund, "offer", uow)
        keep_offer(refund, payee, uow)
    return Empty()


def waits_for_account(refund: Refund, uow: UnitOfWork) -> bool:
    """Whether the bank has sent it back: then its payer may name another account."""
    return refund.state == "failed" and method_of(refund, uow) == "bank"


def _is_payer(payee: Payee, refund: Refund, order: Order, uow: UnitOfWork) -> bool:
    remitter = remitter_of(refund, uow)
    sent = payer_parts(remitter.payer)[0] if remitter else ""
    return any(name and same_name(payee.name, name) for name in (order.payer, sent))
