"""Orders that keep an account open."""

from __future__ import annotations

from chassis.ties import telling, tie_of
from contracts.ties import Tie
from sqlalchemy.orm import Session

from payment.ties import store


def of_account(session: Session, account_id: str) -> list[Tie]:
    """Unpaid orders, and money on its way back."""
    return [
        tie_of("order", store.unpaid(session, account_id)),
        tie_of("refund", store.returning(session, account_id)),
    ]


account_ties = telling(of_account)
