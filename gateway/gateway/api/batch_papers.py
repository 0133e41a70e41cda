"""打印纸质材料: what a batch has to send on paper, and the file of it."""

from __future__ import annotations

from contracts.base import ACCOUNT
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.batches import fetch
from gateway.batches.papers import ALL_ROWS, Rows, Why, papers_of
from gateway.batches.printing import print_papers
from gateway.web.api import ApiGroup
from gateway.web.limits import limiter, per_minute

routes = ApiGroup("batch_papers", _l("批量登记的纸质材料"))


class PaperPart(BaseModel):
    """Rows of the sheet that are printed at once. ``rest_offered``: one of the works that are not ready takes too long,
    and the others can be printed with ``rest``."""

    first: int
    last: int
    ready: int
    missing: int
    rest_offered: bool


class PaperMissing(BaseModel):
    """A work that is not ready: its signed form is *being_sealed*; the one that is there was *corrected* since; or it
    is *stuck*, and our staff have to see to it."""

    line: int
    application_id: str
    title: str
    serial_number: str
    acceptance_number: str | None
    why: Why


class PapersToPrint(BaseModel):
    """Of the works whose paper is awaited."""

    parts: list[PaperPart]
    missing: list[PaperMissing]


class PapersQuery(BaseModel):
    """Rows of the sheet, both included; ``rest``: without the works that are not ready, which the first page names."""

    model_config = ConfigDict(extra="forbid")

    first: int = Field(default=ALL_ROWS.first, ge=0, le=ALL_ROWS.last)
    last: int = Field(default=ALL_ROWS.last, ge=0, le=ALL_ROWS.last)
    rest: bool = False


@routes.get(
    "/batches/<batch_id>/papers",
    _l("要打印的纸质材料"),
    access=ACCOUNT,
    reply=PapersToPrint,
    problems=("batch_unknown", "document_unknown", "batch_papers_being_made"),
)
def list_papers(batch_id: str) -> PapersToPrint:
    """In which parts it is printed, and the works that are not ready."""
    fetch(batch_id)
    papers = papers_of(batch_id)
    return PapersToPrint(
        parts=[
            PaperPart(
                first=part.rows.first,
                last=part.rows.last,
                ready=len(part.papers.ready),
                missing=len(part.papers.missing),
                rest_offered=part.papers.rest_offered,
            )
            for part in papers.parts()
        ],
        missing=[
            PaperMissing(
                line=one.work.line,
                application_id=one.work.application_id,
                title=one.work.title,
                serial_number=one.work.serial_number,
                acceptance_number=one.work.acceptance_number,
                why=one.why,
            )
            for one in papers.missing
        ],
    )


@routes.get(
    "/batches/<batch_id>/papers.pdf",
    _l("打印纸质材料的封面和申请表"),
    access=ACCOUNT,
    raw=True,
    content_type="*/*",
    query=PapersQuery,
    problems=("batch_unknown", "document_unknown", "batch_papers_being_made", "batch_papers_in_parts"),
)
@limiter.limit(per_minute(6))
def get_papers(batch_id: str, query: PapersQuery) -> Response:
    """Cover sheet and signed form of each work, in the order of the sheet; more than 200 works in parts."""
    return print_papers(fetch(batch_id), Rows(query.first, query.last), rest=query.rest)
