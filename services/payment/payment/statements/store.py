"""Files of statements, the rows in them kept for ever, in which files each was seen, and what was done with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from chassis.clock import legal_date
from chassis.db import run
from chassis.objects.references import holds
from chassis.work import Leased, Terms, indexes
from contracts.statements import RowReason, RowState, StatementState
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base

CHANNEL = "payment_statements"
_OPEN = "state = 'reading'"


class BankStatement(Leased, Base):
    """A file that was uploaded; the same bytes are one. ``parts``: see ``contracts.statements.StatementPart``;
    ``aside`` in them: a cashier has set the file aside.

    ``accepted_by``: who let the rows be matched although it does not balance, or is of another account.
    """

    __tablename__ = "bank_statements"
    __table_args__ = (
        CheckConstraint("state IN ('reading', 'done', 'refused')", name="state_known"),
        CheckConstraint("(state = 'refused') = (problem <> '')", name="refused_has_reason"),
        Index("ix_bank_statements_uploaded_at", "uploaded_at", "statement_id"),
        *indexes("bank_statements", _OPEN),
    )
    OPEN: ClassVar[str] = _OPEN
    TERMS: ClassVar[Terms] = Terms(CHANNEL, lease=timedelta(minutes=1), attempts=3, parks=True)

    statement_id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True, info=holds())
    file_name: Mapped[str]
    size: Mapped[int]
    state: Mapped[StatementState] = mapped_column(Text, server_default="reading")
    format: Mapped[str] = mapped_column(server_default="")
    encoding: Mapped[str] = mapped_column(server_default="")
    parts: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    problem: Mapped[str] = mapped_column(server_default="")
    problem_line: Mapped[int] = mapped_column(server_default="0")
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]
    rows: Mapped[int] = mapped_column(server_default="0")
    known: Mapped[int] = mapped_column(server_default="0")
    changed: Mapped[int] = mapped_column(server_default="0")
    missing: Mapped[int] = mapped_column(server_default="0")
    accepted_by: Mapped[str | None]
    accepted: Mapped[str] = mapped_column(server_default="")


class BankRow(Base):
    """One booking, by what it is known by in whatever statement: counted once. Only its state changes.

    ``amount`` is hundredths of ``currency``, negative for a debit; ``place``: its number among rows that are equal in
    all else that identifies them; ``balance``: what stood in the account after it, where the bank said so;
    ``payer_account``: the last characters.
    """

    __tablename__ = "bank_rows"
    __table_args__ = (
        UniqueConstraint("account", "booked_on", "amount", "currency", "reference", "place"),
        CheckConstraint("state IN ('waiting', 'settled', 'returned', 'explained')", name="state_known"),
        Index("ix_bank_rows_state", "state", "booked_on", "row_id"),
        Index("ix_bank_rows_booked_on", "booked_on", "row_id"),
        Index("ix_bank_rows_statement_id", "statement_id", "line"),
        Index("ix_bank_rows_new", "statement_id", "row_id", postgresql_where=text("reason = 'new'")),
    )

    row_id: Mapped[str] = mapped_column(primary_key=True)
    statement_id: Mapped[str] = mapped_column(ForeignKey("bank_statements.statement_id"))
    line: Mapped[int]
    account: Mapped[str]
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    amount: Mapped[int]
    currency: Mapped[str]
    reference: Mapped[str]
    place: Mapped[int]
    balance: Mapped[int | None]
    payer: Mapped[str]
    payer_account: Mapped[str]
    note: Mapped[str]
    kind: Mapped[str]
    state: Mapped[RowState] = mapped_column(Text, server_default="waiting")
    reason: Mapped[RowReason] = mapped_column(Text, server_default="new")


class BankSighting(Base):
    """That a row stands in a file, and where. ``says``: what its note and payer are there, if other than before.
    Append-only."""

    __tablename__ = "bank_sightings"

    statement_id: Mapped[str] = mapped_column(ForeignKey("bank_statements.statement_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(ForeignKey("bank_rows.row_id"), primary_key=True, index=True)
    says: Mapped[str | None]


class BankRowAction(Base):
    """What was done with a row. Append-only; the state is what these lead to."""

    __tablename__ = "bank_row_actions"

    action_id: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(ForeignKey("bank_rows.row_id"), index=True)
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[RowState] = mapped_column(Text)
    actor: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(server_default="")


_COUNT = """
    UPDATE bank_statements SET
        rows = (SELECT count(*) FROM bank_sightings WHERE statement_id = %(id)s),
        known = (SELECT count(*) FROM bank_sightings s JOIN bank_rows r USING (row_id)
            WHERE s.statement_id = %(id)s AND r.statement_id <> %(id)s),
        changed = (SELECT count(*) FROM bank_sightings WHERE statement_id = %(id)s AND says IS NOT NULL),
        missing = (SELECT count(*) FROM bank_rows r
            JOIN (SELECT account, min(booked_on) AS begins, max(booked_on) AS ends
                FROM bank_sightings JOIN bank_rows USING (row_id) WHERE bank_sightings.statement_id = %(id)s
                GROUP BY account) own ON r.account = own.account AND r.booked_on BETWEEN own.begins AND own.ends
            WHERE r.reason NOT IN ('account_unnamed', 'set_aside')
                AND (r.booked_on > own.begins AND r.booked_on < own.ends OR EXISTS (
                    SELECT FROM bank_sightings s JOIN bank_rows k USING (row_id)
                    WHERE s.statement_id = %(id)s AND k.statement_id <> s.statement_id
                        AND k.account = r.account AND k.booked_on = r.booked_on))
                AND NOT EXISTS (SELECT FROM bank_sightings s WHERE s.statement_id = %(id)s AND s.row_id = r.row_id))
    WHERE statement_id = %(id)s"""


def count_rows(session: Session, statement_id: str) -> None:
    """How the rows of a statement stand to those that had come before. Of its first and last day it may have a
    part: some are missing there only where it has others of that day that had come before."""
    run(session, _COUNT, {"id": statement_id})


def say_why(session: Session, reasons: Sequence[tuple[str, RowReason]]) -> None:
    """Why rows wait that were looked at."""
    statement = """UPDATE bank_rows r SET reason = said.reason
        FROM unnest(%(ids)s::text[], %(reasons)s::text[]) AS said (row_id, reason)
        WHERE r.row_id = said.row_id AND r.state = 'waiting'"""
    run(session, statement, {"ids": [one for one, _ in reasons], "reasons": [why for _, why in reasons]})


_ITS_OWN = """(r.statement_id = s.statement_id OR EXISTS (
            SELECT FROM bank_statements f WHERE f.statement_id = r.statement_id
                AND (f.parts @> '[{"aside": true}]' OR f.parts @> '[{"named": false}]')))"""
"""A row ``r`` that file ``s`` has is that file's to see to: it had it first, or the one that had is set aside or names
no account."""

_LOOK_AGAIN = f"""
    UPDATE bank_rows r SET reason = 'new'
    WHERE state = 'waiting' AND reason IN ('unbalanced', 'other_account', 'account_unnamed') AND EXISTS (
        SELECT FROM bank_sightings s WHERE s.row_id = r.row_id AND s.statement_id = %(id)s
            AND s.part = ANY(%(parts)s) AND {_ITS_OWN})"""  # noqa: S608 (the condition above)


def look_again(session: Session, statement_id: str, parts: Collection[int]) -> None:
    """Rows of some parts of a file that waited for the sake of the file are new again, with those that it has of one
    that was set aside or names no account."""
    run(session, _LOOK_AGAIN, {"id": statement_id, "parts": list(parts)})


def new_rows(session: Session, statement_id: str, limit: int) -> Sequence[BankRow]:
    """Rows of a file that nobody has looked at yet: those that it had first, and then those that others had."""
    query = select(BankRow).where(BankRow.reason == "new").order_by(BankRow.row_id).limit(limit)
    own = session.scalars(query.where(BankRow.statement_id == statement_id)).all()
    seen = select(BankSighting.row_id).where(BankSighting.statement_id == statement_id)
    return own or session.scalars(query.where(BankRow.row_id.in_(seen))).all()


def find_statement(session: Session, statement_id: str, *, lock: bool = False) -> BankStatement | None:
    """A file, as it is now."""
    return session.get(BankStatement, statement_id, with_for_update=lock or None, populate_existing=True)


def lock_content(session: Session, sha256: str) -> None:
    """Until the transaction ends, nobody else enters these bytes."""
    run(session, "SELECT pg_advisory_xact_lock(hashtextextended(%(sha256)s, 7301941))", {"sha256": sha256})


def find_by_content(session: Session, sha256: str) -> BankStatement | None:
    """The file with these bytes."""
    return session.scalars(select(BankStatement).where(BankStatement.sha256 == sha256)).one_or_none()


def statements(session: Session, before: tuple[datetime, str] | None, limit: int) -> Sequence[BankStatement]:
    """The newest first."""
    query = select(BankStatement)
    if before is not None:
        query = query.where(tuple_(BankStatement.uploaded_at, BankStatement.statement_id) < before)
    query = query.order_by(BankStatement.uploaded_at.desc(), BankStatement.statement_id.desc())
    return session.scalars(query.limit(limit)).all()


def lock_rows(session: Session, row_ids: Collection[str]) -> dict[str, BankRow]:
    """Rows, locked until the transaction ends; before the orders that they pay, everywhere."""
    query = select(BankRow).where(BankRow.row_id.in_(row_ids)).order_by(BankRow.row_id).with_for_update()
    return {row.row_id: row for row in session.scalars(query.execution_options(populate_existing=True))}


def debits_naming(session: Session, refund_id: str, amount: int) -> Sequence[str]:
    """Debits of ``amount`` fen that nobody has explained and whose note names the refund, with hyphens or not."""
    query = select(BankRow.row_id).where(BankRow.state == "waiting", BankRow.reason.in_(("new", "debit")))
    named = BankRow.note.icontains(refund_id.removeprefix("rfd-"), autoescape=True)
    return session.scalars(query.where(BankRow.amount == -amount, named)).all()


_WAITING = f"""
    SELECT s.statement_id, count(DISTINCT r.row_id) AS n FROM bank_rows r JOIN bank_sightings s USING (row_id)
    WHERE r.state = 'waiting' AND s.statement_id = ANY(%(ids)s) AND {_ITS_OWN}
    GROUP BY s.statement_id"""  # noqa: S608 (the same)


def waiting_in(session: Session, statement_ids: Collection[str]) -> dict[str, int]:
    """How many rows of each of some files wait for somebody."""
    return {row.statement_id: row.n for row in run(session, _WAITING, {"ids": list(statement_ids)})}


def is_used(session: Session, statement_id: str) -> bool:
    """Whether a row that stands in a file has become money, or the refund of some."""
    seen = select(BankSighting.row_id).where(BankSighting.statement_id == statement_id)
    used = or_(BankRow.state.in_(("settled", "returned")), BankRow.reason == "refund")
    return bool(session.scalar(select(select(BankRow.row_id).where(BankRow.row_id.in_(seen), used).exists())))


def waits_since(session: Session) -> tuple[int, date | None]:
    """How many rows wait, and the day on which the first of them came here: a bank's own day may be long ago."""
    query = select(func.count(), func.min(BankStatement.uploaded_at)).select_from(BankRow)
    query = query.join(BankStatement, BankStatement.statement_id == BankRow.statement_id)
    count, since = session.execute(query.where(BankRow.state == "waiting")).one()
    return int(count), legal_date(since) if since else None


def actions_of(session: Session, row_id: str) -> Sequence[BankRowAction]:
    """What was done with a row, in order."""
    query = select(BankRowAction).where(BankRowAction.row_id == row_id)
    return session.scalars(query.order_by(BankRowAction.at, BankRowAction.action_id)).all()
