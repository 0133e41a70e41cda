"""Who an account is, as identity says it."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.identity import IdentityVerified

from archive.dossier.handlers import record_event
from archive.parties.store import know, who_is


def note_verified(data: IdentityVerified, uow: UnitOfWork) -> None:
    """From now on the account sees, and may deal in, what was recorded in favour of this identity."""
    record_event(data, uow)
    know(uow.session, data.account_id, who_is(data.name, data.id_type, data.masked_id_number), data.verified_at)
