"""What applicants are told of fees, payments and refunds: one message per event of the payment service."""

from __future__ import annotations

from datetime import date, datetime

from chassis.uow import UnitOfWork

from contracts import payment, refunds
from identity.messages.handlers import tell
from identity.messages.notices import Params

LONGEST_SAID = 40

Moved = payment.MoneyHeld | refunds.RefundAdvanced | refunds.OrderRefunded
Told = payment.OrderCreated | payment.OrderCancelled | payment.OrderPaid | Moved


def tell_order_created(data: payment.OrderCreated, uow: UnitOfWork) -> None:
    """What is to be paid (fen) and by when; again where another's money had been booked for it. Of what is free, that
    there is nothing to pay."""
    if not data.amount and data.purpose != "expedite":
        tell(uow, data.account_id, data.application_id, "order_free", _fee(data))
        return
    params = _fee(data, pay_by=data.pay_by)
    names = ("order_due_again", "expedite_due_again") if data.corrects else ("order_created", "expedite_granted")
    tell(uow, data.account_id, data.application_id, names[data.purpose == "expedite"], params)


def tell_order_cancelled(data: payment.OrderCancelled, uow: UnitOfWork) -> None:
    """A fee that was due again is not any more: who was asked for it is told. Of what is asked for anew with another
    part of it, the new order says what is owed."""
    if data.corrects and data.reason != "corrected":
        tell(uow, data.account_id, data.application_id, "order_written_off", _fee(data))


def tell_order_paid(data: payment.OrderPaid, uow: UnitOfWork) -> None:
    """The payment has arrived; of what is free none does. Of the fee of a promise the promised day is said, when
    filing has set it."""
    if data.purpose == "expedite" or not data.amount:
        return
    tell(uow, data.account_id, data.application_id, "order_paid", _fee(data, at=data.paid_at))


def tell_money_held(data: payment.MoneyHeld, uow: UnitOfWork) -> None:
    """Money came that pays nothing, and what becomes of it; why has words of its own. Of a part of what is owed, what
    is missing and by when."""
    params = _fee(data)
    if data.missing is not None and data.pay_by is not None:
        params = {**params, "missing": data.missing, "pay_by": data.pay_by}
    tell(uow, data.account_id, data.application_id, _of_whom(f"money_held_{data.because}", data), params)


def tell_refund_advanced(data: refunds.RefundAdvanced, uow: UnitOfWork) -> None:
    """How far money is on its way back; each step has words of its own. Through a bank it goes to an account that was
    agreed on; when the bank sends it back, its payer is told why and asked for another one."""
    more = {}
    name = f"refund_{data.step}"
    if data.method == "bank" and data.step == "approved" and data.account_end:
        name, more = "refund_approved_bank", {"account_end": data.account_end}
    elif data.method == "bank" and data.step == "failed" and data.said:
        name, more = "refund_failed_bank", {"said": _short(data.said)}
    tell(uow, data.account_id, data.application_id, _of_whom(name, data), _fee(data, **more))


def tell_order_refunded(data: refunds.OrderRefunded, uow: UnitOfWork) -> None:
    """The money has gone back. Of a bank's refund it is known that it has left, to the agreed account."""
    name = "refund_by_bank" if data.method == "bank" else "order_refunded"
    tell(uow, data.account_id, data.application_id, _of_whom(name, data), _fee(data, at=data.refunded_at))


def _of_whom(template: str, data: Moved) -> str:
    """In the words for a batch where the money is of it as a whole."""
    return f"{template}_batch" if data.batch else template


def _short(said: str) -> str:
    """What a bank says, as far as an SMS has room for it."""
    words = " ".join(said.split()).rstrip("。.")
    return words if len(words) <= LONGEST_SAID else f"{words[:LONGEST_SAID]}…"


def _fee(data: Told, **more: str | date | datetime) -> Params:
    """Of what, and how much (fen)."""
    if isinstance(data, Moved) and data.batch:
        return {"name": data.batch, "amount": data.amount, **more}
    return {"title": data.title, "serial_number": data.serial_number, "amount": data.amount or 0, **more}
