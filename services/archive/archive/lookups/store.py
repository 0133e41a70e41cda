"""Registrations by what is known of them. Each way is answered from an index of its own, with at most so many."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.lookups import Sought, begins_with
from contracts.legacy import registration_record
from sqlalchemy import or_, select, text, union
from sqlalchemy.orm import Session

from archive.legacy.store import NAMES, LegacyRegistration
from archive.register.store import RegisterEntry


def looked_up(session: Session, what: Sought, limit: int) -> Sequence[RegisterEntry]:
    """By number, case or account, how the title begins, or by an owner's whole name."""
    numbers, there = list(what.spellings), select(RegisterEntry.registration_number)
    ways = [
        there.where(
            or_(
                RegisterEntry.registration_number.in_(numbers),
                RegisterEntry.certificate_number.in_(numbers),
                RegisterEntry.application_id.in_(numbers),
            )
        ),
        there.where(RegisterEntry.account_id.in_(numbers)),
    ]
    if what.words:
        ways += [
            there.where(begins_with(RegisterEntry.title, what.words)),
            there.where(RegisterEntry.owners.contains([{"name": what.words}])),
        ]
    found = session.scalars(union(*(select(way.limit(limit).subquery().c.registration_number) for way in ways))).all()
    query = select(RegisterEntry).where(RegisterEntry.registration_number.in_(found))
    newest = (RegisterEntry.entered_at.desc(), RegisterEntry.registration_number.desc())
    return session.scalars(query.order_by(*newest).limit(limit)).all()


def old_ones(session: Session, what: Sought, limit: int) -> tuple[list[LegacyRegistration], list[RegisterEntry]]:
    """Registrations that the old system had finished: by number, the old account's login, an owner's whole name or the
    whole title, the newest first. Of those that this register has taken over since, its own entry."""
    row, numbers = LegacyRegistration, list(what.spellings)
    there = select(row.record_id)
    ways = [
        there.where(row.record_id.in_([*numbers, *map(registration_record, numbers)])),
        there.where(row.certificate_number.in_(numbers)),
        there.where(row.serial_number.in_(numbers)),
        there.where(row.login.in_(numbers)),
    ]
    if what.words:
        ways.append(there.where(text(f"{NAMES} @> ARRAY[CAST(:words AS text)]").bindparams(words=what.words)))
    found = session.scalars(union(*(select(way.limit(limit).subquery().c.record_id) for way in ways))).all()
    entries = session.scalars(select(RegisterEntry).where(RegisterEntry.application_id.in_(found))).all()
    rest = set(found) - {entry.application_id for entry in entries}
    query = select(row).where(row.record_id.in_(rest), row.kind.in_(("work", "software")))
    newest = (row.registered_on.desc(), row.record_id.desc())
    return list(session.scalars(query.order_by(*newest).limit(limit))), list(entries)
