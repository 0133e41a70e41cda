"""Whose the rights of a registration are: by the registration, and by what was done with them since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from contracts.dealings import OWNER, Dealing, Grantee, dealt_in, holders
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from archive.parties.store import DealingParty, identity_of, numbers_of
from archive.register.records import ENDS, Standing
from archive.register.store import RegisterEntry, RegisterRecord, is_registered_to


def own_numbers(session: Session, entry: RegisterEntry, account_id: str) -> frozenset[str]:
    """By which dealings an account may hold rights, :data:`contracts.dealings.OWNER` for the registration itself."""
    own = {OWNER} if is_registered_to(session, entry.registration_number, account_id) else set()
    return frozenset(own.union(numbers_of(session, entry.registration_number, account_id)))


def is_in_force(today: date) -> ColumnElement[bool]:
    """The condition that a record is of a contract or a pledge that is neither over nor released."""
    released, ends = aliased(RegisterRecord), RegisterRecord.dealing["ends"].astext
    return and_(
        RegisterRecord.act.in_(("assigned", "licensed", "pledged")),
        or_(ends.is_(None), ends >= today.isoformat()),
        ~exists().where(
            released.registration_number == RegisterRecord.registration_number,
            released.act.in_(list(ENDS)),
            released.refers_to == RegisterRecord.number,
        ),
    )


def in_force_for(
    session: Session, account_id: str, who: str, today: date, limit: int
) -> Sequence[tuple[RegisterEntry, RegisterRecord]]:
    """Contracts and pledges in force that name an account by one of its identities, the newest first; none if it cannot
    be told apart."""
    place = and_(
        DealingParty.registration_number == RegisterRecord.registration_number,
        DealingParty.sequence == RegisterRecord.sequence,
    )
    query = (
        select(RegisterEntry, RegisterRecord)
        .join(RegisterRecord, RegisterRecord.registration_number == RegisterEntry.registration_number)
        .join(DealingParty, place)
        .where(
            DealingParty.who == who,
            DealingParty.who.in_(identity_of(account_id)),
            RegisterEntry.status == "valid",
            is_in_force(today),
        )
        .order_by(RegisterRecord.recorded_at.desc(), RegisterRecord.registration_number, RegisterRecord.sequence)
    )
    return [(row[0], row[1]) for row in session.execute(query.limit(limit))]


def rights_of(standing: Standing) -> list[str]:
    """What of a registration can be dealt in."""
    now = standing.particulars
    return dealt_in(now.kind, now.rights_scope, now.rights)


def holding(standing: Standing, own: Collection[str], today: date) -> list[str]:
    """By which of these dealings something is held, today or for good, in the order of the records."""
    days = (holders(rights_of(standing), standing.dealings, day) for day in (today, date.max))
    held = {number for day in days for number in day.values()}
    return [number for number in (OWNER, *(one.number for one in standing.dealings)) if number in held & set(own)]


def people_of(standing: Standing, numbers: Collection[str]) -> list[Grantee]:
    """As whom rights are held by these dealings, each once."""
    by_number = {one.number: one for one in standing.dealings}
    owners = [Grantee.model_validate(one.model_dump()) for one in standing.particulars.owners]
    found = [person for number in numbers for person in (by_number[number].grantees if number else owners)]
    return list({(one.name, one.masked_id_number): one for one in found}.values())


def burdens_of(standing: Standing, own: Collection[str], today: date) -> list[Dealing]:
    """Pledges and exclusive licences of these numbers that are neither over nor released."""
    return [
        one
        for one in standing.dealings
        if one.number in own
        and one.act in ("licensed", "pledged")
        and one.released_on is None
        and (one.ends is None or one.ends >= today)
    ]
