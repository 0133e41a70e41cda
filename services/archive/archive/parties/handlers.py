"""Who an account is, as identity says it."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.identity import IdentityVerified
from contracts.identity.events import AccountClosed

from archive.dossier.handlers import record_event
from archive.parties.store import forget, know, who_is


def note_verified(data: IdentityVerified, uow: UnitOfWork) -> None:
    """From now on the account sees, and may deal in, what was recorded in favour of this identity."""
    record_event(data, uow)
    know(uow.session, data.account_id, who_is(data.name, data.id_type, data.masked_id_number), data.verified_at)


def note_closed(data: AccountClosed, uow: UnitOfWork) -> None:
    """Nobody is behind a closed account: whoever opens another one is told apart from it no more."""
    record_event(data, uow)
    forget(uow.session, data.account_id)
