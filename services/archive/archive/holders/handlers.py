"""The archive's part of a case goes with it."""

from __future__ import annotations

from chassis.holders import hold, put_right
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationMoved
from contracts.legacy.cases import LegacyCaseMoved

from archive.dossier.handlers import record_event
from archive.holders.store import FOLLOW


def follow_case(moved: ApplicationMoved | LegacyCaseMoved, uow: UnitOfWork) -> None:
    """Dossier, documents, register entry and certificates are the account's whose the case is now."""
    record_event(moved, uow)
    hold(uow, moved, FOLLOW)


def follow_late(uow: UnitOfWork) -> int:
    """Sweeper: what came after the word of the move."""
    return put_right(uow, FOLLOW)
