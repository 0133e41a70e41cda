"""What of an account's old cases has not ended."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from legacy_bridge.cases.model import ENDED
from legacy_bridge.cases.store import LegacyCase, LegacyLink, with_account


def under_way(session: Session, account_id: str) -> Sequence[str]:
    """Their serial numbers."""
    query = with_account().where(LegacyLink.account_id == account_id, LegacyCase.stands.not_in(ENDED))
    return [row[0].serial_number for row in session.execute(query.order_by(LegacyCase.record_id))]
