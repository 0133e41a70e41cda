"""What the audit log has about something, for pages that show what happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.tables import AuditRow


@dataclass(frozen=True)
class Audited:
    """An entry: who did what, when, and with what facts."""

    action: str
    at: datetime
    actor: str
    facts: Mapping[str, Any]


def about(session: Session, subject: str, limit: int) -> Sequence[Audited]:
    """The newest first."""
    query = select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.id.desc()).limit(limit)
    return [Audited(row.action, row.at, row.actor, row.facts) for row in session.scalars(query)]
