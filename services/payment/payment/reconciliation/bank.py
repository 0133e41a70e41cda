"""The bank's side of a day: rows of statements in the place of a bill, and balances that must follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from chassis.db import run
from chassis.uow import UnitOfWork
from contracts.books import MissingRow
from sqlalchemy.orm import Session

from payment.providers.bills import BillRow
from payment.providers.model import Bill
from payment.reconciliation.model import Found, Key
from payment.settings import payment_settings
from payment.statements.missing import missing_on
from payment.statements.model import refund_numbers

_ROWS = """SELECT row_id, amount, state, reason, note, (
        SELECT a.note FROM bank_row_actions a WHERE a.row_id = r.row_id AND a.action = 'explain'
        ORDER BY a.at DESC, a.action_id DESC LIMIT 1) AS told
    FROM bank_rows r WHERE booked_on = %(day)s AND account = %(account)s AND currency = 'CNY' AND amount <> 0
        AND reason NOT IN ('account_unnamed', 'set_aside') ORDER BY row_id"""
"""What stands only in files that name no account says nothing of ours before a cashier does, and nothing ever in files
that are not the office's."""

_PERIODS = """
    SELECT s.statement_id, (p ->> 'begins')::date AS begins, (p ->> 'ends')::date AS ends,
        (p ->> 'opening')::bigint AS opening, (p ->> 'closing')::bigint AS closing
    FROM bank_statements s, jsonb_array_elements(s.parts) p
    WHERE s.state <> 'refused' AND (p ->> 'ours')::boolean AND p ->> 'currency' = 'CNY'
        AND (coalesce((p ->> 'accepted')::boolean, s.accepted_by IS NOT NULL)
            OR coalesce((p ->> 'named')::boolean, true))
        AND (p ->> 'ends')::date >= %(since)s AND (p ->> 'begins')::date <= %(until)s
    ORDER BY 2, 3, 1"""

_OWN_DAYS = """
    SELECT DISTINCT r.booked_on AS day FROM bank_sightings s JOIN bank_rows r USING (row_id)
    JOIN bank_statements f ON f.statement_id = s.statement_id
    WHERE s.statement_id = %(id)s AND r.account = %(account)s
        AND (coalesce((f.parts -> s.part::int ->> 'accepted')::boolean, f.accepted_by IS NOT NULL)
            OR coalesce((f.parts -> s.part::int ->> 'named')::boolean, true))"""

_REFUND_DAYS = """
    SELECT DISTINCT (coalesce(r.refunded_at, r.closed_at) AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM refunds r JOIN money_received m USING (money_id)
    WHERE m.method = 'bank' AND r.state = 'done'
        AND (coalesce(r.refunded_at, r.closed_at) AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(begins)s AND %(ends)s"""

MOST_MISSING = 200

NEIGHBOURS = timedelta(days=100)
"""How far apart two statements are at most that are taken to follow each other."""


@dataclass(frozen=True)
class BankDay:
    """``why``: what explains rows that are not in the books, by what and number; ``balances``: those that do not follow
    each other."""

    bill: Bill
    why: dict[Key, str]
    balances: list[Found]

    def explained(self, found: list[Found]) -> list[Found]:
        """The differences of the day, each with what explains it. Nothing explains a row that waits."""
        return [replace(one, why=one.why or self.why.get(one.key, "")) for one in found] + self.balances


def bank_day(day: date, uow: UnitOfWork) -> BankDay:
    """What statements of our account say of a day."""
    bank = payment_settings(uow.settings).bank
    rows = run(uow.session, _ROWS, {"day": day, "account": bank.account if bank else ""})
    why: dict[Key, str] = {}
    theirs = [_bill_row(row) for row in rows]
    for row, said in zip(rows, theirs, strict=True):
        if row.state == "explained" and row.reason != "refund":
            why[said.what, said.number] = f"row:{row.reason}"
    return BankDay(Bill(theirs), why, list(_balances(day, uow.session)))


def missing_rows(day: date, uow: UnitOfWork) -> list[MissingRow]:
    """What an earlier file has of a day of the office's account and a later one has not."""
    bank = payment_settings(uow.settings).bank
    rows = missing_on(uow.session, bank.account, day, MOST_MISSING) if bank else []
    return [MissingRow(**row._asdict()) for row in rows]


def _bill_row(row: Any) -> BillRow:
    """Money that came by the id of its row, as the books have it; refunds that left by our number."""
    if row.amount > 0:
        return BillRow("payment", row.row_id, row.amount, None, row.state, good=True)
    told = refund_numbers(row.told or "") or refund_numbers(row.note)
    number = next(iter(told), "") if row.reason == "refund" else ""
    return BillRow("refund", number or row.row_id, -row.amount, None, row.state, good=True)


def _balances(day: date, session: Session) -> Iterator[Found]:
    """What a statement that begins on the day opens with must be what the one before it has closed with: else one is
    missing between them. Nothing is said where statements overlap, or do not tell their balances."""
    periods = run(session, _PERIODS, {"since": day - NEIGHBOURS, "until": day})
    opens = [one for one in periods if one.begins == day and one.opening is not None]
    last = max((one.ends for one in periods if one.ends < day), default=None)
    closed = [one.closing for one in periods if one.ends == last and one.closing is not None]
    across = any(one.begins < day <= one.ends for one in periods)
    if opens and closed and not across and not {one.opening for one in opens} & set(closed):
        yield Found("amount", "balance", opens[0].statement_id, closed[-1], opens[0].opening)


def days_of(statement_id: str, uow: UnitOfWork) -> list[date]:
    """The days that a statement of our account says something of: those of its rows and of refunds that should be in
    it, and the first one of the statement that follows it."""
    bank = payment_settings(uow.settings).bank
    if bank is None:
        return []
    found = run(uow.session, _OWN_DAYS, {"id": statement_id, "account": bank.account})
    days = {row.day for row in found}
    if not days:
        return []
    begins, ends = min(days), max(days)
    days |= {row.day for row in run(uow.session, _REFUND_DAYS, {"begins": begins, "ends": ends})}
    around = run(uow.session, _PERIODS, {"since": ends, "until": ends + NEIGHBOURS})
    after = [one.begins for one in around if one.begins > ends]
    return sorted(days.union(after[:1]))
