"""The tables of enquiries and of what came of promised calls. Only the day of an open call ever changes.

What was asked is kept for three years after its last happening, as long as somebody can claim something from what they
were told (Civil Code, article 188), and then deleted by the owner's function ``prune()``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, select, text, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base

PRUNED = """
    WITH over AS (
        SELECT enquiry_id FROM enquiries
        WHERE call_back_on IS NULL AND coalesce(ended_at, at) < now() - interval '3 years'
        ORDER BY enquiry_id LIMIT {batch} FOR UPDATE SKIP LOCKED),
    steps AS (DELETE FROM enquiry_steps WHERE enquiry_id IN (SELECT enquiry_id FROM over))
    DELETE FROM enquiries WHERE enquiry_id IN (SELECT enquiry_id FROM over)
"""


class Enquiry(Base):
    """``call_back_on``: of an open call; ``promised``: there was one; ``ended_at``: it was made or needed no more."""

    __tablename__ = "enquiries"
    __table_args__ = (
        CheckConstraint("subject IN ('account', 'application', 'nobody')", name="subject"),
        CheckConstraint("(subject = 'nobody') = (subject_id = '')", name="of_somebody"),
        CheckConstraint("channel IN ('telephone', 'counter', 'letter', 'message')", name="channel"),
        CheckConstraint("call_back_on IS NULL OR (promised AND ended_at IS NULL)", name="open_call"),
        Index("ix_enquiries_subject", "subject_id", "at", "enquiry_id"),
        Index("ix_enquiries_open", "call_back_on", "enquiry_id", postgresql_where=text("call_back_on IS NOT NULL")),
        Index("ix_enquiries_ended", "ended_at", "enquiry_id", postgresql_where=text("ended_at IS NOT NULL")),
    )

    enquiry_id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    subject_id: Mapped[str]
    channel: Mapped[str]
    caller: Mapped[str]
    text: Mapped[str]
    telephone: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    promised: Mapped[bool]
    call_back_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class EnquiryStepRow(Base):
    """What came of a call, once written never changed."""

    __tablename__ = "enquiry_steps"
    __table_args__ = (
        CheckConstraint("outcome IN ('reached', 'not_reached', 'postponed', 'not_needed')", name="outcome"),
        CheckConstraint("(again_on IS NULL) = (outcome IN ('reached', 'not_needed'))", name="goes_on"),
        Index("ix_enquiry_steps_enquiry_id", "enquiry_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    enquiry_id: Mapped[str] = mapped_column(ForeignKey(Enquiry.enquiry_id))
    at: Mapped[datetime]
    by: Mapped[str]
    outcome: Mapped[str]
    text: Mapped[str]
    again_on: Mapped[date | None]


def find(session: Session, enquiry_id: str, *, lock: bool = False) -> Enquiry | None:
    return session.get(Enquiry, enquiry_id, with_for_update=lock, populate_existing=lock)


def about(
    session: Session, subject: str, subject_id: str, before: tuple[datetime, str] | None, limit: int
) -> Sequence[Enquiry]:
    """The newest first."""
    query = select(Enquiry).where(Enquiry.subject_id == subject_id, Enquiry.subject == subject)
    if before is not None:
        query = query.where(tuple_(Enquiry.at, Enquiry.enquiry_id) < before)
    return session.scalars(query.order_by(Enquiry.at.desc(), Enquiry.enquiry_id.desc()).limit(limit)).all()


def open_calls(session: Session, until: date | None, after: tuple[date, str] | None, limit: int) -> Sequence[Enquiry]:
    """The most urgent first; ``until``: those only that are due by then."""
    query = select(Enquiry).where(Enquiry.call_back_on.is_not(None))
    if until is not None:
        query = query.where(Enquiry.call_back_on <= until)
    if after is not None:
        query = query.where(tuple_(Enquiry.call_back_on, Enquiry.enquiry_id) > after)
    return session.scalars(query.order_by(Enquiry.call_back_on, Enquiry.enquiry_id).limit(limit)).all()


def ended_calls(session: Session, before: tuple[datetime, str] | None, limit: int) -> Sequence[Enquiry]:
    """The last ended first."""
    query = select(Enquiry).where(Enquiry.ended_at.is_not(None))
    if before is not None:
        query = query.where(tuple_(Enquiry.ended_at, Enquiry.enquiry_id) < before)
    return session.scalars(query.order_by(Enquiry.ended_at.desc(), Enquiry.enquiry_id.desc()).limit(limit)).all()


def steps(session: Session, enquiry_ids: Sequence[str]) -> dict[str, list[EnquiryStepRow]]:
    """As they happened."""
    found: dict[str, list[EnquiryStepRow]] = {enquiry_id: [] for enquiry_id in enquiry_ids}
    query = select(EnquiryStepRow).where(EnquiryStepRow.enquiry_id.in_(enquiry_ids)).order_by(EnquiryStepRow.id)
    for row in session.scalars(query):
        found[row.enquiry_id].append(row)
    return found


def account_names(session: Session, account_ids: Sequence[str]) -> dict[str, str]:
    """What their holders are called; ids of cases name nobody."""
    query = select(Account.account_id, Account.organisation_name, Account.name)
    rows = session.execute(query.where(Account.account_id.in_(account_ids), Account.kind != "staff"))
    return {row.account_id: row.organisation_name or row.name for row in rows}


def total(session: Session, today: date) -> tuple[int, int, date | None, datetime | None]:
    """How many calls are open, how many of them late, the most urgent day, and when the oldest was promised."""
    late = func.count().filter(Enquiry.call_back_on < today)
    query = select(func.count(), late, func.min(Enquiry.call_back_on), func.min(Enquiry.at))
    count, overdue, due_on, since = session.execute(query.where(Enquiry.call_back_on.is_not(None))).one()
    return int(count), int(overdue), due_on, since
