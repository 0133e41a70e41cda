"""Refunds that go back through the bank: in a payment file, confirmed from a statement or by two people."""

from __future__ import annotations

from datetime import datetime

from chassis.clock import SHANGHAI
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.refunds import PaymentFile, PaymentFileRef, PaymentFileView

from payment.orders.store import find_order
from payment.refunds.handlers import method_of, move
from payment.refunds.model import BY_STATEMENT, refund_number
from payment.refunds.payees import payee_of
from payment.refunds.payment_file import Debtor, Transfer, payment_file
from payment.refunds.store import Refund, RefundFile, claim_for_bank, find_refund_by_number, lock_refund
from payment.settings import payment_settings

_PURPOSE = "refund-file"
_ID = len("rfd-") + 26


def make_payment_file(_: Empty, uow: UnitOfWork) -> PaymentFileView:
    """Every approved refund of a remittance, each in one file only. Problems: ``payment_method_unavailable`` without an
    account of the office's; ``refunds_none_to_send``."""
    bank = payment_settings(uow.settings).bank
    if bank is None:
        raise Problem("payment_method_unavailable", method="bank")
    refunds = claim_for_bank(uow.session)
    if not refunds:
        raise Problem("refunds_none_to_send")
    file_id, made_at = new_id("rff"), uow.legal_now().astimezone(SHANGHAI)
    transfers = []
    for refund in refunds:
        refund.file_id = file_id
        move(refund, "send", uow, note=file_id)
        transfers.append(_transfer(refund, uow))
    debtor = Debtor(bank.payee, bank.account, bank.bank)
    content = payment_file(file_id, made_at, made_at.date(), debtor, transfers)
    row = RefundFile(
        file_id=file_id,
        made_at=made_at,
        made_by=uow.actor.subject,
        transfers=len(refunds),
        total=sum(refund.amount for refund in refunds),
        content=uow.sealing.seal(_PURPOSE, content, file_id),
    )
    uow.session.add(row)
    uow.audit("refunds.file", subject=file_id, transfers=row.transfers, total=row.total)
    return _view(row)


def _transfer(refund: Refund, uow: UnitOfWork) -> Transfer:
    payee = payee_of(refund, uow)
    assert payee is not None  # asked for before it was requested
    order = find_order(uow.session, order_id=refund.order_id) if refund.order_id else None
    note = f"版权登记费退款 {order.serial_number if order else refund.refund_id}"
    return Transfer(refund.refund_number or refund.refund_id, refund.amount, payee, note)


def get_payment_file(request: PaymentFileRef, uow: UnitOfWork) -> PaymentFile:
    """The file as it was made. Problem ``refund_file_unknown``."""
    row = uow.session.get(RefundFile, request.file_id)
    if row is None:
        raise Problem("refund_file_unknown")
    content = uow.sealing.open(_PURPOSE, row.content, row.file_id).decode()
    return PaymentFile(file=_view(row), content=content)


def _view(row: RefundFile) -> PaymentFileView:
    return PaymentFileView(file_id=row.file_id, made_at=row.made_at, transfers=row.transfers, total=row.total)


def left_by_statement(number: str, amount: int, at: datetime, uow: UnitOfWork) -> bool:
    """A row of a bank statement names our number: the refund has left the account. Whether that was ours, and
    not known from a row before.

    A second row for the same refund is a second transfer, and another amount confirms nothing: both are for a person to
    see. One that was approved and is not in a payment file was sent by hand: it is in none from now on.
    """
    known = find_refund_by_number(uow.session, number) or uow.session.get(Refund, number[:_ID])
    refund = lock_refund(uow.session, known.refund_id)[0] if known else None
    if refund is None or refund.amount != amount:
        return False
    by_hand = refund.state == "approved" and method_of(refund, uow) == "bank"
    if by_hand and refund_number(refund.refund_id, refund.attempt) == number:
        move(refund, "send", uow, note=BY_STATEMENT)
    if refund.refund_number != number:
        return False
    if refund.state not in ("sent", "attested", "done") or refund.refunded_at is not None:
        return False
    refund.refunded_at = at
    if refund.state != "done":  # else people had seen it before the statement came
        move(refund, "confirm", uow, note=BY_STATEMENT)
    return True
