"""What every service does alike when it tells what it has of an account under way.

``account_ties = rpc(ACCOUNT_TIES["payment"], ties.telling(of_account))``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from contracts.ties import NAMED, ReadTies, Tie, TieKind, Ties
from sqlalchemy.orm import Session

from chassis.access import may
from chassis.errors import Problem
from chassis.uow import UnitOfWork

Found = Callable[[Session, str], Sequence[Tie]]
"""(session, account) → its ties; those of which there are none may be among them."""


def telling(found: Found) -> Callable[[ReadTies, UnitOfWork], Ties]:
    """The handler. Problem ``forbidden`` for anybody but the account's holder and the service that closes it."""

    def account_ties(request: ReadTies, uow: UnitOfWork) -> Ties:
        if uow.actor.kind != "service" and not may(uow.actor, request.account_id, "manage"):
            raise Problem("forbidden")
        return Ties(items=[tie for tie in found(uow.session, request.account_id) if tie.count])

    return account_ties


def tie_of(kind: TieKind, names: Sequence[str | None]) -> Tie:
    """Of all that there is: ``names`` are their numbers, None or empty where one has none yet."""
    return Tie(kind=kind, count=len(names), named=[name for name in names if name][:NAMED])
