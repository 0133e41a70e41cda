"""Filed cases by what is known of them. Each way is answered from an index of its own, with at most so many."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.lookups import Sought, begins_with
from sqlalchemy import Select, or_, select, union
from sqlalchemy.orm import Session

from filing.cases.store import APPLICANT_NAME, Case


def looked_up(session: Session, what: Sought, limit: int) -> Sequence[Case]:
    """By number, id, account, or how the title or the applicant's name begins; a draft is its owner's alone."""
    numbers = list(what.spellings)
    ways = [
        _filed().where(
            or_(
                Case.id.in_(numbers),
                Case.serial_number.in_(numbers),
                Case.acceptance_number.in_(numbers),
                Case.registration_number.in_(numbers),
            )
        ),
        _filed().where(Case.account_id.in_(numbers)).order_by(Case.id.desc()),
    ]
    if what.words:
        ways += [_filed().where(begins_with(column, what.words)) for column in (Case.title, APPLICANT_NAME)]
    ids = session.scalars(union(*(select(way.limit(limit).subquery().c.id) for way in ways))).all()
    query = select(Case).where(Case.id.in_(ids)).order_by(Case.submitted_at.desc(), Case.id.desc())
    return session.scalars(query.limit(limit)).all()


def _filed() -> Select[str]:
    return select(Case.id).where(Case.state != "draft")
