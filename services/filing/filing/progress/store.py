"""What the public query reads, in one statement: it is asked more often than everything else together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis.uow import UnitOfWork
from contracts.filing import State

from filing.cases.model import Happening
from filing.clocks.model import ReadDeadline

_BY_NUMBER = """
    SELECT c.kind, c.state, c.title, c.updated_at,
           (SELECT json_agg(json_build_array(a.action, a.at, a.from_state, a.to_state) ORDER BY a.id)
            FROM actions a WHERE a.case_id = c.id) AS actions,
           (SELECT json_agg(json_build_array(d.kind, d.due_on, d.state, d.legal_basis) ORDER BY d.id)
            FROM deadlines d WHERE d.case_id = c.id AND d.kind = ANY(%(kinds)s)) AS deadlines,
           (SELECT l.offset_days FROM legal_clock l) AS offset_days
    FROM cases c WHERE c.acceptance_number = %(number)s OR c.serial_number = %(number)s
    """


@dataclass(frozen=True)
class PublicCase:
    """``offset_days``: where the legal clock stands."""

    kind: str
    state: State
    title: str
    updated_at: datetime
    history: list[Happening]
    periods: list[ReadDeadline]
    offset_days: int


def by_number(uow: UnitOfWork, number: str, kinds: Sequence[str]) -> PublicCase | None:
    """By acceptance or serial number, exactly as written, with deadlines of these kinds."""
    rows = uow.ask(_BY_NUMBER, {"number": number, "kinds": list(kinds)})
    if not rows:
        return None
    row = rows[0]
    return PublicCase(
        kind=row.kind,
        state=row.state,
        title=row.title,
        updated_at=row.updated_at,
        history=[
            Happening(action, datetime.fromisoformat(at), before, after)
            for action, at, before, after in row.actions or ()
        ],
        periods=[
            ReadDeadline(kind, date.fromisoformat(due_on), state, basis)
            for kind, due_on, state, basis in row.deadlines or ()
        ],
        offset_days=row.offset_days or 0,
    )
