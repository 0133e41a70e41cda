"""Old cases by what is known of them. Each way is answered from an index of its own, with at most so many."""

from __future__ import annotations

from chassis.lookups import Sought, begins_with
from contracts.legacy import account_record
from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from legacy_bridge.cases.store import LegacyCase, LegacyLink, with_account


def looked_up(session: Session, what: Sought, limit: int) -> list[tuple[LegacyCase, str]]:
    """By number or id, how the title begins, the old account's login, or the account here; the newest first."""
    numbers, there = list(what.spellings), select(LegacyCase.record_id)
    linked = select(LegacyLink.record_id).where(LegacyLink.account_id.in_(numbers))
    ways = [
        there.where(
            or_(
                LegacyCase.record_id.in_(numbers),
                LegacyCase.serial_number.in_(numbers),
                LegacyCase.acceptance_number.in_(numbers),
            )
        ),
        there.where(LegacyCase.registration_number.in_(numbers)),
        there.where(LegacyCase.account_record.in_([account_record(number) for number in numbers])),
        there.where(LegacyCase.account_record.in_(linked)),
    ]
    if what.words:
        ways.append(there.where(begins_with(LegacyCase.title, what.words)))
    found = session.scalars(union(*(select(way.limit(limit).subquery().c.record_id) for way in ways))).all()
    query = with_account().where(LegacyCase.record_id.in_(found))
    newest = (LegacyCase.filed_on.desc(), LegacyCase.record_id.desc())
    return [(row[0], row[1] or "") for row in session.execute(query.order_by(*newest).limit(limit))]
