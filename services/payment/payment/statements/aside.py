"""Statements that are not the office's, set aside as a whole; what another statement has of them waits again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chassis.db import run
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.statements import StatementPart

from payment.statements.keeping import Said, keep_alone
from payment.statements.store import BankStatement, is_used, waiting_in

_OF_IT_ALONE = """
    SELECT row_id, booked_on FROM bank_rows r
    WHERE state = 'waiting' AND EXISTS (
        SELECT FROM bank_sightings s WHERE s.row_id = r.row_id AND s.statement_id = %(id)s)
    AND NOT EXISTS (
        SELECT FROM bank_sightings s JOIN bank_statements o USING (statement_id)
        WHERE s.row_id = r.row_id AND o.statement_id <> %(id)s AND NOT o.parts @> '[{"aside": true}]')
    ORDER BY row_id FOR UPDATE OF r"""

_EXPLAIN = "UPDATE bank_rows SET state = 'explained', reason = 'set_aside' WHERE row_id = ANY(%(row_ids)s)"

_SEEN_AGAIN = """
    SELECT r.row_id FROM bank_sightings s JOIN bank_rows r USING (row_id)
    WHERE s.statement_id = %(id)s AND r.state = 'explained' AND r.reason = 'set_aside'
        AND (s.part, s.line) IN (SELECT * FROM unnest(%(parts)s::bigint[], %(lines)s::bigint[]))
    ORDER BY r.row_id FOR UPDATE OF r"""

_REOPEN = """
    UPDATE bank_rows r SET state = 'waiting', reason = said.reason
    FROM bank_sightings s
    JOIN unnest(%(parts)s::bigint[], %(lines)s::bigint[], %(reasons)s::text[]) AS said (part, line, reason)
        USING (part, line)
    WHERE s.statement_id = %(id)s AND s.row_id = r.row_id AND r.row_id = ANY(%(row_ids)s)"""

_WRITE_DOWN = """
    INSERT INTO bank_row_actions (action_id, row_id, action, from_state, to_state, actor, at, note)
    SELECT action_id, row_id, %(action)s, %(before)s, %(after)s, %(actor)s, %(at)s, %(note)s
    FROM unnest(%(action_ids)s::text[], %(row_ids)s::text[]) AS one (action_id, row_id)"""


def was_set_aside(statement: BankStatement) -> bool:
    """Whether a cashier has said that it is not the office's."""
    return any(part.get("aside") for part in statement.parts)


def periods_of(statement: BankStatement) -> list[StatementPart]:
    """Its parts, without how they were set aside; each by itself waits for a cashier's word, or has it."""
    return [
        StatementPart.model_validate(
            {name: said for name, said in part.items() if name != "aside"}
            | {"accepted": is_accepted(statement, part), "needs_acceptance": is_doubtful(statement, part)}
        )
        for part in statement.parts
    ]


def is_accepted(statement: BankStatement, part: Mapping[str, Any]) -> bool:
    """Whether a cashier has looked at a part. What does not say was accepted when one word was for all of a file."""
    return bool(part.get("accepted", statement.accepted_by is not None))


def is_doubtful(statement: BankStatement, part: Mapping[str, Any]) -> bool:
    """Whether the rows of a part wait until a cashier has looked at it: it does not balance, is of another account, or
    does not say of which it is."""
    unclear = part["balances"] is False or not part["ours"] or not part.get("named", True)
    return unclear and not is_accepted(statement, part)


def may_set_aside(statement: BankStatement, waiting: int, uow: UnitOfWork) -> bool:
    """While rows of it wait, and none that stands in it has become money."""
    unused = statement.state == "done" and waiting > 0 and not was_set_aside(statement)
    return unused and not is_used(uow.session, statement.statement_id)


def set_aside(statement: BankStatement, note: str, uow: UnitOfWork) -> list[date]:
    """Every row that waits and stands in no other file that counts; its periods count for no reconciliation
    any more. The days of those rows. Problem ``action_not_allowed``."""
    keep_alone(uow.session)
    waiting = waiting_in(uow.session, [statement.statement_id]).get(statement.statement_id, 0)
    if not may_set_aside(statement, waiting, uow):
        raise Problem("action_not_allowed", state=statement.state, allowed="")
    rows = run(uow.session, _OF_IT_ALONE, {"id": statement.statement_id})
    row_ids = [row.row_id for row in rows]
    run(uow.session, _EXPLAIN, {"row_ids": row_ids})
    _write_down(row_ids, "explain", "waiting", "explained", note, uow)
    statement.parts = [{**part, "ours": False, "aside": True, "accepted": True} for part in statement.parts]
    statement.accepted_by, statement.accepted = uow.actor.subject, note
    uow.audit("statement.set_aside", subject=statement.statement_id, rows=len(rows))
    uow.session.flush()
    return sorted({row.booked_on for row in rows})


def reopen(statement_id: str, said: Sequence[Said], uow: UnitOfWork) -> None:
    """What was set aside with another file and stands in this one, too, waits again and is matched as this one's."""
    kept = {
        "id": statement_id,
        "parts": [one.part for one in said],
        "lines": [one.row.line for one in said],
        "reasons": [one.reason if one.state == "waiting" else "new" for one in said],
    }
    row_ids = [row.row_id for row in run(uow.session, _SEEN_AGAIN, kept)]
    if row_ids:
        run(uow.session, _REOPEN, {**kept, "row_ids": row_ids})
        _write_down(row_ids, "reopen", "explained", "waiting", "", uow)
        uow.audit("statement.reopen", subject=statement_id, rows=len(row_ids))


def _write_down(row_ids: Sequence[str], action: str, before: str, after: str, note: str, uow: UnitOfWork) -> None:
    said = {"action": action, "before": before, "after": after, "actor": uow.actor.subject, "at": uow.legal_now()}
    ids = {"action_ids": [new_id("act") for _ in row_ids], "row_ids": list(row_ids)}
    run(uow.session, _WRITE_DOWN, {**said, "note": note, **ids})
