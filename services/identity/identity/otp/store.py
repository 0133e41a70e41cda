"""The tables of one-time codes, kept as keyed hashes only, and of how many were sent in all."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.db import run
from sqlalchemy import CheckConstraint, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base
from identity.otp.model import CodeState, Lane, Purpose
from identity.settings import OTP_LIFE

_SHARDS = 8
"""Rows that the total of an hour is spread over, so that those who send at once do not wait for each other."""
_MOST_COMPARED = 30


class OneTimeCode(Base):
    """A code that was sent; ``used_at`` is set once, by the step that it allowed.

    ``requester`` is where it was asked for (a browser, a network, or the signed-in account); ``client`` its network.
    """

    __tablename__ = "one_time_codes"
    __table_args__ = (
        CheckConstraint("purpose IN ('sign_up', 'sign_in', 'sign', 'recover', 'email')", name="purpose"),
        CheckConstraint("lane IN ('account', 'familiar', 'stranger')", name="lane"),
        CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
        CheckConstraint("strange_attempts BETWEEN 0 AND 5", name="strange_attempts"),
        Index("ix_one_time_codes_target", "target", "sent_at"),
        Index("ix_one_time_codes_client", "client", "sent_at"),
        Index("ix_one_time_codes_account", "account_id", "sent_at"),
    )

    code_id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    target: Mapped[str]
    account_id: Mapped[str | None]
    lane: Mapped[str]
    requester: Mapped[str]
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    strange_attempts: Mapped[int] = mapped_column(server_default="0")
    used_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(server_default="")
    request_id: Mapped[str]

    @property
    def state(self) -> CodeState:
        return CodeState(self.requester, self.sent_at, self.attempts, self.strange_attempts)


class CodesSent(Base):
    """How many codes of a lane were sent in an hour (UTC), in parts."""

    __tablename__ = "codes_sent"

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    lane: Mapped[str] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    sent: Mapped[int]


@dataclass(frozen=True)
class Sent:
    """Codes that were sent, per hour or day: for this purpose and in this lane to the target (lane *account*: at the
    account's request), from this network, and in this lane to anybody. ``last_at``: the requester's own last one."""

    last_at: datetime | None
    last_used: bool
    target_hour: int
    target_day: int
    requester_hour: int
    client_hour: int
    all_hour: int
    all_day: int


_SENT = """
    SELECT last.sent_at AS last_at, COALESCE(last.used_at IS NOT NULL, false) AS last_used,
           mine.target_hour, mine.target_day, mine.requester_hour, theirs.client_hour, alls.all_hour, alls.all_day
    FROM (
        SELECT count(*) FILTER (WHERE sent_at > %(hour)s) AS target_hour, count(*) AS target_day,
               count(*) FILTER (WHERE sent_at > %(hour)s AND client = %(client)s) AS requester_hour
        FROM one_time_codes
        WHERE {whose} AND purpose = %(purpose)s AND sent_at > %(day)s AND lane = %(lane)s
    ) mine
    CROSS JOIN (
        SELECT count(*) AS client_hour FROM one_time_codes
        WHERE client = %(client)s AND client <> '' AND sent_at > %(hour)s AND lane <> 'account'
    ) theirs
    CROSS JOIN (
        SELECT COALESCE(sum(sent) FILTER (WHERE hour > %(hour)s), 0)::bigint AS all_hour,
               COALESCE(sum(sent), 0)::bigint AS all_day
        FROM codes_sent WHERE hour > %(day)s AND lane = %(lane)s
    ) alls
    LEFT JOIN LATERAL (
        SELECT sent_at, used_at FROM one_time_codes
        WHERE target = %(target)s AND sent_at > %(hour)s AND purpose = %(purpose)s AND requester = %(requester)s
        ORDER BY sent_at DESC LIMIT 1
    ) last ON true
"""
_SENT_TO = _SENT.format(whose="target = %(target)s")
_SENT_FOR = _SENT.format(whose="account_id = %(account)s")
_COUNT = """
    INSERT INTO codes_sent AS c (hour, lane, shard, sent)
    VALUES (date_trunc('hour', %(now)s::timestamptz), %(lane)s, %(shard)s, 1)
    ON CONFLICT (hour, lane, shard) DO UPDATE SET sent = c.sent + 1
"""


def sent(
    session: Session,
    purpose: Purpose,
    target: str,
    lane: Lane,
    requester: str,
    account_id: str,
    client: str,
    now: datetime,
) -> Sent:
    """What the limits look at. Totals are of whole hours: of this one, and of the day that ends with it."""
    asked = {
        "purpose": purpose,
        "target": target,
        "lane": lane,
        "requester": requester,
        "account": account_id,
        "client": client,
        "hour": now - timedelta(hours=1),
        "day": now - timedelta(days=1),
    }
    [row] = run(session, _SENT_FOR if lane == "account" else _SENT_TO, asked)
    return Sent(**row._asdict())


_WAS_SENT = """
    SELECT 1 FROM one_time_codes
    WHERE target = %(target)s AND sent_at > %(since)s AND purpose = %(purpose)s AND request_id = %(request_id)s
"""


def was_sent(session: Session, purpose: Purpose, target: str, request_id: str, now: datetime) -> bool:
    """Whether this very request has sent a code that still lives."""
    asked = {"purpose": purpose, "target": target, "request_id": request_id, "since": now - OTP_LIFE}
    return bool(run(session, _WAS_SENT, asked))


def add(session: Session, code: OneTimeCode) -> None:
    session.add(code)
    run(session, _COUNT, {"now": code.sent_at, "lane": code.lane, "shard": secrets.randbelow(_SHARDS)})


def open_codes(session: Session, purpose: Purpose, target: str, requester: str, now: datetime) -> Sequence[OneTimeCode]:
    """Codes within their life, locked, those of ``requester`` first: a newer one takes nothing from an older one.

    Used ones come last: they unlock nothing, but who sends the right code twice is told so, not that it was wrong.
    """
    statement = (
        select(OneTimeCode)
        .where(
            OneTimeCode.target == target,
            OneTimeCode.purpose == purpose,
            OneTimeCode.sent_at > now - OTP_LIFE,
        )
        .order_by(
            OneTimeCode.used_at.is_not(None),
            (OneTimeCode.requester == requester).desc(),
            OneTimeCode.sent_at.desc(),
            OneTimeCode.code_id,
        )
        .limit(_MOST_COMPARED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.execute(statement).scalars().all()


def mark_used(session: Session, code_id: str, now: datetime) -> bool:
    """False when another step was faster."""
    statement = update(OneTimeCode).where(OneTimeCode.code_id == code_id, OneTimeCode.used_at.is_(None))
    return session.execute(statement.values(used_at=now).returning(OneTimeCode.code_id)).first() is not None


def forget(session: Session, now: datetime) -> int:
    """Removes codes and totals that no limit looks at any more."""
    before = now - timedelta(days=2)
    session.execute(delete(CodesSent).where(CodesSent.hour < before))
    statement = delete(OneTimeCode).where(OneTimeCode.sent_at < before)
    return len(session.execute(statement.returning(OneTimeCode.code_id)).all())
