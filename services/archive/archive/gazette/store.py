"""Tables of the gazette: its issues, and the PDF files that each consists of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from chassis.objects.references import holds
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, or_, select, text, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base
from archive.register.records import Record
from archive.register.store import TAKEN_OVER, RegisterEntry, RegisterRecord

Place = tuple[str, int]
"""A record: registration number and its sequence."""


class Announcement(NamedTuple):
    """A record that is announced."""

    registration_number: str
    sequence: int
    certificate_number: str | None


class Issue(Base):
    """One issue. Once it is published nothing of it changes; until then its volumes are being made."""

    __tablename__ = "gazette_issues"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("number >= 1", name="counts_from_one"),
        CheckConstraint("total >= 1", name="announces_something"),
        Index("ix_gazette_issues_unpublished", "day", postgresql_where=text("published_at IS NULL")),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    counts: Mapped[dict[str, Any]] = mapped_column(comment="records by act")
    total: Mapped[int]
    published_at: Mapped[datetime | None]


class Volume(Base):
    """One signed PDF of an issue, and the last record that is in it."""

    __tablename__ = "gazette_volumes"
    __table_args__ = (
        CheckConstraint("volume >= 1", name="counts_from_one"),
        Index("ix_gazette_volumes_sha256", "sha256"),
    )

    day: Mapped[date] = mapped_column(ForeignKey("gazette_issues.day"), primary_key=True)
    volume: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[str]
    last_sequence: Mapped[int]
    records: Mapped[int]
    sha256: Mapped[str] = mapped_column(info=holds())
    size: Mapped[int]
    made_at: Mapped[datetime]


def being_made(session: Session) -> Issue | None:
    """The issue whose volumes are not all there; one at the most."""
    return session.scalars(select(Issue).where(Issue.published_at.is_(None))).one_or_none()


def next_day(session: Session, before: date) -> date | None:
    """The first day after the last issue, and before a day, on which anything was recorded; not what the old system
    had registered on its days."""
    last = select(func.coalesce(func.max(Issue.day), date.min)).scalar_subquery()
    old = select(RegisterEntry.registration_number).where(RegisterEntry.series == TAKEN_OVER)
    query = select(func.min(RegisterRecord.recorded_on)).where(
        RegisterRecord.recorded_on > last,
        RegisterRecord.recorded_on < before,
        or_(RegisterRecord.sequence > 1, RegisterRecord.registration_number.not_in(old)),
    )
    return session.scalar(query)


def counts_of(session: Session, day: date) -> dict[str, int]:
    """Records of a day by act."""
    query = select(RegisterRecord.act, func.count()).where(RegisterRecord.recorded_on == day)
    return dict(session.execute(query.group_by(RegisterRecord.act).order_by(RegisterRecord.act)).tuples().all())


def last_number(session: Session, year: int) -> int:
    """Of the issues of a year; 0 before the first."""
    return session.scalar(select(func.max(Issue.number)).where(Issue.year == year)) or 0


def volumes_of(session: Session, days: Sequence[date]) -> dict[date, list[Volume]]:
    """The volumes of issues in their order."""
    found: dict[date, list[Volume]] = {day: [] for day in days}
    for row in session.scalars(select(Volume).where(Volume.day.in_(days)).order_by(Volume.day, Volume.volume)):
        found[row.day].append(row)
    return found


def announcements(
    session: Session,
    day: date,
    after: Place | None,
    limit: int,
    *,
    kind: str | None = None,
    category: str | None = None,
    act: str | None = None,
) -> Sequence[Announcement]:
    """Records of a day after a place, in the order of their numbers."""
    of = RegisterRecord
    query = select(of.registration_number, of.sequence, RegisterEntry.certificate_number)
    query = query.join(RegisterEntry, RegisterEntry.registration_number == of.registration_number)
    query = query.where(of.recorded_on == day)
    if after is not None:
        query = query.where(tuple_(of.registration_number, of.sequence) > after)
    for column, wanted in ((RegisterEntry.kind, kind), (RegisterEntry.category, category), (of.act, act)):
        if wanted:
            query = query.where(column == wanted)
    rows = session.execute(query.order_by(of.registration_number, of.sequence).limit(limit))
    return [Announcement(*row) for row in rows]


def histories(session: Session, numbers: Iterable[str]) -> dict[str, list[Record]]:
    """All records of registration numbers, each in its order."""
    query = select(RegisterRecord).where(RegisterRecord.registration_number.in_(list(numbers)))
    found: dict[str, list[Record]] = {}
    for row in session.scalars(query.order_by(RegisterRecord.registration_number, RegisterRecord.sequence)):
        found.setdefault(row.registration_number, []).append(row.as_record())
    return found


def published(session: Session, day: date) -> Issue | None:
    """The issue of a day, once it is out."""
    return session.scalars(select(Issue).where(Issue.day == day, Issue.published_at.is_not(None))).one_or_none()


def issues(session: Session, year: int | None, before: date | None, limit: int) -> Sequence[Issue]:
    """Published issues, the newest first."""
    query = select(Issue).where(Issue.published_at.is_not(None))
    if year is not None:
        query = query.where(Issue.year == year)
    if before is not None:
        query = query.where(Issue.day < before)
    return session.scalars(query.order_by(Issue.day.desc()).limit(limit)).all()


def beside(session: Session, day: date) -> tuple[date | None, date | None]:
    """The days of the published issues before and after one."""
    out = Issue.published_at.is_not(None)
    earlier: Any = select(func.max(Issue.day)).where(out, Issue.day < day)
    later: Any = select(func.min(Issue.day)).where(out, Issue.day > day)
    return session.scalar(earlier), session.scalar(later)
