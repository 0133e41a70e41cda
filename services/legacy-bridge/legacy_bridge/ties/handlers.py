"""Cases of the old system that keep an account open."""

from __future__ import annotations

from chassis.ties import telling, tie_of
from contracts.ties import Tie
from sqlalchemy.orm import Session

from legacy_bridge.ties import store


def of_account(session: Session, account_id: str) -> list[Tie]:
    """Of all old accounts that are joined to it."""
    return [tie_of("old_case", store.under_way(session, account_id))]


account_ties = telling(of_account)
