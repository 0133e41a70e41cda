"""Everything that belongs to one case, read in one statement: a case is looked at after every step of its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.objects import DocumentRef
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.orm import Session

from filing.clocks.model import ReadDeadline
from filing.prechecks.model import ReadCheck


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
    round, ``declaration`` the newest one; ``offset_days`` says where the legal clock stands."""

    history: list[Acted]
    materials: list[Held]
    deadlines: list[ReadDeadline]
    corrections: list[Round]
    declaration: DocumentRef | None
    offset_days: int


_EVERYTHING = text("""
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
            (SELECT json_build_object(
                'document_id', i.id, 'kind', i.kind, 'title', i.title, 'file_name', i.file_name,
                'content_type', i.content_type, 'object', json_build_object('sha256', i.sha256, 'size', i.size),
                'issued_at', i.issued_at)
             FROM documents i WHERE i.case_id = :case_id AND i.kind = 'declaration'
             ORDER BY i.id DESC LIMIT 1),
        'offset_days', coalesce((SELECT l.offset_days FROM legal_clock l), 0))::text
    """)
_whole = TypeAdapter(Whole)


def read_whole(session: Session, case_id: str) -> Whole:
    """As it is in the session's transaction; what the session holds back is written first."""
    session.flush()
    return _whole.validate_json(session.execute(_EVERYTHING, {"case_id": case_id}).scalar_one())
