"""Applications and batches that keep an account open; drafts keep nobody, they go with it."""

from __future__ import annotations

from chassis.ties import telling, tie_of
from contracts.ties import Tie
from sqlalchemy.orm import Session

from filing.ties import store


def of_account(session: Session, account_id: str) -> list[Tie]:
    """By kind, with how many."""
    return [
        tie_of("application", store.applications(session, account_id)),
        tie_of("batch", store.batches(session, account_id)),
    ]


account_ties = telling(of_account)
