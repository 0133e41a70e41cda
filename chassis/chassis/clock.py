"""Time: UTC in storage, Asia/Shanghai for legal dates. The legal clock can be moved in the sandbox only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.db import run
from chassis.tables import LegalClock

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """Real time. Tokens, signatures and the audit log use it, whatever the legal clock says."""
    return datetime.now(UTC)


def legal_date(moment: datetime) -> date:
    """The date in force in China at that moment."""
    return moment.astimezone(SHANGHAI).date()


def today(offset_days: int) -> date:
    """The legal date, where the legal clock stands so many days ahead."""
    return legal_date(utc_now() + timedelta(days=offset_days))


def offset_days(session: Session) -> int:
    """By how many days the legal clock is ahead: 0 in production."""
    return int(next(iter(run(session, "SELECT offset_days FROM legal_clock")), (0,))[0])


def advance(session: Session, days: int) -> int:
    """Moves the legal clock forward (sandbox); returns the new offset in days."""
    statement = insert(LegalClock).values(id=1, offset_days=days)
    statement = statement.on_conflict_do_update(
        index_elements=[LegalClock.id], set_={"offset_days": LegalClock.offset_days + days}
    )
    return session.execute(statement.returning(LegalClock.offset_days)).scalar_one()


def legal_now(session: Session) -> datetime:
    """UTC time of the legal clock: deadlines, numbers and dates on documents follow it."""
    return utc_now() + timedelta(days=offset_days(session))
