"""Everything that belongs to one case, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.filing import SignatureView
from contracts.objects import DocumentRef
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.orm import Session

from filing.clocks.model import ReadDeadline
from filing.forms.applicant import Applicant
from filing.materials.model import ReadMaterial
from filing.types import TYPES


@dataclass(frozen=True)
class PastAction:
    """A line of the history."""

    action: str
    at: datetime
    by: str
    from_state: str
    to_state: str
    note: str
    actor: str = ""


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
class Twin:
    """A case with the very same copy of its work as ``material_id`` here; ``own``: of the same account."""

    material_id: str
    own: bool
    state: str
    title: str
    number: str
    applicant_name: str


@dataclass(frozen=True)
class WholeCase:
    """``history`` as it happened, ``materials`` in the applicant's order without removed ones, ``corrections`` by
    round, ``declaration`` and ``application_form`` the newest ones; ``applicant`` of a draft as verified by now;
    ``offset_days``: where the legal clock stands. ``twins``: some of the other cases with the same work in them, those
    of its own account first, and drafts of that alone. ``sealed``: its deposit is."""

    history: list[PastAction]
    materials: list[ReadMaterial]
    deadlines: list[ReadDeadline]
    corrections: list[Round]
    declaration: DocumentRef | None
    application_form: DocumentRef | None
    signatures: list[SignatureView]
    applicant: Applicant | None
    offset_days: int
    twins: list[Twin]
    sealed: bool


_MOST_TWINS = 5
_LOOKED_AT = 100
"""Files with the same bytes that are looked at: what thousands have filed is no news."""
_SAMPLES = sorted(set().union(*(filing_type.fields.samples() for filing_type in TYPES.values())))
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
        'twins', coalesce((SELECT json_agg(t) FROM (
            SELECT m.id AS material_id, c.account_id = mine.account_id AS own, c.state, c.title,
                   coalesce(c.registration_number, c.acceptance_number, c.serial_number, '') AS number,
                   coalesce(c.applicant ->> 'name', '') AS applicant_name
            FROM materials m JOIN cases mine ON mine.id = m.case_id
            CROSS JOIN LATERAL (
                SELECT o.case_id FROM materials o WHERE o.sha256 = m.sha256 AND o.case_id <> m.case_id
                    AND o.role = ANY(:samples) AND o.removed_at IS NULL AND o.superseded_by IS NULL LIMIT :looked_at) o
            JOIN cases c ON c.id = o.case_id
            WHERE m.case_id = :case_id AND m.role = ANY(:samples)
                AND m.removed_at IS NULL AND m.superseded_by IS NULL
                AND (c.state <> 'draft' OR c.account_id = mine.account_id)
            ORDER BY own DESC, m.position, c.id LIMIT :most_twins) t), '[]'),
        'sealed', EXISTS (SELECT FROM seals z WHERE z.case_id = :case_id AND z.lifted_at IS NULL),
        'offset_days', coalesce((SELECT l.offset_days FROM legal_clock l), 0))::text
    """)
_whole = TypeAdapter(WholeCase)


def read_whole(session: Session, case_id: str) -> WholeCase:
    """As it is in the session's transaction; what the session holds back is written first."""
    session.flush()
    asked = {"case_id": case_id, "samples": _SAMPLES, "looked_at": _LOOKED_AT, "most_twins": _MOST_TWINS}
    return _whole.validate_json(session.execute(_EVERYTHING, asked).scalar_one())
