"""Cases that are about a registration."""

from __future__ import annotations

from chassis.db import run
from contracts.forms import FilingType
from sqlalchemy import select
from sqlalchemy.orm import Session

from filing.cases.store import UNDER_WAY, Case


def lock_registration(session: Session, number: str) -> None:
    """Nobody else begins or files a case about the registration until the transaction ends."""
    run(session, "SELECT pg_advisory_xact_lock(hashtextextended(%(number)s, hashtext('about')))", {"number": number})


def under_way(session: Session, type_: FilingType, number: str) -> Case | None:
    """The case of a type about a registration that is filed and not decided."""
    query = select(Case).where(Case.type == type_, Case.about == number, Case.state.in_(UNDER_WAY))
    return session.scalars(query).one_or_none()


def draft_about(session: Session, account_id: str, type_: FilingType, number: str) -> Case | None:
    """The newest draft of an account about a registration."""
    query = select(Case).where(
        Case.account_id == account_id,
        Case.type == type_,
        Case.about == number,
        Case.state == "draft",
        Case.discarded_at.is_(None),
    )
    return session.scalars(query.order_by(Case.id.desc()).limit(1).with_for_update()).one_or_none()
