"""Listing and opening the documents that filing issued."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments

from filing.cases.access import readable_case
from filing.documents.model import SIGNED
from filing.documents.store import documents_of, find_document
from filing.signatures.store import signatures_of


def list_documents(request: ListDocuments, uow: UnitOfWork) -> DocumentList:
    """Documents of a case in the order of issue; of what is to be signed only what was, and the last.

    Errors: ``application_unknown``, ``forbidden``.
    """
    case = readable_case(uow, request.application_id)
    rows = documents_of(uow.session, case.id)
    signed = {
        id_ for row in signatures_of(uow.session, case.id) for id_ in (row.declaration_id, row.application_form_id)
    }
    last = {row.kind: row.id for row in rows}
    shown = [row for row in rows if row.kind not in SIGNED or row.id in signed or row.id == last[row.kind]]
    return DocumentList(items=[row.ref for row in shown])


def get_document(request: GetDocument, uow: UnitOfWork) -> DocumentRef:
    """One document, for those who may read its case. Errors: ``document_unknown``."""
    row = find_document(uow.session, request.document_id)
    if row is None:
        raise Problem("document_unknown")
    try:
        readable_case(uow, row.case_id)
    except Problem as problem:
        hidden = problem.code in ("application_unknown", "application_discarded")
        raise Problem("document_unknown" if hidden else problem.code) from problem
    return row.ref
