"""Scans that the old system had of its registrations: kept as an import brings them, opened by whose they are."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.legacy.scans import OpenLegacyPaper, ScansTaken
from contracts.objects import DocumentRef, ObjectRef

from archive.certificates.handlers import may_read
from archive.legacy import store


def keep_papers(taken: ScansTaken, uow: UnitOfWork) -> None:
    """Some scans came; twice they are once. Those of a registration that went again with its import are not kept."""
    named = [one.record_id for one in taken.scans]
    known = {row.record_id for row in store.records(uow.session, taken.import_id, named)}
    kept = [one for one in taken.scans if one.record_id in known]
    store.add_papers(uow.session, taken.import_id, kept)
    uow.audit("register.keep_papers", subject=taken.import_id, papers=len(kept))


def open_legacy_paper(request: OpenLegacyPaper, uow: UnitOfWork) -> DocumentRef:
    """Where the bytes are. Problem ``document_unknown``, also for what is somebody else's."""
    found = store.find_paper(uow.session, request.record_id, request.file_id)
    if found is None or not may_read(uow.actor, found[1] or ""):
        raise Problem("document_unknown")
    row = found[0]
    if uow.actor.is_staff:
        uow.audit("register.open_paper", subject=row.record_id, file=row.file_id)
    return DocumentRef(
        document_id=row.file_id,
        kind="legacy_file",
        title=row.file_name,
        file_name=row.file_name,
        content_type="application/octet-stream",
        object=ObjectRef(sha256=row.sha256, size=row.size),
        issued_at=row.taken_at,
    )
