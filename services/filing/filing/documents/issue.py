"""Rendering a document, storing its bytes, and entering it in the case's list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from chassis.documents import DocumentRenderer, PdfStandard
from chassis.green import offload
from chassis.ids import new_id
from chassis.uow import UnitOfWork

from filing.cases.store import Case
from filing.documents.model import SIGNED, TITLES, Kind, file_name
from filing.documents.store import DocumentRow
from filing.forms.pinned import policy_of
from filing.forms.policy import FormPolicy
from filing.types import TYPES

TEMPLATES = Path(__file__).parent / "templates"


@cache
def renderer() -> DocumentRenderer:
    """Of all documents of filing, once per process."""
    return DocumentRenderer(TEMPLATES)


def issue(
    uow: UnitOfWork, case: Case, kind: Kind, data: dict[str, Any], *, title: str = "", basis: str = ""
) -> DocumentRow:
    """Issues a document of a case. Equal data gives equal bytes; the bytes are stored before the row is committed.

    ``title``: what it is called, where its kind alone does not say so. What is to be signed is PDF/A-3, which may carry
    its evidence inside.
    """
    policy = policy_of(case, uow.today())
    number = case.acceptance_number or case.serial_number or ""
    document_id = new_id("fil")
    common: dict[str, Any] = {
        "document_id": document_id,
        "date": uow.today().isoformat(),
        "sandbox": uow.settings.sandbox,
        "title": case.title,
        "kind": kind_words(case, policy),
        "department": TYPES[case.type].department,
    }
    standard: PdfStandard = "a-3b" if kind in SIGNED else "a-2b"
    pdf = offload(partial(renderer().render, kind, {**common, **data}, pdf_standard=standard))
    reference = offload(uow.objects.put_bytes, pdf)
    row = DocumentRow(
        id=document_id,
        case_id=case.id,
        kind=kind,
        title=title or TITLES[kind],
        file_name=file_name(title or TITLES[kind], number),
        content_type="application/pdf",
        sha256=reference.sha256,
        size=reference.size,
        basis=basis,
        issued_at=uow.legal_now(),
    )
    uow.session.add(row)
    uow.audit("document.issue", subject=case.id, document=row.id, kind=kind, sha256=row.sha256)
    return row


def kind_words(case: Case, policy: FormPolicy, form: Mapping[str, Any] | None = None) -> str:
    """``作品著作权登记（文字作品）``; ``form``: as it is to become, where it is not yet the case's."""
    subject = TYPES[case.type].subject(case.form if form is None else form, policy)
    return policy.title.zh + (f"（{subject}）" if subject else "")


def progress_address(uow: UnitOfWork, number: str) -> str:
    """What the QR code of a notice says: the public page of the case's progress."""
    return f"{uow.settings.public_url}/progress/{number}"
