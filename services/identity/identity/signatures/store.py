"""The table of signatures: append-only evidence."""

from __future__ import annotations

from datetime import datetime

from chassis.objects.references import NAMES
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account, Seal
from identity.base import Base


class Signature(Base):
    """One signature, with the token that proves it to others."""

    __tablename__ = "signatures"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("method IN ('sms_code', 'electronic_seal')", name="method"),
        CheckConstraint("(method = 'electronic_seal') = (seal_sha256 IS NOT NULL)", name="seal"),
        Index("ix_signatures_document", "document_id"),
    )

    evidence_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id), index=True)
    signer_name: Mapped[str]
    signer_kind: Mapped[str]
    masked_id_number: Mapped[str]
    document_id: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=NAMES)
    method: Mapped[str]
    seal_sha256: Mapped[str | None] = mapped_column(info=NAMES)
    code_id: Mapped[str]
    signed_at: Mapped[datetime]
    token: Mapped[str]


def seal_of(session: Session, account_id: str) -> Seal | None:
    """The organisation's electronic seal; None for persons and for who never sent one in."""
    return session.get(Seal, account_id)
