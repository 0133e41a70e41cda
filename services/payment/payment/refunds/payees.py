"""Where a bank sends a refund: an account of somebody's, kept sealed."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.refunds import Payee

from payment.refunds.store import Refund

_PURPOSE = "refund-payee"


def keep_payee(refund: Refund, payee: Payee | None, uow: UnitOfWork) -> None:
    """Seals the payee for this refund, or keeps none."""
    refund.payee = (
        uow.sealing.seal(_PURPOSE, payee.model_dump_json().encode(), refund.refund_id) if payee is not None else None
    )


def payee_of(refund: Refund, uow: UnitOfWork) -> Payee | None:
    """The payee of this refund, if it has one."""
    if refund.payee is None:
        return None
    return Payee.model_validate_json(uow.sealing.open(_PURPOSE, refund.payee, refund.refund_id))
