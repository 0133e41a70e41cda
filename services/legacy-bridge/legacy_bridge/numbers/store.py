"""Numbers of the old system that have been imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from legacy_bridge.database import Base


class LegacyNumber(Base):
    """A number of the old system in its usual spelling, and what it names there."""

    __tablename__ = "legacy_numbers"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('serial_number', 'acceptance_number', 'software_registration', 'work_registration',"
            " 'unrecognised')",
            name="kind",
        ),
        CheckConstraint("state IN ('finished', 'unfinished')", name="state"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    as_recorded: Mapped[str] = mapped_column(comment="the old system's own spelling")
    kind: Mapped[str]
    state: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())


def find(session: Session, number: str) -> LegacyNumber | None:
    """By the usual spelling (``contracts.text.spelled``)."""
    return session.execute(select(LegacyNumber).where(LegacyNumber.number == number)).scalar_one_or_none()
