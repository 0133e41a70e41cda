"""Tables of mailing: parcels, whose address is sealed, and the steps that each took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from contracts.mailing import ParcelState
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Row,
    Select,
    Text,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from archive.certificates.store import Certificate
from archive.database import Base
from archive.mailing.model import CHANGEABLE, OPEN
from archive.register.store import RegisterEntry, find_entry

_OPEN = f"state IN ({', '.join(repr(state) for state in OPEN)})"
Listed = Row["Parcel", RegisterEntry, str | None]
"""With its entry, and the document of the certificate to print."""


class Parcel(Base):
    """A paper certificate on its way. ``address``: sealed; deleted some time after it was delivered or came back."""

    __tablename__ = "parcels"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'printed', 'sent', 'delivered', 'returned', 'cancelled')", name="state"),
        CheckConstraint(
            "(state IN ('asked', 'printed', 'cancelled')) = (tracking_number IS NULL)", name="sent_under_a_number"
        ),
        CheckConstraint("(tracking_number IS NULL) = (sent_on IS NULL)", name="sent_on_a_day"),
        CheckConstraint(
            "(state IN ('delivered', 'returned', 'cancelled')) = (ended_on IS NOT NULL)", name="ended_on_a_day"
        ),
        CheckConstraint("(state IN ('asked', 'cancelled')) = (batch_id IS NULL)", name="printed_in_a_batch"),
        CheckConstraint("state NOT IN ('asked', 'printed', 'sent') OR address IS NOT NULL", name="goes_somewhere"),
        Index("uq_parcels_open", "registration_number", unique=True, postgresql_where=text(_OPEN)),
        Index("ix_parcels_registration_number", "registration_number", "parcel_number"),
        Index("ix_parcels_account_id", "account_id", "parcel_number"),
        Index("ix_parcels_state", "state", "asked_at", "parcel_number"),
        Index("ix_parcels_batch_id", "batch_id"),
    )

    parcel_number: Mapped[str] = mapped_column(primary_key=True)
    registration_number: Mapped[str] = mapped_column(ForeignKey("register_entries.registration_number"))
    application_id: Mapped[str]
    account_id: Mapped[str]
    state: Mapped[ParcelState] = mapped_column(Text, server_default="asked")
    address: Mapped[bytes | None]
    batch_id: Mapped[str | None]
    document_id: Mapped[str | None] = mapped_column(comment="the edition of the certificate that was printed")
    asked_at: Mapped[datetime]
    tracking_number: Mapped[str | None] = mapped_column(unique=True)
    sent_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(server_default="")


class ParcelStep(Base):
    """Who did what to a parcel and when; ``note``: the tracking number, or why it came back. ``was_on`` and
    ``was_because``: of a correction, the day and the reason of the outcome that it replaced. Append-only."""

    __tablename__ = "parcel_steps"
    __table_args__ = (Index("ix_parcel_steps_parcel_number", "parcel_number", "step_id"),)

    step_id: Mapped[str] = mapped_column(primary_key=True)
    parcel_number: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_number"))
    state: Mapped[ParcelState] = mapped_column(Text)
    at: Mapped[datetime]
    actor: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    was_on: Mapped[date | None]
    was_because: Mapped[str] = mapped_column(server_default="")


_LAST_FIRST = (Parcel.state == "cancelled", Parcel.parcel_number.desc())
"""What became of the paper is said by the last that was not cancelled, whatever was asked for and cancelled since."""


def latest(session: Session, numbers: Sequence[str], account_id: str = "") -> Sequence[Row[Parcel, RegisterEntry]]:
    """The last parcel of each registration, of an account or of all; a cancelled one only where there is no other."""
    query = (
        select(Parcel, RegisterEntry)
        .join(RegisterEntry, RegisterEntry.registration_number == Parcel.registration_number)
        .where(Parcel.registration_number.in_(numbers))
        .ext(distinct_on(Parcel.registration_number))
        .order_by(Parcel.registration_number, *_LAST_FIRST)
    )
    if account_id:
        query = query.where(Parcel.account_id == account_id)
    return session.execute(query).all()


def came_back(session: Session, account_id: str, limit: int) -> Sequence[Row[Parcel, RegisterEntry]]:
    """Parcels of an account that were returned and that no other took the place of, of registrations in force."""
    later = aliased(Parcel)
    again = (
        exists()
        .where(later.registration_number == Parcel.registration_number, later.parcel_number > Parcel.parcel_number)
        .where(later.state != "cancelled")
    )
    query = (
        select(Parcel, RegisterEntry)
        .join(RegisterEntry, RegisterEntry.registration_number == Parcel.registration_number)
        .where(Parcel.account_id == account_id, Parcel.state == "returned", RegisterEntry.status == "valid", ~again)
        .order_by(Parcel.parcel_number.desc())
        .limit(limit)
    )
    return session.execute(query).all()


def locked_entry(session: Session, number: str) -> RegisterEntry | None:
    """Of the number of a registration or its certificate; locked, so that one caller after the other asks for its
    parcel."""
    entry = find_entry(session, number)
    if entry is not None:
        session.refresh(entry, with_for_update={"key_share": True})
    return entry


def last_parcel(session: Session, registration_number: str, account_id: str = "") -> Parcel | None:
    """The last of a registration, of an account or of all, locked; a cancelled one only where there is no other."""
    query = select(Parcel).where(Parcel.registration_number == registration_number)
    if account_id:
        query = query.where(Parcel.account_id == account_id)
    return session.scalars(query.order_by(*_LAST_FIRST).limit(1).with_for_update()).one_or_none()


def is_open(session: Session, registration_number: str) -> bool:
    """Whether anybody's parcel of it is asked for or on its way."""
    there = select(Parcel.parcel_number).where(
        Parcel.registration_number == registration_number, Parcel.state.in_(OPEN)
    )
    return session.scalars(there).one_or_none() is not None


def later(session: Session, parcel: Parcel, *, cancelled: bool) -> Parcel | None:
    """The last that was asked for after this one: of those that were cancelled, or of the others."""
    query = select(Parcel).where(
        Parcel.registration_number == parcel.registration_number,
        Parcel.parcel_number > parcel.parcel_number,
        (Parcel.state == "cancelled") == cancelled,
    )
    return session.scalars(query.order_by(Parcel.parcel_number.desc()).limit(1)).one_or_none()


_NEWEST = (
    select(case((Certificate.state == "issued", Certificate.document_id)))
    .where(
        Certificate.registration_number == Parcel.registration_number,
        Certificate.paper == "certificate",
        Certificate.language == "zh",
    )
    .order_by(Certificate.edition.desc())
    .limit(1)
    .correlate(Parcel)
    .scalar_subquery()
)
"""The document of the newest edition; nothing while that is being made."""
_OUTDATED = and_(Parcel.state == "printed", Parcel.document_id.is_distinct_from(_NEWEST))
"""Another edition has taken the place of what was printed: it waits to be printed again."""


def _listed() -> Select[Parcel, RegisterEntry, str | None]:
    """With the newest edition of the certificate."""
    return select(Parcel, RegisterEntry, _NEWEST).join(
        RegisterEntry, RegisterEntry.registration_number == Parcel.registration_number
    )


def listed(
    session: Session,
    after: tuple[datetime, str] | None,
    limit: int,
    *,
    state: ParcelState | None = None,
    batch_id: str = "",
    number: str = "",
) -> Sequence[Listed]:
    """The oldest first; of those asked for only what is valid."""
    query = _listed()
    if state == "asked":
        query = query.where(or_(Parcel.state == "asked", _OUTDATED))
    elif state:
        query = query.where(Parcel.state == state, not_(_OUTDATED))
    if state in ("asked", "printed"):
        query = query.where(RegisterEntry.status == "valid")
    if batch_id:
        query = query.where(Parcel.batch_id == batch_id)
    if number:
        query = query.where(
            or_(
                *(each == number for each in (Parcel.parcel_number, Parcel.tracking_number, Parcel.registration_number))
            )
        )
    if after:
        query = query.where(tuple_(Parcel.asked_at, Parcel.parcel_number) > after)
    return session.execute(query.order_by(Parcel.asked_at, Parcel.parcel_number).limit(limit)).all()


def printable(session: Session, limit: int) -> Sequence[Listed]:
    """The oldest that can be printed, locked; what another takes at the same time is left to it."""
    query = _listed().where(RegisterEntry.status == "valid", _NEWEST.is_not(None))
    query = query.where(or_(Parcel.state == "asked", _OUTDATED))
    query = query.order_by(Parcel.asked_at, Parcel.parcel_number).limit(limit)
    return session.execute(query.with_for_update(of=Parcel, skip_locked=True)).all()


def counts(session: Session) -> dict[str, int]:
    """Parcels that wait for somebody, by state; of the first two only what is valid."""
    state = case((_OUTDATED, "asked"), else_=Parcel.state).label("stands")
    query = (
        select(state, func.count())
        .join(RegisterEntry, RegisterEntry.registration_number == Parcel.registration_number)
        .where(Parcel.state.in_(OPEN), or_(RegisterEntry.status == "valid", Parcel.state == "sent"))
        .group_by(state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def waiting(session: Session) -> tuple[int, datetime | None]:
    """How many are to be printed or handed over, and since when the oldest is."""
    query = select(func.count(), func.min(Parcel.asked_at)).join(
        RegisterEntry, RegisterEntry.registration_number == Parcel.registration_number
    )
    count, since = session.execute(query.where(Parcel.state.in_(CHANGEABLE), RegisterEntry.status == "valid")).one()
    return count, since


def of_number(session: Session, number: str) -> Listed | None:
    """By its own or its tracking number, locked."""
    query = _listed().where(or_(Parcel.parcel_number == number, Parcel.tracking_number == number))
    return session.execute(query.with_for_update(of=Parcel)).one_or_none()


def locked_batch(session: Session, batch_id: str) -> Sequence[Parcel]:
    """All of a batch, locked; none for no batch."""
    if not batch_id:
        return ()
    query = select(Parcel).where(Parcel.batch_id == batch_id).order_by(Parcel.parcel_number)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def steps_of(session: Session, parcel_number: str) -> Sequence[ParcelStep]:
    """What was done with a parcel, in order."""
    query = select(ParcelStep).where(ParcelStep.parcel_number == parcel_number)
    return session.scalars(query.order_by(ParcelStep.step_id)).all()


def lock_numbers(session: Session) -> None:
    """Until the commit nobody else enters tracking numbers, each of which is used once."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('mailing', 0))"))


def of_account(session: Session, account_id: str, after: str, limit: int) -> Sequence[Parcel]:
    """What an account asked for, in the order of the numbers."""
    query = select(Parcel).where(Parcel.account_id == account_id, Parcel.parcel_number > after)
    return session.scalars(query.order_by(Parcel.parcel_number).limit(limit)).all()


def outdated(session: Session, before: date, limit: int) -> Sequence[Parcel]:
    """What ended before a day and still has its address."""
    query = select(Parcel).where(Parcel.address.is_not(None), Parcel.ended_on < before)
    return session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()
