"""Whose a case is now, in services that know it from events and have something of it: orders, documents, numbers.

Who owns the case says so when it becomes another account's. That may come late, twice, or before what it is about:
what was said last is kept here, and a service puts its own rows right by it, at once and again by a sweeper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString, Protocol

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import run
from chassis.uow import UnitOfWork

FOLLOWED = timedelta(days=2)
"""For so long after a case was moved, rows of it that come late are looked for."""


class CaseHolderColumns:
    """The columns of a table ``case_holders``: cases that were moved, and the account they were moved to last."""

    __tablename__ = "case_holders"

    application_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    moved_at: Mapped[datetime] = mapped_column(index=True)


class Moved(Protocol):
    """An event by which a case became another account's."""

    @property
    def application_id(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def moved_at(self) -> datetime: ...


_HOLD = """
    INSERT INTO case_holders AS h (application_id, account_id, moved_at)
    VALUES (%(application_id)s, %(account_id)s, %(moved_at)s)
    ON CONFLICT (application_id) DO UPDATE SET account_id = excluded.account_id, moved_at = excluded.moved_at
    WHERE h.moved_at < excluded.moved_at
    RETURNING 1"""
_RECENT = "SELECT application_id FROM case_holders WHERE moved_at > %(since)s"


def hold(uow: UnitOfWork, moved: Moved, statements: Sequence[LiteralString]) -> None:
    """Keeps whose the case is now and puts the rows of it right. What was said before something later is not kept.

    Each of ``statements`` updates one table from ``case_holders h`` where ``h.application_id = ANY(%(cases)s)`` and
    the account is another, ``RETURNING 1``.
    """
    facts = {"application_id": moved.application_id, "account_id": moved.account_id, "moved_at": moved.moved_at}
    if not run(uow.session, _HOLD, facts):
        return
    for statement in statements:
        run(uow.session, statement, {"cases": [moved.application_id]})
    uow.audit("case.hold", subject=moved.application_id, account_id=moved.account_id)


def put_right(uow: UnitOfWork, statements: Sequence[LiteralString]) -> int:
    """Sweeper: rows of moved cases that came after the word of it; how many."""
    cases = [row.application_id for row in run(uow.session, _RECENT, {"since": uow.now() - FOLLOWED})]
    return sum(len(run(uow.session, statement, {"cases": cases})) for statement in statements) if cases else 0
