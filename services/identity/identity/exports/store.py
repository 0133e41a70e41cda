"""Copies that were asked for, and their pieces, sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chassis.db import Ask
from chassis.objects.references import NAMES
from chassis.work import LeaseLost, Progressing, Terms, indexes
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base

CHANNEL = "data_export"
"""What the hand that makes them listens on."""
SEALED = "data-export"


class DataExport(Progressing, Base):
    """One copy. ``sha256``: of the whole ZIP. ``ticket_hash``: of what opens the pieces until ``ticket_until``, given
    to who entered the password."""

    OPEN = "state = 'running'"
    TERMS = Terms(CHANNEL, lease=timedelta(minutes=2), attempts=5)

    __tablename__ = "data_exports"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'ready', 'failed', 'expired')", name="state"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint("(state = 'running') = (finished_at IS NULL)", name="finished_unless_running"),
        CheckConstraint("state NOT IN ('ready', 'expired') OR expires_at IS NOT NULL", name="made_for_a_time"),
        CheckConstraint("sha256 IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index("uq_data_exports_running", "account_id", unique=True, postgresql_where=text("state = 'running'")),
        Index("ix_data_exports_account_id", "account_id", "export_id"),
        Index("ix_data_exports_expires_at", "expires_at", postgresql_where=text("state = 'ready'")),
        *indexes("data_exports", OPEN),
    )

    export_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id))
    language: Mapped[str]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    pieces: Mapped[int] = mapped_column(server_default="0")
    size: Mapped[int] = mapped_column(server_default="0")
    sha256: Mapped[str | None] = mapped_column(info=NAMES)
    ticket_hash: Mapped[str | None]
    ticket_until: Mapped[datetime | None]


class DataExportPiece(Base):
    """A part of a copy, under identity's data key."""

    __tablename__ = "data_export_pieces"

    export_id: Mapped[str] = mapped_column(ForeignKey(DataExport.export_id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


def piece_context(export_id: str, number: int) -> str:
    """The place that a piece was sealed for."""
    return f"{export_id}:{number}"


def get(session: Session, export_id: str, *, lock: bool = False) -> DataExport | None:
    """``lock``: until the transaction ends."""
    return session.get(DataExport, export_id, with_for_update=lock, populate_existing=lock)


def of_account(session: Session, account_id: str, limit: int) -> Sequence[DataExport]:
    """The newest first."""
    query = select(DataExport).where(DataExport.account_id == account_id)
    return session.scalars(query.order_by(DataExport.export_id.desc()).limit(limit)).all()


def asked_since(session: Session, account_id: str, since: datetime) -> int:
    """How many, without those that could not be made."""
    query = select(func.count()).where(
        DataExport.account_id == account_id, DataExport.asked_at > since, DataExport.state != "failed"
    )
    return session.execute(query).scalar_one()


_KEEP = """
    INSERT INTO data_export_pieces (export_id, number, sealed)
    SELECT export_id, %(number)s, %(sealed)s FROM data_exports
    WHERE export_id = %(export_id)s AND lease = %(lease)s AND state = 'running'
    ON CONFLICT (export_id, number) DO UPDATE SET sealed = excluded.sealed RETURNING 1
    """


def keep_piece(ask: Ask, held: DataExport, number: int, sealed: bytes) -> None:
    """In the place of what an earlier attempt left there. ``LeaseLost`` where another hand goes on with it."""
    values = {"export_id": held.export_id, "lease": held.lease, "number": number, "sealed": sealed}
    if not ask(_KEEP, values):
        raise LeaseLost


def forget_pieces(session: Session, export_id: str, since: int = 0) -> None:
    """Of one copy, from a number on."""
    session.execute(
        delete(DataExportPiece).where(DataExportPiece.export_id == export_id, DataExportPiece.number >= since)
    )


def end(export: DataExport, state: str) -> None:
    """It is ready, has failed, or its time is over; no ticket opens it as it was."""
    export.state, export.lease, export.leased_until = state, None, None
    export.ticket_hash = export.ticket_until = None


def lock_alive(session: Session, account_id: str) -> Sequence[DataExport]:
    """Those of an account that are being made or can be fetched, until the transaction ends."""
    query = select(DataExport).where(DataExport.account_id == account_id, DataExport.state.in_(("running", "ready")))
    return session.scalars(query.order_by(DataExport.export_id).with_for_update()).all()


def outlived(session: Session, now: datetime, limit: int) -> Sequence[DataExport]:
    """Copies whose time is over, locked; those that another holds are left for the next round."""
    query = select(DataExport).where(DataExport.state == "ready", DataExport.expires_at < now)
    return session.scalars(query.order_by(DataExport.expires_at).limit(limit).with_for_update(skip_locked=True)).all()
