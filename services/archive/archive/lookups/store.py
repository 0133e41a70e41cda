"""Registrations by what is known of them. Each way is answered from an index of its own, with at most so many."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.lookups import Sought, begins_with
from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

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
