"""Whose a certificate, acceptance or serial number is: kept as events tell it, for getting an account back."""

from __future__ import annotations

from chassis.db import run
from chassis.holders import CaseHolderColumns
from contracts.text import compact
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base


class CaseNumber(Base):
    """A number and the account whose case it names; as the case's papers spell it, without spaces."""

    __tablename__ = "case_numbers"

    number: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    application_id: Mapped[str] = mapped_column(index=True)


class CaseHolder(CaseHolderColumns, Base):
    """Cases whose numbers lead to another account than the one that filed them."""


_REMEMBER = """
    INSERT INTO case_numbers (number, account_id, application_id)
    VALUES (%(number)s, %(account_id)s, %(application_id)s)
    ON CONFLICT (number) DO NOTHING
"""
FOLLOW = (
    """
    UPDATE case_numbers n SET account_id = h.account_id FROM case_holders h
    WHERE n.application_id = h.application_id AND n.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
)
"""See ``chassis.holders``."""


def spelled(number: str) -> str:
    """One form for all the ways in which a number is typed."""
    return compact(number).upper()


def remember(session: Session, number: str, account_id: str, application_id: str = "") -> None:
    """A number that is known stays whose it was, until its case is moved."""
    facts = {"number": spelled(number), "account_id": account_id, "application_id": application_id}
    run(session, _REMEMBER, facts)


def holder(session: Session, number: str) -> str | None:
    """The account of a number's case; None when no case has it."""
    found = session.get(CaseNumber, spelled(number))
    return found.account_id if found else None
