"""Cases and their append-only history."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from chassis.errors import Problem
from contracts.filing import State
from contracts.forms import FilingType
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Select,
    Text,
    UniqueConstraint,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base

STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]  # typing keeps the values here
_STATES = ", ".join(f"'{state}'" for state in STATES)
UNDER_WAY: tuple[State, ...] = (
    "submitted",
    "accepted",
    "under_examination",
    "awaiting_correction",
    "refusal_proposed",
    "approved",
)
"""Filed and not ended."""
DECIDED: tuple[State, ...] = ("approved", "registered", "refused", "withdrawn", "lapsed")
"""What an accepted case has come to when nobody examines it any more."""
AWAITING_APPLICANT = (
    "cases.state = 'awaiting_correction'"
    " OR (cases.state = 'accepted' AND cases.paper_required AND cases.paper_received_at IS NULL)"
)
"""An accepted case that awaits something of its applicant by a day; as the index of batches has it."""
_NO_LONGER_EXAMINED = f"accepted_at IS NOT NULL AND state IN ({', '.join(map(repr, DECIDED))})"


class Case(Base):
    """One application from draft to end. ``version`` counts changes of form and state; ``policy_on`` is the day of
    filing, whose policy it is judged by to its end. ``opposed_by``: who would register against a proposed refusal.
    ``move_id``: the move that last brought it to its account. ``expedite_id``: the newest request to hurry it;
    ``expedite_due_on``: the promised day. ``batch_id``: with which others it is filed. ``discarded_at``: when its owner
    deleted it, a draft; nobody finds it since. ``about``: the registration number that a later procedure is about, of
    which one is under way at a time, of whatever type."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("(state = 'draft') = (serial_number IS NULL)", name="serial_number_from_submission"),
        CheckConstraint("(state = 'draft') = (policy_on IS NULL)", name="policy_from_submission"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'withdrawn', 'lapsed') OR acceptance_number IS NOT NULL",
            name="acceptance_number_from_acceptance",
        ),
        CheckConstraint("(state = 'registered') = (registration_number IS NOT NULL)", name="registered_by_number"),
        CheckConstraint("second_examiner_id IS NULL OR second_examiner_id <> examiner_id", name="four_eyes"),
        CheckConstraint("opposed_by IS NULL OR opposed_by <> examiner_id", name="opposed_by_another"),
        CheckConstraint("state <> 'under_examination' OR examiner_id IS NOT NULL", name="examined_by_somebody"),
        CheckConstraint("discarded_at IS NULL OR state = 'draft'", name="only_drafts_are_discarded"),
        Index("ix_cases_account_id", "account_id", "id"),
        Index("ix_cases_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index(
            "ix_cases_batch_awaiting",
            "batch_id",
            postgresql_where=text(f"batch_id IS NOT NULL AND ({AWAITING_APPLICANT.replace('cases.', '')})"),
        ),
        Index("ix_cases_title", "title"),
        Index("ix_cases_applicant_name", text("(applicant ->> 'name')")),
        Index(
            "ix_cases_registration_number",
            "registration_number",
            postgresql_where=text("registration_number IS NOT NULL"),
        ),
        Index(
            "uq_cases_about_under_way",
            "about",
            unique=True,
            postgresql_where=text(f"about IS NOT NULL AND state IN ({', '.join(map(repr, UNDER_WAY))})"),
        ),
        Index("ix_cases_about", "about", postgresql_where=text("about IS NOT NULL")),
        Index("ix_cases_begun_from", "begun_from", postgresql_where=text("begun_from IS NOT NULL")),
        Index("ix_cases_move_id", "move_id", postgresql_where=text("move_id IS NOT NULL")),
        Index("ix_cases_decided", "updated_at", "id", postgresql_where=text(_NO_LONGER_EXAMINED)),
        *(
            Index(
                f"ix_cases_decided_{name}",
                name,
                "updated_at",
                "id",
                postgresql_where=text(f"{name} IS NOT NULL AND {_NO_LONGER_EXAMINED}"),
            )
            for name in ("examiner_id", "second_examiner_id", "opposed_by")
        ),
        Index(
            "ix_cases_queue",
            "state",
            "accepted_at",
            postgresql_where=text(
                "state IN ('submitted', 'accepted', 'under_examination', 'awaiting_correction', 'refusal_proposed')"
            ),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    type: Mapped[FilingType] = mapped_column(Text)
    policy_on: Mapped[date | None]
    form_code: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column()
    form: Mapped[dict[str, Any]]
    title: Mapped[str]
    applicant: Mapped[dict[str, Any] | None]
    serial_number: Mapped[str | None] = mapped_column(unique=True)
    acceptance_number: Mapped[str | None] = mapped_column(unique=True)
    registration_number: Mapped[str | None]
    certificate_document_id: Mapped[str | None]
    order_id: Mapped[str | None]
    order_amount: Mapped[int | None]
    order_state: Mapped[str | None]
    paper_required: Mapped[bool]
    paper_received_at: Mapped[datetime | None]
    paper_received_by: Mapped[str | None]
    examiner_id: Mapped[str | None]
    second_examiner_id: Mapped[str | None]
    proposed_reason: Mapped[str] = mapped_column(server_default="")
    proposed_basis: Mapped[str] = mapped_column(server_default="")
    opposed_by: Mapped[str | None]
    opposed_reason: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    basis: Mapped[str] = mapped_column(server_default="")
    evidence: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    move_id: Mapped[str | None]
    expedite_id: Mapped[str | None]
    expedite_due_on: Mapped[date | None]
    batch_id: Mapped[str | None]
    discarded_at: Mapped[datetime | None]
    about: Mapped[str | None]
    begun_from: Mapped[str | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    @property
    def status(self) -> State:
        return cast("State", self.state)

    @property
    def paper_awaited(self) -> bool:
        return self.paper_required and self.paper_received_at is None


APPLICANT_NAME = literal_column("(cases.applicant ->> 'name')", Text)
"""Who filed a case, as the index of names has it."""


class ActionRow(Base):
    """What happened to a case: one row per action and request, never changed."""

    __tablename__ = "actions"
    __table_args__ = (
        UniqueConstraint("case_id", "request_id", "action"),
        CheckConstraint("by IN ('applicant', 'staff', 'system')", name="by"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    request_id: Mapped[str]
    action: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    actor: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")


def find_case(session: Session, application_id: str) -> Case | None:
    """The case as this transaction sees it, not locked; whose it is has to be looked at."""
    return session.get(Case, application_id)


def lock_case(session: Session, application_id: str) -> Case:
    """The case, locked until the end of the transaction. Problem ``application_unknown``."""
    case = session.execute(
        select(Case).where(Case.id == application_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if case is None:
        raise Problem("application_unknown")
    return case


def find_cases(session: Session, ids: Collection[str], of: str | None = None) -> dict[str, Case]:
    """Several cases by their ids, not locked, in one statement; those ``of`` an account, or anybody's."""
    query = select(Case).where(Case.id.in_(ids))
    query = query.where(Case.account_id == of) if of is not None else query
    return {case.id: case for case in session.scalars(query)}


class Filed(NamedTuple):
    """What others are told of a case that was filed."""

    id: str
    type: FilingType
    title: str
    serial_number: str
    paper_required: bool


def filed_of(session: Session, ids: Collection[str]) -> dict[str, Filed]:
    """Many filed cases by their ids."""
    columns = (Case.id, Case.type, Case.title, Case.serial_number, Case.paper_required)
    filed = select(*columns).where(Case.id.in_(ids), Case.serial_number.is_not(None))
    return {row[0]: Filed._make(row) for row in session.execute(filed)}


def forms_of(session: Session, ids: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The forms of many cases by their ids, a few at a time: they are the larger part of a case."""
    rows = session.execute(select(Case.id, Case.form).where(Case.id.in_(ids)).execution_options(yield_per=50))
    yield from ((row.id, row.form) for row in rows)


def lock_cases(session: Session, ids: Collection[str]) -> dict[str, Case]:
    """Several cases, locked in the order of their ids until the end of the transaction."""
    query = select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update()
    return {case.id: case for case in session.scalars(query.execution_options(populate_existing=True))}


def lock_free(session: Session, ids: Collection[str]) -> Sequence[Case]:
    """Those of some cases that nobody else holds, locked until the end of the transaction."""
    query = select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update(skip_locked=True)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def lock_by_any_number(session: Session, number: str) -> Case | None:
    """The filed case with this serial number, acceptance number or id, locked until the transaction ends."""
    return session.execute(_by_any_number(number).with_for_update()).scalar_one_or_none()


def find_by_any_number(session: Session, number: str) -> Case | None:
    """As :func:`lock_by_any_number`, not locked."""
    return session.execute(_by_any_number(number)).scalar_one_or_none()


def _by_any_number(number: str) -> Select[Case]:
    fits = or_(Case.serial_number == number, Case.acceptance_number == number, Case.id == number)
    return select(Case).where(fits, Case.state != "draft")


def find_by_number(session: Session, number: str) -> Case | None:
    """By acceptance or serial number, exactly as written."""
    return session.execute(
        select(Case).where((Case.acceptance_number == number) | (Case.serial_number == number))
    ).scalar_one_or_none()


def actors_of(session: Session, case_id: str) -> set[str]:
    """Everybody who ever acted on a case."""
    return set(session.scalars(select(ActionRow.actor).where(ActionRow.case_id == case_id).distinct()))
