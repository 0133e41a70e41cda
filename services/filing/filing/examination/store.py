"""The examiners' queues, in order of the day they are due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from chassis.clock import legal_date
from chassis.lookups import begins_with, sought
from contracts.forms import Kind
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true, tuple_, union
from sqlalchemy.orm import Session, aliased

from filing.cases.store import APPLICANT_NAME, DECIDED, ActionRow, Case
from filing.clocks.store import DeadlineRow
from filing.examination.model import QUEUES, Queue
from filing.rounds.store import CorrectionRow
from filing.types import TYPES

_FAR = date.max
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_OPEN = ("submitted", "accepted", "under_examination", "awaiting_correction", "refusal_proposed")
_PERIOD = (DeadlineRow, and_(DeadlineRow.case_id == Case.id, DeadlineRow.kind == "examination"))
_Paper = aliased(DeadlineRow)
_PAPER = (_Paper, and_(_Paper.case_id == Case.id, _Paper.kind == "paper", _Paper.state != "ended"))
_DUE = func.coalesce(func.least(DeadlineRow.due_on, Case.expedite_due_on), _FAR)
_COUNTED = 1000
_CORRECTED = exists().where(CorrectionRow.case_id == Case.id, CorrectionRow.answered_at.is_not(None))


def _in_queue(queue: Queue, examiner: str) -> ColumnElement[bool]:
    paper_awaited = and_(Case.paper_required, Case.paper_received_at.is_(None))
    match queue:
        case "unclaimed":
            return and_(Case.state == "accepted", ~paper_awaited)
        case "mine":
            return or_(
                and_(Case.state == "under_examination", Case.examiner_id == examiner),
                and_(Case.state == "refusal_proposed", Case.second_examiner_id == examiner),
            )
        case "second":
            free = and_(Case.state == "refusal_proposed", Case.second_examiner_id.is_(None))
            return and_(
                free,
                or_(Case.opposed_by.is_not(None), Case.examiner_id != examiner),
                Case.opposed_by.is_distinct_from(examiner),
            )
        case "awaiting_paper":
            return and_(Case.state.in_(("submitted", "accepted")), paper_awaited)
        case "all":
            return Case.state.in_(("accepted", "under_examination", "awaiting_correction", "refusal_proposed"))


def _own_waiting(examiner: str) -> ColumnElement[bool]:
    """What an examiner has and somebody else must act on: the applicant's correction, a refusal before another one."""
    return and_(
        Case.examiner_id == examiner,
        or_(
            Case.state == "awaiting_correction",
            and_(Case.state == "refusal_proposed", Case.second_examiner_id.is_distinct_from(examiner)),
        ),
    )


def _of_kind(kind: Kind | None) -> ColumnElement[bool]:
    """Cases of a kind; without one, of any."""
    return true() if kind is None else Case.type.in_([name for name, found in TYPES.items() if found.kind == kind])


def _named(text: str) -> ColumnElement[bool]:
    """Cases with this number, or whose title or applicant's name begins so: within a queue even one character does."""
    what = sought(text)
    numbers = (Case.serial_number, Case.acceptance_number, Case.registration_number)
    return or_(
        *(column.in_(what.spellings) for column in numbers),
        *(begins_with(column, text.strip()) for column in (Case.title, APPLICANT_NAME)),
    )


@dataclass(frozen=True)
class Wanted:
    """Which cases of a queue are looked for; see ``contracts.examination.ListExaminations``."""

    kind: Kind | None = None
    category: str | None = None
    corrected: bool = False
    hurried: bool = False
    waiting: bool = False
    text: str = ""

    def listed(self, queue: Queue, examiner: str) -> ColumnElement[bool]:
        """What is shown of a queue."""
        there = _in_queue(queue, examiner)
        return or_(there, _own_waiting(examiner)) if queue == "mine" and self.waiting else there

    def placed(self, queue: Queue, examiner: str) -> ColumnElement[date]:
        """The day that a case is placed by: what waits for others is after what is to be acted on."""
        if queue == "mine" and self.waiting:
            return case((_own_waiting(examiner), _FAR), else_=_DUE)
        return _DUE

    @property
    def of_any_kind(self) -> ColumnElement[bool]:
        """Whether a case fits, apart from its kind."""
        return and_(
            true() if self.category is None else Case.form["category"].astext == self.category,
            _CORRECTED if self.corrected else true(),
            Case.expedite_due_on.is_not(None) if self.hurried else true(),
            _named(self.text) if self.text.strip() else true(),
        )

    @property
    def fits(self) -> ColumnElement[bool]:
        """Whether a case fits."""
        return and_(_of_kind(self.kind), self.of_any_kind)


def queue_page(
    session: Session,
    queue: Queue,
    examiner: str,
    after: tuple[date, datetime, str] | None,
    limit: int,
    wanted: Wanted,
) -> list[tuple[Case, DeadlineRow | None, bool]]:
    """Cases of a queue with their examination period and whether a correction was answered, in the order of
    ``filing.queue.model.place``; those not accepted yet come last."""
    accepted, due = func.coalesce(Case.accepted_at, NEVER), wanted.placed(queue, examiner)
    query = (
        select(Case, DeadlineRow, _CORRECTED)
        .outerjoin(*_PERIOD)
        .where(wanted.listed(queue, examiner), wanted.fits)
        .order_by(due, accepted, Case.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(due, accepted, Case.id) > after)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def decided_page(
    session: Session, examiner: str | None, after: tuple[datetime, str] | None, limit: int, kind: Kind | None, text: str
) -> list[Case]:
    """Accepted cases that are decided or came to another end, the newest first: those that an examiner had a part in,
    or without one all. Each way is read from an index of its own, no further than the page needs."""
    there = [Case.state.in_(DECIDED), Case.accepted_at.is_not(None), _of_kind(kind)]
    if text.strip():
        there.append(_named(text))
    if after is not None:
        there.append(tuple_(Case.updated_at, Case.id) < after)
    newest = (Case.updated_at.desc(), Case.id.desc())
    query = select(Case).order_by(*newest).limit(limit)
    if examiner is None:
        return list(session.scalars(query.where(*there)))
    parts = (Case.examiner_id, Case.second_examiner_id, Case.opposed_by)
    ways = (select(Case.id).where(part == examiner, *there).order_by(*newest).limit(limit) for part in parts)
    return list(session.scalars(query.where(Case.id.in_(union(*(select(way.subquery().c.id) for way in ways))))))


def queue_totals(
    session: Session, examiner: str, today: date
) -> dict[Queue, tuple[int, int, date | None, date | None]]:
    """Of each queue: how many cases, how many late, the first day due, the day the oldest was accepted: one look. What
    waits for paper is due when the paper is."""
    columns: list[ColumnElement[Any]] = []
    for name in QUEUES:
        there, due = _in_queue(name, examiner), _Paper if name == "awaiting_paper" else DeadlineRow
        late = or_(due.state == "missed", and_(due.state == "running", due.due_on < today))
        columns += [func.count().filter(there), func.count().filter(there, late)]
        columns += [func.min(due.due_on).filter(there), func.min(Case.accepted_at).filter(there)]
    query = select(*columns).select_from(Case).outerjoin(*_PERIOD).outerjoin(*_PAPER).where(Case.state.in_(_OPEN))
    row = session.execute(query).one()
    return {
        name: (row[at], row[at + 1], row[at + 2], legal_date(row[at + 3]) if row[at + 3] else None)
        for name, at in zip(QUEUES, range(0, len(row), 4), strict=True)
    }


def queue_counts(
    session: Session, queue: Queue, examiner: str, wanted: Wanted
) -> tuple[dict[str, int], dict[str, int]]:
    """How many cases that fit lie in each queue, and how many of each kind in this one: one look at what is open."""
    kinds, other = dict.fromkeys(found.kind for found in TYPES.values()), wanted.of_any_kind
    columns = [func.count().filter(_in_queue(name, examiner), wanted.fits).label(name) for name in QUEUES]
    columns += [
        func.count().filter(wanted.listed(queue, examiner), _of_kind(name), other).label(f"kind_{name}")
        for name in kinds
    ]
    if wanted.waiting:
        columns.append(func.count().filter(_own_waiting(examiner), wanted.fits).label("mine_waiting"))
    row = session.execute(select(*columns).where(Case.state.in_(_OPEN))).one()._mapping
    counted = (*QUEUES, "mine_waiting") if wanted.waiting else QUEUES
    return {name: int(row[name]) for name in counted}, {name: int(row[f"kind_{name}"]) for name in kinds}


def earliest_due(session: Session) -> dict[str, date]:
    """Of each type, the first day by which a case is to be decided that nobody has claimed yet."""
    query = (
        select(Case.type, func.min(_DUE).label("due"))
        .outerjoin(*_PERIOD)
        .where(_in_queue("unclaimed", ""))
        .group_by(Case.type)
    )
    return {row.type: row.due for row in session.execute(query)}


def passed_over(session: Session, passed: Case) -> int:
    """How many unclaimed cases of its type are due on an earlier day than this one; a thousand is many enough."""
    own = select(_DUE).select_from(Case).outerjoin(*_PERIOD).where(Case.id == passed.id).scalar_subquery()
    earlier = (
        select(Case.id)
        .outerjoin(*_PERIOD)
        .where(_in_queue("unclaimed", ""), Case.type == passed.type, own > _DUE)
        .limit(_COUNTED)
    )
    return session.scalar(select(func.count()).select_from(earlier.subquery())) or 0


def claimed_at(session: Session, case_id: str) -> datetime | None:
    """When somebody took it last."""
    query = select(func.max(ActionRow.at)).where(ActionRow.case_id == case_id, ActionRow.action == "claim")
    return session.scalar(query)


def paper_due(session: Session, case_ids: Collection[str]) -> dict[str, date]:
    """By when the paper of some cases is to come, of those that wait for it."""
    query = select(DeadlineRow.case_id, DeadlineRow.due_on).where(
        DeadlineRow.case_id.in_(case_ids), DeadlineRow.kind == "paper", DeadlineRow.done_on.is_(None)
    )
    return {row.case_id: row.due_on for row in session.execute(query.where(DeadlineRow.state != "ended"))}
