"""What identity itself has under way of an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.ties import tie_of
from chassis.uow import UnitOfWork
from contracts.ties import Tie
from sqlalchemy import Select, or_, select

from identity.enquiries.store import Enquiry
from identity.recoveries.model import UNDER_WAY
from identity.recoveries.store import Recovery
from identity.verification.store import Verification


def own_ties(uow: UnitOfWork, account_id: str) -> list[Tie]:
    """A verification that is not decided, a recovery under way, a call that was promised. That somebody asks for the
    account whose number nobody has looked up yet is not known here, and keeps nobody."""
    verifications = select(Verification.verification_id).where(
        Verification.account_id == account_id, Verification.state == "pending"
    )
    recoveries = select(Recovery.receipt).where(
        or_(Recovery.account_id == account_id, Recovery.new_account_id == account_id), Recovery.state.in_(UNDER_WAY)
    )
    calls = select(Enquiry.enquiry_id).where(
        Enquiry.subject == "account", Enquiry.subject_id == account_id, Enquiry.call_back_on.is_not(None)
    )
    found = [
        tie_of("verification", ["" for _ in _rows(uow, verifications)]),
        tie_of("recovery", _rows(uow, recoveries)),
        tie_of("callback", ["" for _ in _rows(uow, calls)]),
    ]
    return [tie for tie in found if tie.count]


def _rows(uow: UnitOfWork, query: Select[Any]) -> Sequence[str]:
    return uow.session.scalars(query).all()
