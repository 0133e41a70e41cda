"""What the public query reads, in one statement: it is asked more often than everything else together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chassis.uow import UnitOfWork
from contracts.filing import State
from contracts.forms import FilingType

from filing.cases.model import Happening
from filing.clocks.model import ReadDeadline

_BY_NUMBER = """
    SELECT n.place, c.type, c.state, c.title, c.updated_at, c.order_state,
           c.paper_required AND c.paper_received_at IS NULL AS paper_awaited,
           (SELECT json_agg(json_build_array(a.action, a.at, a.from_state, a.to_state) ORDER BY a.id)
            FROM actions a WHERE a.case_id = c.id) AS actions,
           (SELECT json_agg(json_build_array(d.kind, d.due_on, d.state, d.legal_basis) ORDER BY d.id)
            FROM deadlines d WHERE d.case_id = c.id AND d.kind = ANY(%(kinds)s)) AS deadlines,
           (SELECT l.offset_days FROM legal_clock l) AS offset_days
    FROM unnest(%(numbers)s::text[]) WITH ORDINALITY AS n (number, place)
    JOIN LATERAL (SELECT * FROM cases c WHERE c.acceptance_number = n.number OR c.serial_number = n.number) c ON true
    """


@dataclass(frozen=True)
class PublicCase:
    """``offset_days``: where the legal clock stands."""

    type: FilingType
    state: State
    title: str
    updated_at: datetime
    order_state: str | None
    paper_awaited: bool
    history: list[Happening]
    periods: list[ReadDeadline]
    offset_days: int


def by_numbers(uow: UnitOfWork, numbers: Sequence[str], kinds: Sequence[str]) -> list[PublicCase | None]:
    """The case of each acceptance or serial number, exactly as written, with deadlines of these kinds."""
    rows = uow.ask(_BY_NUMBER, {"numbers": list(numbers), "kinds": list(kinds)})
    found: list[PublicCase | None] = [None] * len(numbers)
    for row in rows:
        found[row.place - 1] = _public(row)
    return found


def _public(row: Any) -> PublicCase:
    return PublicCase(
        type=row.type,
        state=row.state,
        title=row.title,
        updated_at=row.updated_at,
        order_state=row.order_state,
        paper_awaited=row.paper_awaited,
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
