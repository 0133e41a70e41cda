"""Documents that filing issued; bytes are in the object store by hash. Rows are never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from chassis.objects.references import holds
from contracts.objects import DocumentRef, ObjectRef
from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base

_OF_A_CASE = "NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = documents.case_id AND c.discarded_at IS NOT NULL)"
"""Of a draft that was deleted, rows say what there was, and nothing is kept for them."""


class DocumentRow(Base):
    """``basis`` is the digest of what a declaration was rendered from; empty for others."""

    __tablename__ = "documents"
    __table_args__ = (Index("ix_documents_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    title: Mapped[str]
    file_name: Mapped[str]
    content_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds(while_=_OF_A_CASE), index=True)
    size: Mapped[int]
    basis: Mapped[str] = mapped_column(server_default="")
    issued_at: Mapped[datetime]

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(
            document_id=self.id,
            kind=self.kind,
            title=self.title,
            file_name=self.file_name,
            content_type=self.content_type,
            object=ObjectRef(sha256=self.sha256, size=self.size),
            issued_at=self.issued_at,
        )


def find_document(session: Session, document_id: str) -> DocumentRow | None:
    return session.get(DocumentRow, document_id)


def documents_by_id(session: Session, ids: Collection[str]) -> dict[str, DocumentRow]:
    """Several documents in one statement."""
    return {row.id: row for row in session.scalars(select(DocumentRow).where(DocumentRow.id.in_(ids)))}


def declarations_of(session: Session, case_ids: Collection[str], sha256: str) -> dict[str, DocumentRow]:
    """By case, what one signature signs for all of them."""
    query = select(DocumentRow).where(DocumentRow.case_id.in_(case_ids), DocumentRow.sha256 == sha256)
    return {row.case_id: row for row in session.scalars(query.where(DocumentRow.kind == "declaration"))}


def documents_of(session: Session, case_id: str) -> Sequence[DocumentRow]:
    """In the order of issue; ids sort by time."""
    return session.scalars(select(DocumentRow).where(DocumentRow.case_id == case_id).order_by(DocumentRow.id)).all()
