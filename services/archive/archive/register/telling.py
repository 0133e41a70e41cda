"""The other party of a contract or a pledge hears that it is recorded, that it was released, that its term is over: at
once, or as soon as somebody proves to be that party."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from chassis.failpoints import failpoint
from chassis.uow import UnitOfWork
from contracts.archive import DEALING_ADVANCED, REGISTRATION_AFFECTED
from contracts.certificates import AffectingAct, DealingAdvanced, DealingState, RegistrationAffected
from contracts.dealings import Dealing, owned_by

from archive.certificates.held import filed_by
from archive.parties.store import DealingTerm, accounts_named, over
from archive.register.holding import in_force_for, rights_of
from archive.register.keeping import dealing_with
from archive.register.records import Record, fold
from archive.register.store import RegisterEntry, find_entry, records_of

AT_ONCE = 100


def tell_recorded(entry: RegisterEntry, record: Record, dealing: Dealing, by: str, uow: UnitOfWork) -> None:
    """Whoever is named, but for who filed it: that account has a message of its own; of an assignment also those who
    have licences and pledges of the registration. The last day is kept."""
    if dealing.ends is not None:
        term = DealingTerm(registration_number=entry.registration_number, sequence=record.sequence, ends=dealing.ends)
        uow.session.add(term)
    uow.session.flush()
    named = set(accounts_named(uow.session, entry.registration_number, record.sequence))
    _tell(entry, dealing, "recorded", record.on, named - {by}, uow)
    if dealing.act == "assigned":
        tell_affected(entry, "assigned", record, dealing_with(uow.session, entry) - named - {by}, uow)


def tell_released(entry: RegisterEntry, record: Record, ended: Dealing, by: str, uow: UnitOfWork) -> None:
    """Who filed the pledge or the licence, whose the registration is, and other pledgees or licensees; not who released
    it. Of one that was released nobody hears that its term is over."""
    uow.session.flush()
    named = set(accounts_named(uow.session, entry.registration_number, record.sequence))
    granted_by = filed_by(uow.session, entry.registration_number, ended.number)
    _tell(entry, ended, "released", record.on, {*named, entry.account_id, granted_by} - {by, ""}, uow)


def tell_affected(
    entry: RegisterEntry, act: AffectingAct, record: Record, accounts: Iterable[str], uow: UnitOfWork
) -> None:
    """What somebody else, or the office, did to a registration that concerns these."""
    for account_id in sorted(accounts):
        told = RegistrationAffected(
            account_id=account_id,
            registration_number=entry.registration_number,
            title=entry.title,
            act=act,
            number=record.number,
            on=record.on,
        )
        uow.emit(REGISTRATION_AFFECTED, told)


def tell_found(account_id: str, who: str, uow: UnitOfWork, *, since: datetime | None = None) -> None:
    """An account has proved to be ``who`` (as :func:`archive.parties.store.who_is` has it), or to be so alone: of what
    is in force, and was recorded ``since`` then, it hears as if it had been known then. Of ``AT_ONCE`` at the most, the
    newest; the list of its certificates has all."""
    for entry, record in in_force_for(uow.session, account_id, who, uow.today(), AT_ONCE):
        if since is not None and record.recorded_at < since:
            continue
        dealings = fold(records_of(uow.session, entry.registration_number)).dealings
        dealing = next(one for one in dealings if one.number == record.number)
        if filed_by(uow.session, entry.registration_number, dealing.number) != account_id:
            _tell(entry, dealing, "recorded", record.recorded_on, [account_id], uow)


def tell_over(uow: UnitOfWork) -> int:
    """Sweeper: all whom a dealing concerns whose last day is past, once; how many dealings. One of a registration that
    does not hold any more ended with it."""
    terms = over(uow.session, uow.today(), AT_ONCE)
    for term in terms:
        entry = find_entry(uow.session, term.registration_number)
        if entry is not None and entry.status == "valid":
            dealings = fold(records_of(uow.session, term.registration_number)).dealings
            number = records_of(uow.session, term.registration_number, term.sequence)[-1].number
            dealing = next(one for one in dealings if one.number == number)
            if dealing.released_on is None:
                named = set(accounts_named(uow.session, term.registration_number, term.sequence))
                filer = filed_by(uow.session, term.registration_number, number)
                _tell(entry, dealing, "over", term.ends, {*named, entry.account_id, filer} - {""}, uow)
        uow.session.delete(term)
        failpoint("dealings.told_over")
    return len(terms)


def _tell(
    entry: RegisterEntry, dealing: Dealing, state: DealingState, on: date, accounts: Iterable[str], uow: UnitOfWork
) -> None:
    standing = fold(records_of(uow.session, entry.registration_number))
    owner = state == "recorded" and dealing.number in owned_by(rights_of(standing), standing.dealings)
    for account_id in sorted(accounts):
        told = DealingAdvanced(
            account_id=account_id,
            registration_number=entry.registration_number,
            title=entry.title,
            number=dealing.number,
            act=dealing.act,
            state=state,
            on=on,
            owner=owner,
        )
        uow.emit(DEALING_ADVANCED, told)
