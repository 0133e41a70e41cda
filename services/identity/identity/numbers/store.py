"""Whose a certificate, acceptance or serial number is: kept as events tell it, for getting an account back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from chassis.db import run
from contracts.text import compact
from sqlalchemy import Index, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base


class CaseNumber(Base):
    """A number and the account whose case it names; as the case's papers spell it, without spaces."""

    __tablename__ = "case_numbers"

    number: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(index=True)
    application_id: Mapped[str] = mapped_column(index=True)


class LegacyNumber(Base):
    """A number of the old system and the old account whose case it names, by its record id: whose that account is now,
    it says itself. An import can be undone, so each says for itself."""

    __tablename__ = "legacy_numbers"
    __table_args__ = (Index("ix_legacy_numbers_import_id", "import_id"),)

    number: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str] = mapped_column(primary_key=True)
    account_record: Mapped[str]


_REMEMBER = """
    INSERT INTO case_numbers (number, account_id, application_id)
    VALUES (%(number)s, %(account_id)s, %(application_id)s)
    ON CONFLICT (number) DO NOTHING
"""


def spelled(number: str) -> str:
    """One form for all the ways in which a number is typed."""
    return compact(number).upper()


def remember(session: Session, number: str, account_id: str, application_id: str = "") -> None:
    """A number that is known stays whose it was, until its case is moved."""
    facts = {"number": spelled(number), "account_id": account_id, "application_id": application_id}
    run(session, _REMEMBER, facts)


def remember_old(session: Session, import_id: str, numbers: Mapping[str, Sequence[str]]) -> None:
    """Numbers of the old system by the record of the old account that filed their cases; known ones stay whose they
    were."""
    pairs = [(spelled(number), record_id) for record_id, each in numbers.items() for number in each]
    statement = """
        INSERT INTO legacy_numbers (number, import_id, account_record)
        SELECT number, %(import_id)s, account_record
        FROM unnest(%(numbers)s::text[], %(records)s::text[]) AS told (number, account_record)
        ON CONFLICT (number, import_id) DO NOTHING"""
    said = {"numbers": [number for number, _ in pairs], "records": [record_id for _, record_id in pairs]}
    run(session, statement, {"import_id": import_id, **said})


def forget_old(session: Session, import_id: str) -> None:
    """What an import said, when it has been undone."""
    run(session, "DELETE FROM legacy_numbers WHERE import_id = %(id)s", {"id": import_id})


def holder(session: Session, number: str) -> str | None:
    """The account of a number's case; None when no case has it, or one of the old system whose old account nobody has
    come for."""
    known = spelled(number)
    found = session.get(CaseNumber, known)
    return found.account_id if found else _old_holder(session, known)


def holders(session: Session, known: Collection[str]) -> dict[str, str]:
    """The accounts of these numbers, as :func:`holder` tells each; they are spelled as they are kept."""
    rows = session.execute(select(CaseNumber.number, CaseNumber.account_id).where(CaseNumber.number.in_(known))).all()
    found = {row.number: row.account_id for row in rows}
    statement = """
        SELECT DISTINCT ON (n.number) n.number, a.account_id
        FROM legacy_numbers n JOIN legacy_accounts a ON a.record_id = n.account_record
        WHERE n.number = ANY(%(numbers)s::text[]) AND a.account_id IS NOT NULL ORDER BY n.number, n.import_id"""
    rest = [number for number in known if number not in found]
    return {row.number: row.account_id for row in run(session, statement, {"numbers": rest})} | found


def old_accounts(session: Session, known: Collection[str]) -> dict[str, str]:
    """The records of old accounts that nobody has come for, of those of these numbers that are theirs; spelled as they
    are kept."""
    statement = """
        SELECT DISTINCT ON (n.number) n.number, n.account_record
        FROM legacy_numbers n JOIN legacy_accounts a ON a.record_id = n.account_record
        WHERE n.number = ANY(%(numbers)s::text[]) AND a.account_id IS NULL ORDER BY n.number, n.import_id"""
    return {row.number: row.account_record for row in run(session, statement, {"numbers": list(known)})}


def is_holder(session: Session, account_id: str, application_id: str) -> bool:
    """Whether a filed case is this account's, as far as its numbers have been told here."""
    theirs = (CaseNumber.application_id == application_id, CaseNumber.account_id == account_id)
    return session.scalar(select(exists().where(*theirs))) is True


def _old_holder(session: Session, number: str) -> str | None:
    statement = """
        SELECT a.account_id FROM legacy_numbers n JOIN legacy_accounts a ON a.record_id = n.account_record
        WHERE n.number = %(number)s AND a.account_id IS NOT NULL ORDER BY n.import_id LIMIT 1"""
    found = run(session, statement, {"number": number})
    return found[0].account_id if found else None
