"""An account's cases by who must act next, by kind, by procedure and by what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.filing import CaseGroup, ListApplications
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from filing.cases.model import OWING
from filing.cases.store import Case
from filing.types import TYPES

_WAITS_FOR_APPLICANT = or_(
    Case.state.in_(("draft", "awaiting_correction")),
    and_(Case.state.in_(("submitted", *OWING)), Case.order_state.is_not_distinct_from("pending")),
    and_(Case.state == "accepted", Case.paper_required, Case.paper_received_at.is_(None)),
)
_ENDED = and_(Case.state.in_(("registered", "refused", "withdrawn", "lapsed")), not_(_WAITS_FOR_APPLICANT))
GROUPS: Mapping[CaseGroup, ColumnElement[bool]] = {
    "mine": _WAITS_FOR_APPLICANT,
    "office": not_(or_(_WAITS_FOR_APPLICANT, _ENDED)),
    "ended": _ENDED,
    "filed": Case.state != "draft",
}
"""As ``waiting_for`` of :mod:`filing.cases.model` says it of one case; ``filed`` goes across the others."""


def cases_of(session: Session, account_id: str, wanted: ListApplications, limit: int) -> Sequence[Case]:
    """An account's cases that fit, newest first; ids sort by creation."""
    query = _fitting(select(Case), account_id, wanted).order_by(Case.id.desc()).limit(limit)
    if wanted.group is not None:
        query = query.where(GROUPS[wanted.group])
    if wanted.cursor is not None:
        query = query.where(Case.id < wanted.cursor)
    return session.scalars(query).all()


def counts_of(session: Session, account_id: str, wanted: ListApplications) -> dict[str, int]:
    """How many fit in each group and in ``all``, whatever group and page are asked for."""
    columns: list[ColumnElement[Any]] = [func.count().label("all")]
    columns += [func.count().filter(group).label(name) for name, group in GROUPS.items()]
    return dict(session.execute(_fitting(select(*columns), account_id, wanted)).one()._mapping)


def _fitting(query: Select[Any], account_id: str, wanted: ListApplications) -> Select[Any]:
    of_batch = and_(Case.batch_id.is_not(None), Case.state == "draft")  # a thousand of them are shown by their batch
    query = query.where(Case.account_id == account_id, not_(of_batch), Case.discarded_at.is_(None))
    if wanted.state is not None:
        query = query.where(Case.state == wanted.state)
    if wanted.kind is not None:
        query = query.where(Case.type.in_([name for name, found in TYPES.items() if found.kind == wanted.kind]))
    if wanted.procedure is not None:
        query = query.where(Case.type.in_([name for name in TYPES if name.endswith(f"_{wanted.procedure}")]))
    if wanted.text:
        said = (Case.title, Case.serial_number, Case.acceptance_number, Case.registration_number)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in said)))
    return query


def filed_by_number(session: Session, number: str) -> Sequence[Case]:
    """Filed cases by serial number, acceptance number or id, as it is written or in capitals."""
    written = {number, number.upper()}
    fits = or_(Case.serial_number.in_(written), Case.acceptance_number.in_(written), Case.id == number)
    return session.scalars(select(Case).where(fits, Case.state != "draft").order_by(Case.id)).all()
