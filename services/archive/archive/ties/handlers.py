"""Acts of the office that keep an account open: its holder is to be heard on them."""

from __future__ import annotations

from chassis.ties import telling, tie_of
from contracts.ties import Tie
from sqlalchemy.orm import Session

from archive.ties import store


def of_account(session: Session, account_id: str) -> list[Tie]:
    """On registrations that the account holds."""
    return [tie_of("office_act", store.office_acts(session, account_id))]


account_ties = telling(of_account)
