"""The table of members of staff who examine no more, and the cases that they have in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.cases.store import Case


class Departed(Base):
    """Somebody who may examine nothing: they left, or lost the role. Gone from here when they have it again."""

    __tablename__ = "departed_examiners"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


def note(session: Session, account_id: str, since: datetime) -> None:
    """Noted twice, it is noted once."""
    row = insert(Departed).values(account_id=account_id, since=since)
    session.execute(row.on_conflict_do_nothing(index_elements=["account_id"]))


def forget(session: Session, account_id: str) -> None:
    """They examine again."""
    session.execute(delete(Departed).where(Departed.account_id == account_id))


def held_by_departed(session: Session, limit: int) -> Sequence[Case]:
    """Cases in the hands of somebody who has left, locked; those that another holds are left for the next round."""
    gone = select(Departed.account_id)
    query = (
        select(Case)
        .where(
            or_(
                and_(Case.state == "under_examination", Case.examiner_id.in_(gone)),
                and_(Case.state == "refusal_proposed", Case.second_examiner_id.in_(gone)),
            )
        )
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()
