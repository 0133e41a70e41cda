"""Tables of verifications, their images and their history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chassis.lookups import begins_with
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
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

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
    statement = select(VerificationImage).where(VerificationImage.verification_id == verification_id)
    return session.execute(statement.order_by(VerificationImage.document)).scalars().all()


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


def queue(
    session: Session, state: str, after: tuple[date, str] | None, limit: int, *, checked: bool = False, words: str = ""
) -> Sequence[Verification]:
    """What waits by due date, the most urgent first; what was decided in the opposite order, the newest first.
    ``checked``: without those that the automatic check still looks at; ``words``: whose name begins so, or whose number
    it is."""
    if state == "reopening":
        statement = select(Verification).where(Verification.reopen_by.is_not(None))
    else:
        statement = select(Verification).where(Verification.state == state)
    if words:
        columns = (Account.name, Account.organisation_name, Verification.new_name)
        numbers = (Account.uscc == words.upper(), Verification.verification_id == words)
        found = or_(*(begins_with(column, words) for column in columns), *numbers)
        statement = statement.join(Account, Account.account_id == Verification.account_id).where(found)
    if checked:
        statement = statement.where(Verification.check_state == "done")
    place = tuple_(Verification.due_on, Verification.verification_id)
    if state == "pending":
        statement = statement.where(place > after) if after else statement
        statement = statement.order_by(Verification.due_on, Verification.verification_id)
    else:
        statement = statement.where(place < after) if after else statement
        statement = statement.order_by(Verification.due_on.desc(), Verification.verification_id.desc())
    return session.execute(statement.limit(limit)).scalars().all()


def pending_totals(session: Session, today: date) -> tuple[int, int, date | None, datetime | None]:
    """Of what waits for a decision: how many, how many past their day, the first day due, since when the oldest."""
    statement = select(
        func.count(),
        func.count().filter(Verification.due_on < today),
        func.min(Verification.due_on),
        func.min(Verification.submitted_at),
    ).where(Verification.state == "pending")
    count, late, due_on, since = session.execute(statement).one()
    return count, late, due_on, since


def reopening_totals(session: Session, but_of: str) -> tuple[int, datetime | None]:
    """How many approvals others than ``but_of`` found wrong that nobody has settled, and since when."""
    statement = select(func.count(), func.min(Verification.reopen_at))
    count, since = session.execute(
        statement.where(Verification.reopen_by.is_not(None), Verification.reopen_by != but_of)
    ).one()
    return count, since


def counts(session: Session) -> dict[str, int]:
    """Of what waits for a reviewer."""
    reopening = select(func.count()).where(Verification.reopen_by.is_not(None)).scalar_subquery()
    pending = select(func.count()).where(Verification.state == "pending").scalar_subquery()
    waiting, found_wrong = session.execute(select(pending, reopening)).one()
    return {"pending": waiting, "reopening": found_wrong}


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
