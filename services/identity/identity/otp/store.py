"""The tables of one-time codes, kept as keyed hashes only, and of how many were sent in all."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chassis.db import run
from chassis.networks import Networks
from sqlalchemy import CheckConstraint, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base
from identity.otp.model import CodeState, Lane, Purpose, SentCodes
from identity.settings import OTP_LIFE

_SHARDS = 8
"""Rows that the total of an hour is spread over, so that those who send at once do not wait for each other."""
_TOLD = {"hour": -1, "day": -2}
"""Rows that count nothing, and say that the operator was told of the hour or day."""
_MOST_COMPARED = 30


class OneTimeCode(Base):
    """A code that was sent; ``used_at`` is set once, by the step that it allowed.

    ``requester`` is where it was asked for (a browser, a network, or the signed-in account); ``client``, ``near`` and
    ``wide`` are its networks.
    """

    __tablename__ = "one_time_codes"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('sign_up', 'sign_in', 'sign', 'recover', 'password', 'close', 'email', 'mobile')",
            name="purpose",
        ),
        CheckConstraint("lane IN ('account', 'email', 'familiar', 'stranger')", name="lane"),
        CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
        CheckConstraint("strange_attempts BETWEEN 0 AND 5", name="strange_attempts"),
        Index("ix_one_time_codes_target", "target", "sent_at"),
        Index("ix_one_time_codes_wide", "wide", "sent_at"),
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
    near: Mapped[str] = mapped_column(server_default="")
    wide: Mapped[str] = mapped_column(server_default="")
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


_SENT = """
    SELECT last.sent_at AS last_at, COALESCE(last.used_at IS NOT NULL, false) AS last_used,
           target.*, theirs.*, alls.all_hour, alls.all_day
    FROM (
        SELECT count(*) FILTER (WHERE sent_at > %(hour)s) AS target_hour, count(*) AS target_day,
               count(*) FILTER (WHERE sent_at > %(hour)s AND {party}) AS party_hour,
               count(*) FILTER (WHERE {party}) AS party_day,
               count(*) FILTER (WHERE sent_at > %(hour)s AND client = %(own)s) AS requester_target_hour
        FROM one_time_codes
        WHERE {whose} AND purpose = %(purpose)s AND sent_at > %(day)s AND lane = %(lane)s
    ) target
    CROSS JOIN (
        SELECT count(*) FILTER (WHERE client = %(own)s) AS requester_hour,
               count(*) FILTER (WHERE near = %(near)s) AS near_hour,
               count(*) FILTER (WHERE wide = %(wide)s) AS wide_hour,
               count(*) FILTER (WHERE sent_at > %(hour)s) AS mine_hour, count(*) AS mine_day
        FROM one_time_codes
        WHERE {party} AND sent_at > %({since})s AND lane = %(lane)s
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
_BY_TARGET, _BY_NETWORK, _BY_ACCOUNT = "target = %(target)s", "wide = %(wide)s", "account_id = %(account)s"
_SENT_IN: dict[Lane, str] = {
    "account": _SENT.format(whose=_BY_ACCOUNT, party=_BY_ACCOUNT, since="day"),
    "email": _SENT.format(whose=_BY_TARGET, party=_BY_ACCOUNT, since="day"),
    "familiar": _SENT.format(whose=_BY_TARGET, party=_BY_NETWORK, since="hour"),
    "stranger": _SENT.format(whose=_BY_TARGET, party=_BY_NETWORK, since="hour"),
}
_COUNT = """
    INSERT INTO codes_sent AS c (hour, lane, shard, sent)
    VALUES (date_trunc('hour', %(now)s::timestamptz), %(lane)s, %(shard)s, 1)
    ON CONFLICT (hour, lane, shard) DO UPDATE SET sent = c.sent + 1
"""
_TELL_ONCE = """
    INSERT INTO codes_sent (hour, lane, shard, sent)
    VALUES (date_trunc(%(span)s, %(now)s::timestamptz), %(lane)s, %(shard)s, 0)
    ON CONFLICT (hour, lane, shard) DO NOTHING RETURNING 1
"""


@dataclass(frozen=True)
class Asking:
    """Who asks for a code in which lane: ``name`` is the requester's, ``account_id`` empty where there is none."""

    lane: Lane
    name: str
    networks: Networks
    account_id: str


def sent(session: Session, purpose: Purpose, target: str, by: Asking, now: datetime) -> SentCodes:
    """What the limits look at. Totals are of whole hours: of this one, and of the day that ends with it."""
    asked = {
        "purpose": purpose,
        "target": target,
        "lane": by.lane,
        "requester": by.name,
        "account": by.account_id,
        "own": by.networks.own,
        "near": by.networks.near,
        "wide": by.networks.wide,
        "hour": now - timedelta(hours=1),
        "day": now - timedelta(days=1),
    }
    [row] = run(session, _SENT_IN[by.lane], asked)
    return SentCodes(**row._asdict())


def first_to_tell(session: Session, lane: Lane, span: Literal["hour", "day"], now: datetime) -> bool:
    """Once in each hour or day (UTC) for each lane."""
    shard = _TOLD[span]
    return bool(run(session, _TELL_ONCE, {"span": span, "now": now, "lane": lane, "shard": shard}))


_WAS_SENT = """
    SELECT 1 FROM one_time_codes
    WHERE target = %(target)s AND sent_at > %(since)s AND purpose = %(purpose)s AND request_id = %(request_id)s
"""


def was_sent(session: Session, purpose: Purpose, target: str, request_id: str, now: datetime) -> bool:
    """Whether this very request has sent a code that still lives."""
    asked = {"purpose": purpose, "target": target, "request_id": request_id, "since": now - OTP_LIFE}
    return bool(run(session, _WAS_SENT, asked))


def add(session: Session, code: OneTimeCode) -> None:
    """Writes the code and counts it against its lane, on one of several rows so that senders do not queue."""
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
