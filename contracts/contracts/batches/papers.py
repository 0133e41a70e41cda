"""Contracts of the paper that a batch still has to send."""

from __future__ import annotations

from datetime import datetime

from contracts.base import SIGNED_IN, Identifier, Model, RpcMethod
from contracts.objects import DocumentRef
from contracts.paging import Page


class ListBatchPapers(Page):
    """In the order of the sheet: works whose paper is awaited."""

    batch_id: Identifier


class BatchPaper(Model):
    """What a work is posted with. ``line``: its row in the sheet. ``signed_sha256``: the application form that was
    signed last, at ``signed_at``, before the signature was drawn into it: the paper is that form and no older one."""

    line: int
    application_id: str
    serial_number: str
    cover_sheet: DocumentRef
    title: str = ""
    acceptance_number: str | None = None
    signed_sha256: str = ""
    signed_at: datetime | None = None


class BatchPapers(Model):
    items: list[BatchPaper]
    next_cursor: str | None = None


LIST_BATCH_PAPERS = RpcMethod("filing", "list_batch_papers", ListBatchPapers, BatchPapers, SIGNED_IN)
