"""Writing, publishing and taking away the office's words beside the guides."""

from __future__ import annotations

from chassis.access import is_self
from chassis.clock import legal_date
from chassis.cursors import after_moment, cursor
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.guides import (
    AskGuideWords,
    EndGuideText,
    GuideText,
    GuideTextList,
    GuideTextRef,
    GuideTextState,
    GuideWords,
    GuideWordsList,
    ListGuideTexts,
    WriteGuideText,
)
from contracts.paging import QueueTotals

from filing.guides import model
from filing.guides.store import GuideTextRow, counts, drafts_of_others, find_text, listed, lock_text, published


def write_guide_text(request: WriteGuideText, uow: UnitOfWork) -> GuideText:
    """A new draft; one that it replaces is discarded with it.

    Errors: ``guide_text_unknown``, ``guide_text_ended`` for a draft that is none any more.
    """
    if request.replaces is not None:
        before = _locked(uow, request.replaces)
        if before.state != "draft":
            raise Problem("guide_text_ended")
        _end(uow, before, "")
    row = GuideTextRow(
        id=new_id("gtx"),
        **request.model_dump(exclude={"replaces"}),
        state="draft",
        written_by=uow.actor.signed_in_as,
        written_at=uow.legal_now(),
    )
    uow.session.add(row)
    uow.session.flush()
    uow.audit("guide_text.write", subject=row.id, place=row.place, section=row.section)
    return _view(uow, row)


def publish_guide_text(request: GuideTextRef, uow: UnitOfWork) -> GuideText:
    """By another administrator than the one who wrote it.

    Errors: ``guide_text_unknown``, ``guide_text_ended``, ``guide_text_second_person``.
    """
    row = _locked(uow, request.text_id)
    model.may_be_published(row, uow.actor.signed_in_as)
    row.published_by, row.published_at = uow.actor.signed_in_as, uow.legal_now()
    _become(uow, row, "published")
    return _view(uow, row)


def end_guide_text(request: EndGuideText, uow: UnitOfWork) -> GuideText:
    """Discards a draft, or takes words away at once: what was published before them is there again.

    Errors: ``guide_text_unknown``, ``guide_text_ended``.
    """
    row = _locked(uow, request.text_id)
    _end(uow, row, request.reason)
    return _view(uow, row)


def get_guide_text(request: GuideTextRef, uow: UnitOfWork) -> GuideText:
    """One, whatever became of it. Error: ``guide_text_unknown``."""
    row = find_text(uow.session, request.text_id)
    if row is None:
        raise Problem("guide_text_unknown")
    return _view(uow, row)


def list_guide_texts(request: ListGuideTexts, uow: UnitOfWork) -> GuideTextList:
    """The history. Problem ``request_invalid`` for a cursor that is none."""
    after = after_moment(request.cursor)
    rows = listed(uow.session, request.place, after, request.limit + 1, state=request.state)
    page = rows[: request.limit]
    shown = _in_force(uow, {row.place for row in page})
    return GuideTextList(
        items=[_view(uow, row, shown) for row in page],
        counts=counts(uow.session, request.place),
        next_cursor=cursor(page[-1].written_at, page[-1].id) if len(rows) > request.limit else None,
    )


def total_guide_texts(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Drafts that the caller may publish."""
    count, since = drafts_of_others(uow.session, uow.actor.signed_in_as)
    return QueueTotals(on=uow.today(), count=count, late=0, since=since and legal_date(since))


def guide_words(request: AskGuideWords, uow: UnitOfWork) -> GuideWordsList:
    """What a guide shows today beside what is generated."""
    texts = model.in_force(published(uow.session, [request.place]), uow.today())
    return GuideWordsList(items=[GuideWords(section=text.section, zh=text.zh, en=text.en) for text in texts])


def _locked(uow: UnitOfWork, text_id: str) -> GuideTextRow:
    row = lock_text(uow.session, text_id)
    if row is None:
        raise Problem("guide_text_unknown")
    return row


def _end(uow: UnitOfWork, row: GuideTextRow, reason: str) -> None:
    after = model.ended(row.state)
    row.ended_by, row.ended_at, row.reason = uow.actor.signed_in_as, uow.legal_now(), reason
    _become(uow, row, after)


def _become(uow: UnitOfWork, row: GuideTextRow, state: GuideTextState) -> None:
    row.state = state
    uow.session.flush()
    uow.audit(f"guide_text.{state}", subject=row.id, place=row.place, section=row.section)


def _in_force(uow: UnitOfWork, places: set[str]) -> set[str]:
    """Ids of what these guides show today."""
    rows = published(uow.session, sorted(places))
    by_place = {place: [row for row in rows if row.place == place] for place in places}
    return {row.id for texts in by_place.values() for row in model.in_force(texts, uow.today())}


def _view(uow: UnitOfWork, row: GuideTextRow, shown: set[str] | None = None) -> GuideText:
    known = _in_force(uow, {row.place}) if shown is None else shown
    return GuideText(
        text_id=row.id,
        place=row.place,
        section=row.section,
        zh=row.zh,
        en=row.en,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state,
        in_force=row.id in known,
        mine=is_self(uow.actor, row.written_by),
        written_by=row.written_by,
        written_at=row.written_at,
        published_by=row.published_by or "",
        published_at=row.published_at,
        ended_by=row.ended_by or "",
        ended_at=row.ended_at,
        reason=row.reason or "",
    )
