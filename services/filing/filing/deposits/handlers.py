"""Asking for the deposit of a program and its document."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.tools import CreateDeposit, JobView

from filing.applicants.handlers import sender_in_filing
from filing.deposits.model import foreseen, once_each
from filing.jobs.handlers import queue_job, view_job
from filing.prechecks.model import browser_of


def create_deposit(request: CreateDeposit, uow: UnitOfWork) -> JobView:
    """Queues the making of conforming PDFs (办法 art. 10 to 12) from uploaded source code and documents.

    Errors: ``deposit_empty``, ``receipt_invalid``, ``work_too_many``, ``request_invalid`` for a title or version of
    nothing visible and for what could not be made anyhow.
    """
    if not request.source and not request.document:
        raise Problem("deposit_empty")
    header = {name: _one_line(getattr(request, name)) for name in ("title", "short_name", "version")}
    if unseen := [FieldError(name, "format_invalid") for name in ("title", "version") if not header[name]]:
        raise Problem("request_invalid", errors=unseen)

    def file(token: str) -> dict[str, str] | None:
        if not token:
            return None
        receipt = uow.receipt(token, sign_up=request.client)
        return {"sha256": receipt.object.sha256, "file_name": receipt.file_name}

    source = once_each([taken for token in request.source if (taken := file(token))])
    document, object_code, options = file(request.document), file(request.object_code), request.options.model_dump()
    if errors := list(foreseen(source, document, object_code, options)):
        raise Problem("request_invalid", errors=errors)
    row = queue_job(
        uow,
        "deposit",
        uow.actor.party,
        sender_in_filing(uow, request.network),
        {
            **header,
            "source": source,
            "document": document,
            "object_code": object_code,
            "options": options,
        },
        visitor="" if uow.actor.party else browser_of(request.client),
    )
    uow.audit("material.deposit.request", subject=row.id, files=len(source))
    return view_job(uow, row, request.language)


def _one_line(text: str) -> str:
    """As it fits into a header: without line breaks and control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
