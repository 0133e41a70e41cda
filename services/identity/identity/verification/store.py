"""Tables of verifications, their images and their history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chassis.objects.references import NAMES, holds
from chassis.work import Leased, Terms, indexes
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from identity.accounts.store import Account, Seal
from identity.base import Base

IMAGE_KEY = "image-key"
CHANNEL = "verification"
"""What the hands that check images listen on."""


_VERIFIED = "state = 'approved' AND part = 'identity'"


class Verification(Leased, Base):
    """One submission. An account has at most one that is pending and one that its identity is
    approved by. ``new_name``: asked for in place of the verified ``earlier_name``, which holds until it is approved.
    ``reopen_by``: who found the approval wrong, until a second reviewer has looked."""

    OPEN = "check_state = 'running'"
    TERMS = Terms(CHANNEL, lease=timedelta(minutes=2), attempts=5)

    __tablename__ = "verifications"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'approved', 'refused', 'replaced')", name="state"),
        CheckConstraint("check_state IN ('running', 'done')", name="check_state"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("state <> 'refused' OR jsonb_array_length(reasons) > 0", name="refusal_has_reasons"),
        CheckConstraint(
            "(reopen_by IS NULL) = (reopen_at IS NULL) AND (reopen_by IS NULL OR state = 'approved')", name="reopening"
        ),
        CheckConstraint("(new_name IS NULL) = (earlier_name IS NULL)", name="name_in_place_of_another"),
        CheckConstraint("part = 'identity' OR (part IN ('seal', 'operator') AND kind = 'organisation')", name="part"),
        Index("uq_verifications_pending", "account_id", unique=True, postgresql_where=text("state = 'pending'")),
        Index("uq_verifications_approved", "account_id", unique=True, postgresql_where=text(_VERIFIED)),
        Index("ix_verifications_reopening", "due_on", postgresql_where=text("reopen_by IS NOT NULL")),
        Index("ix_verifications_queue", "state", "due_on", "verification_id"),
        *indexes("verifications", OPEN),
    )

    verification_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    check_state: Mapped[str]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    reasons: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    submitted_at: Mapped[datetime]
    due_on: Mapped[date]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    alarmed_at: Mapped[datetime | None]
    earlier_name: Mapped[str | None]
    new_name: Mapped[str | None]
    part: Mapped[str] = mapped_column(server_default="identity")
    why: Mapped[str] = mapped_column(server_default="")
    reopen_by: Mapped[str | None]
    reopen_at: Mapped[datetime | None]
    reopen_reason: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class VerificationImage(Base):
    """One image: ciphertext under a key of its own since it arrived.

    The key is wrapped with identity's data key; destroying it (``discarded_at``) makes the image unreadable at once,
    the worker removes the bytes after. The SHA-256 of what was submitted stays. Two rows have one object when the same
    upload was submitted again: it goes with the last of them.
    """

    __tablename__ = "verification_images"
    __table_args__ = (
        CheckConstraint("(discarded_at IS NULL) = (wrapped_key IS NOT NULL)", name="key_until_discarded"),
        Index("ix_verification_images_sealed_sha256", "sealed_sha256"),
        Index(
            "ix_verification_images_to_remove",
            "verification_id",
            postgresql_where=text("discarded_at IS NOT NULL AND removed_at IS NULL"),
        ),
    )

    verification_id: Mapped[str] = mapped_column(ForeignKey(Verification.verification_id), primary_key=True)
    document: Mapped[str] = mapped_column(primary_key=True)
    original_sha256: Mapped[str] = mapped_column(info=NAMES)
    original_size: Mapped[int]
    file_name: Mapped[str]
    content_type: Mapped[str]
    sealed_sha256: Mapped[str] = mapped_column(info=holds(IDENTITY_SPACE, while_="removed_at IS NULL"))
    sealed_size: Mapped[int]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary, comment="a seal, as it is drawn")
    discarded_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    @property
    def key_context(self) -> str:
        return key_context(self.verification_id, self.document)


class VerificationAction(Base):
    """The history of a verification, append-only."""

    __tablename__ = "verification_actions"
    __table_args__ = (UniqueConstraint("case_id", "request_id", "action"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey(Verification.verification_id))
    request_id: Mapped[str]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(server_default="")


def key_context(verification_id: str, document: str) -> str:
    """What an image's key is wrapped for: it opens in no other row."""
    return f"{verification_id}:{document}"


def get(session: Session, verification_id: str, *, lock: bool = False) -> Verification | None:
    """``lock``: until the transaction ends."""
    return session.get(Verification, verification_id, with_for_update=lock)


def pending(session: Session, account_id: str) -> Verification | None:
    """The one that waits for a decision, locked; there is never a second."""
    statement = select(Verification).where(Verification.account_id == account_id, Verification.state == "pending")
    return session.execute(statement.with_for_update()).scalar_one_or_none()


def approved_at(session: Session, account_id: str) -> datetime | None:
    """When the identity was verified; None before."""
    statement = select(Verification.decided_at).where(Verification.account_id == account_id, text(_VERIFIED))
    return session.execute(statement).scalar_one_or_none()


def lock_approved(session: Session, account_id: str) -> Verification | None:
    """The one by which the account is verified, until the transaction ends."""
    statement = select(Verification).where(Verification.account_id == account_id, text(_VERIFIED))
    return session.execute(statement.with_for_update()).scalar_one_or_none()


def approved(session: Session, account_id: str) -> str | None:
    """The verification by which the account is verified."""
    statement = select(Verification.verification_id).where(Verification.account_id == account_id, text(_VERIFIED))
    return session.execute(statement).scalar_one_or_none()


def refers_to(session: Session, sealed_sha256: str) -> bool:
    """Whether an image that is not discarded is this object, or a seal that is in force."""
    seal = session.execute(select(Seal.account_id).where(Seal.sealed_sha256 == sealed_sha256).limit(1)).first()
    if seal is not None:
        return True
    statement = select(VerificationImage.document).where(
        VerificationImage.sealed_sha256 == sealed_sha256, VerificationImage.discarded_at.is_(None)
    )
    return session.execute(statement.limit(1)).first() is not None


def images(session: Session, verification_id: str) -> Sequence[VerificationImage]:
    return images_of(session, [verification_id]).get(verification_id, [])


def images_of(session: Session, verification_ids: Collection[str]) -> dict[str, list[VerificationImage]]:
    """Those of some verifications, by verification; a drawn seal is read when it is asked for."""
    statement = select(VerificationImage).where(VerificationImage.verification_id.in_(verification_ids))
    found: dict[str, list[VerificationImage]] = {}
    ordered = statement.order_by(VerificationImage.verification_id, VerificationImage.document)
    for row in session.scalars(ordered.options(defer(VerificationImage.picture))):
        found.setdefault(row.verification_id, []).append(row)
    return found


def image(session: Session, verification_id: str, document: str, *, lock: bool = False) -> VerificationImage | None:
    return session.get(VerificationImage, (verification_id, document), with_for_update=lock)


def mine(
    session: Session, account_id: str, state: str | None, before: str | None, limit: int, *, replacements: bool = False
) -> Sequence[Verification]:
    """Newest first, older than ``before``; ``state`` None means all. ``replacements``: those instead."""
    about = Verification.part != "identity" if replacements else Verification.part == "identity"
    statement = select(Verification).where(Verification.account_id == account_id, about)
    if state:
        statement = statement.where(Verification.state == state)
    if before:
        statement = statement.where(Verification.verification_id < before)
    return session.execute(statement.order_by(Verification.verification_id.desc()).limit(limit)).scalars().all()


def all_of(session: Session, account_id: str) -> Sequence[Verification]:
    """Whatever has become of them."""
    return session.scalars(select(Verification).where(Verification.account_id == account_id)).all()


def history(session: Session, verification_id: str, limit: int) -> Sequence[VerificationAction]:
    """The oldest first."""
    statement = select(VerificationAction).where(VerificationAction.case_id == verification_id)
    return session.scalars(statement.order_by(VerificationAction.id).limit(limit)).all()


def to_remove(session: Session) -> VerificationImage | None:
    """A discarded image whose bytes are still in the object store."""
    statement = select(VerificationImage).where(
        VerificationImage.discarded_at.is_not(None), VerificationImage.removed_at.is_(None)
    )
    return session.execute(statement.limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()


def kept_elsewhere(session: Session, image: VerificationImage) -> bool:
    """Whether the same upload was submitted again and is not discarded there."""
    return refers_to(session, image.sealed_sha256)


def overdue(session: Session, today: date) -> Verification | None:
    """A pending submission past its due date for which no alarm was given yet."""
    statement = (
        select(Verification)
        .where(Verification.state == "pending", Verification.due_on < today, Verification.alarmed_at.is_(None))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.execute(statement).scalar_one_or_none()
