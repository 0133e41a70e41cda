"""Photographs that came with recoveries, and the pictures of them that the office looks at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.objects.references import NAMES, holds
from chassis.work import Leased, Terms, indexes
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Select, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base
from identity.recoveries.store import Recovery
from identity.verification.store import Verification

CHANNEL = "recovery_photo"
"""What the hand that looks at them listens on."""
PHOTO_KEY = "recovery-photo-key"
PICTURE = "recovery-picture"


class RecoveryPhoto(Leased, Base):
    """One photograph: ciphertext under a key of its own since it arrived. Destroying the key (``discarded_at``) makes
    it unreadable at once, the worker removes the bytes after. A recovery has at most one that is kept.

    ``compared_with``: the verification whose images are laid beside it. ``network``: a keyed hash of whence it came.
    """

    OPEN = "check_state = 'running'"
    TERMS = Terms(CHANNEL, lease=timedelta(minutes=2), attempts=5)

    __tablename__ = "recovery_photos"
    __table_args__ = (
        CheckConstraint("check_state IN ('running', 'done')", name="check_state"),
        CheckConstraint("(discarded_at IS NULL) = (wrapped_key IS NOT NULL)", name="key_until_discarded"),
        Index(
            "uq_recovery_photos_recovery_id", "recovery_id", unique=True, postgresql_where=text("discarded_at IS NULL")
        ),
        Index("uq_recovery_photos_sealed_sha256", "sealed_sha256", unique=True),
        Index("ix_recovery_photos_network", "network", postgresql_where=text("discarded_at IS NULL")),
        Index(
            "ix_recovery_photos_to_remove",
            "photo_id",
            postgresql_where=text("discarded_at IS NOT NULL AND removed_at IS NULL"),
        ),
        *indexes("recovery_photos", OPEN),
    )

    photo_id: Mapped[str] = mapped_column(primary_key=True)
    recovery_id: Mapped[str] = mapped_column(ForeignKey(Recovery.recovery_id))
    network: Mapped[str]
    check_state: Mapped[str]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    compared_with: Mapped[str | None] = mapped_column(ForeignKey(Verification.verification_id))
    original_sha256: Mapped[str] = mapped_column(info=NAMES)
    original_size: Mapped[int]
    sealed_sha256: Mapped[str] = mapped_column(info=holds(IDENTITY_SPACE, while_="removed_at IS NULL"))
    sealed_size: Mapped[int]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    submitted_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class RecoveryPicture(Base):
    """What is shown: reduced, with the request's number all over it, sealed."""

    __tablename__ = "recovery_pictures"

    photo_id: Mapped[str] = mapped_column(ForeignKey(RecoveryPhoto.photo_id), primary_key=True)
    picture: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


def picture_context(photo_id: str, picture: str) -> str:
    """What a picture is sealed for: it opens in no other row."""
    return f"{photo_id}:{picture}"


def kept(session: Session, recovery_id: str, *, lock: bool = False) -> RecoveryPhoto | None:
    """The photograph of a recovery, while there is one. ``lock``: until the transaction ends, and as it is now."""
    statement = select(RecoveryPhoto).where(
        RecoveryPhoto.recovery_id == recovery_id, RecoveryPhoto.discarded_at.is_(None)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.execute(statement).scalar_one_or_none()


def kept_elsewhere(session: Session, contact: str, recovery_id: str) -> bool:
    """Whether another request of the same address has one."""
    statement = (
        select(RecoveryPhoto.photo_id)
        .join(Recovery, Recovery.recovery_id == RecoveryPhoto.recovery_id)
        .where(Recovery.contact == contact, Recovery.recovery_id != recovery_id, RecoveryPhoto.discarded_at.is_(None))
    )
    return session.execute(statement.limit(1)).first() is not None


def is_used(session: Session, sealed_sha256: str) -> bool:
    """Whether the same upload came with a recovery before: one of the two would take it from the other."""
    statement = select(RecoveryPhoto.photo_id).where(RecoveryPhoto.sealed_sha256 == sealed_sha256)
    return session.execute(statement).first() is not None


def holding(session: Session, network: str) -> tuple[int, int]:
    """How many are kept of a network, and how many bytes of all."""
    here = func.count().filter(RecoveryPhoto.network == network)
    statement = select(here, func.coalesce(func.sum(RecoveryPhoto.sealed_size), 0))
    count, total = session.execute(statement.where(RecoveryPhoto.discarded_at.is_(None))).one()
    return count, int(total)


def pictures(session: Session, photo_id: str) -> Sequence[str]:
    """What can be looked at."""
    statement = select(RecoveryPicture.picture).where(RecoveryPicture.photo_id == photo_id)
    return session.execute(statement.order_by(RecoveryPicture.picture)).scalars().all()


def forget_pictures(session: Session, photo_id: str, but: str = "") -> None:
    """All of them, or all but one."""
    session.execute(delete(RecoveryPicture).where(RecoveryPicture.photo_id == photo_id, RecoveryPicture.picture != but))


def to_remove(session: Session) -> RecoveryPhoto | None:
    """A discarded one whose bytes are still in the object store."""
    statement = select(RecoveryPhoto).where(RecoveryPhoto.discarded_at.is_not(None), RecoveryPhoto.removed_at.is_(None))
    return session.execute(statement.limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()


def all_kept() -> Select[str]:
    """The recoveries that have one."""
    return select(RecoveryPhoto.recovery_id).where(RecoveryPhoto.discarded_at.is_(None))


def older_than(session: Session, moment: datetime) -> Sequence[str]:
    """Recoveries whose photograph came before that."""
    return session.execute(all_kept().where(RecoveryPhoto.submitted_at < moment).limit(100)).scalars().all()
