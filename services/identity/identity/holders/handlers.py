"""Numbers and messages go with their case to another account, and back with it."""

from __future__ import annotations

from chassis.holders import hold, put_right
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationMoved
from contracts.legacy.cases import LegacyCaseMoved

from identity.holders.store import FOLLOW


def follow_case(moved: ApplicationMoved | LegacyCaseMoved, uow: UnitOfWork) -> None:
    """Its numbers lead to the account whose it is now, and its messages lie in that account's box."""
    hold(uow, moved, FOLLOW)


def follow_late(uow: UnitOfWork) -> int:
    """Sweeper: numbers and messages that came after the word of the move."""
    return put_right(uow, FOLLOW)
