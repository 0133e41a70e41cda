"""Verified identities, and the parties that records name: compared by a keyed digest, so that no name stands here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis.db import run
from chassis.sealing import Sealing
from contracts.dealings import Grantee
from contracts.text import name_key
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Identity,
    Integer,
    Select,
    delete,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from archive.database import Base

PARTY = "party"
"""What the digests are for."""


class VerifiedParty(Base):
    """Who an account was verified to be, under each name that it ever had. ``alike_since``: of those that were it, too,
    and left while others stayed, when the first had been verified; None while none had."""

    __tablename__ = "verified_parties"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True, index=True)
    verified_at: Mapped[datetime]
    alike_since: Mapped[datetime | None]


class DepartedParty(Base):
    """An account that was closed: what is said of it afterwards comes too late."""

    __tablename__ = "departed_parties"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]


class DealingParty(Base):
    """Whom a record of a registration names. ``number``: of the dealing, which a release has from its pledge."""

    __tablename__ = "dealing_parties"

    registration_number: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    who: Mapped[str] = mapped_column(primary_key=True, index=True)
    number: Mapped[str]


class DealingTerm(Base):
    """The last day of a dealing that ends by itself, until those whom it concerns are told that it is over."""

    __tablename__ = "dealing_terms"

    registration_number: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ends: Mapped[date] = mapped_column(index=True)


class PartyDue(Base):
    """What was said of a party before its digests had a key: an entry of the dossier, or a record of the register."""

    __tablename__ = "parties_due"
    __table_args__ = (
        CheckConstraint("(entry_id IS NULL) = (registration_number IS NOT NULL)", name="one_of_two"),
        CheckConstraint("(registration_number IS NULL) = (sequence IS NULL)", name="whole_place"),
    )

    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(BigInteger)
    registration_number: Mapped[str | None]
    sequence: Mapped[int | None] = mapped_column(Integer)


def who_is(sealing: Sealing, name: str, id_type: str, masked_id_number: str) -> str:
    """A keyed digest (ADR 11) of who somebody is by name, kind of document and the ends of its number; empty if one is
    missing."""
    parts = (name_key(name), id_type, masked_id_number)
    return sealing.digest(PARTY, "\n".join(parts).encode()).hex() if all(parts) else ""


def know(session: Session, account_id: str, who: str, verified_at: datetime) -> bool:
    """Keeps who an account is, beside who it was: whether that is new. Whatever is said of a closed account comes too
    late."""
    _alone(session, account_id)
    _alone(session, who)
    if not who or session.get(DepartedParty, account_id) is not None:
        return False
    statement = insert(VerifiedParty).values(account_id=account_id, who=who, verified_at=verified_at)
    return session.scalars(statement.on_conflict_do_nothing().returning(VerifiedParty.who)).one_or_none() is not None


@dataclass(frozen=True)
class Left:
    """An account that is told apart again, since the last other one is gone that was ``who``, too. ``since``: when it
    had ceased to be; None if it never was."""

    account_id: str
    who: str
    since: datetime | None


def forget(session: Session, account_id: str, closed_at: datetime) -> list[Left]:
    """Who the account was is not known any more, nor will be. Whom it stood in the way of does not share that with
    anybody now."""
    _alone(session, account_id)
    session.execute(insert(DepartedParty).values(account_id=account_id, closed_at=closed_at).on_conflict_do_nothing())
    return _take_out(session, account_id, true())


def unknow(session: Session, account_id: str, until: datetime) -> list[Left]:
    """Who the account was said to be before a moment, it was not."""
    _alone(session, account_id)
    return _take_out(session, account_id, VerifiedParty.verified_at <= until)


def _take_out(session: Session, account_id: str, said: ColumnElement[bool]) -> list[Left]:
    """Of several that leave at once, whoever comes last sees who is left."""
    known = select(VerifiedParty.who).where(VerifiedParty.account_id == account_id, said).order_by(VerifiedParty.who)
    for who in session.scalars(known).all():
        _alone(session, who)
    gone = delete(VerifiedParty).where(VerifiedParty.account_id == account_id, said)
    left = session.execute(gone.returning(VerifiedParty.who, VerifiedParty.verified_at)).all()
    for row in left:
        first = func.least(VerifiedParty.alike_since, row.verified_at)
        session.execute(update(VerifiedParty).where(VerifiedParty.who == row.who).values(alike_since=first))
    query = select(VerifiedParty).where(VerifiedParty.who.in_([row.who for row in left]), *_told_apart())
    return [_alone_again(row) for row in session.scalars(query.order_by(VerifiedParty.who)).all()]


def _alone_again(party: VerifiedParty) -> Left:
    """It begins anew with whoever comes next."""
    since, party.alike_since = party.alike_since, None
    return Left(party.account_id, party.who, since if since and since > party.verified_at else None)


def _alone(session: Session, party: str) -> None:
    """``party``: an account, or who somebody is; the account's turn comes first."""
    run(session, "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))", {"key": f"party:{party}"})


def note_parties(
    session: Session, sealing: Sealing, place: tuple[str, int], number: str, people: Iterable[Grantee]
) -> None:
    """Keeps whom a record names, once. ``place``: registration number and sequence; ``number``: of the dealing. Who is
    being verified as one of them meanwhile sees the record, or is seen."""
    found = {who_is(sealing, one.name, one.id_type, one.masked_id_number) for one in people} - {""}
    for who in sorted(found):
        _alone(session, who)
        row = {"registration_number": place[0], "sequence": place[1], "who": who, "number": number}
        session.execute(insert(DealingParty).values(row).on_conflict_do_nothing())


def _told_apart() -> tuple[ColumnElement[bool], ...]:
    """Nobody else can be meant. As long as accounts wait for their keyed digests, nobody can say so of anybody."""
    other = aliased(VerifiedParty)
    alike = select(func.count()).where(other.who == VerifiedParty.who).scalar_subquery()
    return alike == 1, ~select(PartyDue.place).where(PartyDue.entry_id.is_not(None)).exists()


def identity_of(account_id: str) -> Select[str]:
    """Who an account is or was, as far as nobody else can be meant: two accounts that cannot be told apart are
    neither."""
    return select(VerifiedParty.who).where(VerifiedParty.account_id == account_id, *_told_apart())


def accounts_named(session: Session, registration_number: str, sequence: int) -> Sequence[str]:
    """The accounts of those whom a record names, as far as each can be told apart."""
    named = select(DealingParty.who).where(
        DealingParty.registration_number == registration_number, DealingParty.sequence == sequence
    )
    query = select(VerifiedParty.account_id).where(VerifiedParty.who.in_(named), *_told_apart())
    return session.scalars(query.distinct().order_by(VerifiedParty.account_id)).all()


def over(session: Session, today: date, limit: int) -> Sequence[DealingTerm]:
    """Dealings whose last day is past, locked; what somebody else works on is left out."""
    query = select(DealingTerm).where(DealingTerm.ends < today).order_by(DealingTerm.ends).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def numbers_of(session: Session, registration_number: str, account_id: str) -> Sequence[str]:
    """The dealings in a registration to which an account is a party."""
    query = select(DealingParty.number).where(
        DealingParty.registration_number == registration_number, DealingParty.who.in_(identity_of(account_id))
    )
    return session.scalars(query).all()


def numbers_in(session: Session, numbers: Collection[str], account_id: str) -> Mapping[str, set[str]]:
    """Of each of these registrations the dealings to which an account is a party."""
    query = select(DealingParty.registration_number, DealingParty.number).where(
        DealingParty.registration_number.in_(numbers), DealingParty.who.in_(identity_of(account_id))
    )
    found: dict[str, set[str]] = {}
    for number, dealing in session.execute(query):
        found.setdefault(number, set()).add(dealing)
    return found


def due(session: Session, limit: int) -> Sequence[PartyDue]:
    """What is to be said again, in its order; locked."""
    return session.scalars(select(PartyDue).order_by(PartyDue.place).limit(limit).with_for_update()).all()


def done(session: Session, rows: Iterable[PartyDue]) -> None:
    """Was said again."""
    session.execute(delete(PartyDue).where(PartyDue.place.in_([row.place for row in rows])))
