"""What intake noted of parcels: it stands in the history of the case, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from filing.cases.store import ActionRow, Case
from filing.expedite.store import promise_missed

DECISIONS = ("request_correction", "propose_refusal", "oppose_refusal")


def built_on(session: Session, case: Case, today: date) -> bool:
    """Whether something rests on the receipt of a case: an examiner has it, or has decided anything about it, be it
    open again since; or a promise to hurry it was missed, whose fee goes back."""
    if case.state not in ("submitted", "accepted"):
        return True
    query = select(ActionRow.id).where(ActionRow.case_id == case.id, ActionRow.action.in_(DECISIONS))
    return session.scalars(query.limit(1)).first() is not None or promise_missed(session, case.id, today)


def missing(session: Session, case_ids: Collection[str]) -> dict[str, str]:
    """By case, what its last parcel lacked; nothing of a case of which no parcel lacked anything."""
    query = select(ActionRow.case_id, ActionRow.note).distinct(ActionRow.case_id)
    query = query.where(ActionRow.case_id.in_(case_ids), ActionRow.action == "note_deficient_paper")
    rows = session.execute(query.order_by(ActionRow.case_id, ActionRow.id.desc()))
    return {row.case_id: row.note for row in rows}
