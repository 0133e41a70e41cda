"""Cases and their append-only history; and everything that belongs to one case, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from chassis.errors import Problem
from contracts.filing import SignatureView, State
from contracts.forms import FilingType
from contracts.objects import DocumentRef
from pydantic import TypeAdapter
from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.clocks.model import ReadDeadline
from filing.forms.applicant import Applicant
from filing.prechecks.model import ReadCheck

STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]  # typing keeps the values here
_STATES = ", ".join(f"'{state}'" for state in STATES)


class Case(Base):
    """One application from draft to end. ``version`` counts changes of form and state; ``policy_on`` is the day of
    filing, whose policy it is judged by to its end."""

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
        CheckConstraint("state <> 'under_examination' OR examiner_id IS NOT NULL", name="examined_by_somebody"),
        Index("ix_cases_account_id", "account_id", "id"),
        Index(
            "ix_cases_queue",
            "state",
            "accepted_at",
            postgresql_where=text("state IN ('submitted', 'accepted', 'under_examination', 'refusal_proposed')"),
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
    reason: Mapped[str] = mapped_column(server_default="")
    evidence: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    @property
    def status(self) -> State:
        return cast("State", self.state)

    @property
    def paper_awaited(self) -> bool:
        return self.paper_required and self.paper_received_at is None


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
    return session.get(Case, application_id)


def lock_case(session: Session, application_id: str) -> Case:
    """The case, locked until the end of the transaction. Problem ``application_unknown``."""
    case = session.execute(
        select(Case).where(Case.id == application_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if case is None:
        raise Problem("application_unknown")
    return case


def lock_by_serial_number(session: Session, serial_number: str) -> Case | None:
    return session.execute(
        select(Case).where(Case.serial_number == serial_number).with_for_update()
    ).scalar_one_or_none()


def find_by_number(session: Session, number: str) -> Case | None:
    """By acceptance or serial number, exactly as written."""
    return session.execute(
        select(Case).where((Case.acceptance_number == number) | (Case.serial_number == number))
    ).scalar_one_or_none()


def actors_of(session: Session, case_id: str) -> set[str]:
    """Everybody who ever acted on a case."""
    return set(session.scalars(select(ActionRow.actor).where(ActionRow.case_id == case_id).distinct()))


@dataclass(frozen=True)
class Acted:
    """A line of the history."""

    action: str
    at: datetime
    by: str
    from_state: str
    to_state: str
    note: str


@dataclass(frozen=True)
class Held:
    """A material and its check."""

    id: str
    role: str
    file_name: str
    sha256: str
    size: int
    attached_at: datetime
    correction_id: str | None
    superseded_by: str | None
    made_of: dict[str, Any] | None
    precheck: ReadCheck


@dataclass(frozen=True)
class Defect:
    id: str
    target: str
    page: int | None
    message: str
    answer: str | None


@dataclass(frozen=True)
class Round:
    """A round of correction."""

    id: str
    requested_at: datetime
    due_on: date
    answered_at: datetime | None
    changes: list[dict[str, Any]]
    defects: list[Defect]


@dataclass(frozen=True)
class Whole:
    """``history`` as it happened, ``materials`` in the applicant's order without removed ones, ``corrections`` by
    round, ``declaration`` and ``application_form`` the newest ones; ``applicant`` of a draft as verified by now;
    ``offset_days``: where the legal clock stands."""

    history: list[Acted]
    materials: list[Held]
    deadlines: list[ReadDeadline]
    corrections: list[Round]
    declaration: DocumentRef | None
    application_form: DocumentRef | None
    signatures: list[SignatureView]
    applicant: Applicant | None
    offset_days: int


_EVERYTHING = text("""
    WITH issued AS (
        SELECT i.id, i.kind, json_build_object(
            'document_id', i.id, 'kind', i.kind, 'title', i.title, 'file_name', i.file_name,
            'content_type', i.content_type, 'object', json_build_object('sha256', i.sha256, 'size', i.size),
            'issued_at', i.issued_at) AS ref
        FROM documents i WHERE i.case_id = :case_id AND i.kind IN ('declaration', 'application_form'))
    SELECT json_build_object(
        'history', coalesce(
            (SELECT json_agg(a ORDER BY a.id) FROM actions a WHERE a.case_id = :case_id), '[]'),
        'materials', coalesce(
            (SELECT json_agg(held ORDER BY held.position, held.id) FROM (
                SELECT m.*, to_json(p) AS precheck FROM materials m JOIN prechecks p ON p.id = m.precheck_id
                WHERE m.case_id = :case_id AND m.removed_at IS NULL) held), '[]'),
        'deadlines', coalesce(
            (SELECT json_agg(d ORDER BY d.id) FROM deadlines d WHERE d.case_id = :case_id), '[]'),
        'corrections', coalesce(
            (SELECT json_agg(given ORDER BY given.round) FROM (
                SELECT c.*, coalesce((SELECT json_agg(d ORDER BY d.position) FROM defects d
                                      WHERE d.correction_id = c.id), '[]') AS defects
                FROM corrections c WHERE c.case_id = :case_id) given), '[]'),
        'declaration',
            (SELECT i.ref FROM issued i WHERE i.kind = 'declaration' ORDER BY i.id DESC LIMIT 1),
        'application_form',
            (SELECT i.ref FROM issued i WHERE i.kind = 'application_form' ORDER BY i.id DESC LIMIT 1),
        'signatures', coalesce(
            (SELECT json_agg(json_build_object(
                'evidence_id', s.evidence_id, 'signer_name', s.signer_name, 'signer_number', s.masked_id_number,
                'method', s.method, 'signed_at', s.signed_at, 'sha256', s.sha256, 'correction_id', s.correction_id,
                'declaration', d.ref, 'application_form', f.ref) ORDER BY s.signed_at, d.id)
             FROM signatures s JOIN issued d ON d.id = s.declaration_id JOIN issued f ON f.id = s.application_form_id
             WHERE s.case_id = :case_id), '[]'),
        'applicant',
            (SELECT json_build_object(
                'name', p.name, 'kind', p.kind, 'id_type', p.id_type, 'masked_id_number', p.masked_id_number)
             FROM cases c JOIN applicants p ON p.account_id = c.account_id WHERE c.id = :case_id AND c.state = 'draft'),
        'offset_days', coalesce((SELECT l.offset_days FROM legal_clock l), 0))::text
    """)
_whole = TypeAdapter(Whole)


def read_whole(session: Session, case_id: str) -> Whole:
    """As it is in the session's transaction; what the session holds back is written first."""
    session.flush()
    return _whole.validate_json(session.execute(_EVERYTHING, {"case_id": case_id}).scalar_one())
