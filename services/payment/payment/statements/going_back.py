"""Rows whose money goes back to its payer: those of which some is still to be returned, and those done with."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from payment.refunds.store import Refund
from payment.settlement.store import MoneyReceived
from payment.statements.store import BankRow


def owing() -> Select[str]:
    """Rows of whose money something has still to be returned."""
    query = select(MoneyReceived.transaction_id).join(Refund, Refund.money_id == MoneyReceived.money_id)
    return query.where(MoneyReceived.method == "bank", Refund.closed_at.is_(None))


def done_with(session: Session, rows: Collection[BankRow]) -> set[str]:
    """Of some rows those whose money was to go back, and has: to its payer, or to the order that it was meant for."""
    asked = {row.row_id for row in rows if row.state == "returned"}
    return asked - set(session.scalars(owing().where(MoneyReceived.transaction_id.in_(asked)))) if asked else set()


def counts(session: Session) -> dict[str, int]:
    """How many rows are in each state; of those that go back :func:`owing` ones are *returned*, others *refunded*."""
    found: dict[str, int] = {
        state: int(n) for state, n in session.execute(select(BankRow.state, func.count()).group_by(BankRow.state))
    }
    query = select(func.count()).where(BankRow.state == "returned", BankRow.row_id.in_(owing()))
    left = int(session.scalar(query) or 0)
    return {**found, "returned": left, "refunded": found.get("returned", 0) - left}
