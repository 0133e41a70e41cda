"""Where a bank sends a refund: an account kept sealed, beside who a statement says has sent the money."""

from __future__ import annotations

import re
from collections.abc import Collection

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.refunds import Payee, PayeePart, Remitter
from contracts.text import same_name
from sqlalchemy import select

from payment.matching.model import payer_parts
from payment.refunds.store import Refund
from payment.settlement.store import MoneyReceived
from payment.statements.store import BankRow

_PURPOSE = "refund-payee"
_OFFERED = "refund-payee-offered"
_TAIL = 4


def keep_payee(refund: Refund, payee: Payee | None, why: str, uow: UnitOfWork) -> None:
    """Seals the payee for this refund, or keeps none; ``why`` it is another than who sent the money."""
    refund.payee = (
        uow.sealing.seal(_PURPOSE, payee.model_dump_json().encode(), refund.refund_id) if payee is not None else None
    )
    refund.payee_why = why if payee is not None and differs(payee, remitter_of(refund, uow)) else ""


def payee_of(refund: Refund, uow: UnitOfWork) -> Payee | None:
    """The payee of this refund, if it has one."""
    if refund.payee is None:
        return None
    return Payee.model_validate_json(uow.sealing.open(_PURPOSE, refund.payee, refund.refund_id))


def keep_offer(refund: Refund, payee: Payee, uow: UnitOfWork) -> None:
    """Seals the account that the payer has given for this refund."""
    refund.offered = uow.sealing.seal(_OFFERED, payee.model_dump_json().encode(), refund.refund_id)
    refund.offered_at = uow.now()


def offered_for(refund: Refund, uow: UnitOfWork) -> Payee | None:
    """The account that the payer has given for this refund, if they have."""
    if refund.offered is None:
        return None
    return Payee.model_validate_json(uow.sealing.open(_OFFERED, refund.offered, refund.refund_id))


def end_of(payee: Payee | None) -> str:
    """By what a payer knows an account again: its last four characters."""
    return payee.account[-_TAIL:] if payee else ""


def remitters(money: Collection[MoneyReceived], uow: UnitOfWork) -> dict[str, Remitter]:
    """What statements say of who sent some of the money, by the money's id."""
    came = {one.transaction_id: one.money_id for one in money if one.method == "bank"}
    rows = uow.session.scalars(select(BankRow).where(BankRow.row_id.in_(came))) if came else ()
    return {
        came[row.row_id]: Remitter(
            row_id=row.row_id,
            booked_on=row.booked_on,
            payer=row.payer,
            payer_account=payer_parts(row.payer)[1] or row.payer_account,
            note=row.note,
        )
        for row in rows
    }


def remitter_of(refund: Refund, uow: UnitOfWork) -> Remitter | None:
    """Who sent what is refunded; none where no statement says."""
    money = uow.session.get_one(MoneyReceived, refund.money_id)
    return remitters([money], uow).get(money.money_id)


def require_reason(refund: Refund, uow: UnitOfWork) -> None:
    """Problem ``refund_payee_differs`` where a payee is not who sent the money and nobody has written why."""
    payee = payee_of(refund, uow)
    if payee is None or refund.payee_why.strip():
        return
    if parts := differs(payee, remitter_of(refund, uow)):
        raise Problem(
            "refund_payee_differs",
            errors=[FieldError("payee_why", "refund_payee_differs")],
            parts=",".join(parts),
        )


def differs(payee: Payee, remitter: Remitter | None) -> list[PayeePart]:
    """In what a payee is not who sent the money. What a statement does not say is not known to be the same."""
    name, account = payer_parts(remitter.payer) if remitter else ("", "")
    told = remitter.payer_account if remitter else ""
    found: list[PayeePart] = []
    if not name or not same_name(payee.name, name):
        found.append("name")
    if not (_same_end(payee.account, account) if account else _same_end(payee.account, told)):
        found.append("account")
    return found


def _same_end(account: str, told: str) -> bool:
    """Whether an account ends as the bank prints it: whole, with its middle hidden, or its last four characters."""
    shown = re.split(r"[^0-9A-Z]+", told.upper())[-1]
    return len(shown) >= _TAIL and re.sub(r"[^0-9A-Z]", "", account.upper()).endswith(shown)
