"""Signatures of a case: one row per act of signing and case, never changed. The works of a batch share one act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from chassis.objects.references import NAMES
from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.documents.store import DocumentRow


class SignatureRow(Base):
    """``sha256`` is what identity signed, the declaration's; ``content`` the fingerprint of all that it covers.

    ``correction_id`` is None for the signature under which the case was submitted.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("method IN ('sms_code', 'electronic_seal')", name="method"),
        Index("ix_signatures_case_id", "case_id"),
    )

    evidence_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    correction_id: Mapped[str | None]
    declaration_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    application_form_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    sha256: Mapped[str] = mapped_column(info=NAMES)
    content: Mapped[str]
    signer_name: Mapped[str]
    masked_id_number: Mapped[str]
    method: Mapped[str]
    seal_sha256: Mapped[str | None] = mapped_column(info=NAMES)
    signed_at: Mapped[datetime]
    token: Mapped[str]


def signatures_of(session: Session, case_id: str) -> Sequence[SignatureRow]:
    """In the order of signing."""
    return session.scalars(
        select(SignatureRow).where(SignatureRow.case_id == case_id).order_by(SignatureRow.signed_at)
    ).all()


def forms_signed(session: Session, case_ids: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """By case, the hash of the application form that was signed last, and when."""
    query = (
        select(SignatureRow.case_id, DocumentRow.sha256, SignatureRow.signed_at)
        .join(DocumentRow, DocumentRow.id == SignatureRow.application_form_id)
        .where(SignatureRow.case_id.in_(case_ids))
        .distinct(SignatureRow.case_id)
        .order_by(SignatureRow.case_id, SignatureRow.signed_at.desc(), SignatureRow.evidence_id.desc())
    )
    return {case_id: (sha256, signed_at) for case_id, sha256, signed_at in session.execute(query)}
