"""Files of cases. A removed or superseded material stays in the history of the case; only a deleted draft has none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.objects.references import holds
from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from filing.base import Base
from filing.prechecks.store import PrecheckRow


class MaterialRow(Base):
    """``made_of``: facts of what it was built of, of a deposit that was built here."""

    __tablename__ = "materials"
    __table_args__ = (
        CheckConstraint("role ~ '^[a-z_]{1,40}$'", name="role"),
        Index("ix_materials_case_id", "case_id", "position"),
        Index(
            "uq_materials_content",
            "case_id",
            "role",
            "sha256",
            "correction_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    role: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds(), index=True)
    size: Mapped[int]
    position: Mapped[int]
    precheck_id: Mapped[str] = mapped_column(ForeignKey("prechecks.id"))
    correction_id: Mapped[str | None]
    superseded_by: Mapped[str | None]
    made_of: Mapped[dict[str, Any] | None]
    attached_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    precheck: Mapped[PrecheckRow] = relationship(lazy="joined", innerjoin=True)


def materials_by_case(session: Session, case_ids: Sequence[str]) -> dict[str, list[MaterialRow]]:
    """What each of the cases holds now, in no order."""
    found: dict[str, list[MaterialRow]] = {case_id: [] for case_id in case_ids}
    query = select(MaterialRow).where(MaterialRow.case_id.in_(case_ids), MaterialRow.removed_at.is_(None))
    for row in session.scalars(query):
        found[row.case_id].append(row)
    return found


def pages_of(session: Session, case_id: str) -> dict[str, int]:
    """How many pages each file of a case has, by its id; of one that was not looked into, or has none, nothing."""
    found = {row.id: (row.precheck.facts.get("pdf") or {}).get("pages") for row in materials_of(session, case_id)}
    return {name: pages for name, pages in found.items() if isinstance(pages, int) and pages > 0}


def materials_of(session: Session, case_id: str) -> Sequence[MaterialRow]:
    """What a case holds now, in the applicant's order; removed files left out."""
    return session.scalars(
        select(MaterialRow)
        .where(MaterialRow.case_id == case_id, MaterialRow.removed_at.is_(None))
        .order_by(MaterialRow.position, MaterialRow.id)
    ).all()
