"""What filing keeps of an account: applications with their files, batches, checks and work of the tools."""

from __future__ import annotations

from chassis.own_data import facts_of, telling
from contracts.own_data import OwnDocument, OwnFile, OwnRecord
from sqlalchemy.orm import Session

from filing.cases.store import Case
from filing.own_data import store
from filing.own_data.store import OfCases

_CASE = (
    *("type", "form_code", "state", "policy_on", "serial_number", "acceptance_number", "registration_number"),
    *("paper_required", "paper_received_at", "order_amount", "order_state", "expedite_due_on", "batch_id", "reason"),
    *("basis", "created_at", "updated_at", "submitted_at", "accepted_at", "applicant", "form"),
)
_BATCH = (
    *("type", "name", "organisation", "state", "works", "spreadsheet_name", "order_amount", "order_state", "paid_at"),
    *("created_at", "submitted_at", "accepted_at"),
)


def applications(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Drafts, too, with what their pages kept unsaved; without what the office notes for itself."""
    cases = store.cases_of(session, account_id, after, limit)
    parts = store.parts_of(session, [case.id for case in cases])
    return [_application(case, parts) for case in cases]


def _application(case: Case, parts: OfCases) -> OwnRecord:
    facts = facts_of(case, _CASE) | {
        "history": [
            {"at": row.at, "by": row.by, "action": row.action, "state": row.to_state}
            for row in parts.actions.get(case.id, ())
        ],
        "corrections": [
            {
                "requested_at": row.requested_at,
                "due_on": row.due_on,
                "answered_at": row.answered_at,
                "defects": [{"message": defect.message, "answer": defect.answer} for defect in row.defects],
                "changes": row.changes,
            }
            for row in parts.corrections.get(case.id, ())
        ],
        "signatures": [
            facts_of(row, ("signer_name", "masked_id_number", "method", "sha256", "signed_at"))
            for row in parts.signatures.get(case.id, ())
        ],
        "unsaved": [facts_of(row, ("step", "form", "kept_at")) for row in parts.unsaved.get(case.id, ())],
    }
    return OwnRecord(
        record_id=case.id,
        title=case.title,
        at=case.submitted_at or case.created_at,
        facts={name: value for name, value in facts.items() if value != []},
        files=[
            OwnFile(file_name=row.file_name, sha256=row.sha256, size=row.size)
            for row in parts.materials.get(case.id, ())
        ],
        documents=[OwnDocument(document_id=row.id, title=row.title) for row in parts.documents.get(case.id, ())],
    )


def batches(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Their works are applications."""
    return [
        OwnRecord(
            record_id=row.id,
            title=row.name,
            at=row.created_at,
            facts=facts_of(row, _BATCH),
            files=[
                OwnFile(file_name=row.spreadsheet_name, sha256=row.spreadsheet_sha256, size=row.spreadsheet_size),
                *(
                    OwnFile(file_name=file.path, sha256=file.sha256 or "", size=file.size)
                    for file in store.files_of_batch(session, row.id)
                ),
            ],
        )
        for row in store.batches_of(session, account_id, after, limit)
    ]


def checks(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Of files that were checked with the tool."""
    names = ("profile", "state", "verdict", "findings", "queued_at", "finished_at")
    return [
        OwnRecord(
            record_id=row.id,
            title=row.file_name,
            at=row.queued_at,
            facts=facts_of(row, names),
            files=[OwnFile(file_name=row.file_name, sha256=row.sha256, size=row.size)],
        )
        for row in store.checks_of(session, account_id, after, limit)
    ]


def jobs(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Repairs and deposits that were made of files, by the hashes of all that took part."""
    return [
        OwnRecord(
            record_id=row.id,
            title=row.kind,
            at=row.queued_at,
            facts=facts_of(row, ("kind", "state", "queued_at", "finished_at", "objects")),
        )
        for row in store.jobs_of(session, account_id, after, limit)
    ]


own_data = telling({"applications": applications, "batches": batches, "checks": checks, "jobs": jobs})
