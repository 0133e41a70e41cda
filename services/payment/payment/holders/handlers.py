"""Orders go with their case."""

from __future__ import annotations

from chassis.holders import hold, put_right
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationMoved
from contracts.legacy.cases import LegacyCaseMoved

from payment.holders.store import FOLLOW


def follow_case(moved: ApplicationMoved | LegacyCaseMoved, uow: UnitOfWork) -> None:
    """Its orders, paid or not, are the account's whose the case is now."""
    hold(uow, moved, FOLLOW)


def follow_late(uow: UnitOfWork) -> int:
    """Sweeper: orders that were opened after the word of the move."""
    return put_right(uow, FOLLOW)
