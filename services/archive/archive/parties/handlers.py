"""Who an account is, as identity says it."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.uow import UnitOfWork
from contracts.identity import IdentityVerified
from contracts.identity.events import AccountClosed, IdentityReopened

from archive.dossier.handlers import record_event
from archive.parties.store import Left, forget, know, unknow, who_is
from archive.register.telling import tell_found


def note_verified(data: IdentityVerified, uow: UnitOfWork) -> None:
    """From now on the account sees, and may deal in, what was recorded in favour of this identity; and still what was
    under each name that it had before. Of what it had not been known for it hears."""
    record_event(data, uow)
    if who := remember(data, uow):
        tell_found(data.account_id, who, uow)


def remember(data: IdentityVerified, uow: UnitOfWork) -> str:
    """Who the account is, beside who it was: in any order, and however often it is said. What is new; empty if nothing
    is."""
    who = who_is(uow.sealing, data.name, data.id_type, data.masked_id_number)
    return who if know(uow.session, data.account_id, who, data.verified_at) else ""


def note_reopened(data: IdentityReopened, uow: UnitOfWork) -> None:
    """The account was somebody by mistake: it sees, and deals in, nothing of theirs any more."""
    record_event(data, uow)
    _tell_left(unknow(uow.session, data.account_id, data.reopened_at), uow)


def note_closed(data: AccountClosed, uow: UnitOfWork) -> None:
    """Nobody is behind a closed account: whoever opens another one is told apart from it no more, and who could not be
    told apart from it hears of what they see from now on."""
    record_event(data, uow)
    _tell_left(forget(uow.session, data.account_id, data.closed_at), uow)


def _tell_left(left: Iterable[Left], uow: UnitOfWork) -> None:
    for one in left:
        tell_found(one.account_id, one.who, uow, since=one.since)
