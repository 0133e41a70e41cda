"""Applies what an action does to the deadlines of its case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from contracts.filing import Deadline
from sqlalchemy.orm import Session

from filing.clocks import model
from filing.clocks.model import Clocked, ClockEffect, ClockKind
from filing.clocks.store import DeadlineRow, latest
from filing.forms.pinned import policy_of
from filing.forms.words import Language


def change(
    session: Session,
    case: Clocked,
    effect: ClockEffect,
    kind: ClockKind,
    today: date,
    since: Mapping[ClockKind, date] | None = None,
) -> None:
    """Applies one effect; ``since``: the day a period counts from, or on which paper came, where it is not today."""
    if effect == "start":
        if kind == "paper" and not case.paper_awaited:
            return
        start = (since or {}).get(kind, today)
        start_period(session, case, kind, start, model.period(kind, start, policy_of(case, today)))
        return
    deadline = latest(session, case.id, kind)
    if deadline is not None:
        came = (since or {}).get(kind, today) if kind == "paper" else today
        model.apply(effect, deadline, came)


def start_period(session: Session, case: Clocked, kind: ClockKind, start: date, period: model.Period) -> None:
    """Opens a deadline with the legal basis that was in force when the case was filed."""
    basis = policy_of(case, start).legal_basis[kind]
    session.add(
        DeadlineRow(
            case_id=case.id,
            kind=kind,
            started_on=start,
            nominal_due_on=period.nominal,
            due_on=period.due,
            state="running",
            legal_basis=basis.model_dump(),
        )
    )
    session.flush()


def view_deadlines(rows: Iterable[model.ReadDeadline], today: date, language: Language) -> list[Deadline]:
    """The deadlines that people should see; one that is past counts as missed at once."""
    views = []
    for row in rows:
        if row.state == "ended":
            continue
        overdue = row.state == "running" and row.due_on < today
        running = row.state == "running"
        views.append(
            Deadline.model_validate(
                {
                    "kind": row.kind,
                    "due_on": row.due_on,
                    "state": "missed" if overdue else row.state,
                    "legal_basis": row.legal_basis[language],
                    "days_left": (row.due_on - today).days if running else None,
                }
            )
        )
    return views
