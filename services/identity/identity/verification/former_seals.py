"""Seals that an organisation held before: beside what took their place (I-08)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.verification import model
from identity.verification.store import Verification, VerificationImage


def of(session: Session, account_id: str) -> Sequence[tuple[Verification, VerificationImage]]:
    """Seals of which others took the place, with what replaced them; the first first."""
    statement = (
        select(Verification, VerificationImage)
        .join(VerificationImage, VerificationImage.verification_id == Verification.verification_id)
        .where(Verification.account_id == account_id, Verification.state == "approved")
        .where(VerificationImage.document == model.FORMER_SEAL)
    )
    rows = session.execute(statement.order_by(Verification.decided_at, Verification.verification_id)).all()
    return [(verification, image) for verification, image in rows]
