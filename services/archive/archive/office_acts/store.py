"""Acts of the office, from a report or a proposal to the decision, and their evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chassis.objects.references import holds
from contracts.office_acts import OfficeActKind, OfficeActState, OfficeGround
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.database import Base
from archive.register.keeping import concerns, is_owned
from archive.register.store import RegisterEntry

OPEN: tuple[OfficeActState, ...] = ("reported", "proposed")
FOLLOWS: Mapping[OfficeActState, tuple[OfficeActState, ...]] = {
    "reported": ("proposed", "dismissed"),
    "proposed": ("confirmed", "dismissed", "withdrawn"),
    "confirmed": (),
    "dismissed": (),
    "withdrawn": (),
}
"""What may become of an act."""


class OfficeAct(Base):
    """One act about a registration. Whose it is, its entry says. ``before``, ``states``: of a correction.
    ``reported_by``: of a correction a holder, of a revocation who objects. ``heard_at``: when the last of those whom it
    concerns had answered. Who confirms is never who proposed; about a registration there is one open proposal, one open
    report of an error, and of each who objects one open objection."""

    __tablename__ = "office_acts"
    __table_args__ = (
        CheckConstraint("act IN ('revoked', 'corrected')", name="act"),
        CheckConstraint("state IN ('reported', 'proposed', 'confirmed', 'dismissed', 'withdrawn')", name="state"),
        CheckConstraint("state <> 'confirmed' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "state NOT IN ('proposed', 'confirmed') OR proposed_by IS NOT NULL", name="proposed_by_somebody"
        ),
        CheckConstraint(
            "(state IN ('confirmed', 'dismissed', 'withdrawn')) = (decided_by IS NOT NULL)", name="decided_by_somebody"
        ),
        CheckConstraint("(ground IS NULL) = (proposed_by IS NULL)", name="proposed_on_a_ground"),
        CheckConstraint("reported_by IS NOT NULL OR proposed_by IS NOT NULL", name="begun_by_somebody"),
        Index(
            "uq_office_acts_reported",
            "registration_number",
            unique=True,
            postgresql_where=text("state = 'reported' AND act = 'corrected'"),
        ),
        Index(
            "uq_office_acts_objected",
            *("registration_number", "reported_by"),
            unique=True,
            postgresql_where=text("state = 'reported' AND act = 'revoked'"),
        ),
        Index("ix_office_acts_objector", "reported_by", "act_id", postgresql_where=text("act = 'revoked'")),
        Index(
            "uq_office_acts_proposed", "registration_number", unique=True, postgresql_where=text("state = 'proposed'")
        ),
        Index("ix_office_acts_registration_number", "registration_number"),
        Index("ix_office_acts_open", "act_id", postgresql_where=text("state IN ('reported', 'proposed')")),
    )

    act_id: Mapped[str] = mapped_column(primary_key=True)
    registration_number: Mapped[str] = mapped_column(ForeignKey("register_entries.registration_number"))
    act: Mapped[OfficeActKind] = mapped_column(Text)
    state: Mapped[OfficeActState] = mapped_column(Text)
    ground: Mapped[OfficeGround | None] = mapped_column(Text)
    before: Mapped[dict[str, Any]]
    states: Mapped[dict[str, Any]]
    report: Mapped[str] = mapped_column(server_default="")
    reported_by: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    statement: Mapped[str] = mapped_column(server_default="")
    proposed_by: Mapped[str | None]
    proposed_at: Mapped[datetime | None]
    hear_until: Mapped[date | None]
    heard_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    files: Mapped[list[OfficeActFileRow]] = relationship(order_by="OfficeActFileRow.file_id", lazy="selectin")


class OfficeActFileRow(Base):
    """A file of evidence: of what is proposed, or of the answer or the objection of an account (``answer_of``)."""

    __tablename__ = "office_act_files"
    __table_args__ = (
        Index("ix_office_act_files_act_id", "act_id"),
        Index("ix_office_act_files_sha256", "sha256"),
    )

    file_id: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("office_acts.act_id"))
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds())
    size: Mapped[int]
    answer_of: Mapped[str | None]
    attached_by: Mapped[str]
    attached_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OfficeActAnswerRow(Base):
    """An answer. ``name``: of whom, as the register had it; empty where it names nobody of that account."""

    __tablename__ = "office_act_answers"

    act_id: Mapped[str] = mapped_column(ForeignKey("office_acts.act_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    statement: Mapped[str]
    said_at: Mapped[datetime]


def find_act(session: Session, act_id: str, *, lock: bool = False) -> OfficeAct | None:
    """One act; ``lock``: until the transaction ends."""
    query = select(OfficeAct).where(OfficeAct.act_id == act_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def proposed_act(session: Session, number: str) -> OfficeAct | None:
    """What is proposed about a registration."""
    query = select(OfficeAct).where(OfficeAct.registration_number == number, OfficeAct.state == "proposed")
    return session.scalars(query).one_or_none()


def reported_act(session: Session, number: str, act: OfficeActKind, by: str | None) -> OfficeAct | None:
    """The open report of an error about a registration, whoever's, or the open objection of an account."""
    query = select(OfficeAct).where(
        OfficeAct.registration_number == number, OfficeAct.state == "reported", OfficeAct.act == act
    )
    query = query.where(OfficeAct.reported_by == by) if act == "revoked" else query
    return session.scalars(query).one_or_none()


def open_objections(session: Session, account_id: str) -> int:
    """How many objections of an account nobody has decided on."""
    query = select(func.count()).where(OfficeAct.reported_by == account_id, OfficeAct.act == "revoked")
    return session.scalars(query.where(OfficeAct.state.in_(OPEN))).one()


def acts(session: Session, *, waiting: bool, before: str | None, limit: int) -> Sequence[OfficeAct]:
    """Those that wait for somebody, or those that are decided; the newest first."""
    query = select(OfficeAct).where(OfficeAct.state.in_(OPEN) if waiting else OfficeAct.state.not_in(OPEN))
    if before:
        query = query.where(OfficeAct.act_id < before)
    return session.scalars(query.order_by(OfficeAct.act_id.desc()).limit(limit)).all()


def held_acts(session: Session, account_id: str, before: str | None, limit: int) -> Sequence[OfficeAct]:
    """That concern an account, and objections of its own; the newest first."""
    query = select(OfficeAct).where(seen_by(session, account_id))
    if before:
        query = query.where(OfficeAct.act_id < before)
    return session.scalars(query.order_by(OfficeAct.act_id.desc()).limit(limit)).all()


def about(session: Session, account_id: str) -> ColumnElement[bool]:
    """The condition that an act concerns an account: a revocation everybody who loses something by it, once it was
    proposed; a correction who owns the registration."""
    number, proposed = OfficeAct.registration_number, OfficeAct.proposed_by.is_not(None)
    revoking = and_(OfficeAct.act == "revoked", proposed, concerns(session, number, account_id))
    return or_(revoking, and_(OfficeAct.act == "corrected", is_owned(number, account_id)))


def seen_by(session: Session, account_id: str) -> ColumnElement[bool]:
    """The condition that an account may see an act: it concerns it, or is what became of its objection."""
    objected = and_(OfficeAct.act == "revoked", OfficeAct.reported_by == account_id)
    return or_(about(session, account_id), objected)


def entries_of(session: Session, rows: Sequence[OfficeAct]) -> dict[str, RegisterEntry]:
    """The entries that acts are about, by their numbers."""
    numbers = {row.registration_number for row in rows}
    query = select(RegisterEntry).where(RegisterEntry.registration_number.in_(numbers))
    return {entry.registration_number: entry for entry in session.scalars(query)}


def open_totals(session: Session, today: date) -> tuple[int, int, datetime | None]:
    """How many wait, for how many of them the period to be heard has passed, since when the oldest."""
    begun = func.coalesce(OfficeAct.reported_at, OfficeAct.proposed_at)
    late = func.count().filter(OfficeAct.hear_until < today)
    query = select(func.count(), late, func.min(begun)).where(OfficeAct.state.in_(OPEN))
    count, passed, since = session.execute(query).one()
    return count, passed, since


def answers_to(session: Session, act_id: str) -> Sequence[OfficeActAnswerRow]:
    """In the order in which they came."""
    query = select(OfficeActAnswerRow).where(OfficeActAnswerRow.act_id == act_id)
    return session.scalars(query.order_by(OfficeActAnswerRow.said_at, OfficeActAnswerRow.account_id)).all()


def answer_of(session: Session, act_id: str, account_id: str) -> OfficeActAnswerRow | None:
    """What an account has said."""
    return session.get(OfficeActAnswerRow, (act_id, account_id))
