"""Tables of the dossier. An event is written down once and never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from chassis.clock import legal_date
from chassis.db import run
from chassis.objects.references import NAMES
from contracts.envelope import Envelope
from sqlalchemy import Identity, Index, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base
from archive.dossier.model import case_of


class DossierCase(Base):
    """Whose case it is, as the first event about it said, or the last one that moved it."""

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
    data: Mapped[dict[str, Any]] = mapped_column(info=NAMES)


_APPEND = """
    WITH opened AS (
        INSERT INTO dossier_cases (application_id, account_id)
        SELECT %(application_id)s, %(account_id)s
        WHERE %(application_id)s::text IS NOT NULL AND %(account_id)s::text IS NOT NULL
        ON CONFLICT DO NOTHING)
    INSERT INTO dossier_entries (event_id, source, event, type, subject, sequence, application_id, account_id, actor,
                                 at, data)
    VALUES (%(event_id)s, %(source)s, %(event)s, %(type)s, %(subject)s, %(sequence)s, %(application_id)s,
            %(account_id)s, %(actor)s, %(at)s, %(data)s::jsonb)
    ON CONFLICT (event_id) DO NOTHING
    """


def append(session: Session, envelope: Envelope) -> None:
    """Writes the event down; one that is there already stays as it is."""
    entry = {
        "event_id": envelope.id,
        "source": envelope.source.strip("/"),
        "event": envelope.name,
        "type": envelope.type,
        "subject": envelope.subject,
        "sequence": envelope.sequence,
        "application_id": case_of(envelope.data) or None,
        "account_id": envelope.data.get("account_id") or None,
        "actor": envelope.actor,
        "at": envelope.time,
        "data": json.dumps(envelope.data, ensure_ascii=False),
    }
    run(session, _APPEND, entry)


def owner_of(session: Session, application_id: str) -> str | None:
    """Account whose case it is; None for a case without a dossier."""
    return session.execute(
        select(DossierCase.account_id).where(DossierCase.application_id == application_id)
    ).scalar_one_or_none()


def entries_of(session: Session, application_id: str) -> Sequence[DossierEntry]:
    return session.execute(select(DossierEntry).where(DossierEntry.application_id == application_id)).scalars().all()


def serial_number_of(session: Session, application_id: str) -> str:
    """The 流水号 that the case was filed under, as the event of its submission said; empty before that."""
    number = DossierEntry.data["serial_number"].astext
    query = select(number).where(DossierEntry.application_id == application_id, number.is_not(None))
    return session.scalars(query.order_by(DossierEntry.id).limit(1)).first() or ""


_ENDS = {
    "application_withdrawn": ("withdrawn", "withdrawn_at"),
    "application_refused": ("refused", "refused_at"),
    "application_lapsed": ("lapsed", "lapsed_on"),
}


def end_of_all(session: Session, cases: Select[str]) -> tuple[str, date] | None:
    """How the last of these cases ended without a registration (withdrawn, refused, lapsed), and on which legal date;
    None while one of them did not."""
    among = cases.subquery()
    end = select(DossierEntry).where(DossierEntry.source == "filing", DossierEntry.event.in_(_ENDS))
    open_one = select(among.c[0]).where(~end.where(DossierEntry.application_id == among.c[0]).exists())
    if session.execute(open_one.limit(1)).first() is not None:
        return None
    ended = end.where(DossierEntry.application_id.in_(select(among.c[0]))).order_by(DossierEntry.at.desc())
    entry = session.scalars(ended.limit(1)).first()
    return None if entry is None else _end_said_by(entry)


def _end_said_by(entry: DossierEntry) -> tuple[str, date]:
    end, field = _ENDS[entry.event]
    said = str(entry.data[field])
    return end, legal_date(datetime.fromisoformat(said)) if "T" in said else date.fromisoformat(said)
