"""Keeps the rows of a file: those that are known already are only seen again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from chassis.db import run
from contracts.statements import RowReason, RowState
from sqlalchemy.orm import Session

from payment.statements.model import Key, Row, Stand, key_of, places

ONE_AFTER_ANOTHER = 7_301_940
"""The advisory lock of whoever keeps rows: two files of the same days would give a place twice."""


class Said(NamedTuple):
    """A row as a file says it. ``account``: ours, however the file writes it; ``state``, ``reason``: if it is new."""

    row_id: str
    part: int
    row: Row
    account: str
    state: RowState
    reason: RowReason

    @property
    def key(self) -> Key:
        return key_of(self.row, self.account)


def in_chunks(rows: Iterable[Said], size: int) -> Iterator[list[Said]]:
    """About ``size`` rows each; those of one key, which the reader puts together, are never parted."""
    chunk = list[Said]()
    for _, group in groupby(rows, key=lambda one: one.key[1:]):
        chunk += group
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


_KNOWN = """
    SELECT r.account, r.booked_on::text, r.amount, r.currency, r.reference, r.place, r.payer, r.note, r.balance
    FROM (SELECT DISTINCT * FROM unnest(%(accounts)s::text[], %(booked)s::date[], %(amounts)s::bigint[],
        %(currencies)s::text[], %(references)s::text[]) AS k (account, booked_on, amount, currency, reference)) said
    JOIN bank_rows r USING (account, booked_on, amount, currency, reference) ORDER BY r.place"""

_KEEP = """
    WITH said AS (
        SELECT * FROM unnest(%(row_ids)s::text[], %(parts)s::bigint[], %(lines)s::bigint[], %(accounts)s::text[],
            %(booked)s::date[], %(valued)s::date[], %(amounts)s::bigint[], %(currencies)s::text[],
            %(references)s::text[], %(places)s::bigint[], %(balances)s::bigint[], %(payers)s::text[],
            %(payer_accounts)s::text[], %(notes)s::text[], %(kinds)s::text[], %(states)s::text[], %(reasons)s::text[])
        AS said (row_id, part, line, account, booked_on, value_on, amount, currency, reference, place, balance, payer,
            payer_account, note, kind, state, reason)),
    kept AS (
        INSERT INTO bank_rows (row_id, statement_id, line, account, booked_on, value_on, amount, currency, reference,
            place, balance, payer, payer_account, note, kind, state, reason)
        SELECT row_id, %(statement_id)s, line, account, booked_on, value_on, amount, currency, reference, place,
            balance, payer, payer_account, note, kind, state, reason FROM said
        ON CONFLICT (account, booked_on, amount, currency, reference, place) DO NOTHING
        RETURNING row_id, account, booked_on, amount, currency, reference, place)
    INSERT INTO bank_sightings (statement_id, line, part, row_id, says)
    SELECT %(statement_id)s, said.line, said.part, coalesce(kept.row_id, old.row_id),
        CASE WHEN (old.note, old.payer) <> (said.note, said.payer) THEN said.payer || E'\\n' || said.note END
    FROM said
    LEFT JOIN kept USING (row_id)
    LEFT JOIN bank_rows old ON kept.row_id IS NULL
        AND (old.account, old.booked_on, old.amount, old.currency, old.reference, old.place)
          = (said.account, said.booked_on, said.amount, said.currency, said.reference, said.place)
    ON CONFLICT DO NOTHING"""

_NAMED = """
    UPDATE bank_rows r SET reason = said.reason
    FROM bank_sightings s
    JOIN unnest(%(parts)s::bigint[], %(lines)s::bigint[], %(now)s::text[]) AS said (part, line, reason)
        USING (part, line)
    WHERE s.statement_id = %(statement_id)s AND s.row_id = r.row_id AND r.state = 'waiting'
        AND r.reason = 'account_unnamed' AND said.reason <> 'account_unnamed'"""
"""What had come without an account waits for nobody's word any more, once a file that names ours has it."""


def keep_alone(session: Session) -> None:
    """Until the transaction ends, nobody else keeps rows."""
    run(session, "SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": ONE_AFTER_ANOTHER})


def keep_rows(session: Session, statement_id: str, said: Sequence[Said]) -> None:
    """Keeps what a file says, all rows of their keys; a row that is there already is only seen again."""
    keep_alone(session)
    keyed: dict[str, Any] = {
        "accounts": [one.account for one in said],
        "booked": [one.row.booked_on for one in said],
        "amounts": [one.row.amount for one in said],
        "currencies": [one.row.currency for one in said],
        "references": [one.row.reference for one in said],
    }
    known: dict[Key, list[Stand]] = {}
    for account, booked_on, amount, currency, reference, *stand in run(session, _KNOWN, keyed):
        known.setdefault((account, booked_on, amount, currency, reference), []).append(Stand(*stand))
    columns: dict[str, Any] = {
        "statement_id": statement_id,
        "row_ids": [one.row_id for one in said],
        "parts": [one.part for one in said],
        "lines": [one.row.line for one in said],
        "places": _placed(said, known),
        "states": [one.state for one in said],
        "reasons": [one.reason for one in said],
        "valued": [one.row.value_on for one in said],
        "balances": [one.row.balance for one in said],
        "payers": [one.row.payer for one in said],
        "payer_accounts": [one.row.payer_account for one in said],
        "notes": [one.row.note for one in said],
        "kinds": [one.row.kind for one in said],
    }
    run(session, _KEEP, keyed | columns)
    run(session, _NAMED, columns | {"now": [one.reason if one.state == "waiting" else "new" for one in said]})


def _placed(said: Sequence[Said], known: dict[Key, list[Stand]]) -> list[int]:
    """The place of each row, in their order."""
    alike: dict[Key, list[int]] = {}
    for at, one in enumerate(said):
        alike.setdefault(one.key, []).append(at)
    found = [0] * len(said)
    for key, positions in alike.items():
        for at, place in zip(positions, places([said[at].row for at in positions], known.get(key, [])), strict=True):
            found[at] = place
    return found
