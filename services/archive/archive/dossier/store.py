"""Tables of the dossier. Append-only: an event is written down once and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.envelope import Envelope
from sqlalchemy import Identity, Index, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base
from archive.dossier.model import case_of


class DossierCase(Base):
    """Whose case it is, as the first event about it said."""

    __tablename__ = "dossier_cases"

    application_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DossierEntry(Base):
    """One event of any service: the whole of what it said."""

    __tablename__ = "dossier_entries"
    __table_args__ = (
        UniqueConstraint("source", "subject", "sequence"),
        Index("ix_dossier_entries_application_id", "application_id"),
        Index("ix_dossier_entries_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    event: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int]
    application_id: Mapped[str | None]
    account_id: Mapped[str | None]
    actor: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    data: Mapped[dict[str, Any]]


def append(session: Session, envelope: Envelope) -> None:
    """Writes the event down; one that is there already stays as it is."""
    application_id = case_of(envelope.data)
    account_id = envelope.data.get("account_id")
    if application_id and account_id:
        session.execute(
            insert(DossierCase).values(application_id=application_id, account_id=account_id).on_conflict_do_nothing()
        )
    session.execute(
        insert(DossierEntry)
        .values(
            event_id=envelope.id,
            source=envelope.source.strip("/"),
            event=envelope.name,
            type=envelope.type,
            subject=envelope.subject,
            sequence=envelope.sequence,
            application_id=application_id,
            account_id=account_id,
            actor=envelope.actor,
            at=envelope.time,
            data=envelope.data,
        )
        .on_conflict_do_nothing(index_elements=[DossierEntry.event_id])
    )


def owner_of(session: Session, application_id: str) -> str | None:
    return session.execute(
        select(DossierCase.account_id).where(DossierCase.application_id == application_id)
    ).scalar_one_or_none()


def entries_of(session: Session, application_id: str) -> Sequence[DossierEntry]:
    return session.execute(select(DossierEntry).where(DossierEntry.application_id == application_id)).scalars().all()
