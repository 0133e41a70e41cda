"""Listing and opening the documents that filing issued."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments

from filing.cases.access import readable_case
from filing.documents.store import documents_of, find_document


def list_documents(request: ListDocuments, uow: UnitOfWork) -> DocumentList:
    """Documents of a case in the order of issue; of declarations only the one that counts, the last.

    Errors: ``application_unknown``, ``forbidden``.
    """
    case = readable_case(uow, request.application_id)
    rows = documents_of(uow.session, case.id)
    declarations = [row.id for row in rows if row.kind == "declaration"]
    return DocumentList(items=[row.ref for row in rows if row.id not in declarations[:-1]])


def get_document(request: GetDocument, uow: UnitOfWork) -> DocumentRef:
    """One document, for those who may read its case. Errors: ``document_unknown``."""
    row = find_document(uow.session, request.document_id)
    if row is None:
        raise Problem("document_unknown")
    try:
        readable_case(uow, row.case_id)
    except Problem as problem:
        raise Problem("document_unknown" if problem.code == "application_unknown" else problem.code) from problem
    return row.ref
