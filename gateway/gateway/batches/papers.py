"""What a batch has to send on paper: which works are ready to be printed, which are not and why, and in which parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from chassis.clock import utc_now
from chassis.errors import Problem
from contracts.batches import LIST_BATCH_PAPERS, BatchPaper, BatchView, ListBatchPapers
from contracts.objects import DocumentRef
from contracts.signed import LIST_SIGNED_FORMS, MOST_CASES, ListSignedForms, SignedForms

from gateway.web.calls import call

SOON = 30
"""Seconds, until what is being made is asked for again."""
PATIENCE = timedelta(hours=1)
"""From the signature: a form that has its seal later than that is not waited for by the other works."""
MOST_AT_ONCE = 200
"""Works of one part to be printed."""

Why = Literal["being_sealed", "corrected", "stuck"]
"""The form has no signature drawn into it yet; the one that has is older than the last correction; somebody of the
office has to see why it gets none."""


@dataclass(frozen=True)
class Ready:
    """A work whose paper can be printed."""

    work: BatchPaper
    form: DocumentRef


@dataclass(frozen=True)
class NotReady:
    """A work that awaits its signed form."""

    work: BatchPaper
    why: Why


@dataclass(frozen=True)
class Rows:
    """From a row of the sheet to another, both included."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last


ALL_ROWS = Rows(0, 10**9)


@dataclass(frozen=True)
class Papers:
    """Of the works whose paper is awaited, in the order of the sheet."""

    ready: Sequence[Ready]
    missing: Sequence[NotReady]

    @property
    def rest_offered(self) -> bool:
        """Whether those that are ready are printed without the others: one of them takes too long."""
        now = utc_now()
        since = [one.work.signed_at for one in self.missing]
        return bool(self.ready) and any(at is None or now - at >= PATIENCE for at in since)

    def parts(self) -> list[Part]:
        """What is printed at once. Rows of one number stay together."""
        parts: list[list[int]] = []
        works = [*(one.work for one in self.ready), *(one.work for one in self.missing)]
        for line in sorted(work.line for work in works):
            if not parts or (len(parts[-1]) >= MOST_AT_ONCE and line != parts[-1][-1]):
                parts.append([])
            parts[-1].append(line)
        return [Part(rows, self._in(rows)) for rows in (Rows(part[0], part[-1]) for part in parts)]

    def _in(self, rows: Rows) -> Papers:
        return Papers(
            [one for one in self.ready if one.work.line in rows],
            [one for one in self.missing if one.work.line in rows],
        )


@dataclass(frozen=True)
class Part:
    """Some rows of the sheet."""

    rows: Rows
    papers: Papers


def papers_awaited(batch: BatchView) -> bool:
    """Whether paper of it is to be sent, and all of its cover sheets are there."""
    if batch.submitted_at is None:
        return False
    try:
        return bool(call(LIST_BATCH_PAPERS, ListBatchPapers(batch_id=batch.batch_id, limit=1)).items)
    except Problem as problem:
        if problem.code != "batch_papers_being_made":
            raise
        return False


def papers_of(batch_id: str, rows: Rows = ALL_ROWS) -> Papers:
    """Problems: ``batch_unknown``; ``document_unknown``: nothing is to be sent; ``batch_papers_being_made``: cover
    sheets are not all there yet."""
    ready: list[Ready] = []
    missing: list[NotReady] = []
    for page in _pages(batch_id):
        works = [work for work in page if work.line in rows]
        if not works:
            continue
        signed = call(LIST_SIGNED_FORMS, ListSignedForms(application_ids=[work.application_id for work in works]))
        for work in works:
            found = _looked_at(work, signed)
            if isinstance(found, Ready):
                ready.append(found)
            else:
                missing.append(found)
    if not ready and not missing:
        raise Problem("document_unknown")
    return Papers(ready, missing)


def to_print(batch_id: str, rows: Rows, *, without_missing: bool) -> Papers:
    """All of some rows, or what is ready of them where that is offered. Problems of :func:`papers_of`, and
    ``batch_papers_being_made`` also while not all is ready."""
    papers = papers_of(batch_id, rows)
    if papers.missing and not (without_missing and papers.rest_offered):
        raise Problem("batch_papers_being_made", seconds=SOON)
    return papers


def _looked_at(work: BatchPaper, signed: SignedForms) -> Ready | NotReady:
    """A form that was corrected since is not what is to be printed; without a hash, whoever answers is of an earlier
    release and knows none."""
    form = next((one for one in signed.items if one.application_id == work.application_id), None)
    if form is not None and (form.signed_sha256 in (work.signed_sha256, "") or work.signed_sha256 == ""):
        return Ready(work, form.document)
    if work.application_id in signed.stuck:
        return NotReady(work, "stuck")
    return NotReady(work, "being_sealed" if form is None else "corrected")


def _pages(batch_id: str) -> Iterator[list[BatchPaper]]:
    cursor: str | None = None
    while True:
        page = call(LIST_BATCH_PAPERS, ListBatchPapers(batch_id=batch_id, cursor=cursor, limit=MOST_CASES))
        if page.items:
            yield page.items
        if page.next_cursor is None:
            return
        cursor = page.next_cursor
