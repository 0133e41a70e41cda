"""Tables of failures by account and place, and of the places that an account has signed in from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.db import run
from sqlalchemy import CheckConstraint, ForeignKey, Index, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.attempts.model import ANYBODY, ELSEWHERE, FAMILIAR_FOR, Failures, Kind, Place, Standing
from identity.base import Base


class SignInFailures(Base):
    """Failures in a row. ``key`` is an account id, the keyed hash of a login that nobody has, or :data:`ANYBODY`."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        CheckConstraint("failures >= 0", name="failures"),
        Index("ix_sign_in_failures_last", "last_failed_at"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]


class FamiliarPlace(Base):
    """A device (by its token's SHA-256) or network from which the account has signed in."""

    __tablename__ = "familiar_places"
    __table_args__ = (
        CheckConstraint("kind IN ('device', 'network')", name="kind"),
        Index("ix_familiar_places_seen", "seen_at"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


@dataclass(frozen=True)
class Familiar:
    """Which of the two that an attempt comes from the account knows, with when they were last seen."""

    device: datetime | None
    network: datetime | None


_FAMILIAR = """
    SELECT kind, seen_at FROM familiar_places
    WHERE account_id = %(account)s AND seen_at > %(since)s
      AND ((kind = 'device' AND name = %(device)s) OR (kind = 'network' AND name = %(network)s))
"""
_STANDING = """
    SELECT key, place, failures, last_failed_at FROM sign_in_failures
    WHERE (key = %(key)s AND place IN (%(place)s, %(elsewhere)s)) OR (key = %(anybody)s AND place = %(network)s)
"""
_LOCK = """
    INSERT INTO sign_in_failures AS f (key, place, failures, last_failed_at)
    VALUES (%(key)s, %(place)s, 0, %(now)s)
    ON CONFLICT (key, place) DO UPDATE SET failures = f.failures
    RETURNING failures, last_failed_at
"""
_COUNT = """
    INSERT INTO sign_in_failures AS f (key, place, failures, last_failed_at)
    VALUES (%(key)s, %(place)s, 1, %(now)s)
    ON CONFLICT (key, place) DO UPDATE SET last_failed_at = excluded.last_failed_at,
        failures = CASE WHEN f.last_failed_at < %(since)s THEN 1 ELSE f.failures + 1 END
    RETURNING failures
"""
_CLEAR = "UPDATE sign_in_failures SET failures = 0 WHERE key = %(key)s AND place = %(place)s"
_SEEN = """
    INSERT INTO familiar_places (account_id, kind, name, seen_at)
    VALUES (%(account)s, %(kind)s, %(name)s, %(now)s)
    ON CONFLICT (account_id, kind, name) DO UPDATE SET seen_at = excluded.seen_at
"""


def familiar(session: Session, account_id: str, device: str, network: str, now: datetime) -> Familiar:
    """When the account last signed in with this device, and from this network, within ``FAMILIAR_FOR``."""
    asked = {"account": account_id, "device": device, "network": network, "since": now - FAMILIAR_FOR}
    found = {row.kind: row.seen_at for row in run(session, _FAMILIAR, asked)}
    return Familiar(found.get("device"), found.get("network"))


def standing(session: Session, key: str, place: Place) -> Standing:
    """Without locks: who must wait is turned away before anything is written."""
    network = f"network:{place.network}"
    asked = {"key": key, "place": place.row, "elsewhere": ELSEWHERE, "anybody": ANYBODY, "network": network}
    found = {(row.key, row.place): Failures(row.failures, row.last_failed_at) for row in run(session, _STANDING, asked)}
    return Standing(
        place=found.get((key, place.row), Failures()),
        elsewhere=found.get((key, ELSEWHERE), Failures()),
        network=found.get((ANYBODY, network), Failures()),
    )


def lock(session: Session, key: str, place: Place, now: datetime) -> Failures:
    """The failures of one place, locked: its attempts on the account come one after the other."""
    [row] = run(session, _LOCK, {"key": key, "place": place.row, "now": now})
    return Failures(row.failures, row.last_failed_at)


def count(session: Session, key: str, place: str, memory: timedelta, now: datetime) -> int:
    """One failure more; how many there are now."""
    [row] = run(session, _COUNT, {"key": key, "place": place, "now": now, "since": now - memory})
    return int(row.failures)


def clear(session: Session, key: str, place: Place) -> None:
    """Forgets the failures at one place: whoever knows the password there has paid for them."""
    run(session, _CLEAR, {"key": key, "place": place.row})


def remember(session: Session, account_id: str, kind: Kind, name: str, now: datetime) -> None:
    """Notes that the account has signed in with this device or from this network; again only renews it."""
    run(session, _SEEN, {"account": account_id, "kind": kind, "name": name, "now": now})


def forget_places(session: Session, account_id: str, kept: Place) -> None:
    """After a changed password only the place where it was changed is familiar."""
    elsewhere = (FamiliarPlace.kind != kept.kind) | (FamiliarPlace.name != kept.name)
    session.execute(delete(FamiliarPlace).where(FamiliarPlace.account_id == account_id, elsewhere))


def forget(session: Session, now: datetime) -> int:
    """Removes failures that no rule remembers and places that are familiar no more."""
    stale = delete(SignInFailures).where(SignInFailures.last_failed_at < now - timedelta(days=1))
    unseen = delete(FamiliarPlace).where(FamiliarPlace.seen_at < now - FAMILIAR_FOR)
    done = session.execute(stale.returning(SignInFailures.key)).all()
    return len(done) + len(session.execute(unseen.returning(FamiliarPlace.name)).all())
