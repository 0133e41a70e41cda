"""What a service could not do and set aside, for administrators: dead letters of its inbox, parked pieces of its work.

Contents and error texts stay here: they may quote what people wrote. What is told is what, when, how often and of which
kind the failure was.
"""

from __future__ import annotations

import re

from contracts.base import Empty
from contracts.operations import MOST_SET_ASIDE, EverythingSetAside, SetAside, TriedAgain, TryAgain, Why
from sqlalchemy import func, select

from chassis.inbox import store as inbox
from chassis.tables import InboxEvent
from chassis.uow import UnitOfWork
from chassis.work import parking
from chassis.work.lanes import DIED

_A_PROBLEM = re.compile(r"[a-z][a-z0-9_]* \{")
_LONGEST = 18  # digits of a key of the inbox


def list_set_aside(_request: Empty, uow: UnitOfWork) -> EverythingSetAside:
    """The newest first."""
    service, limit = uow.settings.service, MOST_SET_ASIDE + 1
    items = [
        SetAside(
            service=service,
            kind="unreadable" if row["type"] == "unreadable" else "event",
            number=str(row["id"]),
            what=row["type"],
            about=row["subject"][:100],
            attempts=row["attempts"],
            set_aside_at=row["parked_at"],
            why="unreadable" if row["type"] == "unreadable" else _why(row["error"] or ""),
        )
        for row in inbox.dead_letters(uow.session, limit)
    ]
    items += [
        SetAside(
            service=service,
            kind="work",
            number=piece.key,
            what=piece.queue,
            about=piece.key[:100],
            attempts=piece.attempts,
            set_aside_at=piece.parked_at,
            why=_why(piece.error),
        )
        for piece in parking.parked(uow.session, limit)
    ]
    items.sort(key=lambda item: item.set_aside_at, reverse=True)
    open_events = select(func.count()).where(InboxEvent.done_at.is_(None), InboxEvent.parked_at.is_(None))
    waiting = (uow.session.scalar(open_events) or 0) + sum(queue.waiting for queue in parking.counts(uow.session))
    return EverythingSetAside(items=items[:MOST_SET_ASIDE], more=len(items) > MOST_SET_ASIDE, waiting=waiting)


def try_again(request: TryAgain, uow: UnitOfWork) -> TriedAgain:
    """Handles it anew, with all its attempts; audited. What is not set aside (any more) is left alone."""
    if request.kind == "event":
        known = request.number.isascii() and request.number.isdigit() and len(request.number) <= _LONGEST
        count = inbox.replay(uow.session, int(request.number)) if known else 0
    else:
        count = parking.release(uow.session, [request.number])
    uow.audit("operations.try_again", subject=request.number, kind=request.kind, reason=request.reason, count=count)
    return TriedAgain(count=count)


def _why(error: str) -> Why:
    if error == DIED or "process died" in error:
        return "died"
    return "refused" if _A_PROBLEM.match(error) else "defect"
