"""What the bridge keeps of an account: unfinished cases of the old system, and how they went on here."""

from __future__ import annotations

from chassis.own_data import facts_of, telling
from contracts.own_data import OwnFile, OwnRecord
from sqlalchemy.orm import Session

from legacy_bridge.cases.model import INSIDE
from legacy_bridge.cases.store import LegacyCase, history, of_account
from legacy_bridge.own_data.store import files_of

_CASE = (
    *("serial_number", "acceptance_number", "login", "kind", "category", "title", "stands", "since", "due_until"),
    *("filed_on", "accepted_on", "fee_fen", "paid_fen", "received_fen", "correction", "particulars"),
    "registration_number",
)


def old_cases(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Of all old accounts that are joined to this one."""
    cases = [case for case, _ in of_account(session, account_id, after or None, limit)]
    return [_told(session, case) for case in cases]


def _told(session: Session, case: LegacyCase) -> OwnRecord:
    steps = [
        facts_of(row, ("action", "to_state", "by_office", "at", "text"))
        for row in history(session, case.record_id)
        if row.action not in INSIDE
    ]
    return OwnRecord(
        record_id=case.record_id,
        title=case.title,
        at=case.taken_over_at,
        facts=facts_of(case, _CASE) | {"history": steps},
        files=[
            OwnFile(file_name=row.file_name, sha256=row.sha256, size=row.size)
            for row in files_of(session, case.record_id)
        ],
    )


own_data = telling({"old_cases": old_cases})
