"""Digests of parties that were made before they had a key are made again, from what was said and recorded then."""

from __future__ import annotations

from chassis.failpoints import failpoint
from chassis.uow import UnitOfWork
from contracts.identity import IdentityVerified
from contracts.identity.events import AccountClosed

from archive.dossier.store import DossierEntry
from archive.parties.handlers import remember
from archive.parties.store import done, due, forget, note_parties
from archive.register.records import fold
from archive.register.store import records_of

AT_ONCE = 200


def key_parties(uow: UnitOfWork) -> int:
    """Sweeper: how many were made again. Nothing is due but after the migration to digests with a key, which a
    migration, that has none, could not make."""
    rows = due(uow.session, AT_ONCE)
    for row in rows:
        if row.entry_id is not None:
            _hear(row.entry_id, uow)
        elif row.registration_number is not None and row.sequence is not None:
            _note(row.registration_number, row.sequence, uow)
    if rows:
        failpoint("parties.keyed")
        done(uow.session, rows)
        uow.audit("parties.key", subject="parties", parties=len(rows))
    return len(rows)


def _hear(entry_id: int, uow: UnitOfWork) -> None:
    """What identity said of an account."""
    entry = uow.session.get_one(DossierEntry, entry_id)
    if entry.event == "account_closed":
        closed = AccountClosed.model_validate(entry.data)
        forget(uow.session, closed.account_id, closed.closed_at)
    else:
        remember(IdentityVerified.model_validate(entry.data), uow)


def _note(number: str, sequence: int, uow: UnitOfWork) -> None:
    """Whom a record names; a release those of its pledge."""
    records = records_of(uow.session, number, sequence)
    of = records[-1].refers_to or records[-1].number
    people = [person for one in fold(records).dealings if one.number == of for person in one.grantees]
    note_parties(uow.session, uow.sealing, (number, sequence), of, people)
