"""Keeping what invoices to organisations name: orders keep it from their first day on."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.identity import IdentityVerified
from contracts.identity.events import AccountClosed, IdentityReopened

from payment.payers.store import PayerRow, complete_orders, drop_payer, save_payer


def note_verified(data: IdentityVerified, uow: UnitOfWork) -> None:
    """From now on the organisation's orders name its tax id; persons have none."""
    if data.kind != "organisation" or not data.tax_id:
        return
    save_payer(
        uow.session,
        PayerRow(
            account_id=data.account_id,
            name=data.name,
            tax_id=data.tax_id,
            verification_id=data.verification_id,
            verified_at=data.verified_at,
        ),
    )
    complete_orders(uow.session, data.account_id, data.name, data.tax_id)


def note_reopened(data: IdentityReopened, uow: UnitOfWork) -> None:
    """The account was that organisation by mistake; orders that were opened for it stay what they are."""
    drop_payer(uow.session, data.account_id, data.verification_id)


def note_closed(data: AccountClosed, uow: UnitOfWork) -> None:
    """A closed account has no further orders."""
    drop_payer(uow.session, data.account_id)
