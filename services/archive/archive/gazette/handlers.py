"""Reading the gazette: its issues, the records of one, and its PDF. For everybody."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.cursors import after_day, cursor
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.gazette import GazetteIssue, GazetteIssues, GazettePage, ListGazette, OpenGazette, ReadGazette
from contracts.objects import DocumentRef, ObjectRef

from archive.gazette import store
from archive.gazette.model import TEXTS
from archive.gazette.reading import items_of


def list_gazette(request: ListGazette, uow: UnitOfWork) -> GazetteIssues:
    """Published issues, the newest first. Problem ``request_invalid`` for a cursor that is none."""
    after = after_day(request.cursor)
    rows = store.issues(uow.session, request.year, after[0] if after else None, request.limit + 1)
    shown = rows[: request.limit]
    more = len(rows) > request.limit
    return GazetteIssues(items=_shown(uow, shown), next_cursor=cursor(shown[-1].day, "") if more else None)


def read_gazette(request: ReadGazette, uow: UnitOfWork) -> GazettePage:
    """Records of an issue in the order of their numbers. Problems ``gazette_unknown`` for a day without an issue,
    ``request_invalid`` for a cursor that is none."""
    issue = _published(uow, request)
    rows = store.announcements(
        uow.session,
        issue.day,
        _place(request.cursor),
        request.limit + 1,
        kind=request.kind,
        category=request.category,
        act=request.act,
    )
    shown = rows[: request.limit]
    earlier, later = store.beside(uow.session, issue.day)
    return GazettePage(
        issue=_shown(uow, [issue])[0],
        items=items_of(uow.session, shown),
        earlier=earlier,
        later=later,
        next_cursor=f"{shown[-1].registration_number}|{shown[-1].sequence}" if len(rows) > request.limit else None,
    )


def open_gazette(request: OpenGazette, uow: UnitOfWork) -> DocumentRef:
    """The signed PDF of a volume. Problem ``gazette_unknown`` for a day without an issue and a volume that is none."""
    issue = _published(uow, request)
    row = uow.session.get(store.Volume, (request.day, request.volume))
    if row is None:
        raise Problem("gazette_unknown")
    title = TEXTS.say("phrase", "issue", "zh", {"year": issue.year, "number": issue.number})
    return DocumentRef(
        document_id=f"arc-gazette-{issue.day.isoformat()}-{row.volume}",
        kind="gazette",
        title=title,
        file_name=f"{title}-{row.volume}.pdf",
        content_type="application/pdf",
        object=ObjectRef(sha256=row.sha256, size=row.size),
        issued_at=row.made_at,
    )


def _published(uow: UnitOfWork, request: ReadGazette | OpenGazette) -> store.Issue:
    issue = store.published(uow.session, request.day)
    if issue is None:
        raise Problem("gazette_unknown")
    return issue


def _place(text: str | None) -> store.Place | None:
    """The pair that a page ended with."""
    if not text:
        return None
    number, _, sequence = text.rpartition("|")
    if not (number and sequence.isascii() and sequence.isdigit() and len(sequence) < 10):
        raise Problem("request_invalid", errors=[FieldError("cursor", "invalid")])
    return number, int(sequence)


def _shown(uow: UnitOfWork, rows: Sequence[store.Issue]) -> list[GazetteIssue]:
    volumes = store.volumes_of(uow.session, [row.day for row in rows])
    return [
        GazetteIssue(
            day=row.day,
            number=row.number,
            counts=row.counts,
            total=row.total,
            volumes=len(volumes[row.day]),
            published_at=row.published_at or uow.now(),
        )
        for row in rows
    ]
