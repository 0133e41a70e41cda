"""How much an examiner will find marked in each case of a queue: as much as the case's own page shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from filing.cases.facts import filed_by
from filing.cases.store import Case
from filing.forms.pinned import situation_of
from filing.forms.printing import unprintable
from filing.materials.store import MaterialRow
from filing.prechecks.model import worth_a_look
from filing.reports.report import examine
from filing.types import TYPES

_EXAMINED = ("accepted", "under_examination", "refusal_proposed")
_SAMPLES = sorted(set().union(*(filing_type.fields.samples() for filing_type in TYPES.values())))
_MOST_TWINS = 5
_TWINS = text("""
    SELECT m.case_id, least(count(*), :most) AS n
    FROM materials m
    CROSS JOIN LATERAL (
        SELECT o.case_id FROM materials o WHERE o.sha256 = m.sha256 AND o.case_id <> m.case_id
            AND o.role = ANY(:samples) AND o.removed_at IS NULL AND o.superseded_by IS NULL LIMIT 100) o
    JOIN cases c ON c.id = o.case_id AND c.state <> 'draft'
    WHERE m.case_id = ANY(:case_ids) AND m.role = ANY(:samples) AND m.removed_at IS NULL AND m.superseded_by IS NULL
    GROUP BY m.case_id
    """)


def twins(session: Session, case_ids: Collection[str]) -> dict[str, int]:
    """How many of a case's works others have filed as well, as the page of the case counts them."""
    if not case_ids:
        return {}
    asked: dict[str, Any] = {"case_ids": list(case_ids), "samples": _SAMPLES, "most": _MOST_TWINS}
    return {row.case_id: int(row.n) for row in session.execute(_TWINS, asked)}


def hints(case: Case, materials: Sequence[MaterialRow], today: date, filed_twice: Mapping[str, int]) -> int:
    """Findings of the files that count, and what is said of form and files beside each other."""
    current = [row for row in materials if row.superseded_by is None]
    count = worth_a_look([finding for row in current for finding in row.precheck.findings])
    if case.state not in _EXAMINED or case.applicant is None:
        return count
    filing_type = TYPES[case.type]
    found = examine(filing_type, case.form, situation_of(case, filed_by(case), today), current)
    problems = [*found.of_form, *found.of_files]
    if found.form is not None:
        problems += unprintable(filing_type.printed(found.form.model_dump(mode="json")))
    count += sum(one.severity in ("warning", "error") for one in problems)
    return count + filed_twice.get(case.id, 0)
