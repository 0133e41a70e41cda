"""Verified identities, and the parties that records name: compared by a digest, so that no name stands here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.dealings import Grantee
from contracts.text import name_key
from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from archive.database import Base


class VerifiedParty(Base):
    """Who an account was verified to be, last."""

    __tablename__ = "verified_parties"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(index=True)
    verified_at: Mapped[datetime]


class DealingParty(Base):
    """Whom a record of a registration names. ``number``: of the dealing, which a release has from its pledge."""

    __tablename__ = "dealing_parties"

    registration_number: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    who: Mapped[str] = mapped_column(primary_key=True, index=True)
    number: Mapped[str]


def who_is(name: str, id_type: str, masked_id_number: str) -> str:
    """A digest of who somebody is by name, kind of document and the ends of its number; empty if one is missing."""
    parts = (name_key(name), id_type, masked_id_number)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if all(parts) else ""


def know(session: Session, account_id: str, who: str, verified_at: datetime) -> None:
    """Keeps who an account is; what was verified earlier is passed over."""
    statement = insert(VerifiedParty).values(account_id=account_id, who=who, verified_at=verified_at)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[VerifiedParty.account_id],
            set_={"who": who, "verified_at": verified_at},
            where=VerifiedParty.verified_at < verified_at,
        )
    )


def forget(session: Session, account_id: str) -> None:
    """Who the account was is not known any more."""
    session.execute(delete(VerifiedParty).where(VerifiedParty.account_id == account_id))


def note_parties(
    session: Session, registration_number: str, sequence: int, number: str, people: Iterable[Grantee]
) -> None:
    """Keeps whom a record names."""
    found = {who_is(one.name, one.id_type, one.masked_id_number) for one in people} - {""}
    session.add_all(
        DealingParty(registration_number=registration_number, sequence=sequence, who=who, number=number)
        for who in sorted(found)
    )


def identity_of(account_id: str) -> Select[str]:
    """Who an account is, if nobody else can be meant: two accounts that cannot be told apart are neither."""
    other = aliased(VerifiedParty)
    alike = select(func.count()).where(other.who == VerifiedParty.who).scalar_subquery()
    return select(VerifiedParty.who).where(VerifiedParty.account_id == account_id, alike == 1)


def numbers_of(session: Session, registration_number: str, account_id: str) -> Sequence[str]:
    """The dealings in a registration to which an account is a party."""
    query = select(DealingParty.number).where(
        DealingParty.registration_number == registration_number, DealingParty.who.in_(identity_of(account_id))
    )
    return session.scalars(query).all()
