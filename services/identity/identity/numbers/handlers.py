"""Numbers of cases that became another account's."""

from __future__ import annotations

from chassis.holders import hold, put_right
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationMoved

from identity.numbers.store import FOLLOW


def follow_case(moved: ApplicationMoved, uow: UnitOfWork) -> None:
    """Its numbers lead to the account whose it is now."""
    hold(uow, moved, FOLLOW)


def follow_late(uow: UnitOfWork) -> int:
    """Sweeper: numbers that came after the word of the move."""
    return put_right(uow, FOLLOW)
