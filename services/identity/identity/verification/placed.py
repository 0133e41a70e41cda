"""Photos on their way to a verification: each placed, checked and replaced by itself until they are handed in together.

They stand in a table of their own: nothing of them concerns a reviewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.objects.references import NAMES, holds
from chassis.work import Leased, Terms, indexes
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base

CHANNEL = "id_photo"
"""What the hand that checks them listens on."""
PHOTO_KEY = "id-photo-key"
THUMBNAIL = "id-photo-thumbnail"
LIFE = timedelta(days=30)
"""Of a photo that nobody hands in."""


class IdPhoto(Leased, Base):
    """One photo of a role: ciphertext under a key of its own. Destroying the key (``discarded_at``) makes it unreadable
    at once, the worker removes the bytes after. ``kept``: it is left of a submission that was not approved."""

    OPEN = "check_state = 'running'"
    TERMS = Terms(CHANNEL, lease=timedelta(minutes=2), attempts=5)

    __tablename__ = "id_photos"
    __table_args__ = (
        CheckConstraint("check_state IN ('running', 'done')", name="check_state"),
        CheckConstraint("(discarded_at IS NULL) = (wrapped_key IS NOT NULL)", name="key_until_discarded"),
        CheckConstraint("discarded_at IS NULL OR thumbnail IS NULL", name="thumbnail_until_discarded"),
        Index(
            "uq_id_photos_document",
            "account_id",
            "document",
            unique=True,
            postgresql_where=text("discarded_at IS NULL"),
        ),
        Index("ix_id_photos_sealed_sha256", "sealed_sha256"),
        Index("ix_id_photos_placed_at", "placed_at", postgresql_where=text("discarded_at IS NULL")),
        Index(
            "ix_id_photos_to_remove",
            "photo_id",
            postgresql_where=text("discarded_at IS NOT NULL AND removed_at IS NULL"),
        ),
        *indexes("id_photos", OPEN),
    )

    photo_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id))
    document: Mapped[str]
    kept: Mapped[bool] = mapped_column(server_default=false())
    check_state: Mapped[str]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    original_sha256: Mapped[str] = mapped_column(info=NAMES)
    original_size: Mapped[int]
    file_name: Mapped[str]
    content_type: Mapped[str]
    sealed_sha256: Mapped[str] = mapped_column(info=holds(IDENTITY_SPACE, while_="removed_at IS NULL"))
    sealed_size: Mapped[int]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    thumbnail: Mapped[bytes | None] = mapped_column(LargeBinary)
    placed_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


def placed(session: Session, account_id: str, *, lock: bool = False) -> dict[str, IdPhoto]:
    """The photos of an account by role. ``lock``: until the transaction ends, and as they are now."""
    query = select(IdPhoto).where(IdPhoto.account_id == account_id, IdPhoto.discarded_at.is_(None))
    if lock:
        query = query.order_by(IdPhoto.photo_id).with_for_update().execution_options(populate_existing=True)
    return {photo.document: photo for photo in session.scalars(query)}


def standing(session: Session, photo_id: str) -> IdPhoto | None:
    """A photo that nobody has replaced, handed in or discarded meanwhile, locked."""
    found = session.get(IdPhoto, photo_id, with_for_update=True, populate_existing=True)
    return found if found is not None and found.discarded_at is None else None


def refers_to(session: Session, sealed_sha256: str) -> bool:
    """Whether a photo that is not discarded is this object."""
    query = select(IdPhoto.photo_id).where(IdPhoto.sealed_sha256 == sealed_sha256, IdPhoto.discarded_at.is_(None))
    return session.execute(query.limit(1)).first() is not None


def to_remove(session: Session) -> IdPhoto | None:
    """A discarded one whose bytes are still in the object store."""
    query = select(IdPhoto).where(IdPhoto.discarded_at.is_not(None), IdPhoto.removed_at.is_(None))
    return session.execute(query.limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()


def older_than(session: Session, moment: datetime, limit: int) -> Sequence[IdPhoto]:
    """Photos that were placed before that, locked; those that somebody works on are left for the next time."""
    query = select(IdPhoto).where(IdPhoto.placed_at < moment, IdPhoto.discarded_at.is_(None))
    return session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()
