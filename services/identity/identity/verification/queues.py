"""What waits for a reviewer, and what was decided: pages and totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from chassis.lookups import begins_with
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from identity.accounts.store import Account
from identity.verification.store import Verification


def queue(
    session: Session, state: str, after: tuple[date, str] | None, limit: int, *, checked: bool = False, words: str = ""
) -> Sequence[Verification]:
    """What waits by due date, the most urgent first; what was decided in the opposite order, the newest first.
    ``checked``: without those that the automatic check still looks at; ``words``: whose name begins so, or whose number
    it is."""
    if state == "reopening":
        statement = select(Verification).where(Verification.reopen_by.is_not(None))
    else:
        statement = select(Verification).where(Verification.state == state)
    if words:
        columns = (Account.name, Account.organisation_name, Verification.new_name)
        numbers = (Account.uscc == words.upper(), Verification.verification_id == words)
        found = or_(*(begins_with(column, words) for column in columns), *numbers)
        statement = statement.join(Account, Account.account_id == Verification.account_id).where(found)
    if checked:
        statement = statement.where(Verification.check_state == "done")
    place = tuple_(Verification.due_on, Verification.verification_id)
    if state == "pending":
        statement = statement.where(place > after) if after else statement
        statement = statement.order_by(Verification.due_on, Verification.verification_id)
    else:
        statement = statement.where(place < after) if after else statement
        statement = statement.order_by(Verification.due_on.desc(), Verification.verification_id.desc())
    return session.execute(statement.limit(limit)).scalars().all()


def pending_totals(session: Session, today: date) -> tuple[int, int, date | None, datetime | None]:
    """Of what waits for a decision: how many, how many past their day, the first day due, since when the oldest."""
    statement = select(
        func.count(),
        func.count().filter(Verification.due_on < today),
        func.min(Verification.due_on),
        func.min(Verification.submitted_at),
    ).where(Verification.state == "pending")
    count, late, due_on, since = session.execute(statement).one()
    return count, late, due_on, since


def reopening_totals(session: Session, but_of: str) -> tuple[int, datetime | None]:
    """How many approvals others than ``but_of`` found wrong that nobody has settled, and since when."""
    statement = select(func.count(), func.min(Verification.reopen_at))
    count, since = session.execute(
        statement.where(Verification.reopen_by.is_not(None), Verification.reopen_by != but_of)
    ).one()
    return count, since


def counts(session: Session) -> dict[str, int]:
    """Of what waits for a reviewer."""
    reopening = select(func.count()).where(Verification.reopen_by.is_not(None)).scalar_subquery()
    pending = select(func.count()).where(Verification.state == "pending").scalar_subquery()
    waiting, found_wrong = session.execute(select(pending, reopening)).one()
    return {"pending": waiting, "reopening": found_wrong}
