"""Cases that are about a registration."""

from __future__ import annotations

from datetime import datetime

from chassis.db import run
from contracts.forms import FilingType
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.cases.store import UNDER_WAY, Case


class RevokedRegistration(Base):
    """A registration that the archive has revoked: nothing can be approved about it any more."""

    __tablename__ = "revoked_registrations"

    registration_number: Mapped[str] = mapped_column(primary_key=True)
    ground: Mapped[str]
    told_at: Mapped[datetime] = mapped_column(server_default=func.now())


def keep_revoked(session: Session, number: str, ground: str) -> None:
    """Once, however often it is told."""
    values = {"registration_number": number, "ground": ground}
    session.execute(insert(RevokedRegistration).values(values).on_conflict_do_nothing())


def revoked_on(session: Session, number: str) -> str | None:
    """On what ground a registration was revoked, if it was."""
    found = session.get(RevokedRegistration, number)
    return found.ground if found else None


def lock_registration(session: Session, number: str) -> None:
    """Nobody else begins or files a case about the registration until the transaction ends."""
    run(session, "SELECT pg_advisory_xact_lock(hashtextextended(%(number)s, hashtext('about')))", {"number": number})


def under_way(session: Session, number: str) -> Case | None:
    """The case about a registration that is filed and not decided."""
    query = select(Case).where(Case.about == number, Case.state.in_(UNDER_WAY))
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
