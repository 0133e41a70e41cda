"""Rows that an earlier file has and a later one of the same days has not: the bank may have taken a booking back."""

from __future__ import annotations

from datetime import date
from typing import Any, LiteralString

from chassis.db import run
from sqlalchemy.orm import Session

_MISSING: LiteralString = """
    SELECT r.row_id, r.amount, r.statement_id AS earlier_id, earlier.file_name AS earlier, f.statement_id,
        f.file_name AS file
    FROM bank_statements f
    JOIN LATERAL (SELECT k.account, min(k.booked_on) AS begins, max(k.booked_on) AS ends
        FROM bank_sightings s JOIN bank_rows k USING (row_id)
        WHERE s.statement_id = f.statement_id GROUP BY k.account) own ON true
    JOIN bank_rows r ON r.account = own.account AND r.booked_on BETWEEN own.begins AND own.ends
    JOIN bank_statements earlier ON earlier.statement_id = r.statement_id AND earlier.uploaded_at < f.uploaded_at
    WHERE r.reason NOT IN ('account_unnamed', 'set_aside')
        AND (r.booked_on > own.begins AND r.booked_on < own.ends OR EXISTS (
            SELECT FROM bank_sightings s JOIN bank_rows k USING (row_id)
            WHERE s.statement_id = f.statement_id AND k.statement_id <> s.statement_id
                AND k.account = r.account AND k.booked_on = r.booked_on))
        AND NOT EXISTS (SELECT FROM bank_sightings s WHERE s.statement_id = f.statement_id AND s.row_id = r.row_id)"""
"""Of its first and last day a file may have a part: rows are missing there only where it has others of that day that
had come before, as :func:`payment.statements.store.count_rows` counts them."""
_OF_A_FILE = f"{_MISSING} AND f.statement_id = %(id)s"
_OF_A_DAY = f"""{_MISSING}
        AND f.state = 'done' AND f.missing > 0 AND NOT f.parts @> '[{{"aside": true}}]'
        AND r.account = %(account)s AND r.booked_on = %(day)s AND r.currency = 'CNY'
    ORDER BY f.uploaded_at, r.row_id LIMIT %(limit)s"""


def missing_from(session: Session, statement_id: str) -> list[str]:
    """The ids of the rows that a file does not have."""
    return [row.row_id for row in run(session, _OF_A_FILE, {"id": statement_id})]


def missing_on(session: Session, account: str, day: date, limit: int) -> list[Any]:
    """Rows of an account's day, each with the file that has it (``earlier``) and the later one that has not."""
    return run(session, _OF_A_DAY, {"account": account, "day": day, "limit": limit})
