"""The office's words beside the guides: no row is changed in what it says, nor deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from contracts.guides import GuideSection, GuideTextState
from sqlalchemy import CheckConstraint, Index, Text, func, select, text, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base


class GuideTextRow(Base):
    """Words of one section in both languages. ``published_*`` of what was published at some time; ``ended_*`` of what
    was discarded or taken away."""

    __tablename__ = "guide_texts"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'withdrawn', 'discarded')", name="state"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("published_by IS NULL OR published_by <> written_by", name="second_person"),
        CheckConstraint("state NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL", name="published"),
        CheckConstraint("state NOT IN ('discarded', 'withdrawn') OR ended_at IS NOT NULL", name="ended"),
        Index("ix_guide_texts_published", "place", postgresql_where=text("state = 'published'")),
        Index("ix_guide_texts_written_at", "written_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    section: Mapped[GuideSection] = mapped_column(Text)
    zh: Mapped[str]
    en: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[GuideTextState] = mapped_column(Text)
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]


def lock_text(session: Session, text_id: str) -> GuideTextRow | None:
    """The row, for as long as the transaction takes."""
    return session.scalar(select(GuideTextRow).where(GuideTextRow.id == text_id).with_for_update())


def find_text(session: Session, text_id: str) -> GuideTextRow | None:
    return session.get(GuideTextRow, text_id)


def published(session: Session, places: Sequence[str]) -> Sequence[GuideTextRow]:
    """All that were published of these guides and not taken away, of whatever days."""
    found = select(GuideTextRow).where(GuideTextRow.place.in_(places), GuideTextRow.state == "published")
    return session.scalars(found).all()


def listed(
    session: Session, place: str, after: tuple[datetime, str] | None, limit: int, *, state: str | None = None
) -> Sequence[GuideTextRow]:
    """The newest first, of one guide or of all, in a state or in any; older than ``after``."""
    found = select(GuideTextRow)
    if place:
        found = found.where(GuideTextRow.place == place)
    if state:
        found = found.where(GuideTextRow.state == state)
    if after:
        found = found.where(tuple_(GuideTextRow.written_at, GuideTextRow.id) < after)
    return session.scalars(found.order_by(GuideTextRow.written_at.desc(), GuideTextRow.id.desc()).limit(limit)).all()


def counts(session: Session, place: str) -> dict[str, int]:
    """How many of one guide's, or of all, are in each state."""
    found = select(GuideTextRow.state, func.count().label("n")).group_by(GuideTextRow.state)
    rows = session.execute(found.where(GuideTextRow.place == place) if place else found)
    return {row.state: int(row.n) for row in rows}


def drafts_of_others(session: Session, but_of: str) -> tuple[int, datetime | None]:
    """Drafts that somebody else than ``but_of`` may publish, and since when the oldest waits."""
    found = select(func.count(), func.min(GuideTextRow.written_at))
    count, since = session.execute(found.where(GuideTextRow.state == "draft", GuideTextRow.written_by != but_of)).one()
    return count, since
